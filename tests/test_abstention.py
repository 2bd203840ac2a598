"""Thresholds keep their promise, or say that they cannot."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from stance.abstention import Calibration, least_confidence, least_probability
from stance.errors import DataError


def draw(count: int, seed: int) -> tuple[np.ndarray, list[int]]:
    """Pairs of two labels whose confidence is exactly their accuracy."""
    random = np.random.default_rng(seed)
    sure = random.uniform(0.5, 1.0, count)
    truth = (random.uniform(size=count) > sure).astype(int)
    return np.column_stack([sure, 1 - sure]), truth.tolist()


@pytest.mark.parametrize("max_error", [0.15, 0.2])
def test_error_stays_below_what_was_asked_in_nine_of_ten_draws(max_error: float) -> None:
    fresh, truth = draw(50_000, 0)
    broken = 0
    for seed in range(1, 61):
        threshold = Calibration.measure(*draw(1000, seed)).threshold(max_error=max_error)
        answered = fresh[:, 0] >= threshold
        broken += float(np.array(truth)[answered].mean()) > max_error
    assert broken <= 6 + 7  # three standard deviations of a binomial with 60 draws


def test_a_looser_error_answers_more() -> None:
    table = Calibration.measure(*draw(2000, 3))
    strict, loose = table.threshold(max_error=0.15), table.threshold(max_error=0.24)
    assert 0.5 < loose < strict < 1


def test_coverage_is_the_share_of_pairs_answered() -> None:
    probabilities, truth = draw(5000, 4)
    threshold = Calibration.measure(probabilities, truth).threshold(coverage=0.3)
    assert (probabilities.max(axis=1) >= threshold).mean() == pytest.approx(0.3, abs=0.011)


def test_tied_confidences_are_kept_together() -> None:
    table = Calibration.measure(np.array([[0.7, 0.3]] * 50), [0] * 25 + [1] * 25)
    assert (list(table.confidence), list(table.answered), list(table.errors)) == ([0.7], [50], [25])


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
def test_label_sets_hold_the_true_label_as_often_as_asked(level: float) -> None:
    fresh, truth = draw(50_000, 5)
    held = []
    for seed in range(10, 60):
        least = Calibration.measure(*draw(500, seed)).least_probability(level)
        held.append(float((fresh[np.arange(len(truth)), truth] >= least).mean()))
    assert level - 0.01 <= np.mean(held) <= level + 0.03


def test_a_level_that_few_pairs_cannot_show_keeps_every_label() -> None:
    assert Calibration.measure(*draw(10, 6)).least_probability(0.99) == 0.0


def test_table_survives_a_models_notes() -> None:
    table = Calibration.measure(*draw(300, 7))
    notes = table.notes()
    assert least_confidence(notes, coverage=0.5) == table.threshold(coverage=0.5)
    assert least_probability(notes, 0.8) == table.least_probability(0.8)
    assert len(table.confidence) <= 100


def test_nothing_asked_for_answers_everything() -> None:
    assert least_confidence({}) == 0.0
    assert least_confidence({"min_confidence": 0.4}) == 0.4


def test_error_that_cannot_be_promised_says_what_can() -> None:
    table = Calibration.measure(*draw(1000, 8))
    with pytest.raises(
        DataError,
        match=r"cannot promise an error of 0.001; the lowest that its "
        r"1,000 calibration pairs can show is 0\.\d+",
    ):
        table.threshold(max_error=0.001)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"max_error": 1.0}, "max_error: expected a number between 0 and 1, got 1.0"),
        ({"max_error": "low"}, "max_error: expected a number between 0 and 1, got 'low'"),
        ({"coverage": 0}, "coverage: expected a number above 0 and at most 1, got 0"),
        ({"max_error": 0.1, "coverage": 0.5}, "max_error and coverage cannot both be kept"),
    ],
)
def test_demands_out_of_range(asked: dict[str, float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Calibration.measure(*draw(100, 9)).threshold(**asked)


def test_level_out_of_range() -> None:
    with pytest.raises(DataError, match="label_set: expected a number between 0 and 1, got True"):
        Calibration.measure(*draw(100, 9)).least_probability(True)


def test_a_number_of_another_library_is_a_number() -> None:
    table = Calibration.measure(*draw(1000, 9))
    assert table.threshold(coverage=np.float32(0.5)) == table.threshold(coverage=0.5)


def test_model_without_a_table() -> None:
    with pytest.raises(DataError, match="coverage: this model was saved without a calibration"):
        least_confidence({}, coverage=0.5)


def test_damaged_table() -> None:
    with pytest.raises(DataError, match="label_set: the model's calibration table is damaged"):
        least_probability({"abstention": {"pairs": 3}}, 0.9)


def test_no_pairs() -> None:
    with pytest.raises(DataError, match="a calibration table needs held-out pairs, got none"):
        Calibration.measure(np.zeros((0, 5)), [])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pairs": "many"}, "pairs, answered, errors, ranks cannot be so"),
        ({"pairs": 0}, "pairs, answered, errors, ranks cannot be so"),
        ({"confidence": []}, "confidence, lengths cannot be so"),
        ({"confidence": [0.9, float("nan")]}, "confidence cannot be so"),
        ({"confidence": ["0.9"]}, "confidence, lengths cannot be so"),
        ({"answered": 5}, "answered, lengths cannot be so"),
        ({"errors": [-1]}, "errors"),
        ({"errors": {"a": 1}}, "errors, lengths cannot be so"),
        ({"ranks": [1]}, "ranks, lengths cannot be so"),
        ({"ranks": [100, 1]}, "ranks"),
        ({"answered": [60, 90]}, "answered cannot be so"),
        ({"answered": [1], "confidence": [0.9], "errors": [0]}, "answered cannot be so"),
        ({"surprise": [2.0]}, "surprise, lengths cannot be so"),
        ({"more": 1}, "unexpected keyword argument 'more'"),
    ],
)
def test_a_damaged_or_hostile_table_is_refused(changes, message):
    table = Calibration.measure(np.array([[0.9, 0.1]] * 60 + [[0.4, 0.6]] * 40), [0] * 100)
    notes = table.notes()
    assert least_confidence(notes, max_error=0.1) == 0.9
    notes["abstention"].update(changes)
    asks = (partial(least_confidence, notes, max_error=0.1), partial(least_probability, notes, 0.9))
    for ask in asks:
        with pytest.raises(DataError, match="calibration table is damaged: .*" + message):
            ask()


@pytest.mark.parametrize("value", ["high", None, [0.5], float("nan"), 2, True])
def test_a_least_confidence_that_is_none_is_refused(value):
    with pytest.raises(DataError, match="the model's notes give a min_confidence of"):
        least_confidence({"min_confidence": value})
