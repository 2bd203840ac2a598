"""Find a run in a store, and read back what it predicted for each pair."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import LifecycleStage, Run, ViewType
from mlflow.exceptions import MlflowException

from stance.errors import TrackingError, nearest
from stance.labels import LABELS
from stance.tracking.registry import CHAMPION, champion
from stance.tracking.store import STORE_ERRORS

__all__ = ["find_run", "read_predictions"]

_COLUMNS = "statement_id", "term", "label", "predicted"
_FILE = "predictions.csv"
_REPORT = "report"
_SHORTEST = 7  # as Git shortens the names of commits


def find_run(client: MlflowClient, name: str) -> Run:
    """A run by its id or how that begins, by its name, or by the word ``champion``.

    Of several of a name, the one that was finished.

    Raises
    ------
    TrackingError
        If there is none, or more than one.
    """
    if name == CHAMPION:
        version = champion(client)
        if version is None:
            raise TrackingError("there is no champion yet; python -m stance.promote RUN makes one")
        name = str(version.run_id)
    found = _run_of_id(client, name)
    if found is not None:
        return found
    runs = _active_runs(client)
    named = [run for run in runs if run.info.run_name == name] or [
        run for run in runs if len(name) >= _SHORTEST and run.info.run_id.startswith(name)
    ]
    finished = [run for run in named if run.info.status == "FINISHED"]
    if len(finished or named) == 1:
        return (finished or named)[0]
    if named:
        ids = ", ".join(f"{run.info.run_id} ({run.info.status.lower()})" for run in named)
        raise TrackingError(f"{len(named)} runs have the name {name!r}; give an id: {ids}")
    known = [run.info.run_id for run in runs] + [str(run.info.run_name) for run in runs]
    raise TrackingError(f"there is no run {name!r} in the store; {nearest(name, known)}")


def _run_of_id(client: MlflowClient, name: str) -> Run | None:
    try:
        run = client.get_run(name)
    except MlflowException:  # it is no id; where the store cannot be read, the search says so
        return None
    return run if run.info.lifecycle_stage == LifecycleStage.ACTIVE else None


def _active_runs(client: MlflowClient) -> list[Run]:
    """All of them: a store hands out a thousand at a time."""
    experiments = [item.experiment_id for item in client.search_experiments()]
    runs: list[Run] = []
    token = None
    while True:
        page = client.search_runs(experiments, run_view_type=ViewType.ACTIVE_ONLY, page_token=token)
        runs += page
        token = page.token
        if not token:
            return runs


def read_predictions(client: MlflowClient, run_id: str) -> dict[str, pd.DataFrame]:
    """What a run predicted, by split.

    Returns
    -------
    dict of str to DataFrame
        ``statement_id``, ``term``, ``label``, ``predicted`` as text, and more.

    Raises
    ------
    TrackingError
        If the run has no such tables, or one of them lacks a column or has other labels.
    """
    try:
        splits = [
            Path(item.path).name for item in client.list_artifacts(run_id, _REPORT) if item.is_dir
        ]
        with TemporaryDirectory() as folder:
            found = {split: _read(client, run_id, split, folder) for split in splits}
    except STORE_ERRORS as error:
        raise TrackingError(f"the predictions of run {run_id} cannot be read: {error}") from error
    if not found:
        raise TrackingError(f"the run {run_id} has no predictions in the store")
    return found


def _read(client: MlflowClient, run_id: str, split: str, folder: str) -> pd.DataFrame:
    path = client.download_artifacts(run_id, f"{_REPORT}/{split}/{_FILE}", folder)
    try:
        found = pd.read_csv(path, dtype=str, keep_default_na=False)
    except ValueError as error:  # pandas' own, and what is not UTF-8
        raise TrackingError(f"{_place(run_id, split)} cannot be read: {error}") from error
    missing = [name for name in _COLUMNS if name not in found]
    if missing:
        raise TrackingError(f"{_place(run_id, split)} has no column {', '.join(missing)}")
    for column in ("label", "predicted"):
        wrong = found.loc[~found[column].isin(LABELS), column]
        if len(wrong):
            raise TrackingError(
                f"{_place(run_id, split)}, row {wrong.index[0] + 2}, column {column}: unknown "
                f"label {wrong.iloc[0]!r}; {nearest(wrong.iloc[0], LABELS)}"
            )
    return found


def _place(run_id: str, split: str) -> str:
    return f"{_FILE} of the split {split} of run {run_id}"
