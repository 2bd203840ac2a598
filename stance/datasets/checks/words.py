"""Words and content stems, as the checks of vocabulary count them."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from stance.text import normalise

__all__ = ["content_stems", "text_key", "words"]

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_STEMMER = snowballstemmer.stemmer("english")


def text_key(text: str) -> str:
    """What two texts have in common that readers take for the same."""
    return normalise(text).casefold()


def words(text: str) -> list[str]:
    """Split a text into lower-case words.

    Examples
    --------
    >>> words("We won't sign: not now.")
    ['we', "won't", 'sign', 'not', 'now']
    """
    return _WORD.findall(normalise(text).lower())


@lru_cache(maxsize=20_000)
def content_stems(text: str) -> frozenset[str]:
    """The stems (Porter2) of a text's words that are not stop words.

    Examples
    --------
    >>> sorted(content_stems("The troops are withdrawing."))
    ['troop', 'withdraw']
    """
    kept = (word.removesuffix("'s") for word in words(text) if word not in ENGLISH_STOP_WORDS)
    return frozenset(map(_stem, kept))


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))
