"""Nouns and names: singulars, and where a name begins and ends."""

from __future__ import annotations

from collections.abc import Sequence

from stance.reading.tokens import Token
from stance.reading.words import GROUPS, ROLES, word_set

__all__ = ["in_name", "past_office", "past_particles", "singular"]

_OFFICES = word_set(
    """
    state defence defense justice interior finance health education trade energy security economy
    affairs culture labour labor commerce agriculture transport staff parliament congress
    """
)
"""What ministers and the like are of."""
_OF_NAMES = word_set("von van der den de da di du dos bin ibn al el la le")


def singular(word: str) -> str:
    """The singular of a noun, by its ending.

    Examples
    --------
    >>> singular("ministries"), singular("rebels"), singular("press")
    ('ministry', 'rebel', 'press')
    """
    if word == "children" or word.endswith("men"):
        return word[:-2] + "an" if word.endswith("men") else "child"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def past_office(tokens: Sequence[Token], at: int) -> int:
    """Where a name begins behind what a title is of; ``at`` where none does.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> past_office(tokenise("Secretary of State Ada Brune", 0, 28, []), 1)
    3
    >>> past_office(tokenise("governor of Lower Ostra", 0, 23, []), 1)
    1
    """
    if at < 1 or at + 1 >= len(tokens) or tokens[at].low != "of" or tokens[at - 1].low not in ROLES:
        return at
    end = begin = at + 1 + (tokens[at + 1].low == "the")
    found = at
    while end < len(tokens) and (tokens[end].is_name or tokens[end].low in _OFFICES | {"and"}):
        body = end > begin and tokens[end].low in GROUPS
        end += 1
        found = end if body or tokens[end - 1].low in _OFFICES else found
    if found >= len(tokens) or not tokens[found].is_name:
        return at
    other = tokens[found].low in ROLES and tokens[found - 1].low != "staff"
    return at if other else found  # "aide of Defence | Minister Oss" is no minister


def past_particles(tokens: Sequence[Token], at: int) -> int:
    """Skip what joins two words of a name: "Ada | von der | Brune"; ``at`` where nothing does.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> past_particles(tokenise("Ada von der Brune", 0, 17, []), 1)
    3
    """
    end = at
    while end < len(tokens) and tokens[end].text in _OF_NAMES:
        end += 1
    return end if end < len(tokens) and tokens[end].is_name else at


def in_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word is of the name that ends the phrase: "Ada | von | Brune"."""
    while at and tokens[at].text in _OF_NAMES:
        at -= 1
    return tokens[at].is_name and not tokens[at].is_possessive
