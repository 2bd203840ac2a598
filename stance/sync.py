"""``python -m stance.sync``: log the runs that lie on disk and did not reach their store."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from filelock import FileLock, Timeout
from mlflow import MlflowClient

from stance.errors import StanceError, TrackingError
from stance.inert import printable
from stance.tracking.mlflow_tracker import MlflowTracker
from stance.tracking.registry import DEFAULT_STORE, store_uri
from stance.tracking.run_folder import LOCK, RunFolder, find_runs, read_run
from stance.tracking.store import STORE_ERRORS, open_store
from stance.tracking.uris import without_password

__all__ = ["main", "sync"]

_FOLDERS = ("outputs", "multirun")


def sync(uri: str, folders: Iterable[Path]) -> dict[Path, str]:
    """Log every run below the folders that is not in its store yet, and that nobody logs now.

    Parameters
    ----------
    uri : str
        Of the store; empty for the one that each run was meant for.
    folders : iterable of pathlib.Path

    Returns
    -------
    dict of pathlib.Path to str
        The folder of each run that was logged, and its id.

    Raises
    ------
    TrackingError
        If the store cannot be reached, or was only written down without its password, or a
        folder is damaged.
    """
    done = {}
    for path in (found for folder in folders for found in find_runs(folder)):
        if read_run(path).logged:  # without a lock: the folder may be one to read only
            continue
        try:
            with FileLock(path / LOCK, timeout=0):
                run = read_run(path)
                if not run.logged:
                    store = uri or _meant(run)
                    open_store(store, create=True)  # none is made where there is nothing to log
                    done[path] = _log(store, run)
        except Timeout:
            continue  # its training is logging it now, or another sync
    return done


def _meant(run: RunFolder) -> str:
    """The store that a run's config names."""
    uri = run.params.get("tracking.uri", DEFAULT_STORE)
    if "***" in uri:  # what a password was written down as
        raise TrackingError(f"{run.path}: its store is {uri}; give it with its password, --uri …")
    return uri


def _log(uri: str, run: RunFolder) -> str:
    tracker = MlflowTracker(
        uri,
        run.experiment,
        run.name,
        register=run.register,
        parent=run.parent,
        started=run.started,
    )
    with tracker:
        run_id = tracker.log_folder(run)
    client = open_store(uri)
    if not run_id:
        raise TrackingError(f"{run.path}: the store {without_password(uri)} did not take the run")
    # The run lasted until its results lay on disk, not until now.
    client.set_terminated(run_id, "FINISHED", end_time=run.ended)
    if run.attempt:
        _forget(client, run.attempt)
    return run_id


def _forget(client: MlflowClient, run_id: str) -> None:
    """Delete the half-logged run whose place a whole one has taken."""
    try:
        client.delete_run(run_id)
    except STORE_ERRORS:  # it was begun in another store, or never
        return


def main(arguments: Sequence[str] | None = None) -> int:
    """Log what lies on disk.

    Returns
    -------
    int
        0 when all is in the store, 1 when not.
    """
    parser = argparse.ArgumentParser(prog="python -m stance.sync", description=__doc__)
    parser.add_argument(
        "folders", nargs="*", type=Path, help="where to look; outputs and multirun by default"
    )
    parser.add_argument(
        "--uri",
        help="the tracking store; else MLFLOW_TRACKING_URI, else the one of each run's config",
    )
    given = parser.parse_args(arguments)
    folders = given.folders or [Path(name) for name in _FOLDERS]
    for folder in given.folders:
        if not folder.exists():
            return _refuse(f"{folder}: there is no such folder")
    try:
        done = sync(store_uri(given.uri, default=""), folders)
    except StanceError as error:
        return _refuse(str(error))
    for path, run_id in done.items():
        print(f"{path}: logged as {run_id}")
    print(f"{len(done)} logged" if done else "nothing to log")
    return 0


def _refuse(message: str) -> int:
    print(f"error: {printable(message)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
