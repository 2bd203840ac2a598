"""Bags of character n-grams: of the statement, and of the statement under each term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from stance.features.ngrams import NgramBlock
from stance.text import normalise

__all__ = ["CharacterNgrams", "TermCharacters"]


class CharacterNgrams(NgramBlock):
    """Character n-grams of the statement, whatever the term: for tweets and their hashtags.

    They run across words, and tell the first and the last word by the space around them.

    Parameters
    ----------
    min_n, max_n : int, default 2 and 4
        Shortest and longest n-gram.
    min_df : int, default 2

    Examples
    --------
    >>> CharacterNgrams(min_n=3, max_n=4).of_text("No!")
    [' no', 'no!', 'o! ', ' no!', 'no! ']
    """

    def __init__(self, min_n: int = 2, max_n: int = 4, min_df: int = 2) -> None:
        super().__init__(min_df)
        self.min_n = min_n
        self.max_n = max_n

    def documents(self, pairs: pd.DataFrame) -> Iterator[Sequence[str]]:
        """Yield the n-grams of each row."""
        return map(self.of_text, pairs["text"])

    def of_text(self, text: str) -> list[str]:
        """N-grams of one text."""
        padded = f" {normalise(text).lower()} "
        return [
            padded[start : start + n]
            for n in range(self.min_n, self.max_n + 1)
            for start in range(len(padded) - n + 1)
        ]


class TermCharacters(CharacterNgrams):
    """Character n-grams of the statement, another for each term: for terms seen in training.

    Beside :class:`CharacterNgrams` they give each term weights of its own while all terms share
    the others. A term that was not seen has none of them.

    Parameters
    ----------
    min_n, max_n : int, default 2 and 4
    min_df : int, default 2

    References
    ----------
    Daumé: Frustratingly Easy Domain Adaptation. ACL 2007.

    Examples
    --------
    >>> pairs = pd.DataFrame({"text": ["No"], "term_name": ["A truce holds"]})
    >>> list(TermCharacters(max_n=2).documents(pairs))
    [['A truce holds: ‹ n›', 'A truce holds: ‹no›', 'A truce holds: ‹o ›']]
    """

    def documents(self, pairs: pd.DataFrame) -> Iterator[Sequence[str]]:
        """Yield the n-grams of each row."""
        for text, term in zip(pairs["text"], pairs["term_name"], strict=True):
            yield [f"{term}: ‹{gram}›" for gram in self.of_text(text)]
