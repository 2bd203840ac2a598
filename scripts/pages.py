"""What a program writes of an experiment: its results, and the part of a page that shows them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stance.writing import beside

__all__ = ["fill", "write_results"]


def fill(page: Path, name: str, lines: Sequence[str]) -> None:
    """Put lines between ``<!-- name: begin -->`` and ``<!-- name: end -->``.

    Raises
    ------
    ValueError
        If the page does not have both marks once, in this order.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = page.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"{page}: expected {begin} and, after it, {end}, once each")
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    with beside(page) as draft:
        draft.write_text("\n".join([f"{before}{begin}", *lines, f"{end}{after}"]), encoding="utf-8")


def write_results(path: Path, results: Any) -> None:
    """Write results as JSON."""
    with beside(path) as draft:
        text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
        draft.write_text(text, encoding="utf-8")
