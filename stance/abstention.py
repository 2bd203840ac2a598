"""When to withhold a label: thresholds that keep a promise, and sets of labels that do.

Both come from pairs kept from training, counted once when the model is saved. Both promises
are about pairs like those (exchangeable with them): other languages, or registers that the
model never saw, are outside them. And both take statements for independent: where the kept
ones are copies of each other, a promised error is broken more often than is said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.errors import DataError, shown

__all__ = ["Calibration", "least_confidence", "least_probability"]

NOTE = "abstention"
"""Where a model's notes hold the table."""

RISK = 0.1
"""How often, over draws of the calibration pairs, a promised error may be exceeded."""

_ROWS = 100
_FIRST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Calibration:
    """What confidence was worth on pairs that neither trained nor tested the model.

    Attributes
    ----------
    pairs : int
        How many pairs were counted.
    confidence : sequence of float, shape (n_rows,)
        Falling, each from 0 to 1.
    answered, errors : sequence of int, shape (n_rows,)
        Pairs at or above each confidence, and how many of their labels were wrong.
    ranks : sequence of int
        Ranks, from 1, of the pairs when sorted by ``surprise``.
    surprise : sequence of float
        At each rank, one minus the probability of the true label.

    Examples
    --------
    >>> import numpy as np
    >>> sure, unsure = [0.9, 0.1], [0.4, 0.6]
    >>> table = Calibration.measure(np.array([sure] * 60 + [unsure] * 40), [0] * 100)
    >>> table.threshold(max_error=0.1), table.threshold(coverage=1.0)
    (0.9, 0.6)
    """

    pairs: int
    confidence: Sequence[float]
    answered: Sequence[int]
    errors: Sequence[int]
    ranks: Sequence[int]
    surprise: Sequence[float]

    @classmethod
    def measure(cls, probabilities: NDArray[np.float64], truth: Sequence[int]) -> Calibration:
        """Count held-out pairs.

        Parameters
        ----------
        probabilities : ndarray, shape (n_pairs, n_labels)
        truth : sequence of int, length n_pairs
            The column of each pair's true label.

        Raises
        ------
        DataError
            If there are no pairs.
        """
        count = len(truth)
        if not count:
            raise DataError("a calibration table needs held-out pairs, got none")
        wrong = probabilities.argmax(axis=1) != np.asarray(truth)
        confidence = probabilities.max(axis=1)
        order = np.argsort(-confidence, kind="stable")
        falling = confidence[order]
        # The last pair of a tie stands for all of it: a threshold cannot divide equals.
        answered = np.unique(np.searchsorted(-falling, -falling[_ranks(count) - 1], side="right"))
        surprise = np.sort(1 - probabilities[np.arange(count), truth])
        return cls(
            pairs=count,
            confidence=falling[answered - 1].tolist(),
            answered=answered.tolist(),
            errors=np.cumsum(wrong[order])[answered - 1].tolist(),
            ranks=_ranks(count).tolist(),
            surprise=surprise[_ranks(count) - 1].tolist(),
        )

    def notes(self) -> dict[str, Any]:
        """The table as plain values, for a model's notes."""
        return {NOTE: asdict(self)}

    def threshold(self, *, max_error: float | None = None, coverage: float | None = None) -> float:
        """The lowest confidence to answer at, for an error rate or for a share of answers.

        Parameters
        ----------
        max_error : float, optional
            Between 0 and 1: how many of the given labels may be wrong. From the most
            confident tenth downwards the threshold is lowered while the Clopper-Pearson
            upper bound of the error stays below; in nine of ten draws of the calibration
            pairs, the error of pairs like them is then at most ``max_error``.
        coverage : float, optional
            Above 0, at most 1: the share of pairs to answer.

        Raises
        ------
        DataError
            If both are given, one is out of range, or the error cannot be promised.

        References
        ----------
        Geifman, El-Yaniv: Selective Classification for Deep Neural Networks. NeurIPS 2017;
        fixed-sequence testing: Angelopoulos, Bates, Candès, Jordan, Lei: Learn then Test.
        Annals of Applied Statistics, 2025.
        """
        if max_error is not None and coverage is not None:
            raise DataError("max_error and coverage cannot both be kept; give one of them")
        if max_error is None and coverage is None:
            return 0.0
        if coverage is not None:
            _check_share("coverage", coverage, whole=True)
            row = int(np.searchsorted(self.answered, coverage * self.pairs - 1e-9))
            return float(self.confidence[min(row, len(self.confidence) - 1)])
        assert max_error is not None
        _check_share("max_error", max_error)
        return self._for_error(max_error)

    def _for_error(self, max_error: float) -> float:
        first = int(np.searchsorted(self.answered, _FIRST_SHARE * self.pairs))
        bound = _upper_bound(np.array(self.errors[first:]), np.array(self.answered[first:]))
        kept = bound <= max_error
        if not kept[0]:
            lowest = math.ceil(1000 * bound[0]) / 1000
            raise DataError(
                f"max_error: this model cannot promise an error of {max_error:g}; the lowest that "
                f"its {self.pairs:,} calibration pairs can show is {lowest:g}"
            )
        last = len(kept) if kept.all() else int(kept.argmin())
        return float(self.confidence[first + last - 1])

    def least_probability(self, level: float) -> float:
        """The lowest probability of a label in a set that holds the true one at ``level``.

        Split conformal prediction: over exchangeable pairs, the set of all labels at or
        above it holds the true label with a probability of at least ``level``. That is so
        on average over pairs, not for each label or term.

        Parameters
        ----------
        level : float
            Between 0 and 1, such as 0.9.

        Raises
        ------
        DataError
            If ``level`` is out of range.

        References
        ----------
        Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World, 2005, chapter 2;
        this score: Sadinle, Lei, Wasserman: Least Ambiguous Set-Valued Classifiers with
        Bounded Error Levels. JASA 114, 2019.
        """
        _check_share("label_set", level)
        needed = math.ceil((self.pairs + 1) * level - 1e-9)
        if needed > self.pairs:
            return 0.0  # too few pairs to leave any label out
        row = int(np.searchsorted(self.ranks, needed))
        # A hair lower: 1 - (1 - p) is not always p.
        return max(0.0, 1.0 - float(self.surprise[row]) - 1e-12)


def least_confidence(
    notes: Mapping[str, Any], max_error: float | None = None, coverage: float | None = None
) -> float:
    """The confidence below which a model abstains; what its notes say if nothing is asked for.

    Raises
    ------
    DataError
        If something is asked for and the notes hold no table.
    """
    if max_error is None and coverage is None:
        least = notes.get("min_confidence", 0.0)
        if not _are_numbers([least], 0, 1):
            raise DataError(f"the model's notes give a min_confidence of {shown(least)}")
        return float(least)
    asked = "coverage" if max_error is None else "max_error"
    return _table(notes, asked).threshold(max_error=max_error, coverage=coverage)


def least_probability(notes: Mapping[str, Any], level: float) -> float:
    """The probability from which a label belongs to a model's label set at ``level``."""
    return _table(notes, "label_set").least_probability(level)


def _table(notes: Mapping[str, Any], asked: str) -> Calibration:
    if NOTE not in notes:
        raise DataError(
            f"{asked}: this model was saved without a calibration table; "
            "train it again to have one, or leave the argument out"
        )
    try:
        table = Calibration(**notes[NOTE])
    except TypeError as error:
        raise DataError(f"{asked}: the model's calibration table is damaged: {error}") from error
    faults = [name for name, sound in _soundness(table).items() if not sound]
    if faults:
        named = ", ".join(faults)
        raise DataError(f"{asked}: the model's calibration table is damaged: {named} cannot be so")
    return table


def _soundness(table: Calibration) -> dict[str, bool]:
    """Whether each column is as :meth:`Calibration.measure` makes it; a model may be hostile."""
    pairs = table.pairs if type(table.pairs) is int else 0
    columns = (table.confidence, table.answered, table.errors)
    return {
        "pairs": pairs > 0,
        "confidence": _are_numbers(table.confidence, 0, 1),
        "answered": _are_numbers(table.answered, 1, pairs) and _rise_to(table.answered, pairs),
        "errors": _are_numbers(table.errors, 0, pairs),
        "ranks": _are_numbers(table.ranks, 1, pairs) and _rise_to(table.ranks, pairs),
        "surprise": _are_numbers(table.surprise, -1e-9, 1 + 1e-9),
        "lengths": all(isinstance(column, list) for column in columns)
        and len(set(map(len, columns))) == 1
        and isinstance(table.surprise, list)
        and len(table.surprise) == len(table.ranks),
    }


def _are_numbers(column: Any, least: float, most: float) -> bool:
    if not isinstance(column, list) or not column:
        return False
    return all(type(value) in (int, float) and least <= value <= most for value in column)


def _rise_to(column: Sequence[int], most: int) -> bool:
    return column[-1] == most and all(before <= after for before, after in pairwise(column))


def _ranks(count: int) -> NDArray[np.int64]:
    """At most ``_ROWS`` ranks from 1 to ``count``, evenly spaced, the last included."""
    return np.unique(np.ceil(np.linspace(0, count, _ROWS + 1)[1:]).astype(np.int64))


def _upper_bound(errors: NDArray[Any], answered: NDArray[Any]) -> NDArray[np.float64]:
    """Clopper-Pearson: the error rate that a count this low would rule out at ``RISK``."""
    from scipy.special import betaincinv

    right = answered - errors
    bound = betaincinv(errors + 1.0, np.maximum(right, 1), 1 - RISK)
    return np.asarray(np.where(right > 0, bound, 1.0))


def _check_share(name: str, value: object, *, whole: bool = False) -> None:
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not (0 < value < 1 or (whole and value == 1)):  # type: ignore[operator]
        expected = "above 0 and at most 1" if whole else "between 0 and 1"
        raise DataError(f"{name}: expected a number {expected}, got {value!r}")
