"""Write text and JSON, never half a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stance.writing import beside

__all__ = ["write_json", "write_text"]


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, with the line ends that the text has.

    Raises
    ------
    DataError
        If it cannot be written; a file that was there before is left as it was.
    """
    with beside(path) as draft:
        draft.write_bytes(text.encode("utf-8"))


def write_json(path: Path, content: Any) -> None:
    """Write a JSON document, indented and with its characters as they are."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
