"""What classifiers that read text have in common: the sequences, and a network that scores them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from stance.encoder.network import HoldsNetwork
from stance.features.glossary import english_text
from stance.features.lexicon import analyse, lexicon
from stance.features.nearest import nearest_phrases
from stance.features.pairs import check_pairs
from stance.labels import LABELS

__all__ = ["PairReader", "reader", "sequences", "softmax"]


def reader(glossary: bool) -> Callable[[str], str]:
    """What a text goes through before the network: word for word into English, or nothing."""
    return cache(english_text) if glossary else str


def sequences(
    pairs: pd.DataFrame, *, glossary: bool = False, phrases: int = 0
) -> tuple[list[str], list[str]]:
    """The two texts of each pair: who says what, and the term.

    Parameters
    ----------
    pairs : DataFrame of pairs
    glossary : bool, default False
        Put texts of other languages into English, word for word.
    phrases : int, default 0
        How many of the term's aliases, and of its opposites, follow its description: those
        nearest to the statement.

    Examples
    --------
    >>> pairs = pd.DataFrame({"text": ["We will not sign."], "holder": ["the minister"],
    ...     "side": ["north"], "term_name": ["A treaty is signed"],
    ...     "term_description": ["Both sign."], "term_aliases": [("peace on paper", "signing")],
    ...     "term_opposites": [("no deal",)]})
    >>> sequences(pairs)
    (['the minister (north): We will not sign.'], ['A treaty is signed. Both sign.'])
    >>> sequences(pairs, phrases=1)[1]
    ['A treaty is signed. Both sign. Also: signing. Not: no deal.']
    """
    frame = check_pairs(pairs)
    read = reader(glossary)
    said = []
    for text, holder, side in zip(frame["text"], frame["holder"], frame["side"], strict=True):
        who = f"{holder} ({side})" if holder and side else holder or side
        said.append(f"{who}: {read(text)}" if who else read(text))
    terms = zip(frame["term_name"], frame["term_description"], strict=True)
    whole = [read(f"{name.rstrip('.')}. {described}".strip()) for name, described in terms]
    if phrases:
        whole = [
            f"{term}{near}" for term, near in zip(whole, _near(frame, phrases, read), strict=True)
        ]
    return said, whole


def _near(frame: pd.DataFrame, count: int, read: Callable[[str], str]) -> Iterator[str]:
    """What stands behind each term: other words for it, and for the contrary."""
    columns = (
        frame["text"],
        frame["term_name"],
        frame["term_description"],
        map(tuple, frame["term_aliases"]),
        map(tuple, frame["term_opposites"]),
    )
    for text, name, description, aliases, opposites in zip(*columns, strict=True):
        names = lexicon(name, description, aliases, opposites).names
        said = analyse(text)
        parts = {
            word: nearest_phrases(said, listed, names, count)
            for word, listed in (("Also", aliases), ("Not", opposites))
        }
        yield "".join(f" {word}: {read('; '.join(near))}." for word, near in parts.items() if near)


class PairReader(HoldsNetwork, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Base of classifiers that take the DataFrame of pairs itself, without feature blocks.

    A subclass sets ``classes_`` and the network, and says how labels are scored.
    """

    reads_pairs = True

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Probability of each label.

        Returns
        -------
        ndarray, shape (n_pairs, n_classes)
            Columns as in ``classes_``; rows sum to 1.
        """
        check_is_fitted(self)
        columns = [LABELS.index(str(label)) for label in self.classes_]
        return softmax(self._scores(X)[:, columns])

    def predict(self, X: pd.DataFrame) -> NDArray[Any]:
        """The most probable label of each pair, shape (n_pairs,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def _scores(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Log-scores, a column for each of :data:`stance.labels.LABELS`."""
        raise NotImplementedError


def softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Turn scores into probabilities, row by row."""
    scores = np.asarray(scores, dtype=np.float64)
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
