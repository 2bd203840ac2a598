"""How far readers agree: Krippendorff's alpha, from NLTK."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from stance.errors import StanceError
from stance.labels import LABELS

__all__ = ["Agreement", "Vote", "alpha", "alpha_by_label", "pairwise"]


class Vote(NamedTuple):
    """The label that one reader gave to one pair."""

    reader: str
    item: str
    label: str


class Agreement(NamedTuple):
    """How far two readers agree on the items that both have labelled.

    ``agreed`` and ``alpha`` are None where there is no such item, or nothing to tell apart.
    """

    one: str
    other: str
    items: int
    agreed: float | None
    alpha: float | None


def alpha(votes: Sequence[Vote]) -> float | None:
    """Krippendorff's alpha for nominal labels.

    Parameters
    ----------
    votes : sequence of Vote
        Items with one vote do not count.

    Returns
    -------
    float or None
        1 for full agreement, 0 for what chance gives, down to −1. None where no item has
        two votes or all votes are one label: agreement then says nothing.

    Raises
    ------
    StanceError
        If NLTK is not installed.

    References
    ----------
    Krippendorff: Content Analysis, 4th edition, 2019, chapter 12.

    Examples
    --------
    >>> votes = [Vote("ann", "1", "favor"), Vote("bob", "1", "favor")]
    >>> votes += [Vote("ann", "2", "against"), Vote("bob", "2", "against")]
    >>> alpha(votes), alpha(votes[:2])
    (1.0, None)
    """
    readers: dict[str, set[str]] = {}
    for vote in votes:
        readers.setdefault(vote.item, set()).add(vote.reader)
    shared = [vote for vote in votes if len(readers[vote.item]) > 1]
    if len({vote.label for vote in shared}) < 2:
        return None
    return float(_annotation_task()(list(map(tuple, shared))).alpha())


def alpha_by_label(votes: Sequence[Vote]) -> dict[str, float | None]:
    """Alpha of each label against all others together."""
    return {
        label: alpha([vote._replace(label=label if vote.label == label else "") for vote in votes])
        for label in LABELS
    }


def pairwise(votes: Iterable[Vote]) -> list[Agreement]:
    """Compare every two readers on the items that both have labelled.

    Examples
    --------
    >>> votes = [Vote("ann", "1", "favor"), Vote("bob", "1", "against")]
    >>> pairwise(votes)[0].agreed
    0.0
    """
    given: dict[str, dict[str, str]] = {}
    for vote in votes:
        given.setdefault(vote.reader, {})[vote.item] = vote.label
    found = []
    for one, other in combinations(given, 2):
        common = sorted(given[one].keys() & given[other].keys())
        same = sum(given[one][item] == given[other][item] for item in common)
        both = [
            Vote(reader, item, given[reader][item]) for reader in (one, other) for item in common
        ]
        share = same / len(common) if common else None
        found.append(Agreement(one, other, len(common), share, alpha(both)))
    return found


def _annotation_task() -> Any:
    try:
        from nltk.metrics.agreement import AnnotationTask
    except ImportError as error:
        raise StanceError(
            "agreement is computed by NLTK, which is not installed: pip install 'stance[data]'"
        ) from error
    return AnnotationTask
