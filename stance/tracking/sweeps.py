"""The parent run of a sweep: its jobs are its children, and it shows them side by side."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from stance.inert import markdown
from stance.reports.sweeps import fold_spread, parallel_figure, sweep_table
from stance.reports.tables import csv_text
from stance.tracking.mlflow_tracker import signal_as_exit, source_tags
from stance.tracking.store import (
    STORE_ERRORS,
    StoreUnreachableError,
    experiment_id,
    mark_dead_runs,
    open_store,
    process_tags,
)

__all__ = ["Sweep", "parent_of"]

_FILE = "sweep.json"
_LOG = logging.getLogger(__name__)


class Sweep:
    """One run that holds the jobs of a sweep, wherever they run.

    Parameters
    ----------
    uri : str
        Of the store.
    experiment : str
    name : str
        What is varied.
    folder : pathlib.Path
        Of the sweep; the jobs learn from a file there whose children they are.

    Raises
    ------
    TrackingError
        On entering, if ``uri`` is not a store. One that nobody answers at is no error: the
        jobs then have no parent.
    """

    def __init__(self, uri: str, experiment: str, name: str, folder: Path) -> None:
        self.uri = uri
        self.experiment = experiment
        self.name = name
        self.folder = folder
        self._run_id = ""
        self._scope = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Start the parent run."""
        # An earlier sweep's, whose children these jobs are not.
        (self.folder / _FILE).unlink(missing_ok=True)
        try:
            self._client = open_store(self.uri, create=True)
        except StoreUnreachableError as error:
            _LOG.warning("%s. The jobs of this sweep will not be held together", error)
            return self
        experiment = experiment_id(self._client, self.uri, self.experiment)
        self._scope.enter_context(signal_as_exit())
        mark_dead_runs(self._client)
        tags = {**process_tags(), **source_tags(self.experiment), "stance.sweep": self.name}
        run = self._client.create_run(
            experiment, start_time=int(time.time() * 1000), tags=tags, run_name=self.name
        )
        self._run_id = str(run.info.run_id)
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f".{_FILE}.{os.getpid()}"
        beside.write_text(json.dumps({"run_id": self._run_id}), encoding="utf-8")
        beside.replace(self.folder / _FILE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show the jobs side by side and end the run."""
        stopped = isinstance(error, (KeyboardInterrupt, SystemExit))
        status = "FINISHED" if error is None else "KILLED" if stopped else "FAILED"
        with self._scope:
            if self._run_id:
                try:
                    mark_dead_runs(self._client)
                    self._summarise()
                    self._client.set_terminated(self._run_id, status)
                except STORE_ERRORS as failure:
                    _LOG.warning("the summary of the sweep is not in the store: %s", failure)

    def _summarise(self) -> None:
        children = _children(self._client, self._run_id)
        if not children:
            return
        table = sweep_table([_plain(run) for run in children])
        spread = fold_spread(table)
        self._client.log_text(self._run_id, csv_text(table), "sweep.csv")
        figure = parallel_figure(table)
        if figure is not None:
            self._client.log_figure(self._run_id, figure, "sweep.png")
        self._client.log_metric(self._run_id, "sweep/jobs", len(table))
        finished = int((table["status"] == "FINISHED").sum())
        self._client.log_metric(self._run_id, "sweep/finished", finished)
        for name, (mean, deviation) in spread.items():
            self._client.log_metric(self._run_id, f"{name}_mean", mean)
            self._client.log_metric(self._run_id, f"{name}_std", deviation)
        note = _markdown(self.name, table, spread)
        self._client.set_tag(self._run_id, "mlflow.note.content", note)


def _children(client: MlflowClient, parent: str) -> list[Run]:
    experiment = client.get_run(parent).info.experiment_id
    found: list[Run] = []
    token: str | None = None
    while True:
        page = client.search_runs(
            [experiment],
            f"tags.`mlflow.parentRunId` = '{parent}'",
            run_view_type=ViewType.ACTIVE_ONLY,
            page_token=token,
        )
        found += page
        token = page.token
        if not token:
            return found


def _plain(run: Run) -> dict[str, Any]:
    return {
        "name": run.info.run_name,
        "id": run.info.run_id,
        "status": run.info.status,
        "params": run.data.params,
        "metrics": run.data.metrics,
    }


def _markdown(name: str, table: pd.DataFrame, spread: Mapping[str, tuple[float, float]]) -> str:
    shown = [column for column in table.columns if column != "id"]
    lines = [
        f"**{_cell(name)}**, {len(table)} jobs, the best first; `sweep.png` among the artifacts "
        "is the picture.",
        "",
        *(
            f"{_cell(key)}: {mean:.3f} ± {deviation:.3f} (mean and standard deviation)\n"
            for key, (mean, deviation) in spread.items()
        ),
        "| " + " | ".join(map(_cell, shown)) + " |",
        "|" + "---|" * len(shown),
        *(
            "| " + " | ".join(_cell(row[column]) for column in shown) + " |"
            for _, row in table.iterrows()
        ),
    ]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return markdown(f"{value:.3f}" if isinstance(value, float) else str(value))


def parent_of(folder: Path) -> str | None:
    """The id of the run that holds the sweep of this folder, if there is one."""
    try:
        return str(json.loads((folder / _FILE).read_text(encoding="utf-8"))["run_id"])
    except OSError:
        return None
