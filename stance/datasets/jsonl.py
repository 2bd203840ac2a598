"""Read JSON lines one by one, so that an error names its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from stance.errors import DataError, nearest
from stance.jsonl import parsed_lines

__all__ = ["fault_message", "json_lines", "scan_lines"]


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each line's place (``file:line``) and its object, as :func:`scan_lines` does.

    Raises
    ------
    DataError
        If the file cannot be read, or a line is not a JSON object.
    """
    for where, row in scan_lines(path):
        if isinstance(row, DataError):
            raise row
        yield where, row


def scan_lines(path: Path) -> Iterator[tuple[str, dict[str, Any] | DataError]]:
    """Yield each line's place and its object, or what is wrong; empty lines are passed over.

    Parameters
    ----------
    path : pathlib.Path
        Compressed if its name ends in ``.gz``.

    Raises
    ------
    DataError
        If the file cannot be read at all.
    """
    for where, row in parsed_lines(path):
        if not isinstance(row, (dict, DataError)):
            row = DataError(f"{where}: expected a JSON object, got {type(row).__name__}")
        yield where, row


def fault_message(fault: Any, field: str, known: Iterable[str]) -> str:
    """Say what breaks the schema of a line.

    Parameters
    ----------
    fault : dict
        One of the ``errors()`` of a pydantic ``ValidationError``.
    field : str
        What to call its place.
    known : iterable of str
        The fields that there are.

    Examples
    --------
    >>> fault_message({"type": "missing", "loc": ("text",), "input": {}}, "text", ["text"])
    'field text is missing'
    """
    if fault["type"] == "extra_forbidden":
        return f"unknown field {field}; {nearest(str(fault['loc'][-1]), known)}"
    if fault["type"] == "missing":
        return f"field {field} is missing"
    return f"field {field}: {fault['msg']}, got {fault['input']!r}"
