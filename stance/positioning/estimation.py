"""From uncertain labels to a position and its interval.

The labels of a holder's statements on a term are a sample of what the holder says on it, and
each is known with a probability only. Both doubts go into the interval by multiple imputation
(Rubin 1987), with the Bayesian bootstrap (Rubin 1981) for the sample:

1. A model of pairs is calibrated for the shares of the labels in its training data, and a holder
   who is against everything has others. So a pair's probabilities are divided by the shares they
   were calibrated with, and multiplied by the holder's own, which are drawn along with the labels
   (Tanner, Wong 1987): the Bayesian form of the correction by Saerens, Latinne, Decaestecker
   (2002). What the probabilities are worth is itself known from a sample, the model's held-out
   pairs, and is drawn from what that sample leaves open.
2. In each round a label is drawn for every pair. The mean over the related ones, averaged over
   rounds, is the position: with labels that are certain it is their plain mean.
3. In each round the statements are weighted anew (Bayesian bootstrap: a Dirichlet draw), with one
   more statement at the far end of the scale that weighs ``EXTRA``: at -1 for the lower limit,
   at +1 for the upper (Gaffke 2005; the imprecise Dirichlet model of Walley 1996). Without it,
   three equal statements would give an interval of no length.

References
----------
Rubin: The Bayesian bootstrap. Annals of Statistics 9, 1981.
Rubin: Multiple imputation for nonresponse in surveys. Wiley, 1987.
Tanner, Wong: The calculation of posterior distributions by data augmentation. JASA 82, 1987.
Walley: Inferences from multinomial data. Journal of the Royal Statistical Society B 58, 1996.
Saerens, Latinne, Decaestecker: Adjusting the outputs of a classifier to new a priori
probabilities. Neural Computation 14, 2002.
Gaffke: Three test statistics for a nonparametric one-sided hypothesis on the mean of a
nonnegative variable. Mathematical Methods of Statistics 14, 2005.
Ziegler, Czyż: Bayesian quantification with black-box estimators. TMLR, 2024.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.labels import LABELS, RELATED, UNRELATED
from stance.reliability import Reliability

__all__ = ["VALUES", "Draws", "Sample", "impute", "likelihoods"]

VALUES = {"favor": 1.0, "conditional": 0.5, "neutral": 0.0, "against": -1.0}
"""What a label counts; ``unrelated`` counts nothing."""

PRIOR = 0.1
"""Pseudo-count of each label in the shares that a holder's labels are drawn with."""

EXTRA = 0.25
"""Weight of the statement at the far end that each limit of an interval allows for."""

TRUST = 10.0
"""How many held-out pairs the probabilities' own word on a label is worth."""

WORTH = 0.7
"""What a held-out pair is worth beside an independent one: several are of one statement."""

_SETTLING = 5
"""Rounds before the one that counts, after each new draw of reliability.

Limits of intervals lie where the draws of reliability are rare, so that many of these, with few
rounds for each, tell more than many rounds of few.
"""

_RELATED = [LABELS.index(label) for label in RELATED]
_UNRELATED = LABELS.index(UNRELATED)
_VALUES = np.array([VALUES[label] for label in RELATED])
_FOR, _AGAINST = RELATED.index("favor"), RELATED.index("against")


@dataclass(frozen=True, slots=True)
class Sample:
    """The answered pairs of all cells (a cell is a holder with a term).

    Attributes
    ----------
    cells : ndarray of int, shape (n_pairs,)
        The cell of each pair, from 0.
    probabilities : ndarray of float, shape (n_pairs, 5)
        As the model gave them.
    checked : ndarray of int, shape (n_pairs,)
        The label that a person gave, as a column, or -1.
    size : int
        How many cells there are.
    """

    cells: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    checked: NDArray[np.int64]
    size: int


@dataclass(frozen=True, slots=True)
class Draws:
    """What each round said of each cell.

    Attributes
    ----------
    shares : ndarray of float, shape (n_draws, n_cells, 4)
        Shares of the labels of :data:`stance.labels.RELATED` among a cell's related statements;
        NaN where a round had none.
    low, high : ndarray of float, shape (n_draws, n_cells)
        The position of all that the holder says, with the extra statement at -1 and at +1.
    """

    shares: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def impute(sample: Sample, table: Reliability, *, draws: int, seed: int) -> Draws:
    """Draw the labels of all pairs, and positions, ``draws`` times.

    Parameters
    ----------
    sample : Sample
    table : Reliability
        Of the model that gave the probabilities.
    draws : int
        At least 1.
    seed : int
    """
    rng = np.random.default_rng(seed)
    shape = (draws, sample.size)
    shares = np.empty((*shape, len(RELATED)))
    low, high = np.empty(shape), np.empty(shape)
    for row, counts in zip(range(draws), _rounds(sample, table, rng), strict=False):
        related = counts[:, _RELATED]
        with np.errstate(invalid="ignore"):
            shares[row] = related / related.sum(axis=1, keepdims=True)
        low[row], high[row] = _populations(related, rng)
    return Draws(shares, low, high)


def likelihoods(
    probabilities: NDArray[np.float64], table: Reliability, rng: np.random.Generator
) -> NDArray[np.float64]:
    """How well each label explains what the model said of a pair, up to a factor for the pair.

    The true labels of held-out pairs that the model gave the same label to are a sample; the
    probabilities are moved by what a draw from its posterior (a Dirichlet distribution around
    the probabilities' own word and the counts) says beside them, and divided by the labels'
    shares among all held-out pairs.

    Parameters
    ----------
    probabilities : ndarray, shape (n_pairs, 5)
    table : Reliability
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_pairs, 5)
    """
    counts, expected = np.array(table.counts, dtype=float), np.array(table.expected)
    given = counts.sum(axis=0)
    own = (expected + 1e-3) / (expected + 1e-3).sum(axis=0)
    drawn = rng.standard_gamma(WORTH * counts + TRUST * own)
    drawn /= drawn.sum(axis=0)
    base = (drawn * given).sum(axis=1) / given.sum()
    factor = drawn / own / base[:, None]
    return np.asarray(probabilities * factor.T[probabilities.argmax(axis=1)])


def _rounds(
    sample: Sample, table: Reliability, rng: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """Counts of each label in each cell, round after round: shape (n_cells, 5)."""
    known = np.flatnonzero(sample.checked >= 0)
    shares = np.full((len(LABELS), sample.size), 1 / len(LABELS), dtype=np.float32)
    while True:
        weights = likelihoods(sample.probabilities, table, rng)
        # A row for each label adds up faster; single precision is as exact as a draw needs.
        rows = np.ascontiguousarray(weights.T, dtype=np.float32)
        for _ in range(_SETTLING + 1):
            cumulative = np.cumsum(rows * shares[:, sample.cells], axis=0)
            point = rng.random(len(weights), dtype=np.float32) * cumulative[-1]
            labels = (cumulative[:-1] <= point).sum(axis=0)
            labels[known] = sample.checked[known]
            places = sample.cells * len(LABELS) + labels
            found = np.bincount(places, minlength=sample.size * len(LABELS))
            counts = found.reshape(sample.size, len(LABELS)).astype(np.float64)
            weighed = rng.standard_gamma(counts + PRIOR)
            shares = (weighed / weighed.sum(axis=1, keepdims=True)).T.astype(np.float32)
        yield counts


def _populations(
    related: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions of what the statements are a sample of, with the extra statement at each end."""
    weights = rng.standard_gamma(related)
    extra = rng.standard_gamma(EXTRA, size=len(related))
    total = weights.sum(axis=1) + extra
    value = weights @ _VALUES
    return (value - extra) / total, (value + extra) / total
