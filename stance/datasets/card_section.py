"""The part of a dataset card that is written from its statistics, never by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stance.errors import DataError
from stance.labels import LABELS

__all__ = ["BEGIN", "END", "card_section", "with_section"]

BEGIN = "<!-- statistics: written by python -m stance.datasets statistics -->"
END = "<!-- end of statistics -->"


def with_section(card: str, statistics: Mapping[str, Any]) -> str:
    """Replace the section of a card that stands between its two marks.

    Raises
    ------
    DataError
        If the marks are not there once each, in their order.
    """
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise DataError(f"the card needs the lines {BEGIN!r} and {END!r}, once each")
    return f"{before}{BEGIN}\n{card_section(statistics)}{END}{after}"


def card_section(statistics: Mapping[str, Any]) -> str:
    """Counts, label shares and agreement as Markdown tables."""
    agreement = statistics["agreement"]
    parts = [
        _summary(statistics["counts"], agreement),
        _table(
            ("label", "pairs", "share", "alpha against the rest"),
            (
                (name, f"{row['pairs']:,}", _share(row), _alpha(agreement["labels"][name]))
                for name, row in statistics["labels"].items()
            ),
        ),
        _groups("split", statistics["splits"]),
        _groups("register", statistics["registers"], agreement["registers"]),
        _groups("language", statistics["languages"]),
        _groups("conflict", statistics["conflicts"], agreement["conflicts"]),
    ]
    return "\n" + "\n\n".join(parts) + "\n\n"


def _summary(counts: Mapping[str, int], agreement: Mapping[str, Any]) -> str:
    differ = agreement["pairs_where_the_first_two_differ"]
    text = (
        f"{counts['statements']:,} statements ({counts['twins']:,} of them twins), "
        f"{counts['pairs']:,} pairs, {counts['terms']:,} terms, {counts['conflicts']:,} conflicts. "
        f"The first two votes differ on {differ:,} pairs; {agreement['pairs_with_a_third']:,} "
        "carry a third. Krippendorff's alpha of the first two votes, all labels: "
        f"{_alpha(agreement['overall'])}."
    )
    if differ or not agreement["pairs_with_two_votes"]:
        return text
    return f"{text} It is 1 by selection: no pair on which they differ is in the data."


def _groups(
    title: str, groups: Mapping[str, Any], alphas: Mapping[str, float | None] | None = None
) -> str:
    header = (title, "statements", "pairs", "terms", *LABELS, *(["alpha"] if alphas else []))
    rows = []
    for name, row in groups.items():
        sizes = (f"{row[size]:,}" for size in ("statements", "pairs", "terms"))
        shares = (_share(row["labels"][label]) for label in LABELS)
        rows.append((name, *sizes, *shares, *([_alpha(alphas.get(name))] if alphas else [])))
    return _table(header, rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    marks = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, marks, *rows))


def _share(row: Mapping[str, float]) -> str:
    return f"{100 * row['share']:.1f} %"


def _alpha(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
