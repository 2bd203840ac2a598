import numpy as np
import pytest

from stance.errors import DataError
from stance.reliability import Reliability, reliability


def test_counts_and_expectations_by_given_label():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([1] * 5, size=200)
    truth = rng.integers(5, size=200)
    table = Reliability.measure(probabilities, truth.tolist())
    given = probabilities.argmax(axis=1)
    for column in range(5):
        rows = given == column
        expected = [int((truth[rows] == label).sum()) for label in range(5)]
        assert [row[column] for row in table.counts] == expected
        sums = probabilities[rows].sum(axis=0)
        assert [row[column] for row in table.expected] == pytest.approx(sums, abs=1e-5)


def test_it_survives_a_models_notes():
    table = Reliability.measure(np.eye(5), [0, 1, 2, 3, 3])
    assert reliability(table.notes()) == table


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ({}, "saved without its reliability.*train it again"),
        ({"reliability": {"counts": []}}, "the model's reliability is damaged"),
        ({"reliability": {"counts": [[1]], "expected": [[1]]}}, "two tables of 5 × 5 numbers"),
        ({"reliability": {"counts": [["a"] * 5] * 5, "expected": [[1] * 5] * 5}}, "damaged"),
        ({"reliability": {"counts": [[-1] * 5] * 5, "expected": [[1] * 5] * 5}}, "damaged"),
        ({"reliability": {"counts": [[0] * 5] * 5, "expected": [[1] * 5] * 5}}, "damaged"),
        ({"reliability": {"counts": [[1] * 5] * 5, "expected": [[None] * 5] * 5}}, "damaged"),
    ],
)
def test_what_is_not_there_or_damaged(notes, message):
    with pytest.raises(DataError, match=message):
        reliability(notes)


def test_no_pairs():
    with pytest.raises(DataError, match="needs held-out pairs, got none"):
        Reliability.measure(np.empty((0, 5)), [])
