"""Scores over the five labels, with intervals that know that pairs share statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from stance.errors import DataError
from stance.labels import LABELS, check_label

__all__ = [
    "Interval",
    "accuracy",
    "augrc",
    "bootstrap",
    "confusion",
    "equal_mass",
    "expected_calibration_error",
    "favor_against_f1",
    "label_scores",
    "macro_f1",
]

Floats = NDArray[np.float64]
_INDEX: dict[str, int] = {label: index for index, label in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with its interval.

    Attributes
    ----------
    value, low, high : float
    level : float
        The share of resamples inside, 0.95 by default.
    """

    value: float
    low: float
    high: float
    level: float = 0.95

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def confusion(truth: Sequence[str], predicted: Sequence[str]) -> NDArray[np.int64]:
    """Count pairs by true label (row) and predicted label (column), both in label order.

    Examples
    --------
    >>> int(confusion(["favor", "against"], ["favor", "favor"])[2, 0])
    1
    """
    if len(truth) != len(predicted):
        raise DataError(f"{len(truth)} true labels but {len(predicted)} predicted ones")
    matrix = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
    np.add.at(matrix, (_codes(truth), _codes(predicted)), 1)
    return matrix


def _codes(labels: Sequence[str]) -> NDArray[np.int64]:
    return np.array([_INDEX[check_label(label)] for label in labels], dtype=np.int64)


def _f1(matrix: NDArray[np.generic]) -> Floats:
    """F1 of each label; ``matrix`` may be a stack, shape (..., 5, 5)."""
    counts = np.asarray(matrix, dtype=np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    sizes = counts.sum(axis=-1) + counts.sum(axis=-2)
    return np.asarray(np.divide(2 * hits, sizes, out=np.zeros_like(hits), where=sizes > 0))


def macro_f1(matrix: NDArray[np.generic], present: NDArray[np.bool_] | None = None) -> Floats:
    """Mean F1 over the labels that occur in truth.

    Parameters
    ----------
    matrix : ndarray, shape (..., 5, 5)
        From :func:`confusion`.
    present : ndarray of bool, shape (5,), optional
        The labels to average over; by default those with a true pair.

    Examples
    --------
    >>> float(macro_f1(confusion(["favor", "against"], ["favor", "favor"])).round(3))
    0.333
    """
    counts = np.asarray(matrix)
    if present is None:
        present = counts.reshape(-1, *counts.shape[-2:]).sum(axis=0).sum(axis=1) > 0
    if not present.any():
        return np.full(counts.shape[:-2], np.nan)
    return np.asarray(_f1(counts)[..., present].mean(axis=-1))


def favor_against_f1(matrix: NDArray[np.generic]) -> Floats:
    """Mean of the F1 of favor and of against; ``matrix`` may be a stack.

    References
    ----------
    The official score of SemEval-2016 Task 6: Mohammad et al.: Detecting Stance in Tweets.
    SemEval 2016.

    Examples
    --------
    >>> truth, predicted = ["favor", "against", "neutral"], ["favor", "against", "favor"]
    >>> float(favor_against_f1(confusion(truth, predicted)).round(3))
    0.833
    """
    both = [_INDEX["favor"], _INDEX["against"]]
    return np.asarray(_f1(matrix)[..., both].mean(axis=-1))


def accuracy(matrix: NDArray[np.generic]) -> Floats:
    """Share of pairs on the diagonal; ``matrix`` may be a stack."""
    counts = np.asarray(matrix, dtype=np.float64)
    total = counts.sum(axis=(-2, -1))
    return np.asarray(np.trace(counts, axis1=-2, axis2=-1) / np.maximum(total, 1))


def label_scores(matrix: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and support of each label with a true pair."""
    counts = np.asarray(matrix, dtype=np.float64)
    f1 = _f1(counts)
    scores: dict[str, dict[str, float]] = {}
    for index, label in enumerate(LABELS):
        true, predicted = counts[index].sum(), counts[:, index].sum()
        if true:
            hits = counts[index, index]
            scores[label] = {
                "precision": float(hits / predicted) if predicted else 0.0,
                "recall": float(hits / true),
                "f1": float(f1[index]),
                "support": float(true),
            }
    return scores


def bootstrap(
    truth: Sequence[str],
    predicted: Sequence[str],
    groups: Sequence[str],
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval]:
    """Scores with percentile intervals, resampling whole statements.

    Parameters
    ----------
    truth, predicted : sequence of str, length n_pairs
    groups : sequence of str, length n_pairs
        The statement of each pair: pairs of one statement are not independent.
    resamples : int, default 1000
    level : float, default 0.95
    seed : int, default 0

    Returns
    -------
    dict of str to Interval
        ``macro_f1``, ``accuracy``, and ``favor_against_f1`` where both labels occur.

    Raises
    ------
    DataError
        If there are no pairs, or not one group for each.

    Notes
    -----
    A label of which a resample has no pair counts 0 in its macro F1. Where a label has only a few
    pairs, the lower end is therefore lower than it would be with more of them.

    References
    ----------
    Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapters 8 and 13;
    resampling of clusters: Davison, Hinkley: Bootstrap Methods, 1997, section 3.8.
    """
    matrix = confusion(truth, predicted)
    if not len(truth):
        raise DataError("no pairs to resample")
    if len(groups) != len(truth):
        raise DataError(f"{len(truth)} pairs but {len(groups)} groups")
    names, member = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    cells = np.zeros((len(names), matrix.size))
    np.add.at(cells, (member, _codes(truth) * len(LABELS) + _codes(predicted)), 1)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    stack = (weights @ cells).reshape(resamples, *matrix.shape)
    present = matrix.sum(axis=1) > 0
    tail = 100 * (1 - level) / 2
    scored = {
        "macro_f1": (macro_f1(matrix), macro_f1(stack, present)),
        "accuracy": (accuracy(matrix), accuracy(stack)),
    }
    if present[_INDEX["favor"]] and present[_INDEX["against"]]:
        scored["favor_against_f1"] = favor_against_f1(matrix), favor_against_f1(stack)
    found = {}
    for name, (value, sample) in scored.items():
        low, high = np.percentile(sample, [tail, 100 - tail])
        found[name] = Interval(float(value), float(low), float(high), level)
    return found


def expected_calibration_error(
    confidence: Floats, correct: NDArray[np.bool_], bins: int = 15
) -> float:
    """Mean gap between confidence and accuracy over bins of equal mass.

    Pairs with equal confidence stand in one bin, so that their order does not count.

    References
    ----------
    Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian
    Binning. AAAI 2015; equal-mass bins: Nixon et al.: Measuring Calibration in Deep
    Learning. CVPR Workshops 2019.

    Examples
    --------
    >>> import numpy as np
    >>> expected_calibration_error(np.array([0.5, 0.5]), np.array([True, False]), bins=1)
    0.0
    """
    gaps = [
        abs(confidence[part].mean() - correct[part].mean()) * len(part)
        for part in equal_mass(confidence, bins)
    ]
    return float(sum(gaps) / len(confidence))


def equal_mass(confidence: Floats, bins: int = 15) -> list[NDArray[np.intp]]:
    """Places of about equally many pairs in each of some bins, from the least to the most sure.

    Pairs with equal confidence stand in one bin, so there may be fewer bins than asked for.

    Examples
    --------
    >>> [part.tolist() for part in equal_mass(np.array([0.9, 0.2, 0.2, 0.7]), bins=4)]
    [[1, 2], [3], [0]]
    """
    order = np.argsort(confidence, kind="stable")
    ordered = confidence[order]
    ends = np.cumsum([len(part) for part in np.array_split(order, bins) if len(part)], dtype=int)
    ends = np.unique(np.searchsorted(ordered, ordered[ends - 1], side="right"))
    return [part for part in np.split(order, ends) if len(part)]


def augrc(confidence: Floats, correct: NDArray[np.bool_]) -> float:
    """Area under the generalised risk-coverage curve: how often an answer is wrong and given.

    The mean, over every share of pairs that a threshold on confidence could leave, of the share
    of all pairs that are both left and wrong. 0 is best; a confidence that tells nothing
    has half the share of errors, and one that puts the errors first more than that. Of pairs
    with equal confidence the order does not count.

    Parameters
    ----------
    confidence : ndarray of float, shape (n_pairs,)
    correct : ndarray of bool, shape (n_pairs,)

    Raises
    ------
    DataError
        If there are no pairs.

    References
    ----------
    Traub et al.: Overcoming Common Flaws in the Evaluation of Selective Classification
    Systems. NeurIPS 2024.

    Examples
    --------
    >>> import numpy as np
    >>> correct = np.array([True, True, True, False])
    >>> augrc(np.array([0.9, 0.8, 0.7, 0.3]), correct), augrc(np.full(4, 0.5), correct)
    (0.03125, 0.125)
    """
    if not len(correct):
        raise DataError("no pairs to measure the risk of")
    ranks, wrong = rankdata(confidence), ~np.asarray(correct, dtype=bool)
    # Pairs of a wrong answer with any answer, itself included, of which the wrong one is given
    # whenever the other is; a tie is half of one.
    return float((ranks[wrong] - 0.5).sum() / len(wrong) ** 2)
