"""What a model's features need to know of statements and terms, whatever its classifier."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

from stance.features import PairFeatures
from stance.records import Statement, Term
from stance.scoring.catalogue import Catalogue
from stance.scoring.numbering import Numbering
from stance.scoring.reading import Texts, WordTable

__all__ = ["Reader", "pair_features"]

_WORDS = 200_000
"""A table of more words than this, or of very long ones, is left for a new one."""


class Reader:
    """Turns statements and terms into arrays of a model's own numbers.

    Parameters
    ----------
    features : PairFeatures
        Fitted.

    Attributes
    ----------
    numbering : Numbering
    """

    def __init__(self, features: PairFeatures) -> None:
        self.numbering = Numbering(features)
        self._table = self.new_table()
        self._lock = Lock()
        self._catalogue = lru_cache(maxsize=8)(Catalogue)

    def new_table(self) -> WordTable:
        """A table of words without any."""
        return WordTable(self.numbering.numbers)

    def read(self, statements: Sequence[Statement]) -> Texts:
        """Read statements once, whatever the terms."""
        with self._lock:
            if len(self._table) > _WORDS or self._table.size > 10 * _WORDS:
                self._table = self.new_table()
            table = self._table
        return Texts.read(table, statements)

    def catalogue(self, terms: Sequence[Term]) -> Catalogue:
        """Terms as arrays; those asked for last are kept."""
        return self._catalogue(tuple(terms))


def pair_features(estimator: Any) -> PairFeatures | None:
    """The features of a model, if it is a pipeline over :class:`stance.features.PairFeatures`."""
    inner = getattr(estimator, "estimator", estimator)
    steps = getattr(inner, "steps", None)
    first = steps[0][1] if steps else None
    return first if isinstance(first, PairFeatures) else None
