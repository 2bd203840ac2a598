"""Each statement once: ids, texts, twins, and no text with two labels for one term."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

from stance.datasets.checks.results import Finding
from stance.datasets.checks.words import text_key
from stance.datasets.source import Source, SourcePair, SourceStatement
from stance.similarity import NEAR_DUPLICATE, near_duplicates

__all__ = [
    "by_text",
    "contradictions",
    "ids",
    "near_pairs",
    "same_texts",
    "similar_texts",
    "twins",
]

Groups = dict[str, list[SourceStatement]]


def ids(source: Source) -> Iterator[Finding]:
    """An id names one statement; a statement has one pair with a term."""
    first: dict[str, SourceStatement] = {}
    for statement in source.statements:
        held = first.setdefault(statement.id, statement)
        # In a table the rows of one statement may stand in two splits: that is leakage.
        if held is not statement and (source.is_folder or held.text != statement.text):
            message = f"the id {statement.id!r} is taken by {held.where}"
            yield Finding("ids", "fault", f"{statement.where}: {message}")
        for term, count in Counter(pair.term for pair in statement.pairs).items():
            if count > 1:
                last = [pair.where for pair in statement.pairs if pair.term == term][-1]
                message = f"statement {statement.id!r} has {count} pairs with the term {term!r}"
                yield Finding("ids", "fault", f"{last or statement.where}: {message}")


def same_texts(source: Source) -> Iterator[Finding]:
    """A text stands once, unless it is given on purpose to two sides.

    In the settlement format ``twin_of`` declares that; in a table another holder or side does.
    """
    for members in by_text(source).values():
        held = members[0]
        for statement in members[1:]:
            if statement.id == held.id or _is_twin(source, statement, members):
                continue
            remedy = "; give twin_of if that is meant" if source.is_folder else ""
            yield Finding(
                "texts",
                "fault",
                f"{statement.where}: statement {statement.id!r} has the text of {held.id!r} "
                f"({held.where}){remedy}",
            )


def _is_twin(source: Source, statement: SourceStatement, members: list[SourceStatement]) -> bool:
    if source.is_folder:
        return any(
            statement.twin_of == other.id or other.twin_of == statement.id for other in members
        )
    speakers = [(other.holder, other.side) for other in members]
    return speakers.count((statement.holder, statement.side)) == 1


def similar_texts(source: Source) -> Iterator[Finding]:
    """No two texts are nearly the same."""
    for a, b, similarity in near_pairs(source):
        yield Finding(
            "texts",
            "fault",
            f"{b.where}: statement {b.id!r} is nearly the same as {a.id!r} ({a.where}): "
            f"similarity {similarity:.2f}, above the limit of {NEAR_DUPLICATE}",
        )


def twins(source: Source) -> Iterator[Finding]:
    """What ``twin_of`` names has the same text and another speaker."""
    by_id = {statement.id: statement for statement in source.statements}
    for statement in source.statements:
        if statement.twin_of is None:
            continue
        other = by_id.get(statement.twin_of)
        if other is None:
            fault = "which is not in the dataset"
        elif text_key(other.text) != text_key(statement.text):
            fault = "whose text is another"
        elif (other.holder, other.side) == (statement.holder, statement.side):
            fault = "which has the same holder and side"
        else:
            continue
        message = f"field twin_of: statement {statement.id!r} names {statement.twin_of!r}, {fault}"
        yield Finding("texts", "fault", f"{statement.where}: {message}")


def contradictions(source: Source) -> Iterator[Finding]:
    """One text from one side has one label for a term; declared twins may differ by holder.

    Tables without sides tell speakers apart by holder.
    """
    seen: dict[tuple[str, str, str], list[tuple[SourceStatement, SourcePair]]] = defaultdict(list)
    for statement, pair in source.pairs():
        if pair.label is None:
            continue
        speaker = statement.side or statement.holder
        held = seen[text_key(statement.text), speaker, pair.term]
        for other, first in held:
            if first.label == pair.label or _twins_by_holder(statement, other):
                continue
            yield Finding(
                "contradictions",
                "fault",
                f"{pair.where or statement.where}: {statement.id!r} labels the term {pair.term!r} "
                f"{pair.label}, and {other.id!r} ({first.where or other.where}) labels it "
                f"{first.label}, with the same text and side",
            )
            break
        held.append((statement, pair))


def _twins_by_holder(one: SourceStatement, other: SourceStatement) -> bool:
    declared = one.twin_of == other.id or other.twin_of == one.id
    return declared and one.holder != other.holder


def by_text(source: Source) -> Groups:
    """Statements by their text, as :func:`text_key` sees it."""
    groups: Groups = defaultdict(list)
    for statement in source.statements:
        groups[text_key(statement.text)].append(statement)
    return groups


def near_pairs(source: Source) -> list[tuple[SourceStatement, SourceStatement, float]]:
    """Statements whose texts are nearly the same, but not the same, with their similarity."""
    groups = by_text(source)
    texts = tuple(groups)
    return [(groups[texts[i]][0], groups[texts[j]][0], value) for i, j, value in _similar(texts)]


@lru_cache(maxsize=1)  # two checks ask for it, and it is the slowest step
def _similar(texts: tuple[str, ...]) -> list[tuple[int, int, float]]:
    return near_duplicates(texts)
