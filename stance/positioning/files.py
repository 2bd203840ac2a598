"""Files of predictions and of their statements, read as ``stance predict`` reads its input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from stance.errors import DataError

if TYPE_CHECKING:
    from stance.streaming.rows import Row

__all__ = ["FAULT", "read_predictions", "read_statements"]

FAULT = "fault"
"""Where the ``attrs`` of a table of statements say what is wrong with the first faulty row."""


def read_predictions(path: Path, needed: Iterable[str], optional: Iterable[str]) -> pd.DataFrame:
    """Read a file that ``stance predict`` wrote; the index holds the rows' numbers.

    Raises
    ------
    DataError
        If the file or one of its rows cannot be read, or a needed column is missing.
    """
    asked = {name: name for name in needed}
    rows = _rows(path, {**dict.fromkeys((*optional, "text")), **asked})
    for row in rows:
        if row.statement is None:
            raise DataError(f"{path}, row {row.number}: {row.fault}")
    return pd.DataFrame(
        [_cells(row) for row in rows],
        index=pd.Index([row.number for row in rows], dtype=object),  # messages say them as they are
        columns=None if rows else [*asked, *optional],
        dtype=object,
    )


def read_statements(path: Path, about: Iterable[str], *, numbered: bool) -> pd.DataFrame:
    """Read a file of statements; the index holds what ``stance predict`` calls them.

    A row that it sets aside has no predictions, and is passed over here.

    Parameters
    ----------
    path : pathlib.Path
    about : iterable of str
        The columns to read.
    numbered : bool
        Whether the predictions call a statement without an id by its row.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    rows = _rows(path, dict.fromkeys((*about, "id", "text")))
    sound = [row for row in rows if row.statement is not None]
    names = [row.name if numbered or row.cells.get("id") else f"row {row.name}" for row in sound]
    table = pd.DataFrame([_cells(row) for row in sound], index=names, dtype=object)
    faults = (f"{path}, row {row.number}: {row.fault}" for row in rows if row.statement is None)
    table.attrs[FAULT] = next(faults, "")
    return table


def _rows(path: Path, columns: Mapping[str, str | None]) -> Sequence[Row]:
    from stance.streaming import Layout, open_source

    try:
        with open_source(str(path), Layout(columns)) as source:
            return list(source)
    except DataError as error:
        # What follows is how the command line is told of a column.
        raise DataError(str(error).partition("; name it with --")[0]) from error


def _cells(row: Row) -> dict[str, Any]:
    """A row's cells; its names are text, though a workbook holds them as numbers."""
    said = row.statement
    names = {name: getattr(said, name) for name in ("holder", "side") if name in row.cells}
    return {**row.cells, **names}
