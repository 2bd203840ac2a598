"""From a subject's tokens to the mention that it is, and whether a verb can be its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from stance.reading.mentions import Mention, mention_of
from stance.reading.nouns import singular
from stance.reading.phrases import Subject, past_complement
from stance.reading.tokens import Token
from stance.reading.words import DETERMINERS, GROUPS, PREPOSITIONS, ROLES, TIMES, word_set

__all__ = ["bodies", "is_bare", "is_many", "mention_at"]


_STYLES = word_set("prime foreign interior defence defense finance former acting deputy vice")
_ONE_STATE = word_set("herzegovina tobago barbuda nevis")
"""What ends the name of one state that has "and" in it."""
_MANY = word_set("some many most several all both few")


def mention_at(tokens: Sequence[Token], subject: Subject) -> Mention | None:
    """The mention that a subject is; its name where one stands beside it: "the mayor, Oss,"."""
    mention = _joint(tokens[subject.start : subject.end])
    mention = mention or mention_of(tokens[subject.start : subject.end])
    if mention is None or mention.kind == "thing":
        return None
    if mention.name or subject.beside is None:
        return mention
    start, end = subject.beside
    stop = start
    while stop < end and tokens[stop].is_word:
        stop += 1
    beside = mention_of(tokens[start:stop])
    return beside if beside is not None and beside.name else mention


def _joint(tokens: Sequence[Token]) -> Mention | None:
    """Those that speak together, if each is plainly somebody: "Egypt, Qatar and Mara Venn"."""
    cuts = [at for at, token in enumerate(tokens) if token.low in {"and", ","}]
    if not cuts or tokens[cuts[-1]].low != "and":
        return None
    edges = [-1, *cuts, len(tokens)]
    pieces = [tokens[low + 1 : high] for low, high in pairwise(edges) if high > low + 1]
    found = [_somebody(piece) for piece in pieces]
    parts = tuple(item for item in found if item is not None)
    if len(parts) < max(2, len(found)) or not parts[-1].name:
        return None
    if pieces[-1][0].low not in DETERMINERS and _is_one(tokens, parts):
        return None
    of = any(token.low in PREPOSITIONS for piece in pieces[:-1] for token in piece)
    if of and any(item.kind != "person" for item in parts):
        return None  # "officials from Russia and China"
    text = " ".join(token.text for token in tokens)
    if parts[-1].head in _ONE_STATE:
        return Mention(text, text, "", parts[-1].head, frozenset(), "group", definite=True)
    words = frozenset[str]().union(*(item.words for item in parts))
    return Mention(text, text, "", parts[-1].head, words, "group", True, True, parts=parts)


def _is_one(tokens: Sequence[Token], parts: Sequence[Mention]) -> bool:
    """Whether "and" stands within a name: "the Food and Drug Administration"."""
    if all(item.kind == "person" for item in parts[:-1]):
        return False
    last = parts[-1]
    return bool(last.title) or last.head in GROUPS or any(token.low == "of" for token in tokens)


def _somebody(piece: Sequence[Token]) -> Mention | None:
    """One of those that speak together: a name with its title, or "the" and a body."""
    known = ROLES | GROUPS
    stop = next((at for at, token in enumerate(piece) if token.low in PREPOSITIONS), len(piece))
    for at, token in enumerate(piece[:stop]):
        led = at == 0 and token.low in DETERMINERS
        if token.low in TIMES or token.is_possessive:
            return None
        if not (led or token.is_name or singular(token.low) in known or token.low in _STYLES):
            return None
    found = mention_of(piece)
    if found is None or found.kind == "pronoun" or found.kind == "thing":
        return None
    body = found.kind == "group" and piece[0].low in DETERMINERS
    return found if found.name or body else None


def is_many(mention: Mention, subject: Subject) -> bool:
    """Whether a verb in the plural can be that of a phrase: "residents | say"."""
    if mention.parts:
        return True
    known = mention.kind == "pronoun" or mention.head in ROLES | GROUPS
    short = subject.end - subject.start <= 3 or mention.head in _MANY
    return (mention.plural and (known or short)) or (short and mention.name.endswith("s"))


def is_bare(tokens: Sequence[Token], subject: Subject, mention: Mention) -> bool:
    """Whether it is a lone noun without an article, such as no subject is: "peace | offers"."""
    first = tokens[subject.start]
    if mention.name or mention.plural or mention.kind == "pronoun":
        return False
    if mention.head == "police" or first.low == "one":
        return False
    return first.low == mention.head or not (first.is_name or mention.words)


def bodies(tokens: Sequence[Token]) -> Iterator[Mention]:
    """Bodies such as "the government of Toruna" that a sentence mentions, for a later "it"."""
    for at, token in enumerate(tokens):
        if token.low != "the":
            continue
        for head in range(at + 1, min(at + 4, len(tokens))):
            if not tokens[head].is_word:
                break
            if tokens[head].low in GROUPS:
                mention = mention_of(tokens[at : past_complement(tokens, head + 1)])
                if mention is not None and mention.kind == "group":
                    yield mention
                break
