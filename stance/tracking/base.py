"""What a run has to say, as plain values; trackers write them down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import pandas as pd
from matplotlib.figure import Figure

__all__ = ["RUN_ID", "DatasetInput", "NullTracker", "RecordingTracker", "Result", "Tracker"]

RUN_ID = "RUN_ID"
"""Stands in a description for the run's id, which only the tracker knows."""


@dataclass(frozen=True)
class DatasetInput:
    """A split that a run has read.

    Attributes
    ----------
    name : str
        Of the dataset and split.
    split : str
    digest : str
        SHA-256 of the rows.
    source : str
        Where they came from.
    pairs : int
        How many rows.
    columns : tuple of str
    """

    name: str
    split: str
    digest: str
    source: str
    pairs: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """All that one training run leaves behind.

    Attributes
    ----------
    name : str
        What it is: model, features, dataset and split.
    description : str
        Markdown, shown on the run's page; :data:`RUN_ID` stands for the run's id.
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
        The model folder; the run's other files are written beside it.
    example : pandas.DataFrame
        A few rows of what the model takes.
    pages : mapping of str to str
        HTML, by artifact name without suffix.
    curves : mapping of str to sequence of float
        Metrics that have a value for each step of the training.
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
    pages: Mapping[str, str] = field(default_factory=dict)
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)


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
