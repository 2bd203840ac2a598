"""Open an MLflow store: made by one process at a time, found again after a move, dead runs marked.

Every module that talks to MLflow gets its client here.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import logging
import platform
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import RunStatus, ViewType
from mlflow.exceptions import MlflowException
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from stance.errors import TrackingError
from stance.tracking.moves import ARTIFACTS, follow_move
from stance.tracking.uris import (
    check_store_uri,
    is_reachable,
    local_store,
    masked,
    with_driver,
    without_password,
)

__all__ = [
    "STORE_ERRORS",
    "StoreUnreachableError",
    "experiment_id",
    "mark_dead_runs",
    "open_store",
    "patient",
    "process_tags",
    "store_lock",
    "user_name",
]

STORE_ERRORS = (MlflowException, SQLAlchemyError, sqlite3.Error, OSError)
"""What a store raises when it is not there, is full, or does not hold what is asked for."""

_HOST, _PID, _STARTED = "stance.host", "stance.pid", "stance.process_started"
_KIND = "mlflow.experimentKind"  # what the UI offers: pages for training, not for chat
_LOCK_SECONDS = 300
_BUSY_SECONDS = 60
# Its progress notes on making tables are no news to somebody who trains a model.
logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)


class StoreUnreachableError(TrackingError):
    """The store may well be right, but nobody answers there now."""


def open_store(uri: str, *, create: bool = False) -> MlflowClient:
    """Open a tracking store.

    Parameters
    ----------
    uri : str
    create : bool, default False
        Whether to make an SQLite store that is not there yet.

    Returns
    -------
    mlflow.MlflowClient
        Bound to the store; MLflow's own settings are left alone.

    Raises
    ------
    StoreUnreachableError
        If nobody answers at a remote store.
    TrackingError
        If it is not a store, or a local one does not exist.
    """
    check_store_uri(uri)
    file = local_store(uri)
    if not is_reachable(uri):
        raise StoreUnreachableError(f"nobody answers at the tracking store {without_password(uri)}")
    try:
        if file is not None:
            _prepare(file, uri, create=create)
        elif not uri.startswith("http"):
            _connect_once(uri)
        with store_lock(uri):  # a database that is new gets its tables here
            client = MlflowClient(patient(uri), patient(uri))
            client.search_experiments(max_results=1)
    except ModuleNotFoundError as error:
        package = "'stance[postgres]'" if uri.startswith("postgresql") else error.name
        raise TrackingError(
            f"the tracking store {without_password(uri)} needs the package {error.name}, which is "
            f"not installed: pip install {package}"
        ) from error
    except STORE_ERRORS as error:
        raise TrackingError(
            f"the tracking store {without_password(uri)} cannot be used: {masked(error, uri)}"
        ) from error
    return client


def patient(uri: str) -> str:
    """The URI as MLflow gets it: one that waits for others that write to the same SQLite file."""
    if local_store(uri) is None or "?" in uri:
        return with_driver(uri)
    return f"{uri}?timeout={_BUSY_SECONDS}"


def _prepare(file: Path, uri: str, *, create: bool) -> None:
    if not file.exists() and not create:
        raise TrackingError(
            f"there is no store {file}; run from the folder of the store, or name the store: "
            "--uri where a command has it, else the environment variable MLFLOW_TRACKING_URI"
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    with store_lock(uri):
        if not file.exists():
            _create(file)
        follow_move(file)


def _connect_once(uri: str) -> None:
    """Find a wrong name or password at once; MLflow would try them again for minutes."""
    engine = create_engine(with_driver(uri))
    try:
        engine.connect().close()
    finally:
        engine.dispose()


@contextlib.contextmanager
def store_lock(uri: str) -> Iterator[None]:
    """Let one process of this machine at a time do what MLflow does not survive two doing.

    A server sees to that itself, and has no lock.
    """
    if uri.startswith("http"):
        yield
        return
    with FileLock(_lock_file(uri), timeout=_LOCK_SECONDS):
        yield


def _lock_file(uri: str) -> Path:
    file = local_store(uri)
    if file is not None:
        return file.with_name(f"{file.name}.lock")
    name = hashlib.sha256(f"{user_name()} {uri}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"stance-{name}.lock"


def _create(file: Path) -> None:
    """Make the tables in a file beside: a process killed half-way leaves no half-made store."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    MlflowClient(f"sqlite:///{beside}").search_experiments(max_results=1)
    beside.replace(file)


def experiment_id(client: MlflowClient, uri: str, name: str) -> str:
    """Id of an experiment, which is made if it is not there yet.

    Raises
    ------
    TrackingError
        If it was deleted: MLflow keeps its name.
    """
    with store_lock(uri):
        found = client.get_experiment_by_name(name)
        if found is None:
            place = _artifacts(uri)
            try:
                return str(
                    client.create_experiment(name, place, {_KIND: "custom_model_development"})
                )
            except MlflowException:  # another machine was first
                found = client.get_experiment_by_name(name)
                if found is None:
                    raise
    if found.lifecycle_stage == "deleted":
        raise TrackingError(
            f"the experiment {name!r} was deleted from {without_password(uri)}; choose another "
            "name (tracking.experiment=…) or restore it: mlflow experiments restore"
            f" --experiment-id {found.experiment_id}"
        )
    return str(found.experiment_id)


def _artifacts(uri: str) -> str | None:
    """Where a new experiment keeps its artifacts; a server decides that itself.

    A database elsewhere holds no files: they go into the working folder.
    """
    if uri.startswith("http"):
        return None
    file = local_store(uri)
    return ((file.parent if file else Path.cwd()) / ARTIFACTS).as_uri()


def user_name() -> str:
    """Who runs this process."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"


def process_tags() -> dict[str, str]:
    """By what a later start can tell whether this process is still there."""
    process = psutil.Process()
    return {
        _HOST: _host(),
        _PID: str(process.pid),
        _STARTED: f"{process.create_time():.0f}",
    }


def mark_dead_runs(client: MlflowClient) -> list[str]:
    """End the runs of this host whose process is gone; MLflow leaves them RUNNING for ever.

    Returns
    -------
    list of str
        Ids of the runs that were marked.
    """
    experiments = [item.experiment_id for item in client.search_experiments()]
    # A host's name comes from outside, and a quote would end the filter.
    mine = f"attributes.status = 'RUNNING' AND tags.`{_HOST}` = '{_host()}'"
    found = client.search_runs(experiments, mine, run_view_type=ViewType.ACTIVE_ONLY)
    dead = [run for run in found if not _alive(run.data.tags)]
    for run in dead:
        client.set_tag(run.info.run_id, "stance.ended_by", "its process was gone")
        client.set_terminated(run.info.run_id, RunStatus.to_string(RunStatus.KILLED))
    return [str(run.info.run_id) for run in dead]


def _host() -> str:
    return platform.node().replace("'", "")


def _alive(tags: dict[str, str]) -> bool:
    try:
        process = psutil.Process(int(tags.get(_PID, "")))
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return abs(process.create_time() - float(tags.get(_STARTED, "nan"))) < 2
    except (psutil.Error, ValueError):
        return False
