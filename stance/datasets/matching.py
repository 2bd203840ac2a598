"""Which pair of a dataset each label belongs to that came back from annotators."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from stance.datasets.answers import Answer
from stance.datasets.source import Source
from stance.errors import DataError, nearest

__all__ = ["Answers", "by_pair", "twice"]

Answers = dict[tuple[str, str], list[Answer]]
_NAMED = 50


def by_pair(answers: Sequence[Answer], source: Source) -> Answers:
    """The answers to each pair, by the ids of its statement and its term.

    Parameters
    ----------
    answers : sequence of Answer
    source : Source
        Where an id is that of one text.

    Raises
    ------
    DataError
        If an answer is to no pair of the dataset, holds the text of another statement, or
        a reader answers a pair twice; the first fifty such places are named.
    """
    terms: dict[str, set[str]] = {}
    for item in source.statements:
        terms.setdefault(item.id, set()).update(pair.term for pair in item.pairs)
    texts = {item.id: _plain(item.text) for item in source.statements}
    found: Answers = {}
    faulty = []
    for answer in answers:
        statement, term = answer.question.statement, answer.question.term
        held = found.setdefault((statement, term), [])
        again = any(other.reader == answer.reader for other in held)
        known = term in terms.get(statement, ())
        if again or not known or not _fits(answer.question.text, texts[statement]):
            faulty.append(answer)
        held.append(answer)
    if faulty:
        # Nearest names are slow to find: a file of another dataset would take minutes.
        rest = f"\n… and {len(faulty) - _NAMED:,} more" if len(faulty) > _NAMED else ""
        raise DataError("\n".join(_misplaced(faulty[:_NAMED], terms, texts)) + rest)
    return found


def _misplaced(
    answers: Sequence[Answer], terms: dict[str, set[str]], texts: dict[str, str]
) -> Iterator[str]:
    owners = {text: name for name, text in texts.items()}
    for answer in answers:
        statement, term, text = answer.question[:3]
        spot = f"{answer.where}, column"
        if statement not in terms:
            near = nearest(statement, terms)
            yield f"{spot} 'statement': unknown statement {statement!r}; {near}"
        elif term not in terms[statement]:
            near = nearest(term, terms[statement])
            yield f"{spot} 'term': {statement!r} has no pair with {term!r}; {near}"
        elif not _fits(text, texts[statement]):
            owner = owners.get(_plain(text))
            other = f", but of {owner!r}" if owner is not None else ""
            yield (
                f"{spot} 'text': it is not the text of statement {statement!r}{other}; have ids "
                "been changed, as spreadsheets make 1 of 001?"
            )
        else:
            yield twice(answer)


def twice(answer: Answer) -> str:
    """Say that a reader answers a pair for the second time."""
    statement, term = answer.question.statement, answer.question.term
    return f"{answer.where}: {answer.reader!r} labels {statement!r} and {term!r} twice"


def _plain(text: str) -> str:
    """A text without what programs change when they save it; some eat the first apostrophe."""
    return " ".join(unicodedata.normalize("NFC", text).split()).lstrip("'")


def _fits(given: str, known: str) -> bool:
    """Whether a text may be the known one; a ``?`` may be a character that an encoding lacked."""
    given = _plain(given)
    if not given or given == known:
        return True
    first, *rest = re.split(r"\?+", given)
    # One that UTF-16 writes as two leaves two of them.
    if not rest or not known.startswith(first) or not len(known) <= len(given) <= 2 * len(known):
        return False
    at = len(first)
    for piece in rest[:-1]:
        at = known.find(piece, at) + len(piece)
        if at < len(piece):
            return False
    return known.endswith(rest[-1]) and at + len(rest[-1]) <= len(known)
