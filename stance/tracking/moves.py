"""An SQLite store keeps its artifacts beside it, and finds them again after a move."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

__all__ = ["ARTIFACTS", "follow_move"]

ARTIFACTS = "mlartifacts"
"""The folder beside an SQLite store that holds its artifacts."""

_BUSY_SECONDS = 60
_LOCATIONS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


def follow_move(file: Path) -> None:
    """Point a store at the artifacts beside it, wherever its folder was moved or copied to.

    MLflow keeps full paths. A location is only changed if it ends in the name that stance
    gives and there is such a folder beside the store.

    Parameters
    ----------
    file : pathlib.Path
        Of an SQLite store; call it under the store's lock.
    """
    here = file.parent / ARTIFACTS
    if not here.is_dir():
        return
    with contextlib.closing(sqlite3.connect(file, timeout=_BUSY_SECONDS)) as database, database:
        found = database.execute(
            "SELECT DISTINCT artifact_location FROM experiments WHERE artifact_location LIKE ?",
            (f"file://%/{ARTIFACTS}",),
        )
        for (old,) in found.fetchall():
            if old != here.as_uri():
                _replace_prefix(database, old, here.as_uri())


def _replace_prefix(database: sqlite3.Connection, old: str, new: str) -> None:
    for table, column in _LOCATIONS:
        # The names are constants of this module, not input.
        database.execute(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608
            f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
            (new, len(old) + 1, old, len(old) + 1, f"{old}/"),
        )
