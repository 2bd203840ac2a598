"""What a frozen sentence encoder says of statement and term, beside what their words say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from stance.encoder.network import HoldsNetwork
from stance.encoder.weights import MINILM
from stance.features.glossary import english_text
from stance.features.pairs import check_pairs

__all__ = ["SIMILARITIES", "SentenceVectors", "TermVectors"]

SIMILARITIES = (
    "name",
    "description",
    "best_alias",
    "two_aliases",
    "mean_alias",
    "best_opposite",
    "two_opposites",
    "mean_opposite",
    "best_alias_minus_opposite",
    "mean_alias_minus_opposite",
)
"""Names of the columns of similarities, in order: cosines, or differences of two."""


class SentenceVectors(HoldsNetwork, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Vectors of statement and term from a frozen Transformer, and how near they are.

    For each pair: the vector of the statement, its product with that of the term's name, and
    the cosines of the statement with the term's phrases (:data:`SIMILARITIES`). The encoder runs
    as an int8 network that is part of the fitted block, so that using it needs neither torch
    nor the weights. In the process that fitted the block, vectors are kept in the cache folder
    (``$STANCE_CACHE``) by the digest of the text, so that a sweep encodes each text once, however
    it divides them; those of predictions are not.

    Parameters
    ----------
    encoder : str, default "sentence-transformers/all-MiniLM-L6-v2"
        A folder or name that :func:`stance.encoder.weights.find_weights` finds.
    max_length : int, default 128
        In tokens; longer texts are cut.
    cache : bool, default True
        Keep vectors of the training's texts for the next training.
    glossary : bool, default True
        Put texts of other languages into English first, word for word (``data/glossary``); False
        for an encoder that reads them.

    Attributes
    ----------
    network_ : ndarray of uint8, shape (n_bytes,)
        The encoder as ONNX.
    tokenizer_ : ndarray of uint8, shape (n_bytes,)
    width_ : int
        Length of a vector.

    References
    ----------
    Reimers, Gurevych: Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks.
    EMNLP 2019. Wang et al.: MiniLM. NeurIPS 2020.
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "encoder": [str],
        "max_length": [Interval(Integral, 8, 512, closed="both")],
        "cache": ["boolean"],
        "glossary": ["boolean"],
    }

    def __init__(
        self,
        encoder: str = MINILM,
        max_length: int = 128,
        cache: bool = True,
        glossary: bool = True,
    ) -> None:
        self.encoder = encoder
        self.max_length = max_length
        self.cache = cache
        self.glossary = glossary

    def fit(self, pairs: pd.DataFrame, y: object = None) -> Self:
        """Find the encoder and export it; nothing is learnt from the pairs.

        Raises
        ------
        ConfigError
            If a package of the extra or the encoder is missing, or it reads fewer tokens.
        ValueError
            If an argument is out of range.
        """
        from stance.encoder.sentence import sentence_network

        self._validate_params()
        check_pairs(pairs)
        self.check_ready()
        self.network_, self.tokenizer_ = sentence_network(self.encoder, cache=self.cache)
        self.width_ = self.open_network().width
        self._remember = self.cache
        return self

    def transform(self, pairs: pd.DataFrame) -> NDArray[np.float32]:
        """Measure each pair.

        Returns
        -------
        ndarray, shape (n_pairs, 2 * width_ + 10)
        """
        check_is_fitted(self)
        frame = check_pairs(pairs)
        if frame.empty:
            return np.empty((0, len(self.get_feature_names_out())), dtype=np.float32)
        phrases = ("term_aliases", "term_opposites")
        texts = dict.fromkeys([*frame["text"], *frame["term_name"], *frame["term_description"]])
        for column in phrases:
            texts |= dict.fromkeys(phrase for group in frame[column] for phrase in group)
        vectors = dict(zip(texts, self._encode(list(texts)), strict=True))
        said = np.stack([vectors[text] for text in frame["text"]])
        named = np.stack([vectors[text] for text in frame["term_name"]])
        near = [
            _similarities(vectors[text], vectors[name], vectors[description], *groups)
            for text, name, description, *groups in zip(
                frame["text"],
                frame["term_name"],
                frame["term_description"],
                *([[vectors[item] for item in group] for group in frame[key]] for key in phrases),
                strict=True,
            )
        ]
        # A product of two unit vectors is short: the factor makes it about as long as they are.
        return np.hstack([said, said * named * np.sqrt(self.width_), near]).astype(np.float32)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Names of the columns."""
        check_is_fitted(self)
        numbers = range(self.width_)
        names = [*(f"said_{n}" for n in numbers), *(f"product_{n}" for n in numbers)]
        return np.array([*names, *SIMILARITIES], dtype=object)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        network = self.open_network()
        if self.glossary:
            texts = list(map(english_text, texts))
        if not getattr(self, "_remember", False):
            return _unit(network(texts))
        from stance.encoder.remembering import remembered

        key = hashlib.sha256(self.network_.tobytes() + self.tokenizer_.tobytes())
        key.update(b"%d" % self.max_length)
        return _unit(remembered(key.hexdigest(), texts, network))


class TermVectors(SentenceVectors):
    """The vector of the statement, once more for each term: for terms seen in training.

    What :class:`stance.features.TermCharacters` does with n-grams, with the vectors of
    :class:`SentenceVectors`: each term gets weights of its own. A term that was not seen has none.
    Beside :class:`SentenceVectors` it holds the network a second time and encodes once more.

    Parameters
    ----------
    encoder, max_length, cache, glossary
        As for :class:`SentenceVectors`.

    Attributes
    ----------
    terms_ : ndarray of str, shape (n_terms,)
        Names of the terms of the training, sorted.

    References
    ----------
    Daumé: Frustratingly Easy Domain Adaptation. ACL 2007.
    """

    def fit(self, pairs: pd.DataFrame, y: object = None) -> Self:
        """Find the encoder and export it, and keep the names of the terms."""
        super().fit(pairs)
        self.terms_ = np.unique(pairs["term_name"].to_numpy(dtype=str))
        return self

    def transform(self, pairs: pd.DataFrame) -> sparse.csr_matrix:
        """Encode each statement, in the columns of its term.

        Returns
        -------
        scipy.sparse.csr_matrix, shape (n_pairs, n_terms * width_)
        """
        check_is_fitted(self)
        frame = check_pairs(pairs)
        place = pd.Index(self.terms_).get_indexer(pd.Index(frame["term_name"].astype(str)))
        rows = np.flatnonzero(place >= 0)
        shape = len(frame), len(self.terms_) * self.width_
        if not len(rows):
            return sparse.csr_matrix(shape, dtype=np.float32)
        texts = list(dict.fromkeys(frame["text"].iloc[rows]))
        number = {text: at for at, text in enumerate(texts)}
        said = self._encode(texts)[[number[text] for text in frame["text"].iloc[rows]]]
        columns = place[rows, None] * self.width_ + np.arange(self.width_)
        where = np.repeat(rows, self.width_), columns.ravel()
        return sparse.csr_matrix((said.ravel(), where), shape=shape)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Names of the columns."""
        check_is_fitted(self)
        numbers = range(self.width_)
        names = [f"{term}: said_{number}" for term in self.terms_ for number in numbers]
        return np.array(names, dtype=object)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)


def _similarities(
    said: NDArray[np.float32],
    name: NDArray[np.float32],
    description: NDArray[np.float32],
    aliases: list[NDArray[np.float32]],
    opposites: list[NDArray[np.float32]],
) -> list[float]:
    pro, con = _nearest(said, aliases), _nearest(said, opposites)
    apart = [pro[0] - con[0], pro[2] - con[2]]
    return [float(said @ name), float(said @ description), *pro, *con, *apart]


def _nearest(said: NDArray[np.float32], phrases: list[NDArray[np.float32]]) -> list[float]:
    """Cosine of the nearest phrase, of the two nearest and of all, or zeros without phrases."""
    if not phrases:
        return [0.0, 0.0, 0.0]
    near = np.sort(np.stack(phrases) @ said)[::-1]
    return [float(near[0]), float(near[:2].mean()), float(near.mean())]
