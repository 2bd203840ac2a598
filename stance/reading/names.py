"""Where names stand in a sentence, and the roles beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from stance.reading.mentions import Mention, mention_of
from stance.reading.nouns import past_office, past_particles, singular
from stance.reading.tokens import Token
from stance.reading.verbs import find_verbs
from stance.reading.words import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    GROUPS,
    INTRODUCTIONS,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    SUBORDINATORS,
    TIMES,
    word_set,
)

__all__ = ["appositions", "names", "title_start"]

_COMMON = (
    ADVERBS
    | AUXILIARIES
    | CONJUNCTIONS
    | DETERMINERS
    | INTRODUCTIONS
    | PREPOSITIONS
    | set(PRONOUNS)
    | SUBORDINATORS
    | TIMES
) - word_set("may march spring summer day")
_FUNCTION = word_set("of for")


def names(tokens: Sequence[Token], lower: Counter[str]) -> Iterator[tuple[int, int]]:
    """Stretches of words with capitals that are names."""
    at = 0
    while at < len(tokens):
        if not _is_proper(tokens, at, lower):
            at += 1
            continue
        of = _office(tokens, at)
        at = at if of is None else past_office(tokens, of)
        end = at + 1
        while end < len(tokens) and not tokens[end - 1].is_possessive:
            if tokens[end].is_name and tokens[end].low not in TIMES:
                end += 1
            elif (name := past_particles(tokens, end)) > end:
                end = name + 1
            elif _linked(tokens, end):
                end += 2 if tokens[end + 1].is_name else 3
            else:
                break
        if not tokens[end - 1].is_possessive:
            yield at, end
        at = end


def _office(tokens: Sequence[Token], at: int) -> int | None:
    """The "of" that ties the words at ``at`` to a title: "Secretary | of | State Ada Brune"."""
    of = at - 2 if at > 1 and tokens[at - 1].low == "the" else at - 1
    return of if past_office(tokens, of) > of else None


def title_start(tokens: Sequence[Token], start: int) -> int:
    """Where the titles before a name begin.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> title_start(tokenise("Then Secretary of State Ada Brune left.", 0, 39, []), 4)
    1
    """
    for of in range(start - 1, max(start - 10, 0), -1):
        if tokens[of].low == "of" and past_office(tokens, of) == start:
            start = of
    while start and tokens[start - 1].is_word and singular(tokens[start - 1].low) in ROLES:
        start -= 1
    return start


def _is_proper(tokens: Sequence[Token], at: int, lower: Counter[str]) -> bool:
    token = tokens[at]
    if not token.is_name or token.low in _COMMON:
        return False
    opens = at == 0 or not tokens[at - 1].is_word
    alone = at + 1 >= len(tokens) or not tokens[at + 1].is_name
    return not (opens and alone and (lower[token.low] or singular(token.low) in ROLES | GROUPS))


def _linked(tokens: Sequence[Token], at: int) -> bool:
    """Whether "of the Hills" goes on with a body's name."""
    body = singular(tokens[at - 1].low) in GROUPS or tokens[at].low == "for"
    if tokens[at].low not in _FUNCTION or not body:
        return False
    following = tokens[at + 1 : at + 3]
    return bool(following) and (
        following[0].is_name
        or (len(following) == 2 and following[0].low == "the" and following[1].is_name)
    )


def appositions(tokens: Sequence[Token], start: int, end: int) -> Iterator[Mention]:
    """The roles that stand beside a name, between commas: behind it and before it."""
    if end < len(tokens) and tokens[end].low == ",":
        yield from _role(tokens, end + 1, forward=True)
    if end < len(tokens) and tokens[end].low in {"became", "is", "was", "remains"}:
        begin = end + 1
        while begin < len(tokens) and tokens[begin].low in {
            "elected",
            "appointed",
            "named",
            "made",
        }:
            begin += 1
        yield from _role(tokens, begin, forward=True)
    if start > 1 and tokens[start - 1].low == ",":
        yield from _role(tokens, start - 1, forward=False)


def _role(tokens: Sequence[Token], at: int, *, forward: bool) -> Iterator[Mention]:
    if forward:
        stop = at
        while stop < len(tokens) and tokens[stop].is_word and tokens[stop].low != "who":
            stop += 1
        piece = tokens[at:stop]
    else:
        start = at
        while start and tokens[start - 1].is_word:
            start -= 1
        piece = tokens[start:at]
        while piece and (piece[0].low in _COMMON - DETERMINERS):
            piece = piece[1:]
    if not piece or len(piece) > 12:
        return
    if any(verb.form in ("past", "s") for verb in find_verbs(piece)):
        return  # "the Sennet Pass, the minister of defence said"
    found = mention_of(piece)
    if found is None or found.name or found.plural:
        return
    if found.head in ROLES or found.head in GROUPS or (found.kind == "person" and _article(piece)):
        yield found


def _article(piece: Sequence[Token]) -> bool:
    return piece[0].low in {"a", "an", "the", "his", "her", "its", "their"}
