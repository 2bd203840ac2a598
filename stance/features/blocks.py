"""Which feature blocks there are, and the union of those that a config chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from stance.errors import UnknownNameError
from stance.features.cues import CueNgrams
from stance.features.ngrams import HolderWords, MarkedNgrams, StatementNgrams
from stance.features.overlap import TermOverlap
from stance.features.pairs import check_pairs

__all__ = ["BLOCKS", "PairFeatures"]

BLOCKS: dict[str, type[Any]] = {
    "statement": StatementNgrams,
    "marked": MarkedNgrams,
    "cues": CueNgrams,
    "overlap": TermOverlap,
    "holder": HolderWords,
}
"""Feature blocks by the name that the config uses."""


class PairFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The chosen blocks side by side, each multiplied by a weight.

    Parameters
    ----------
    blocks : mapping of str to mapping, optional
        For each of :data:`BLOCKS` that is wanted, the arguments of its transformer;
        the argument ``weight`` (default 1.0) scales the block. All blocks by default.

    Attributes
    ----------
    blocks_ : dict of str to transformer
        The fitted blocks.

    Examples
    --------
    >>> PairFeatures({"statement": {"max_n": 1}})
    PairFeatures(blocks={'statement': {'max_n': 1}})
    """

    def __init__(self, blocks: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.blocks = blocks

    def fit(self, pairs: pd.DataFrame, y: object = None) -> Self:
        """Fit every block."""
        check_pairs(pairs)
        self.blocks_ = {}
        for name, arguments in self._chosen().items():
            if name not in BLOCKS:
                raise UnknownNameError.of("feature block", name, BLOCKS)
            options = {key: value for key, value in arguments.items() if key != "weight"}
            self.blocks_[name] = BLOCKS[name](**options).fit(pairs)
        return self

    def transform(self, pairs: pd.DataFrame) -> sparse.csr_matrix:
        """Compute every block.

        Returns
        -------
        scipy.sparse.csr_matrix, shape (n_pairs, n_features)
        """
        check_is_fitted(self)
        check_pairs(pairs)
        parts = [block.transform(pairs) * self.weight(name) for name, block in self.blocks_.items()]
        return sparse.csr_matrix(sparse.hstack([sparse.csr_matrix(part) for part in parts]))

    def weight(self, name: str) -> float:
        """The factor that a block is multiplied by."""
        return float(self._chosen()[name].get("weight", 1.0))

    def slices(self) -> dict[str, slice]:
        """The columns of each block."""
        check_is_fitted(self)
        ends = np.cumsum([len(block.get_feature_names_out()) for block in self.blocks_.values()])
        starts = [0, *ends[:-1]]
        return {
            name: slice(int(start), int(end))
            for name, start, end in zip(self.blocks_, starts, ends, strict=True)
        }

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Names of the columns, ``block__feature``."""
        check_is_fitted(self)
        names = [
            f"{name}__{feature}"
            for name, block in self.blocks_.items()
            for feature in block.get_feature_names_out()
        ]
        return np.array(names, dtype=object)

    def _chosen(self) -> Mapping[str, Mapping[str, Any]]:
        return {name: {} for name in BLOCKS} if self.blocks is None else self.blocks
