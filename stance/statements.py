"""Statements as users hand them in: texts, records, a DataFrame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from stance.errors import DataError, nearest
from stance.records import Statement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["each", "gather", "id_text", "names_in", "names_of", "unnamed"]


def gather(statements: Any) -> tuple[list[Statement], list[Any]]:
    """The statements, and what to call each: see :func:`names_of` and :func:`names_in`.

    Raises
    ------
    DataError
        If one is not a statement; the message gives row and column.
    """
    if hasattr(statements, "columns"):
        return _from_frame(statements)
    rows = list(each(statements))
    return rows, names_of(rows)


def names_of(rows: Sequence[Statement]) -> list[str | int]:
    """The ids; the positions where there are none; "row 7" for one without where there are some.

    Examples
    --------
    >>> names_of([Statement("Yes.", id="1"), Statement("No.")])
    ['1', 'row 1']
    """
    if not any(item.id for item in rows):
        return list(range(len(rows)))
    return [item.id or unnamed(index, ids=True) for index, item in enumerate(rows)]


def unnamed(number: object, *, ids: bool) -> str:
    """What a statement without an id is called: where others have ids, never as one of them."""
    return f"row {number}" if ids else str(number)


def id_text(value: Any) -> str | None:
    """An id as text, empty where it is missing; None where it is of no kind that names are of.

    Numbers and dates are names too, as Excel and Parquet hold them.

    Examples
    --------
    >>> id_text(7.0), id_text(float("nan")), id_text([])
    ('7', '', None)
    """
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, (int, float, Decimal, UUID)) else None


def each(statements: str | Statement | Iterable[str | Statement]) -> Iterator[Statement]:
    """One statement after the other, as they come.

    Raises
    ------
    DataError
        If one is not a statement, or they are columns, which go through as their names.
    """
    if isinstance(statements, Mapping) or hasattr(statements, "columns"):
        raise DataError(
            f"statements: expected texts or Statements, got {type(statements).__name__}; "
            "of a table, give the column of its texts"
        )
    if isinstance(statements, (str, Statement)):
        statements = [statements]
    for index, item in enumerate(statements):
        if not isinstance(item, (str, Statement)):
            raise DataError(
                f"statements[{index}]: expected text or a Statement, got {type(item).__name__}"
            )
        yield Statement(item) if isinstance(item, str) else item


def _from_frame(frame: pd.DataFrame) -> tuple[list[Statement], list[Any]]:
    if "text" not in frame.columns:
        have = [str(column) for column in frame.columns]
        raise DataError(f"the statements have no column 'text'; {nearest('text', have)}")
    for name in ("text", "holder", "side", "id"):
        if list(frame.columns).count(name) > 1:
            raise DataError(f"the statements have two columns {name!r}; rename one of them")
    blank = [""] * len(frame)
    texts, holders, sides = (
        _cells(frame, name) if name in frame.columns else blank
        for name in ("text", "holder", "side")
    )
    return (
        list(map(Statement, texts, holders, sides)),
        names_in(frame),
    )


def names_in(frame: pd.DataFrame) -> list[Any]:
    """The ids as they are, "row 7" for one that is missing; the index where there are no ids."""
    if "id" not in frame.columns:
        return list(frame.index)
    given = frame["id"].notna() & (frame["id"] != "")
    return [
        name if there else unnamed(label, ids=True)
        for name, there, label in zip(frame["id"], given, frame.index, strict=True)
    ]


def _cells(frame: pd.DataFrame, name: str) -> list[str]:
    """The texts of a column; a missing one is empty."""
    column = frame[name]
    cells: list[str] = column.astype(object).where(column.notna(), "").tolist()
    for label, value in zip(frame.index, cells, strict=True):
        if not isinstance(value, str):
            raise DataError(
                f"statements, row {label!r}, column {name!r}: expected text, "
                f"got {type(value).__name__} {value!r}"
            )
    return cells
