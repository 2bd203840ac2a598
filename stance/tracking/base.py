"""What a run has to say, as plain values; trackers write them down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import pandas as pd
from matplotlib.figure import Figure

__all__ = ["DatasetInput", "NullTracker", "RecordingTracker", "Result", "Tracker"]


@dataclass(frozen=True)
class DatasetInput:
    """A split that a run has read: its name, rows, digest and source."""

    split: str
    frame: pd.DataFrame
    digest: str
    source: str
    name: str


@dataclass(frozen=True)
class Result:
    """All that one training run leaves behind.

    Attributes
    ----------
    name : str
        What it is: model, features, dataset and split.
    description : str
        Markdown, shown on the run's page.
    config : str
        The resolved config, as YAML.
    params : mapping of str to str
        The same, flat.
    tags : mapping of str to str
    metrics : mapping of str to float
    datasets : sequence of DatasetInput
    tables : mapping of str to DataFrame
        By artifact name, without suffix.
    figures : mapping of str to Figure
    model : pathlib.Path
        The model folder.
    example : pandas.DataFrame
        A few rows of what the model takes.
    """

    name: str
    description: str
    config: str
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    datasets: tuple[DatasetInput, ...]
    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Figure]
    model: Path
    example: pd.DataFrame


class Tracker(Protocol):
    """Keeps runs. Entered before training, so that a failed training is on record too."""

    def __enter__(self) -> Self:
        """Start the run."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the run, as failed if there was an error."""

    def log(self, result: Result) -> str:
        """Write a run down and return how to find it again."""


@dataclass
class NullTracker:
    """Keeps nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def log(self, result: Result) -> str:
        """Forget the run."""
        return ""


@dataclass
class RecordingTracker(NullTracker):
    """Remembers the results, for tests."""

    results: list[Result] = field(default_factory=list)

    def log(self, result: Result) -> str:
        """Remember the run."""
        self.results.append(result)
        return f"recorded:{len(self.results)}"
