"""Dates of statements, as people write them in tables."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pandas as pd

from stance.errors import DataError, shown

__all__ = ["is_missing", "parse_date", "parse_dates"]

_PARTIAL = re.compile(r"\d{4}(-\d{2})?")


def parse_dates(column: pd.Series[Any], where: str) -> pd.Series[Any]:
    """Read a column of dates; an empty cell, and a date not known to the day, is NaT.

    Parameters
    ----------
    column : pandas.Series
        Dates, timestamps, or text in ISO 8601 (``2026-02-28``, also with a time; ``2026-02`` and
        ``2026`` are not known to the day).
    where : str
        What to call the table in messages.

    Returns
    -------
    pandas.Series of datetime64

    Raises
    ------
    DataError
        If a cell is none of these; the message gives row, column, and the date in ISO 8601
        where the cell can be read as one.

    Examples
    --------
    >>> parse_dates(pd.Series(["2026-02-28", "2026-02", None]), "statements").tolist()
    [Timestamp('2026-02-28 00:00:00'), NaT, NaT]
    """
    days = [
        parse_date(value, f"{where}, row {row!r}, column 'date'") for row, value in column.items()
    ]
    stamps = [pd.NaT if day is None else pd.Timestamp(day) for day in days]
    return pd.Series(stamps, index=column.index, dtype="datetime64[us]")


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT, or the NA of pandas' own types."""
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def parse_date(value: Any, where: str) -> dt.date | None:
    """Read one date; None where it is empty or not known to the day."""
    if is_missing(value) or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        raise DataError(f"{where}: expected a date such as 2026-02-28, got {shown(value)}")
    text = value.strip()
    try:
        if _PARTIAL.fullmatch(text):
            dt.date.fromisoformat(text + "-01" * (2 - text.count("-")))
            return None
        return dt.datetime.fromisoformat(text).date()
    except ValueError as error:
        raise DataError(
            f"{where}: expected a date such as 2026-02-28, got {value!r}{_meant(text)}"
        ) from error


def _meant(text: str) -> str:
    """The dates that other orders of day and month would make of a text."""
    found = set()
    for pattern in ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y.%m.%d", "%d %B %Y"):
        try:
            found.add(f"{dt.datetime.strptime(text, pattern):%Y-%m-%d}")
        except ValueError:
            continue
    return f"; did you mean {' or '.join(sorted(found))}?" if found else ""
