"""One row of a user's file: a statement, or the fault that it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from stance.errors import DataError, nearest
from stance.records import Statement
from stance.statements import id_text, unnamed

__all__ = ["FIELDS", "Fault", "Records", "Row", "faulty", "find_columns", "row_of"]

T = TypeVar("T")

FIELDS = ("text", "id", "holder", "side")
"""What a column can be; the first is needed, unless a layout says otherwise."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class Fault(Exception):  # noqa: N818 - not an error of the program: a row to be set aside
    """What is wrong with one row."""


class Row(NamedTuple):
    """A row as it was read.

    Attributes
    ----------
    number : int
        As a spreadsheet or an editor counts it, from 1, with header and blank lines.
    name : str
        The statement's id; its row number where the file has no ids; "row 7" where it has, and
        this row none.
    statement : Statement or None
        None where there is a fault.
    fault : str
        What is wrong, or an empty string.
    cells : mapping of str to object
        The cells as they were read, by field, where a layout asks for more than
        :data:`FIELDS`; a field without a column is left out.
    """

    number: int
    name: str
    statement: Statement | None
    fault: str = ""
    cells: Mapping[str, Any] = MappingProxyType({})


def faulty(number: int, fault: str) -> Row:
    """A row that cannot be read."""
    return Row(number, str(number), None, fault)


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """The rows of a file, read closely only where they are wanted.

    Attributes
    ----------
    raw : iterator
        What stands in the file for each row.
    build : callable
        Makes a row of that.
    """

    raw: Iterator[T]
    build: Callable[[T], Row]

    def rows(self, start: int, step: int) -> Iterator[Row]:
        """Every ``step``-th row from the one at position ``start``; the others cost little."""
        return map(self.build, islice(self.raw, start, None, step))


def row_of(number: int, cells: Mapping[str, Any], columns: Mapping[str, str]) -> Row:
    """Make a row of its cells by field, or say which cell is at fault."""
    try:
        text = _text(cells.get("text"), columns.get("text", "text"))
        holder, side, name = (
            _plain(cells[field], columns[field]) if field in cells else ""
            for field in ("holder", "side", "id")
        )
        for field, value in cells.items():
            if field not in FIELDS and isinstance(value, str):
                _utf8(value, columns[field])
    except Fault as fault:
        return faulty(number, str(fault))
    name = name or unnamed(number, ids="id" in columns)
    return Row(number, name, Statement(text, holder, side), cells=cells)


def find_columns(
    have: Sequence[str], asked: Mapping[str, str | None], where: str, hint: str = ""
) -> dict[str, str]:
    """Match fields with a file's columns.

    A column that was asked for, or bears the field's name, is taken; capitals and blanks
    around the name do not matter where that leaves one candidate. A field that is asked for
    as None is taken where there is a column of its name, and does not have to be there.

    Raises
    ------
    DataError
        If the text column, or one that was asked for, is not there or is there twice.
    """
    found = {}
    for part in dict.fromkeys([*FIELDS, *asked]):
        wanted = part if asked.get(part) is None else str(asked[part])
        needed = asked[part] is not None if part in asked else part == "text"
        same = [name for name in have if name == wanted] or [
            name for name in have if name.strip().casefold() == wanted.strip().casefold()
        ]
        if len(same) > 1:
            raise DataError(f"{where}: two columns are called {wanted!r}; rename one of them")
        if same:
            found[part] = same[0]
        elif needed:
            raise DataError(
                f"{where}: no column {wanted!r} ({nearest(wanted, filter(None, have))}); "
                f"name it with --{part.replace('_', '-')}-column{hint}"
            )
    return found


def _text(value: Any, column: str) -> str:
    if value is None or value != value:
        return ""
    if not isinstance(value, str):
        raise Fault(f"column {column!r}: expected text, got {type(value).__name__} {value!s:.40}")
    return _utf8(value, column)


def _plain(value: Any, column: str) -> str:
    found = id_text(value)
    if found is None:
        raise Fault(f"column {column!r}: expected text or a number, got {type(value).__name__}")
    return _utf8(found, column)


def _utf8(value: str, column: str) -> str:
    if value.isascii():
        return value
    wrong = _SURROGATE.search(value)
    if wrong is None:
        return value
    code = ord(wrong.group())
    if 0xDC80 <= code <= 0xDCFF:
        raise Fault(
            f"column {column!r}: the byte 0x{code - 0xDC00:02x} is not UTF-8; if the whole file is "
            "in another encoding, name it: --encoding cp1252 (Western Windows), cp1251 (Cyrillic)"
        )
    raise Fault(f"column {column!r}: half a character (U+{code:04X})")
