"""Where noun phrases begin and end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stance.reading.nouns import past_particles, singular
from stance.reading.tokens import Token
from stance.reading.verbs import is_adverb
from stance.reading.words import (
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    MODALS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    TIMES,
    word_set,
)

__all__ = [
    "RELATIVES",
    "Subject",
    "anchored",
    "beside_of",
    "opens_clause",
    "past_complement",
    "past_joined",
    "past_names",
]

RELATIVES = word_set("who which that whose where whom")
_BE = word_set("is are was were be been being")
_OPENS = RELATIVES | SUBORDINATORS - {"as", "than"}
_LINKS = word_set("of for from in at on with behind along near outside inside to between by")
_PAST = re.compile(r"[a-z]{2,}ed$")


@dataclass(frozen=True, slots=True)
class Subject:
    """A noun phrase, with what stands beside it between commas.

    Attributes
    ----------
    start, end : int
        Its tokens.
    beside : (int, int) or None
        Those of an apposition or a relative clause.
    """

    start: int
    end: int
    beside: tuple[int, int] | None = None


def past_names(tokens: Sequence[Token], at: int) -> int:
    """Skip words with capitals."""
    while at < len(tokens) and tokens[at].is_name:
        at = past_particles(tokens, at + 1)
    return at


def past_joined(tokens: Sequence[Token], at: int) -> int:
    """Skip names and "and" with another: "Mara Venn and the High Council"."""
    end = past_names(tokens, at)
    while at < end < len(tokens) and tokens[end].low == "and":
        at = end + 1
        at += at < len(tokens) and tokens[at].low == "the"
        stop = past_names(tokens, at)
        end = stop if stop > at else end
    return end


def past_complement(tokens: Sequence[Token], at: int) -> int:
    """Skip the name of what a role is of: "governor | of Lower Ostra"."""
    if at + 1 >= len(tokens) or tokens[at].low not in {"of", "for"}:
        return at
    begin = at + 1 + (tokens[at + 1].low == "the")
    end = past_names(tokens, begin)
    return end if end > begin else min(begin + 1, len(tokens))


def opens_clause(tokens: Sequence[Token], at: int, high: int) -> bool:
    """Whether a clause with a subject of its own follows: "a claim that | the army denied"."""
    if at >= high:
        return False
    return tokens[at].is_name or tokens[at].low in PRONOUNS or tokens[at].low in DETERMINERS


def _is_verb_like(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.low in _BE or token.low in AUXILIARIES or token.low in MODALS - {"to"}:
        return True
    before = tokens[at - 1] if at else None
    free = before is None or not (before.low in DETERMINERS or before.is_possessive)
    return bool(_PAST.match(token.text)) and free


def anchored(tokens: Sequence[Token], low: int, high: int) -> Subject | None:
    """The longest noun phrase that ends at ``high``."""
    at = high
    while at > low:
        token = tokens[at - 1]
        if token.quotation is not None or not token.is_word:
            break
        if token.low in PRONOUNS:
            return Subject(at - 1, high) if at == high else _subject(tokens, at, high)
        if token.low in _OPENS or token.low in TIMES - {"may", "march", "day"}:
            break
        if token.low in CONJUNCTIONS:
            if not _joins(tokens, low, at - 1, high):
                break
        elif token.low in DETERMINERS:
            at -= 1
            if not _goes_on(tokens, low, at):
                break
            continue
        elif token.low in PREPOSITIONS:
            if not _links(tokens, low, at - 1, high):
                break
        elif is_adverb(token) or _is_verb_like(tokens, at - 1):
            break
        at -= 1
    joints = [i for i in range(at, high) if tokens[i].low == "and"]
    if joints and at > low and _takes_object(tokens, at - 1):
        at = joints[-1] + 1  # "failed in Russia and | China said"
    return _subject(tokens, at, high)


def _takes_object(tokens: Sequence[Token], at: int) -> bool:
    """Whether a noun behind it cannot be a subject: "in", "attacked"."""
    if tokens[at].low in PREPOSITIONS:
        return tokens[at].low not in {"after", "before", "since", "until"}
    return _is_verb_like(tokens, at) and tokens[at].low not in {"had", "should", "were"}


def _subject(tokens: Sequence[Token], start: int, end: int) -> Subject | None:
    while start < end and tokens[start].low in PREPOSITIONS | CONJUNCTIONS:
        start += 1
    if end - start == 1 and _is_no_subject(tokens[start]):
        return None
    return Subject(start, end) if start < end else None


def _is_no_subject(token: Token) -> bool:
    """A lone word such as no clause begins with: "counting | notes", "peace | offers"."""
    plain = not token.is_name and token.low not in PRONOUNS and token.low != "police"
    return plain and (singular(token.low) == token.low or token.low.endswith("ing"))


def _goes_on(tokens: Sequence[Token], low: int, at: int) -> bool:
    """Whether the phrase reaches back over the determiner at ``at``: "a aide to | the king"."""
    if at <= low:
        return False
    before = tokens[at - 1]
    return (
        before.low in DETERMINERS
        or (before.low in _LINKS and _links(tokens, low, at - 1, at + 1))
        or (before.low == "and" and _joins(tokens, low, at - 1, at + 1))
    )


def _links(tokens: Sequence[Token], low: int, at: int, high: int) -> bool:
    """Whether a preposition ties what follows to a noun before it."""
    if at <= low or tokens[at].low not in _LINKS:
        return False
    before, after = tokens[at - 1], tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or after.low in TIMES or at + 1 >= high:
        return False
    return before.is_word and not is_adverb(before) and not _is_verb_like(tokens, at - 1)


def _joins(tokens: Sequence[Token], low: int, at: int, high: int) -> bool:
    """Whether "and" joins two nouns rather than two clauses."""
    if at <= low or tokens[at].low not in {"and", "or"}:
        return False
    before = tokens[at - 1]
    return (
        before.is_name
        or (before.is_word and at - 1 == low)
        or (before.is_word and at - low <= 3 and not _is_verb_like(tokens, at - 1))
    )


def beside_of(tokens: Sequence[Token], end: int) -> tuple[int, int] | None:
    """What stands between commas behind a phrase, or a clause with "who"."""
    if end < len(tokens) and tokens[end].low in {"who", "whose"}:
        return end, len(tokens)
    if end >= len(tokens) or tokens[end].low != ",":
        return None
    stop = end + 1
    while stop < len(tokens) and tokens[stop].is_word:
        stop += 1
    return (end + 1, stop) if stop > end + 1 else None
