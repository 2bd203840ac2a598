import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from stance.errors import DataError, UnknownNameError
from stance.labels import LABELS
from stance.metrics import (
    Interval,
    accuracy,
    augrc,
    bootstrap,
    confusion,
    expected_calibration_error,
    favor_against_f1,
    label_scores,
    macro_f1,
)


def _labels(seed, size=200, labels=LABELS, right=0.6):
    rng = np.random.default_rng(seed)
    truth = rng.choice(labels, size)
    guess = np.where(rng.random(size) < right, truth, rng.choice(LABELS, size))
    return truth.tolist(), guess.tolist()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("labels", [LABELS, LABELS[:2], ("neutral",)], ids=len)
def test_scores_agree_with_scikit_learn(seed, labels):
    truth, guess = _labels(seed, labels=labels)
    matrix = confusion(truth, guess)
    present = sorted(set(truth))
    assert matrix.tolist() == reference.confusion_matrix(truth, guess, labels=LABELS).tolist()
    assert accuracy(matrix) == pytest.approx(reference.accuracy_score(truth, guess))
    expected = reference.f1_score(truth, guess, labels=present, average="macro", zero_division=0)
    assert macro_f1(matrix) == pytest.approx(expected)
    scores = label_scores(matrix)
    assert sorted(scores) == present
    precision, recall, f1, support = reference.precision_recall_fscore_support(
        truth, guess, labels=present, zero_division=0
    )
    for index, label in enumerate(present):
        assert scores[label] == pytest.approx(
            {
                "precision": precision[index],
                "recall": recall[index],
                "f1": f1[index],
                "support": support[index],
            }
        )


def test_a_label_that_is_never_predicted_scores_nothing():
    scores = label_scores(confusion(["favor", "against"], ["favor", "favor"]))
    assert scores["against"] == {"precision": 0, "recall": 0, "f1": 0, "support": 1}


def test_scores_of_a_stack_are_those_of_its_parts():
    stack = np.stack([confusion(*_labels(seed)) for seed in range(3)])
    assert macro_f1(stack) == pytest.approx([float(macro_f1(part)) for part in stack])
    assert accuracy(stack) == pytest.approx([float(accuracy(part)) for part in stack])


def test_the_score_of_the_shared_task_is_sklearns_over_two_labels():
    for seed in range(3):
        truth, guess = _labels(seed)
        both = ["favor", "against"]
        wanted = reference.f1_score(truth, guess, labels=both, average="macro")
        assert float(favor_against_f1(confusion(truth, guess))) == pytest.approx(wanted)
        found = bootstrap(truth, guess, list(map(str, range(len(truth)))))["favor_against_f1"]
        assert found.low < wanted < found.high


def test_the_score_of_the_shared_task_needs_both_of_its_labels():
    found = bootstrap(["favor", "neutral"], ["favor", "favor"], ["a", "b"])
    assert set(found) == {"macro_f1", "accuracy"}


def test_nothing_has_no_score():
    empty = confusion([], [])
    assert empty.shape == (5, 5)
    assert np.isnan(macro_f1(empty))
    assert accuracy(empty) == 0
    assert label_scores(empty) == {}


def test_truth_and_predictions_have_one_length():
    with pytest.raises(DataError, match="2 true labels but 1 predicted ones"):
        confusion(["favor", "against"], ["favor"])


def test_an_unknown_label_is_named():
    with pytest.raises(UnknownNameError, match="unknown label 'favour'; did you mean 'favor'"):
        confusion(["favor"], ["favour"])


def test_the_interval_of_independent_pairs_is_that_of_a_proportion():
    truth, guess = _labels(0, size=1000)
    found = bootstrap(truth, guess, [str(n) for n in range(1000)], resamples=2000)["accuracy"]
    half = 1.96 * np.sqrt(found.value * (1 - found.value) / 1000)
    assert found.low == pytest.approx(found.value - half, abs=0.006)
    assert found.high == pytest.approx(found.value + half, abs=0.006)


def test_about_95_of_100_intervals_hold_the_true_accuracy():
    rng = np.random.default_rng(0)
    covered = 0
    for seed in range(100):
        right = rng.random(150) < 0.7
        guess = np.where(right, "favor", "against").tolist()
        groups = [str(n) for n in range(150)]
        found = bootstrap(["favor"] * 150, guess, groups, resamples=300, seed=seed)["accuracy"]
        covered += found.low <= 0.7 <= found.high
    assert 88 <= covered <= 100


def test_pairs_of_one_statement_are_drawn_together():
    truth, guess = _labels(0, size=100)
    alone = bootstrap(truth, guess, [str(n) for n in range(100)])
    tenfold = [str(n) for n in range(100) for _ in range(10)]
    repeated = bootstrap(np.repeat(truth, 10).tolist(), np.repeat(guess, 10).tolist(), tenfold)
    # The same 100 statements said ten times over are no more evidence than once.
    assert repeated == alone
    loose = bootstrap(
        np.repeat(truth, 10).tolist(),
        np.repeat(guess, 10).tolist(),
        [str(n) for n in range(1000)],
    )
    width = loose["accuracy"].high - loose["accuracy"].low
    assert width < 0.5 * (alone["accuracy"].high - alone["accuracy"].low)


def test_the_bootstrap_does_not_depend_on_the_order_of_pairs_within_its_seed():
    truth, guess = _labels(2, size=60)
    groups = [f"s{n // 3:02d}" for n in range(60)]
    order = np.random.default_rng(0).permutation(60)
    shuffled = ([values[index] for index in order] for values in (truth, guess, groups))
    first = bootstrap(truth, guess, groups, seed=4)
    assert bootstrap(*shuffled, seed=4) == first
    assert bootstrap(truth, guess, groups, seed=5) != first


def test_a_wider_level_gives_a_wider_interval():
    truth, guess = _labels(1)
    groups = [str(n) for n in range(200)]
    narrow, wide = (bootstrap(truth, guess, groups, level=level) for level in (0.5, 0.99))
    for name in ("macro_f1", "accuracy"):
        assert wide[name].low < narrow[name].low < narrow[name].value
        assert narrow[name].value < narrow[name].high < wide[name].high
        assert wide[name].level == 0.99


def test_every_pair_has_a_group():
    with pytest.raises(DataError, match="2 pairs but 1 groups"):
        bootstrap(["favor", "against"], ["favor", "favor"], ["a"])
    with pytest.raises(DataError, match="no pairs"):
        bootstrap([], [], [])


def test_an_interval_reads_as_text():
    assert str(Interval(0.5, 0.41234, 0.6)) == "0.500 [0.412, 0.600]"


def test_calibration_error_of_known_cases():
    sure = np.full(100, 0.9)
    nine_in_ten = np.arange(100) % 10 > 0
    assert expected_calibration_error(sure, nine_in_ten, bins=10) == pytest.approx(0)
    assert expected_calibration_error(sure, np.zeros(100, bool)) == pytest.approx(0.9)
    two = np.array([0.6] * 50 + [1.0] * 50)
    right = np.array([True] * 50 + [False] * 50)
    assert expected_calibration_error(two, right, bins=2) == pytest.approx(0.7)


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_calibration_error_does_not_depend_on_the_order_of_equals(order):
    half = np.full(100, 0.5)
    right = np.array([True] * 50 + [False] * 50)[order]
    assert expected_calibration_error(half, right) == 0
    confidence = np.array([0.2] * 30 + [0.8] * 30)
    correct = np.array([True] * 6 + [False] * 24 + [False] * 6 + [True] * 24)
    found = expected_calibration_error(confidence[order], correct[order])
    assert found == pytest.approx(0)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.2, 0.4, 0.6, 0.8]), st.booleans()), min_size=1, max_size=40
    )
)
def test_augrc_is_the_area_whatever_the_order_of_ties(pairs):
    confidence = np.array([pair[0] for pair in pairs])
    wrong = ~np.array([pair[1] for pair in pairs])
    # Within a tie errors are spread evenly, so the curve is a straight line there.
    thresholds = np.unique(confidence)[::-1]
    coverage = [0.0, *((confidence >= t).mean() for t in thresholds)]
    risk = [0.0, *((wrong & (confidence >= t)).mean() for t in thresholds)]
    assert augrc(confidence, ~wrong) == pytest.approx(np.trapezoid(risk, coverage))


def test_augrc_by_the_formula_of_its_paper():
    rng = np.random.default_rng(0)
    confidence = rng.random(500)
    correct = rng.random(500) < confidence
    found = correct.mean()
    expected = (1 - reference.roc_auc_score(correct, confidence)) * found * (1 - found) + (
        1 - found
    ) ** 2 / 2
    assert augrc(confidence, correct) == pytest.approx(expected)


def test_augrc_of_no_pairs():
    with pytest.raises(DataError, match="no pairs to measure the risk of"):
        augrc(np.array([]), np.array([], dtype=bool))
