"""Tables of agreement for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from stance.inert import printable

__all__ = ["agreement_tables"]


def agreement_tables(found: Mapping[str, Any]) -> tuple[Table, Table]:
    """Tables of every two readers, and of Krippendorff's alpha overall and for each label.

    Parameters
    ----------
    found : mapping
        ``pairwise`` (dicts of :class:`stance.datasets.agreement.Agreement`), ``alpha`` and
        ``labels``.
    """
    readers = Table(box=None, pad_edge=False)
    for name in ("reader", "other reader"):
        readers.add_column(name)
    for name in ("pairs in common", "agreed", "alpha"):
        readers.add_column(name, justify="right")
    for item in found["pairwise"]:
        names = (Text(printable(item["one"])), Text(printable(item["other"])))
        numbers = (_number(item["agreed"]), _number(item["alpha"]))
        readers.add_row(*names, f"{item['items']:,}", *numbers)
    alphas = Table(box=None, pad_edge=False)
    alphas.add_column("Krippendorff's alpha, all readers")
    alphas.add_column("", justify="right")
    alphas.add_row("all labels", _number(found["alpha"]))
    for label, value in found["labels"].items():
        alphas.add_row(f"{label} against the rest", _number(value))
    return readers, alphas


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
