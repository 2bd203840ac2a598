"""How much of a term's phrases a statement takes up: the similarity of statement and term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import fsum
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from stance.features.lexicon import Analysed, Lexicon, analyse, lexicon
from stance.features.pairs import check_pairs

__all__ = ["MOST", "NAME_WEIGHT", "OVERLAPS", "WHOLE", "TermOverlap"]

OVERLAPS = (
    "best_pro",
    "second_pro",
    "mean_pro",
    "name",
    "best_con",
    "mean_con",
    "rarest_pro",
    "rarest_con",
    "sum_pro",
    "sum_any",
    "key_pro",
    "share_of_statement",
    "whole_pro",
    "most_pro",
    "most_con",
    "pro_minus_con",
    "no_word",
    "one_word",
    "best_pro_with_names",
)
"""Names of the columns, in order; each is between 0 and 1, ``pro_minus_con`` from −1."""

WHOLE, MOST = 0.99, 0.6
"""From what coverage on a phrase counts as taken up wholly, or mostly."""

NAME_WEIGHT = 0.25
"""What a proper name counts beside another word of the same rarity."""


class TermOverlap(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Coverage of the term's phrases by the statement, rare words counting more.

    A phrase's coverage is the share of its idf weight whose stems stand in the statement,
    in any order: "withdrawing their troops" covers "troops withdraw".

    Attributes
    ----------
    words_ : ndarray of str, shape (n_words,)
        Content stems of the training statements, sorted.
    idf_ : ndarray of float, shape (n_words,)
        Their inverse document frequencies; a word that is not among them has ``unseen_idf_``.
    unseen_idf_ : float
    """

    def fit(self, pairs: pd.DataFrame, y: object = None) -> Self:
        """Learn how rare each content word is."""
        texts = dict.fromkeys(check_pairs(pairs)["text"])
        counts = Counter(word for text in texts for word in analyse(text).vocabulary)
        self.words_ = np.array(sorted(counts) or [""], dtype=str)
        frequency = np.array([counts[str(word)] for word in self.words_], dtype=float)
        self.unseen_idf_ = float(np.log(len(texts) + 1) + 1)
        self.idf_ = (np.log((len(texts) + 1) / (frequency + 1)) + 1).astype(np.float32)
        return self

    def transform(self, pairs: pd.DataFrame) -> NDArray[np.float64]:
        """Measure each pair.

        Returns
        -------
        ndarray, shape (n_pairs, 19)
            Columns as in :data:`OVERLAPS`.
        """
        check_is_fitted(self)
        frame = check_pairs(pairs)
        weights = self.weights()
        columns = zip(
            frame["text"],
            frame["term_name"],
            frame["term_description"],
            map(tuple, frame["term_aliases"]),
            map(tuple, frame["term_opposites"]),
            strict=True,
        )
        rows = [
            self._measure(analyse(text), lexicon(*phrases), weights) for text, *phrases in columns
        ]
        return np.array(rows, dtype=float).reshape(len(rows), len(OVERLAPS))

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Names of the columns."""
        return np.array(OVERLAPS, dtype=object)

    def weights(self) -> dict[str, float]:
        """The idf weight of each known word."""
        return dict(zip(self.words_.tolist(), self.idf_.tolist(), strict=True))

    def _measure(
        self, statement: Analysed, term: Lexicon, weights: dict[str, float]
    ) -> list[float]:
        def weight(words: Iterable[str]) -> float:
            # Exact, so that the order of a set, which changes from run to run, has no say.
            return fsum(
                weights.get(word, self.unseen_idf_) * (NAME_WEIGHT if word in term.names else 1.0)
                for word in words
            )

        def coverage(phrase: Iterable[str]) -> float:
            words = tuple(phrase)
            return weight(w for w in words if w in said) / weight(words) if words else 0.0

        said = statement.vocabulary
        pro = sorted(map(coverage, term.pro), reverse=True) or [0.0]
        con = sorted(map(coverage, term.con), reverse=True) or [0.0]
        hits = [word for word in term.role if word in said and word not in term.names]
        pro_hits = [word for word in hits if term.role[word] in "PB"]
        con_hits = [word for word in hits if term.role[word] in "CB"]
        rarest = self.unseen_idf_
        key = {word: count / len(term.pro) for word, count in term.pro_count.items()}
        key_total = fsum(share * weight([word]) for word, share in key.items())
        return [
            pro[0],
            pro[1] if len(pro) > 1 else 0.0,
            float(np.mean(pro[:3])),
            coverage(term.pro[0]) if term.pro else 0.0,
            con[0],
            float(np.mean(con[:3])),
            max((weight([word]) for word in pro_hits), default=0.0) / rarest,
            max((weight([word]) for word in con_hits), default=0.0) / rarest,
            min(weight(pro_hits) / (3 * rarest), 1.0),
            min(weight(hits) / (4 * rarest), 1.0),
            fsum(key[word] * weight([word]) for word in pro_hits) / key_total if key_total else 0.0,
            weight(hits) / weight(said) if said else 0.0,
            float(pro[0] > WHOLE),
            float(pro[0] > MOST),
            float(con[0] > MOST),
            pro[0] - con[0],
            float(not hits),
            float(len(hits) == 1),
            float(bool(term.names & said)) * pro[0],
        ]
