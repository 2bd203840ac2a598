"""Which tokens of a sentence a statement takes up."""

from __future__ import annotations

from collections.abc import Sequence

from stance.reading.complements import is_act
from stance.reading.tokens import Token
from stance.reading.verbs import Verb, is_adverb
from stance.reading.words import AUXILIARIES, DETERMINERS, MODALS, PREPOSITIONS, PRONOUNS, word_set

__all__ = [
    "before_comment",
    "clause_end",
    "only_introduces",
    "quotations_at",
    "quotations_in",
    "trailing_quotations",
    "trimmed",
]

_OWN_WORDS = word_set("and but yet so though although")


def only_introduces(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether words before a cue only say when or where: "On Monday, he said."."""
    first = tokens[start]
    return (first.low in PREPOSITIONS and end - start <= 4) or all(
        is_adverb(token) for token in tokens[start:end]
    )


def clause_end(tokens: Sequence[Token], start: int, stop: int, verb: Verb) -> int:
    """End a clause where the writer goes on in a sentence of his own: ", but she is alone"."""
    acts = is_act(tokens, verb, stop)
    for at in range(start, stop - 2):
        token, following = tokens[at], tokens[at + 2]
        if token.low == ";":
            return at
        joins = _OWN_WORDS if acts else _OWN_WORDS - {"and", "so"}
        if token.low == "," and tokens[at + 1].low in joins:
            modal = tokens[at + 1].low == "but" and following.low in MODALS | AUXILIARIES
            subject = (
                modal or following.low in PRONOUNS or following.low in DETERMINERS - {"that", "no"}
            )
            if subject or following.is_name:
                return at
    return stop


def before_comment(tokens: Sequence[Token], start: int, stop: int) -> int:
    """Leave out what the writer says of the statement: ", a claim that the army denied"."""
    for at in range(start + 1, stop - 2):
        if tokens[at].low == "," and tokens[at + 1].low in {"a", "an"}:
            words = [token.low for token in tokens[at + 2 : at + 6]]
            if "that" in words or "which" in words:
                return at
    return stop


def trimmed(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """A stretch without the marks at its ends, or None where nothing is left."""
    while start < end and tokens[start].low in {",", ";", ":", "—", "–", "-"}:
        start += 1
    while end > start and tokens[end - 1].low in {",", ";", ":", "—", "–", "-"}:
        end -= 1
    return (start, end) if start < end else None


def quotations_in(tokens: Sequence[Token], start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The quotations among some tokens, each a stretch of its own."""
    return tuple((at, at + 1) for at in range(start, end) if tokens[at].quotation)


def quotations_at(tokens: Sequence[Token], at: int, stop: int) -> tuple[tuple[int, int], ...]:
    """The quotations that fill the rest of the sentence, if it is direct speech."""
    if at < stop and tokens[at].low in {",", ":"}:
        at += 1
    if at >= stop or tokens[at].quotation is None:
        return ()
    if any(token.is_word for token in tokens[at:stop]):
        return ()
    whole = tokens[at].text[1:2].isupper() or tokens[at - 1].low in {",", ":"}
    return quotations_in(tokens, at, stop) if whole else ()


def trailing_quotations(
    tokens: Sequence[Token], after: int, end: int
) -> tuple[tuple[int, int], ...]:
    """The second half of a quotation that its cue splits."""
    return tuple(
        (at, at + 1)
        for at in range(after + 1, end)
        if tokens[at].quotation and tokens[at - 1].low in {",", ":", "—", "–", '"', "and"}
    )
