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
from stance.features.characters import CharacterNgrams, TermCharacters
from stance.features.cues import CueNgrams
from stance.features.ngrams import HolderWords, MarkedNgrams, StatementNgrams
from stance.features.overlap import TermOverlap
from stance.features.pairs import check_pairs
from stance.features.vectors import SentenceVectors, TermVectors

__all__ = ["BLOCKS", "OPTIONAL_BLOCKS", "PairFeatures", "new_block"]

BLOCKS: dict[str, type[Any]] = {
    "statement": StatementNgrams,
    "marked": MarkedNgrams,
    "cues": CueNgrams,
    "overlap": TermOverlap,
    "holder": HolderWords,
}
"""Feature blocks by the name that the config uses, those of the default model."""

OPTIONAL_BLOCKS: dict[str, type[Any]] = {
    "characters": CharacterNgrams,
    "term_characters": TermCharacters,
    "vectors": SentenceVectors,
    "term_vectors": TermVectors,
}
"""Blocks that are used only where a config names them; vectors need the extra ``encoder``."""


def new_block(name: str, arguments: Mapping[str, Any]) -> Any:
    """An unfitted block of a name; its ``weight`` is for :class:`PairFeatures`.

    Raises
    ------
    UnknownNameError
        If no block has this name.

    Examples
    --------
    >>> new_block("statement", {"max_n": 1, "weight": 2.0})
    StatementNgrams(max_n=1)
    """
    known = BLOCKS | OPTIONAL_BLOCKS
    if name not in known:
        raise UnknownNameError.of("feature block", name, known)
    return known[name](**{key: item for key, item in arguments.items() if key != "weight"})


class PairFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The chosen blocks side by side, each multiplied by a weight.

    Parameters
    ----------
    blocks : mapping of str to mapping, optional
        For each of :data:`BLOCKS` or :data:`OPTIONAL_BLOCKS` that is wanted, the arguments of
        its transformer; the argument ``weight`` (default 1.0) scales the block. All of
        :data:`BLOCKS` by default.

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
        for name in self._chosen():
            self.blocks_[name] = new_block(name, self._chosen()[name]).fit(pairs)
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

    def check_ready(self) -> None:
        """Raise ConfigError if a block lacks something that is not installed."""
        for name in self._chosen():
            block = new_block(name, self._chosen()[name])
            if hasattr(block, "check_ready"):
                block.check_ready()

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
