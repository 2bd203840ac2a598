"""Read the lines of a file of JSON, each with its place."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stance.errors import DataError

__all__ = ["parsed_lines"]


def parsed_lines(path: Path, what: str = "it") -> Iterator[tuple[str, Any]]:
    """Yield each line's place (``file:line``) and what it holds, or what is wrong with it.

    Parameters
    ----------
    path : pathlib.Path
        Compressed if its name ends in ``.gz``. Empty lines are passed over.
    what : str
        What an error says cannot be read.

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
        raise DataError(f"{path}: cannot read {what}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{path}:{number}"
            yield where, _parsed(line, where)


def _parsed(line: str, where: str) -> Any:
    try:
        found = json.loads(line, object_pairs_hook=_once)
        if r"\ud" in line.lower():
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start].encode("unicode_escape").decode()
        return DataError(f"{where}: half of a character ({half}), as in texts that were cut")
    except DataError as error:
        return DataError(f"{where}: {error}")
    except (ValueError, RecursionError) as error:
        return DataError(f"{where}: not a JSON object: {error}")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of which no key stands twice: JSON would keep the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise DataError(f"the field {twice!r} stands twice; keep one of them")
    return found
