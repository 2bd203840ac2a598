"""Keep the figures of one question beside those of the others, in the study of robustness."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pages import write_results

__all__ = ["RESULTS", "known", "record", "update"]

RESULTS = Path(__file__).resolve().parent.parent / "experiments" / "robustness" / "results.json"


def known() -> dict[str, Any]:
    """All figures that were written so far."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def update(figures: Mapping[str, Any]) -> None:
    """Write figures by the names of their questions; all others stay as they are."""
    write_results(RESULTS, {**known(), **figures})


def record(question: str, part: str, figures: Any) -> None:
    """Write the figures of one part of a question; its other parts stay too."""
    update({question: {**known().get(question, {}), part: figures}})
