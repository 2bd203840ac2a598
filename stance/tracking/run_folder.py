"""A run on disk: what a store is told of it, complete before any store is asked.

Beside the model folder lie ``config.yaml``, ``report/`` (tables, pictures, pages) and, written
last, ``run.json``. A store that cannot be reached, or a process that dies while it writes to
one, costs nothing: ``python -m stance.sync`` reads the folder again.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import warnings
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stance.errors import ConfigError, TrackingError
from stance.reports.tables import csv_text
from stance.tracking.base import DatasetInput, Result

__all__ = [
    "FORMAT",
    "LOCK",
    "RunFolder",
    "check_place",
    "find_runs",
    "forget",
    "read_run",
    "write_run",
]

FORMAT = 1
LOCK = ".training.lock"
"""Held by the training that writes the folder, and by what logs it."""

_FILE = "run.json"
_DPI = 100


@dataclass(frozen=True)
class RunFolder:
    """A run as it lies on disk.

    Attributes
    ----------
    path : pathlib.Path
    experiment : str
    register : bool
        Whether the model is to become a version of the registered model.
    name, description, params, tags, metrics, curves, datasets
        As in :class:`stance.tracking.base.Result`.
    example : list of dict
    started, ended : int
        When the training began and when its results lay on disk, in milliseconds since 1970.
    parent : str or None
        The sweep's run.
    attempt : str or None
        The id of the run that it was last logged as, complete or not.
    logged : bool
        Whether that run is complete.
    """

    path: Path
    experiment: str
    register: bool
    name: str
    description: str
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    curves: Mapping[str, Sequence[float]]
    datasets: tuple[DatasetInput, ...]
    example: Sequence[Mapping[Hashable, Any]]
    started: int
    ended: int
    parent: str | None = None
    attempt: str | None = None
    logged: bool = False

    @property
    def model(self) -> Path:
        """The model folder."""
        return self.path / "model"

    @property
    def report(self) -> Path:
        """The folder of tables, pictures and pages."""
        return self.path / "report"

    @property
    def config(self) -> Path:
        """The resolved config."""
        return self.path / "config.yaml"

    def save(self) -> None:
        """Write ``run.json``, beside its place first."""
        values = {"format": FORMAT, **asdict(self)}
        del values["path"]
        beside = self.path / f".{_FILE}.{os.getpid()}"
        beside.write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")
        beside.replace(self.path / _FILE)


def write_run(
    result: Result,
    *,
    name: str,
    experiment: str,
    register: bool,
    started: int,
    parent: str | None = None,
) -> RunFolder:
    """Write a result beside its model folder.

    Parameters
    ----------
    result : Result
    name : str
        Of the run.
    experiment : str
    register : bool
    started : int
        Milliseconds since 1970.
    parent : str, optional

    Returns
    -------
    RunFolder
        Not yet logged.
    """
    folder = result.model.parent
    (folder / "config.yaml").write_text(result.config, encoding="utf-8")
    for path, table in _places(folder, result.tables, "csv"):
        path.write_text(csv_text(table), encoding="utf-8")
    for path, figure in _places(folder, result.figures, "png"):
        with warnings.catch_warnings():
            # Words of scripts that the font lacks come out as boxes; their table has them.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            figure.savefig(path, dpi=_DPI)
    for path, page in _places(folder, result.pages, "html"):
        path.write_text(page, encoding="utf-8")
    run = RunFolder(
        path=folder,
        experiment=experiment,
        register=register,
        name=name,
        description=result.description,
        params=dict(result.params),
        tags=dict(result.tags),
        metrics=dict(result.metrics),
        curves={key: list(values) for key, values in result.curves.items()},
        datasets=result.datasets,
        example=result.example.to_dict(orient="records"),
        started=started,
        ended=int(time.time() * 1000),
        parent=parent,
    )
    for left in folder.glob(f".{_FILE}.*"):  # by a process that was killed
        left.unlink(missing_ok=True)
    run.save()
    return run


def check_place(folder: Path) -> None:
    """Refuse a folder in which another program, or a person, keeps files of the names of a run.

    Raises
    ------
    ConfigError
        The message names them.
    """
    taken = [name for name in (_FILE, "config.yaml", "report") if (folder / name).exists()]
    if taken and not _is_of_a_run(folder):
        raise ConfigError(
            f"output: {folder} holds {', '.join(taken)}, which no training has written there; "
            "choose another folder (hydra.run.dir=…)"
        )


def _is_of_a_run(folder: Path) -> bool:
    if not (folder / _FILE).exists():  # of one that was killed before it was written, last of all
        return (folder / "model" / "manifest.json").is_file()
    try:
        return bool(read_run(folder))
    except TrackingError:
        return False


def forget(folder: Path) -> None:
    """Take away what an earlier run, also one that was killed, has written beside its model.

    So no store gets one run's scores as another's.
    """
    if _is_of_a_run(folder):
        for name in (_FILE, "config.yaml"):
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / "report", ignore_errors=True)


def _places(folder: Path, named: Mapping[str, Any], suffix: str) -> Iterator[tuple[Path, Any]]:
    for name, value in named.items():
        path = folder / "report" / f"{name}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path, value


def read_run(folder: Path) -> RunFolder:
    """Read a run folder back.

    Raises
    ------
    TrackingError
        If it is not one, is damaged, or comes from a later version of stance.
    """
    file = folder / _FILE
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        number = values.pop("format")
        if number != FORMAT:
            raise TrackingError(
                f"{file}: format {number} is not known to this version, which reads {FORMAT}"
            )
        inputs = tuple(
            DatasetInput(**{**item, "columns": tuple(item["columns"])})
            for item in values.pop("datasets")
        )
        return RunFolder(path=folder, datasets=inputs, **values)
    except OSError as error:
        raise TrackingError(f"{folder}: there is no run in this folder: {error}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TrackingError(f"{file}: damaged, cannot be logged: {error}") from error


def find_runs(root: Path) -> list[Path]:
    """The run folders at or below a folder, sorted."""
    return sorted(file.parent for file in root.rglob(_FILE) if file.is_file())
