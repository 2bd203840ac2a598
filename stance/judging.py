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
from stance.records import Statement, Term
from stance.scoring import Reader, Texts, compiled, reference_score
from stance.text import unusable

__all__ = ["Judge", "Judged", "foreign", "gate", "label_set", "unknown"]

# Half the words of a text in the model's language are words that every text has. A text with
# fewer known ones is in another language: there, a model is sure of "unrelated", and wrong.
_LANGUAGE_SHOWS = 6
_KNOWN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers to every statement with every term.

    Attributes
    ----------
    probabilities : ndarray of float, shape (n_statements, n_terms, 5)
        NaN where the pair could not be judged.
    labels : ndarray of object, shape (n_statements, n_terms)
        The most probable label, or None where the pair could not be judged.
    confidence : ndarray of float, shape (n_statements, n_terms)
    reasons : ndarray of object, shape (n_statements, n_terms)
        Why an answer is withheld, or None.
    in_set : ndarray of bool, shape (n_statements, n_terms, 5), or None
        The labels of each set, if sets were asked for; none where the pair could not be judged.
    """

    probabilities: NDArray[np.float64]
    labels: NDArray[np.object_]
    confidence: NDArray[np.float64]
    reasons: NDArray[np.object_]
    in_set: NDArray[np.bool_] | None

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
        table["abstained"] = self.reasons.ravel().astype(bool)
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

    def __call__(self, statements: Sequence[Statement]) -> Judged:
        """Judge a batch of statements."""
        withheld = gate(statements)
        probabilities = np.full((len(statements), len(self.terms), len(LABELS)), np.nan)
        reasons = np.repeat(withheld[:, None], len(self.terms), axis=1)
        usable = np.flatnonzero(withheld == None)  # noqa: E711 - elementwise
        if len(usable):
            kept = [statements[row] for row in usable.tolist()]
            probabilities[usable], reasons[usable] = self._scored(kept)
            probabilities[reasons.astype(bool)] = np.nan
        return self.decide(probabilities, reasons)

    def decide(self, probabilities: NDArray[np.float64], reasons: NDArray[np.object_]) -> Judged:
        """Choose labels, and withhold those that are not sure enough.

        Parameters
        ----------
        probabilities : ndarray, shape (n_statements, n_terms, 5)
            NaN where the pair could not be judged.
        reasons : ndarray of object, shape (n_statements, n_terms)
            Why not, or None; changed in place.
        """
        blank = reasons.astype(bool)
        best = np.where(blank, 0, np.nan_to_num(probabilities, nan=-1.0).argmax(axis=2))
        confidence = np.take_along_axis(probabilities, best[..., None], axis=2)[..., 0]
        labels = np.array(LABELS, dtype=object)[best]
        labels[blank] = None
        reasons[~blank & (confidence < self.least_confidence)] = "low_confidence"
        in_set = None if self.least_in_set is None else probabilities >= self.least_in_set
        return Judged(probabilities, labels, confidence, reasons, in_set)

    def _scored(
        self, statements: Sequence[Statement]
    ) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        """Probabilities of statements that are text, and why some are not to be trusted."""
        made = compiled(self.saved.estimator)
        reasons = np.full((len(statements), len(self.terms)), None, dtype=object)
        if made.reader is None:
            return reference_score(self.saved.estimator, statements, self.terms), reasons
        texts = made.reader.read(statements)
        reasons[unknown(made.reader, texts, self.terms)] = "no_known_words"
        if made.scorer is None:
            return reference_score(self.saved.estimator, statements, self.terms), reasons
        return made.scorer.score(texts, self.terms), reasons


def gate(statements: Sequence[Statement]) -> NDArray[np.object_]:
    """Why each statement cannot be judged at all, or None, shape (n_statements,)."""
    reasons = np.full(len(statements), None, dtype=object)
    for row, statement in enumerate(statements):
        reasons[row] = unusable(statement.text)
    return reasons


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
