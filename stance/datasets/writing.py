"""Files are written beside their place and then moved there: none is ever half-written."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from stance.errors import DataError

__all__ = ["write_json", "write_text"]


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, with the line ends that the text has.

    Raises
    ------
    DataError
        If it cannot be written; a file that was there before is left as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise DataError(f"{path}: cannot write it: {error}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(beside).chmod(0o644)  # mkstemp's files are for their owner only
        Path(beside).replace(path)
    except BaseException as error:
        Path(beside).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise DataError(f"{path}: cannot write it: {error}") from error
        raise


def write_json(path: Path, content: Any) -> None:
    """Write a JSON document, indented and with its characters as they are."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
