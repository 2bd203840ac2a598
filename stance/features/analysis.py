"""From text to the tokens and stems that all feature blocks share."""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock

import snowballstemmer

from stance.text import normalise

__all__ = ["FUNCTION_WORDS", "MARKS", "is_content", "stem", "tokens"]

MARKS = "\u064b-\u0652\u0670\u0301"
"""Vowel signs of Arabic and the stress of Cyrillic, as a range of a regular expression."""

_TOKEN = re.compile(rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*(?:'[^\W_]+)?|[?!%]")
_STEMMER = snowballstemmer.stemmer("english")
_ONE_AT_A_TIME = Lock()  # a stemmer holds the word that it works on

FUNCTION_WORDS = frozenset(
    """
    a about after again against all also am an and any are as at be because been before being
    between both but by can could did do does doing down during each few for from further had
    has have having he her here hers him his how i if in into is it its itself just me more most
    my no nor not now of off on once only or other our out over own same she should so some such
    than that the their them then there these they this those through to too under until up upon
    us very was we were what when where which while who whom why will with within without would
    you your shall may might must said says say one two first last new
    """.split()  # noqa: SIM905 - a list of 150 strings is harder to read
)
"""Words that never make a phrase of a term recognisable."""


def tokens(text: str) -> list[str]:
    """Split a text into lower-case words, with ``?``, ``!`` and ``%`` as words of their own.

    Examples
    --------
    >>> tokens("We won't sign, will you?")
    ['we', "won't", 'sign', 'will', 'you', '?']
    """
    return _TOKEN.findall(normalise(text).lower())


def is_content(word: str) -> bool:
    """Whether a word can make a phrase of a term recognisable.

    Examples
    --------
    >>> is_content("treaty"), is_content("the"), is_content("?")
    (True, False, False)
    """
    return not (word in FUNCTION_WORDS or word in "?!%")


@lru_cache(maxsize=200_000)
def stem(token: str) -> str:
    """Reduce a word to its stem (Porter2); other scripts stay as they are.

    References
    ----------
    Porter: Snowball: A language for stemming algorithms, 2001.

    Examples
    --------
    >>> stem("withdrawing"), stem("withdrawn's")
    ('withdraw', 'withdrawn')
    """
    with _ONE_AT_A_TIME:
        return str(_STEMMER.stemWord(token.removesuffix("'s")))
