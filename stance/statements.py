"""Statements as users hand them in: texts, records, a DataFrame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stance.errors import DataError, nearest
from stance.records import Statement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["each", "gather"]


def gather(statements: Any) -> tuple[list[Statement], list[Any]]:
    """The statements, and what to call each: its id, or its position or index label.

    Raises
    ------
    DataError
        If one is not a statement; the message gives row and column.
    """
    if hasattr(statements, "columns"):
        return _from_frame(statements)
    rows, names = [], []
    for index, item in enumerate(each(statements)):
        rows.append(item)
        names.append(item.id or index)
    return rows, names


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
        _names(frame),
    )


def _names(frame: pd.DataFrame) -> list[Any]:
    """The ids; the index label of a statement without one, as text where ids are text."""
    if "id" not in frame.columns:
        return list(frame.index)
    from pandas.api.types import is_numeric_dtype

    instead = frame.index if is_numeric_dtype(frame["id"]) else map(str, frame.index)
    given = frame["id"].notna() & (frame["id"] != "")
    return [
        name if there else label
        for name, there, label in zip(frame["id"], given, instead, strict=True)
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
