"""What a model's probabilities were worth on pairs kept from training, label by label.

A model that is calibrated over all pairs is not calibrated over the pairs of one holder, whose
labels have other shares than the training data. To correct for that one needs the shares that
the probabilities were calibrated with, and how far they can be trusted: both are counted once,
on the validation pairs, and saved with the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.errors import DataError
from stance.labels import LABELS

__all__ = ["Reliability", "reliability"]

NOTE = "reliability"
"""Where a model's notes hold the counts."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """True and expected labels of held-out pairs, by the label that the model gave them.

    Attributes
    ----------
    counts : sequence of sequence of int, shape (5, 5)
        Pairs by true label (rows) and most probable label (columns): the confusion matrix.
    expected : sequence of sequence of float, shape (5, 5)
        The same as the probabilities had it: their sums over the pairs of each column.

    Examples
    --------
    >>> import numpy as np
    >>> sure = np.eye(5)[[0, 0, 2]] * 0.8 + 0.04
    >>> table = Reliability.measure(sure, [0, 2, 2])
    >>> [row[0] for row in table.counts]
    [1, 0, 1, 0, 0]
    >>> [round(row[0], 2) for row in table.expected]
    [1.68, 0.08, 0.08, 0.08, 0.08]
    """

    counts: Sequence[Sequence[int]]
    expected: Sequence[Sequence[float]]

    @classmethod
    def measure(cls, probabilities: NDArray[np.float64], truth: Sequence[int]) -> Reliability:
        """Count held-out pairs.

        Parameters
        ----------
        probabilities : ndarray, shape (n_pairs, 5)
        truth : sequence of int, length n_pairs
            The column of each pair's true label.

        Raises
        ------
        DataError
            If there are no pairs.
        """
        if not len(truth):
            raise DataError("a table of reliability needs held-out pairs, got none")
        size = len(LABELS)
        given = probabilities.argmax(axis=1)
        counts = np.zeros((size, size), dtype=int)
        np.add.at(counts, (np.asarray(truth), given), 1)
        expected = np.zeros((size, size))
        np.add.at(expected.T, given, probabilities)
        return cls(counts.tolist(), expected.round(6).tolist())

    def notes(self) -> dict[str, Any]:
        """The counts as plain values, for a model's notes."""
        return {NOTE: asdict(self)}


def reliability(notes: Mapping[str, Any]) -> Reliability:
    """Read the counts from a model's notes.

    Raises
    ------
    DataError
        If they are not there or damaged.
    """
    if NOTE not in notes:
        raise DataError(
            "this model was saved without its reliability on held-out pairs, which positions are "
            "corrected by; train it again to have it"
        )
    try:
        table = Reliability(**notes[NOTE])
        shapes = {np.shape(table.counts), np.shape(table.expected)}
        sound = shapes == {(len(LABELS), len(LABELS))} and np.min(table.counts) >= 0
        sound = sound and np.sum(table.counts) > 0
        sound = sound and bool(np.isfinite(table.expected).all())
    except (TypeError, ValueError) as error:
        raise DataError(f"the model's reliability is damaged: {error}") from error
    if not sound:
        raise DataError("the model's reliability is damaged: expected two tables of 5 × 5 numbers")
    return table
