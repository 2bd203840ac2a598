"""From a subject's tokens to the mention that it is, and whether a verb can be its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stance.reading.mentions import Mention, mention_of
from stance.reading.phrases import Subject, past_complement
from stance.reading.tokens import Token
from stance.reading.words import GROUPS, ROLES, word_set

__all__ = ["bodies", "is_bare", "is_many", "mention_at"]


_MANY = word_set("some many most several all both few")


def mention_at(tokens: Sequence[Token], subject: Subject) -> Mention | None:
    """The mention that a subject is; its name where one stands beside it: "the mayor, Oss,"."""
    mention = mention_of(tokens[subject.start : subject.end])
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


def is_many(mention: Mention, subject: Subject) -> bool:
    """Whether a verb in the plural can be that of a phrase: "residents | say"."""
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
