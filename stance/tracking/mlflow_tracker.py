"""Keep runs in an MLflow store."""

from __future__ import annotations

import contextlib
import logging
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any, Self

import mlflow
from mlflow.entities import RunStatus

from stance.errors import TrackingError
from stance.tracking.base import Result
from stance.tracking.registry import fetch_model
from stance.tracking.run_folder import RunFolder, write_run
from stance.tracking.settings import mlflow_at, one_try
from stance.tracking.store import (
    STORE_ERRORS,
    StoreUnreachableError,
    experiment_id,
    mark_dead_runs,
    open_store,
    patient,
    process_tags,
    user_name,
)
from stance.tracking.upload import upload
from stance.tracking.uris import is_reachable, masked, without_password

__all__ = ["MlflowTracker", "fetch_model", "signal_as_exit", "source_tags"]

_LOG = logging.getLogger(__name__)


class MlflowTracker:
    """Keeps runs in an MLflow store.

    A store at which nobody answers, at the start or later, does not stop a training: its
    results lie on disk, and ``python -m stance.sync`` logs them later.

    Parameters
    ----------
    uri : str
        Of the store: ``sqlite:///mlflow.db``, ``http://…``, ``postgresql://…``. Relative
        SQLite paths are meant from the working folder.
    experiment : str
    name : str
        Of the run.
    register : bool
        Whether the model becomes a version of the registered model ``stance``.
    parent : str, optional
        Id of the sweep's run.
    started : int, optional
        Milliseconds since 1970, where it is not now.

    Raises
    ------
    TrackingError
        On entering, if ``uri`` is not a store, or one that this MLflow cannot use.
    """

    def __init__(
        self,
        uri: str,
        experiment: str,
        name: str,
        *,
        register: bool = True,
        parent: str | None = None,
        started: int | None = None,
    ) -> None:
        self.uri = uri
        self.experiment = experiment
        self.name = name
        self.register = register
        self.parent = parent
        self.started = started
        self._run_id = ""
        self._half_logged = False
        self._scope = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Start the run; a SIGTERM from now on ends it as KILLED."""
        if self.started is None:
            self.started = int(time.time() * 1000)
        with contextlib.ExitStack() as scope:
            scope.enter_context(signal_as_exit())
            try:
                self._client = open_store(self.uri, create=True)
                self._start(scope)
            except StoreUnreachableError as error:
                _warn(str(error))
            except STORE_ERRORS as error:
                raise TrackingError(
                    f"the tracking store {without_password(self.uri)} refuses the run: "
                    f"{masked(error, self.uri)}"
                ) from error
            self._scope = scope.pop_all()
        return self

    def _start(self, scope: contextlib.ExitStack) -> None:
        experiment = experiment_id(self._client, self.uri, self.experiment)
        mark_dead_runs(self._client)
        tags = {**process_tags(), **source_tags(self.experiment)}
        if self.parent:
            tags["mlflow.parentRunId"] = self.parent
        run = self._client.create_run(
            experiment, start_time=self.started, tags=tags, run_name=self.name
        )
        self._run_id = str(run.info.run_id)
        scope.enter_context(mlflow_at(patient(self.uri)))
        mlflow.start_run(run_id=self._run_id, log_system_metrics=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the run: FINISHED, KILLED if the process was told to stop, else FAILED."""
        status = RunStatus.FINISHED
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            status = RunStatus.KILLED
        elif error is not None or self._half_logged:
            status = RunStatus.FAILED
        with self._scope:
            if self._run_id:
                try:
                    with contextlib.nullcontext() if is_reachable(self.uri) else one_try():
                        mlflow.end_run(RunStatus.to_string(status))
                except STORE_ERRORS as failure:
                    _LOG.warning("the end of run %s is not in the store: %s", self._run_id, failure)

    def log(self, result: Result) -> str:
        """Write down all of a result, on disk first; return the run's id.

        Returns
        -------
        str
            Empty where the store could not be written to.
        """
        if self.started is None:
            raise TrackingError("log() needs a started run; use the tracker in a with statement")
        run = write_run(
            result,
            name=self.name,
            experiment=self.experiment,
            register=self.register,
            started=self.started,
            parent=self.parent,
        )
        return self.log_folder(run)

    def log_folder(self, run: RunFolder) -> str:
        """Write down a run that lies on disk; see :meth:`log`."""
        if not self._run_id:
            return ""
        # On disk first: a sync then deletes this run when a whole one has taken its place.
        run = replace(run, attempt=self._run_id)
        run.save()
        where = without_password(self.uri)
        if not is_reachable(self.uri):
            self._half_logged = True
            _warn(f"nobody answers at the tracking store {where} any more")
            return ""
        try:
            upload(self._client, self.uri, self._run_id, run)
        except STORE_ERRORS as error:
            self._half_logged = True
            reason = masked(error, self.uri)
            _warn(f"the tracking store {where} failed while the run was being logged: {reason}")
            return ""
        return self._run_id


def _warn(reason: str) -> None:
    _LOG.warning(
        "%s. The training goes on and its results are kept on disk; "
        "python -m stance.sync logs them later",
        reason,
    )


def source_tags(experiment: str) -> dict[str, str]:
    """Who ran what, in MLflow's own words, and the slug of the experiment."""
    return {
        "mlflow.user": user_name(),
        "mlflow.source.name": "python -m stance.train",
        "mlflow.source.type": "LOCAL",
        "experiment": experiment,
    }


@contextlib.contextmanager
def signal_as_exit() -> Iterator[None]:
    """Turn SIGTERM into SystemExit, so that the run is ended on the way out."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    try:
        before: Any = signal.signal(signal.SIGTERM, leave)
    except ValueError:  # not the main thread, as under some launchers
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
