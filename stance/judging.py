"""From probabilities to answers: labels, the reasons to withhold them, and label sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.abstention import least_confidence, least_probability
from stance.labels import LABELS, Label
from stance.persistence import SavedModel
from stance.records import REASONS, Statement, Term
from stance.scoring import Reader, Texts, compiled, reference_score
from stance.text import unusable

__all__ = ["Judge", "Judged", "foreign", "gate", "label_set", "unknown"]

# Half the words of a text in the model's language are words that every text has. A text with
# fewer known ones is in another language: there, a model is sure of "unrelated", and wrong.
_LANGUAGE_SHOWS = 6
_KNOWN_SHARE = 0.5
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
        return np.array([*REASONS, None], dtype=object)[self.why]

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
        self.least_confidence = least_confidence(saved.notes, max_error, coverage)
        self.least_in_set = None if label_set is None else least_probability(saved.notes, label_set)
        self._made = compiled(saved.estimator)

    def __call__(self, statements: Sequence[Statement]) -> Judged:
        """Judge a batch of statements."""
        withheld = gate(statements)
        probabilities = np.full((len(statements), len(self.terms), len(LABELS)), np.nan)
        why = np.repeat(withheld[:, None], len(self.terms), axis=1)
        usable = np.flatnonzero(withheld < 0)
        if len(usable):
            kept = [statements[row] for row in usable.tolist()]
            probabilities[usable], why[usable] = self._scored(kept)
        return self.decide(probabilities, why)

    def decide(self, probabilities: NDArray[np.float64], why: NDArray[np.int8]) -> Judged:
        """Choose labels, and withhold those that are not sure enough.

        Parameters
        ----------
        probabilities : ndarray, shape (n_statements, n_terms, 5)
            Changed in place: NaN where the pair could not be judged.
        why : ndarray of int8, shape (n_statements, n_terms)
            Why not, as a place in :data:`stance.records.REASONS`, or -1; changed in place.
        """
        blank = why >= 0
        probabilities[blank] = np.nan
        best = probabilities.argmax(axis=2).astype(np.int8)
        best[blank] = -1
        in_set = None if self.least_in_set is None else probabilities >= self.least_in_set
        judged = Judged(probabilities, best, why, in_set)
        why[~blank & (judged.confidence < self.least_confidence)] = _LOW_CONFIDENCE
        return judged

    def _scored(
        self, statements: Sequence[Statement]
    ) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Probabilities of statements that are text, and why some are not to be trusted."""
        made = self._made
        why = np.full((len(statements), len(self.terms)), -1, dtype=np.int8)
        if made.reader is None:
            return reference_score(self.saved.estimator, statements, self.terms), why
        texts = made.reader.read(statements)
        why[unknown(made.reader, texts, self.terms)] = _NO_KNOWN_WORDS
        if made.scorer is None:
            return reference_score(self.saved.estimator, statements, self.terms), why
        return made.scorer.score(texts, self.terms), why


def gate(statements: Sequence[Statement]) -> NDArray[np.int8]:
    """Why each statement cannot be judged at all, shape (n_statements,).

    Returns
    -------
    ndarray of int8
        Places in :data:`stance.records.REASONS`, -1 where nothing speaks against it.
    """
    reasons = (unusable(statement.text) for statement in statements)
    places = [-1 if reason is None else REASONS.index(reason) for reason in reasons]
    return np.array(places, dtype=np.int8)


def foreign(reader: Reader, texts: Texts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Texts in another language than the model's, and texts without any word that it knows.

    Returns
    -------
    foreign, unknown : ndarray of bool, shape (n_texts,)
    """
    if not reader.numbering.known.any():  # a model without a vocabulary to ask
        return np.zeros(len(texts), dtype=bool), np.zeros(len(texts), dtype=bool)
    number, _, letters = (column[texts.words] for column in texts.table.columns())
    known = reader.numbering.known[number]
    words, met = texts.count(letters), texts.count(letters & known)
    return (words >= _LANGUAGE_SHOWS) & (met < _KNOWN_SHARE * words), texts.count(known) == 0


def unknown(reader: Reader, texts: Texts, terms: Sequence[Term]) -> NDArray[np.bool_]:
    """Pairs of which model and term know too little, shape (n_texts, n_terms)."""
    other, none = foreign(reader, texts)
    found = np.repeat(other[:, None], len(terms), axis=1)
    rows = np.flatnonzero(none & ~other)
    if len(rows):
        few = texts.take(rows)
        found[rows] = ~reader.catalogue(terms).met(few.table, few.words, few.lengths)
    return found
