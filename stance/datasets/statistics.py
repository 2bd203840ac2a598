"""``statistics.json``: what a dataset holds, how far its readers agree, and its files' hashes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from stance.datasets.agreement import Vote, alpha, alpha_by_label
from stance.datasets.source import Source, SourcePair, SourceStatement
from stance.errors import DataError
from stance.labels import LABELS

__all__ = ["refuse_other", "statistics"]

Located = tuple[SourceStatement, SourcePair]
_DIGITS = 4
_PARTS = ("files", "counts", "labels", "splits", "registers", "languages", "conflicts", "agreement")


def statistics(source: Source) -> dict[str, Any]:
    """Count a dataset and measure the agreement of its first two votes.

    Parameters
    ----------
    source : Source
        From :func:`stance.datasets.source.read_source`, without faults.

    Returns
    -------
    dict
        ``files`` (SHA-256), ``counts``, ``labels``, ``splits``, ``registers``, ``languages``,
        ``conflicts`` and ``agreement``, for JSON; the same data give the same values.

    Raises
    ------
    DataError
        If the dataset has faults.
    """
    pairs = source.sound().pairs()
    return {
        "files": {path.name: _sha256(path) for path in source.files},
        "counts": {
            "statements": len(source.statements),
            "twins": sum(item.twin_of is not None for item in source.statements),
            "pairs": len(pairs),
            "terms": len(source.terms),
            "conflicts": len({source.conflict_of(item) for item in source.statements}),
        },
        "labels": _labels(pairs),
        "splits": _groups(source, lambda item: item.split),
        "registers": _groups(source, lambda item: item.register),
        "languages": _groups(source, lambda item: item.lang),
        "conflicts": _groups(source, source.conflict_of),
        "agreement": _agreement(source, pairs),
    }


def refuse_other(path: Path) -> None:
    """Refuse to write statistics over something else than statistics.

    Parameters
    ----------
    path : pathlib.Path
        Where they shall go. Beside a user's table a ``statistics.json`` may well be their own.

    Raises
    ------
    DataError
        If something is there that was not made by :func:`statistics`.
    """
    if path.exists() and not _holds_statistics(path):
        raise DataError(
            f"{path}: it is there already and holds no statistics of a dataset; "
            "choose another with --out"
        )


def _holds_statistics(path: Path) -> bool:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.keys() >= set(_PARTS)


def _groups(source: Source, name: Callable[[SourceStatement], str]) -> dict[str, Any]:
    statements = Counter(map(name, source.statements))
    members: dict[str, list[Located]] = {group: [] for group in sorted(statements)}
    for statement, pair in source.pairs():
        members[name(statement)].append((statement, pair))
    return {
        group: {
            "statements": statements[group],
            "pairs": len(pairs),
            "terms": len({pair.term for _, pair in pairs}),
            "conflicts": len({source.conflict_of(statement) for statement, _ in pairs}),
            "labels": _labels(pairs),
        }
        for group, pairs in members.items()
    }


def _labels(pairs: Sequence[Located]) -> dict[str, dict[str, float]]:
    given = Counter(pair.label for _, pair in pairs)
    total = max(given.total(), 1)
    return {
        label: {"pairs": given[label], "share": round(given[label] / total, _DIGITS)}
        for label in LABELS
    }


def _agreement(source: Source, pairs: Sequence[Located]) -> dict[str, Any]:
    voted = [(statement, pair) for statement, pair in pairs if len(pair.votes) > 1]
    votes = _votes(voted)
    return {
        "measure": "Krippendorff's alpha, nominal, of the first two votes of each pair",
        "pairs_with_two_votes": len(voted),
        "pairs_with_a_third": sum(len(pair.votes) > 2 for _, pair in voted),
        "pairs_where_the_first_two_differ": sum(p.votes[0] != p.votes[1] for _, p in voted),
        "overall": _rounded(alpha(votes)),
        "labels": {label: _rounded(value) for label, value in alpha_by_label(votes).items()},
        "registers": _by(voted, lambda statement: statement.register),
        "conflicts": _by(voted, source.conflict_of),
    }


def _by(
    pairs: Sequence[Located], name: Callable[[SourceStatement], str]
) -> dict[str, float | None]:
    members: dict[str, list[Located]] = {}
    for statement, pair in pairs:
        members.setdefault(name(statement), []).append((statement, pair))
    return {group: _rounded(alpha(_votes(members[group]))) for group in sorted(members)}


def _votes(pairs: Sequence[Located]) -> list[Vote]:
    return [
        Vote(reader, f"{statement.id}\t{pair.term}", label)
        for statement, pair in pairs
        for reader, label in zip(("first", "second"), pair.votes, strict=False)
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
