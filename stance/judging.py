"""From probabilities to answers: labels, the reasons to withhold them, and label sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.abstention import least_confidence, least_probability
from stance.features import PairFeatures, StatementNgrams, TermOverlap
from stance.features.analysis import stem, tokens
from stance.features.lexicon import analyse, lexicon
from stance.labels import LABELS, Label
from stance.persistence import SavedModel
from stance.records import REASONS, Statement, Term
from stance.scoring import score
from stance.text import unusable

__all__ = ["Judge", "Judged", "known_words", "label_set", "pair_features"]

# Half the words of a text in the model's language are words that every text has. A text with
# fewer known ones is in another language: there, a model is sure of "unrelated", and wrong.
_LANGUAGE_SHOWS = 6
_KNOWN_SHARE = 0.5
_WORDS_KEPT = 200_000
_LOW_CONFIDENCE = REASONS.index("low_confidence")
_NO_KNOWN_WORDS = REASONS.index("no_known_words")


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers to every statement with every term.

    Attributes
    ----------
    probabilities : ndarray of float, shape (n_statements, n_terms, 5)
        NaN where the pair could not be judged.
    best : ndarray of int8, shape (n_statements, n_terms)
        Place of the most probable label in :data:`stance.labels.LABELS`, or -1 where the pair
        could not be judged.
    why : ndarray of int8, shape (n_statements, n_terms)
        Place in :data:`stance.records.REASONS` of the reason to withhold the answer, or -1.
    in_set : ndarray of bool, shape (n_statements, n_terms, 5), or None
        The labels of each set, if sets were asked for; none where the pair could not be judged.
    """

    probabilities: NDArray[np.float64]
    best: NDArray[np.int8]
    why: NDArray[np.int8]
    in_set: NDArray[np.bool_] | None

    @property
    def confidence(self) -> NDArray[np.float64]:
        """Probability of the most probable label, shape (n_statements, n_terms)."""
        # Place -1 is taken from the end, and NaN stands there too.
        places = self.best[..., None].astype(np.intp)
        return np.take_along_axis(self.probabilities, places, axis=2)[..., 0]

    @property
    def labels(self) -> NDArray[np.object_]:
        """The most probable label or None, shape (n_statements, n_terms)."""
        return np.array([*LABELS, None], dtype=object)[self.best]

    @property
    def reasons(self) -> NDArray[np.object_]:
        """Why an answer is withheld or None, shape (n_statements, n_terms)."""
        return _named_reasons(self.why)

    def columns(self, names: Sequence[Any], terms: Sequence[Term]) -> dict[str, Any]:
        """The same as columns of a table: a row for each pair, the terms varying fastest.

        Parameters
        ----------
        names : sequence, length n_statements
            What to call each statement.
        terms : sequence of Term, length n_terms

        Returns
        -------
        dict of str to sequence, each of length n_statements * n_terms
        """
        table: dict[str, Any] = {
            "statement": [name for name in names for _ in terms],
            "term": [term.id for term in terms] * len(names),
            "label": self.labels.ravel(),
            "confidence": self.confidence.ravel(),
        }
        for index, label in enumerate(LABELS):
            table[f"p_{label}"] = self.probabilities[..., index].ravel()
        table["abstained"] = self.why.ravel() >= 0
        table["reason"] = self.reasons.ravel()
        if self.in_set is not None:
            table["label_set"] = [label_set(row) for row in self.in_set.reshape(-1, len(LABELS))]
        return table


def label_set(row: NDArray[np.bool_]) -> tuple[Label, ...]:
    """The labels that one row of ``in_set`` marks."""
    return tuple(label for label, kept in zip(LABELS, row.tolist(), strict=True) if kept)


def _named_reasons(why: NDArray[np.int8]) -> NDArray[np.object_]:
    return np.array([*REASONS, None], dtype=object)[why]


class Judge:
    """A model, the terms it is asked about, and how sure it has to be.

    Parameters
    ----------
    saved : SavedModel
    terms : sequence of Term
    max_error, coverage, label_set : float, optional
        As for :func:`stance.predict`.

    Raises
    ------
    DataError
        If a promise is asked for that the model cannot make.
    """

    def __init__(
        self,
        saved: SavedModel,
        terms: Sequence[Term],
        *,
        max_error: float | None = None,
        coverage: float | None = None,
        label_set: float | None = None,
    ) -> None:
        self.saved = saved
        self.terms = list(terms)
        self._least = least_confidence(saved.notes, max_error, coverage)
        self._in_set = None if label_set is None else least_probability(saved.notes, label_set)
        stems = known_words(saved.estimator)
        self._known = None if stems is None else _Known(stems)

    def __call__(self, statements: Sequence[Statement]) -> Judged:
        """Judge a batch of statements."""
        why = self._why(statements)
        blank = why >= 0
        probabilities = np.full((*why.shape, len(LABELS)), np.nan)
        usable = np.flatnonzero(~blank.all(axis=1)).tolist()
        if usable:
            found = score(self.saved.estimator, [statements[row] for row in usable], self.terms)
            probabilities[usable] = found
            probabilities[blank] = np.nan
        best = probabilities.argmax(axis=2).astype(np.int8)
        best[blank] = -1
        in_set = None if self._in_set is None else probabilities >= self._in_set
        judged = Judged(probabilities, best, why, in_set)
        why[~blank & (judged.confidence < self._least)] = _LOW_CONFIDENCE
        return judged

    def unjudged(self, statements: Sequence[Statement]) -> NDArray[np.object_]:
        """Why a text cannot be judged at all or None, shape (n_statements, n_terms)."""
        return _named_reasons(self._why(statements))

    def _why(self, statements: Sequence[Statement]) -> NDArray[np.int8]:
        why = np.full((len(statements), len(self.terms)), -1, dtype=np.int8)
        for row, statement in enumerate(statements):
            reason = unusable(statement.text)
            if reason is not None:
                why[row] = REASONS.index(reason)
            elif self._known is not None:
                self._mark_unknown(statement, why[row])
        return why

    def _mark_unknown(self, statement: Statement, why: NDArray[np.int8]) -> None:
        assert self._known is not None
        marks = list(map(self._known.__getitem__, tokens(statement.text)))
        known = marks.count(_KNOWN)
        words = known + marks.count(_UNKNOWN)
        if words >= _LANGUAGE_SHOWS and known < _KNOWN_SHARE * words:
            why[:] = _NO_KNOWN_WORDS
        elif not known:
            said = analyse(statement.text)
            if self._known.stems.isdisjoint(said.stems):
                for column, term in enumerate(self.terms):
                    lexical = lexicon(term.name, term.description, term.aliases, term.opposites)
                    if said.vocabulary.isdisjoint(lexical.role):
                        why[column] = _NO_KNOWN_WORDS


_NO_WORD, _UNKNOWN, _KNOWN = range(3)


class _Known(dict[str, int]):
    """Whether a model knows a word; what was found out is kept, and it is asked again and again."""

    def __init__(self, stems: frozenset[str]) -> None:
        super().__init__()
        self.stems = stems

    def __missing__(self, word: str) -> int:
        root = word if word.isdigit() else stem(word)
        if len(self) >= _WORDS_KEPT:
            self.clear()
        self[word] = (_KNOWN if root in self.stems else _UNKNOWN) if root.isalpha() else _NO_WORD
        return self[word]


@lru_cache(maxsize=4)
def known_words(estimator: Any) -> frozenset[str] | None:
    """Stems that a model learnt something of, or None where it has no vocabulary to ask."""
    features = pair_features(estimator)
    if features is None:
        return None
    words: set[str] = set()
    for block in features.blocks_.values():
        if isinstance(block, StatementNgrams):
            words.update(gram for gram in block.vocabulary_.tolist() if " " not in gram)
        elif isinstance(block, TermOverlap):
            words.update(block.words_.tolist())
    return frozenset(words - {"", *"?!%"}) or None


def pair_features(estimator: Any) -> PairFeatures | None:
    """The features of a model, if it is a pipeline over :class:`stance.features.PairFeatures`."""
    inner = getattr(estimator, "estimator", estimator)
    steps = getattr(inner, "steps", None)
    first = steps[0][1] if steps else None
    return first if isinstance(first, PairFeatures) else None
