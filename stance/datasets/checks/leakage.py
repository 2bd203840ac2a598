"""What must not stand on two sides of a split."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from stance.datasets.checks.identity import by_text, near_pairs
from stance.datasets.checks.results import Finding, Measure
from stance.datasets.source import Source, SourceStatement

__all__ = ["MISSING_CELLS", "grid", "held_out", "shared_texts"]

MISSING_CELLS = 0.01
"""Share of a full grid that may be missing: pairs whose readers never agreed are left out."""

_UNSEEN_TERMS, _UNSEEN_CONFLICTS, _GRID = "test_unseen_terms", "test_unseen_conflicts", "test_grid"


def shared_texts(source: Source) -> Iterator[Finding]:
    """A statement, a text and its near-duplicates stand in one split."""
    for members in by_text(source).values():
        yield from _parted(members, "the same text")
    for a, b, similarity in near_pairs(source):
        yield from _parted([a, b], f"nearly the same text ({similarity:.2f})")


def _parted(members: list[SourceStatement], what: str) -> Iterator[Finding]:
    first: dict[str, SourceStatement] = {}
    for statement in members:
        first.setdefault(statement.split, statement)
    held, *others = first.values()
    for other in others:
        message = (
            f"statement {other.id!r} in {other.split!r} and {held.id!r} in {held.split!r} "
            f"have {what}; put both into one split"
        )
        yield Finding("leakage", "fault", f"{other.where}: {message}")


def held_out(source: Source) -> Iterator[Finding]:
    """The terms and conflicts of the unseen splits are in no split that a model learns from."""
    taught = [(s, pair) for s, pair in source.pairs() if not s.split.startswith("test")]
    terms = Counter(pair.term for _, pair in taught)
    unseen = {pair.term for s, pair in source.pairs() if s.split == _UNSEEN_TERMS}
    yield from _taught("term", _UNSEEN_TERMS, unseen, terms)
    conflicts = Counter(
        name for s, pair in taught for name in {s.conflict, source.terms[pair.term].conflict}
    )
    held = [s for s in source.statements if s.split == _UNSEEN_CONFLICTS]
    yield from _taught("conflict", _UNSEEN_CONFLICTS, map(source.conflict_of, held), conflicts)


def _taught(kind: str, split: str, names: Iterable[str], taught: Counter[str]) -> Iterator[Finding]:
    for name in sorted(set(names) - {""}):
        if taught[name]:
            message = (
                f"the {kind} {name!r} of {split} has {taught[name]} pairs in splits that models "
                "learn from (those whose name does not start with test)"
            )
            yield Finding("leakage", "fault", message)


def grid(source: Source) -> Iterator[Finding | Measure]:
    """``test_grid`` pairs each statement with every term of its conflict that is not held out."""
    statements = [item for item in source.statements if item.split == _GRID]
    if not statements:
        return
    unseen = {pair.term for s, pair in source.pairs() if s.split == _UNSEEN_TERMS}
    by_conflict: dict[str, set[str]] = defaultdict(set)
    for term in source.terms.values():
        by_conflict[term.conflict].add(term.id)
    missing, cells = [], 0
    for statement in statements:
        wanted = by_conflict[source.conflict_of(statement)] - unseen
        given = {pair.term for pair in statement.pairs}
        cells += len(wanted)
        missing += [f"{statement.id}:{term}" for term in sorted(wanted - given)]
        for extra in sorted(given - wanted):
            yield Finding(
                "grid",
                "fault",
                f"{statement.where}: statement {statement.id!r} is paired with {extra!r}, which is "
                "held out or belongs to another conflict",
            )
    yield Measure(
        "grid",
        "share of cells of test_grid without a pair",
        len(missing) / cells if cells else 0.0,
        high=MISSING_CELLS,
        note=", ".join(missing[:5]) + (" …" if len(missing) > 5 else ""),
    )
