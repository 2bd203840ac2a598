"""Read JSON lines one by one, so that an error names its line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from stance.errors import DataError, nearest

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
    try:
        content = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            content = gzip.decompress(content)
        # Not splitlines(): the separators of Unicode may stand inside a string.
        lines = content.decode("utf-8-sig").split("\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot read it: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{path}:{number}"
            yield where, _json_object(line, where)


def _json_object(line: str, where: str) -> dict[str, Any] | DataError:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return DataError(f"{where}: not a JSON object: {error}")
    if not isinstance(row, dict):
        return DataError(f"{where}: expected a JSON object, got {type(row).__name__}")
    return row


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
