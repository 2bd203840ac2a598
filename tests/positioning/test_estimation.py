"""Positions of holders whose shares are known, judged by a model whose errors are known."""

import numpy as np
import pytest

from stance.labels import LABELS, RELATED
from stance.positioning.cells import mean_shares
from stance.positioning.estimation import VALUES, Sample, impute, likelihoods
from stance.reliability import Reliability

SHARES = np.array([0.16, 0.09, 0.11, 0.10, 0.54])
"""Of the labels where the model learnt."""

SIGNS = np.full((5, 5), 0.09) + 0.55 * np.eye(5)
"""How often a pair with a label (row) shows a sign (column)."""

VALUE = np.array([VALUES[label] for label in RELATED])
AT = [LABELS.index(label) for label in RELATED]


def model():
    """What a calibrated model says of each sign, and its reliability on 1,500 typical pairs."""
    joint = SHARES[:, None] * SIGNS
    said = (joint / joint.sum(axis=0)).T
    counts = np.rint(1500 * joint).astype(int)
    truth, signs = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices((5, 5)))
    return said, Reliability.measure(said[signs], truth.tolist())


def shown(truth, rng):
    points = rng.random(truth.shape)
    return (points[..., None] > np.cumsum(SIGNS, axis=1)[truth]).sum(axis=-1).clip(max=4)


def sample_of(mix, holders, pairs, seed):
    """Holders with the same shares of related labels; two thirds of the pairs are related."""
    rng = np.random.default_rng(seed)
    shares = np.zeros(5)
    shares[AT] = np.array(mix) * 2 / 3
    shares[LABELS.index("unrelated")] = 1 / 3
    truth = rng.choice(5, (holders, pairs), p=shares)
    said, _ = model()
    cells = np.repeat(np.arange(holders), pairs)
    return Sample(cells, said[shown(truth, rng).ravel()], np.full(truth.size, -1), holders)


@pytest.mark.parametrize("mix", [[0.8, 0.1, 0.05, 0.05], [0.3, 0.2, 0.4, 0.1], [0, 0, 1, 0]])
def test_intervals_hold_the_truth_as_often_as_they_say(mix):
    drawn = impute(sample_of(mix, 120, 40, seed=1), model()[1], draws=250, seed=0)
    low = np.quantile(drawn.low, 0.025, axis=0)
    high = np.quantile(drawn.high, 0.975, axis=0)
    truth = float(np.dot(mix, VALUE))
    held = ((low <= truth + 1e-6) & (truth - 1e-6 <= high)).mean()
    # Of 120 at 95 %: fewer than 107 in one case of a thousand.
    assert held >= 0.89
    assert (high - low).mean() < 1.5


def test_position_is_near_that_of_expectation_maximisation():
    """Saerens et al. (2002), computed here on its own; with many pairs both find the shares."""
    mix = [0.1, 0.1, 0.7, 0.1]
    sample = sample_of(mix, 1, 3000, seed=2)
    shares = SHARES.copy()
    for _ in range(500):
        weighed = sample.probabilities * shares / SHARES
        shares = (weighed / weighed.sum(axis=1, keepdims=True)).mean(axis=0)
    expected = shares[AT] / shares[AT].sum()
    drawn = impute(sample, model()[1], draws=300, seed=0)
    assert mean_shares(drawn.shares)[0] == pytest.approx(expected, abs=0.06)
    assert mean_shares(drawn.shares)[0] == pytest.approx(mix, abs=0.1)


def test_the_plain_mean_would_miss():
    """The reason for all this: a holder who is always against looks half-hearted."""
    sample = sample_of([0, 0, 1, 0], 1, 2000, seed=3)
    given = np.array(LABELS)[sample.probabilities.argmax(axis=1)]
    counted = [VALUES[label] for label in given if label in VALUES]
    drawn = impute(sample, model()[1], draws=200, seed=0)
    assert np.mean(counted) > -0.75
    assert mean_shares(drawn.shares)[0] @ VALUE < -0.9


def test_a_label_that_a_person_gave_is_certain():
    said, table = model()
    sample = Sample(np.zeros(4, int), said[[0, 0, 0, 0]], np.array([2, 2, 2, 2]), 1)
    drawn = impute(sample, table, draws=50, seed=0)
    assert (drawn.shares[:, 0] == [0, 0, 1, 0]).all()


def test_no_related_statement_leaves_all_open():
    said, table = model()
    sample = Sample(np.zeros(2, int), said[[4, 4]], np.array([4, 4]), 1)
    drawn = impute(sample, table, draws=20, seed=0)
    assert np.isnan(drawn.shares).all()
    assert (drawn.low == -1).all()
    assert (drawn.high == 1).all()


def test_certain_probabilities_stay_certain():
    _, table = model()
    moved = likelihoods(np.eye(5), table, np.random.default_rng(0))
    assert ((moved > 0) == np.eye(5, dtype=bool)).all()
