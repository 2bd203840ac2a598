"""What is measured of a model on one split."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, f1_score

from stance.errors import DataError
from stance.evaluation import evaluate, flip_accuracy
from stance.labels import LABELS


class Given:
    """A classifier that answers what it was told to, in the order of the pairs."""

    classes_ = np.array(sorted(LABELS))

    def __init__(self, probabilities):
        self.probabilities = np.asarray(probabilities)

    def predict_proba(self, pairs):
        return self.probabilities


class Plain:
    """A classifier without probabilities."""

    def predict(self, pairs):
        return ["unrelated"] * len(pairs)


@pytest.fixture
def pairs():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "statement_id": [f"s{number // 3}" for number in range(90)],
            "term": [f"t{number % 3}" for number in range(90)],
            "lang": ["en"] * 60 + ["fr"] * 30,
            "label": rng.choice(LABELS, 90),
        }
    )


@pytest.fixture
def model(pairs):
    return Given(np.random.default_rng(1).dirichlet(np.ones(5), len(pairs)))


def test_flip_accuracy_counts_statements_whose_terms_are_all_right():
    columns = ["statement_id", "label", "predicted"]
    rows = [
        ("both right", "favor", "favor"),
        ("both right", "against", "against"),
        ("one right", "favor", "favor"),
        ("one right", "against", "favor"),
        ("two of three", "favor", "favor"),
        ("two of three", "against", "against"),
        ("two of three", "neutral", "favor"),
        ("unrelated does not count", "favor", "against"),
        ("unrelated does not count", "unrelated", "unrelated"),
        ("of one label", "favor", "favor"),
        ("of one label", "favor", "favor"),
    ]
    pairs = pd.DataFrame(rows, columns=columns)
    assert flip_accuracy(pairs) == pytest.approx(1 / 3)
    assert flip_accuracy(pairs[pairs["statement_id"] == "of one label"]) is None
    read_alone = pairs.assign(predicted="favor")
    assert flip_accuracy(read_alone) == 0


def test_relatedness_is_the_mean_f1_of_two_classes(pairs, model):
    found = evaluate(model, pairs, "test", baselines={})
    truth, guess = found.pairs["label"] == "unrelated", found.pairs["predicted"] == "unrelated"
    assert found.extras["relatedness_f1"] == pytest.approx(f1_score(truth, guess, average="macro"))


def test_brier_is_that_of_scikit_learn(pairs, model):
    found = evaluate(model, pairs, "test", baselines={})
    expected = brier_score_loss(
        pairs["label"], model.probabilities, labels=sorted(LABELS), scale_by_half=False
    )
    assert found.extras["brier"] == pytest.approx(expected)
    assert 0 < found.extras["ece"] < 1
    assert 0 < found.extras["augrc"] < 0.5


def test_a_label_that_the_model_does_not_know_had_the_probability_0(pairs, model):
    model.classes_ = np.array(sorted(LABELS)[:4])
    model.probabilities = np.eye(4)[[0] * len(pairs)]
    found = evaluate(model, pairs, "test", baselines={})
    right = pairs["label"] == sorted(LABELS)[0]
    # Two for a wrong label of the four: one was missed, another had all.
    assert found.extras["brier"] == pytest.approx(2 * (1 - right.mean()))


def test_without_probabilities_there_is_no_calibration(pairs):
    found = evaluate(Plain(), pairs, "test", baselines={"majority": Plain()})
    assert set(found.extras) == {"relatedness_f1", "flip_accuracy"}
    assert found.pairs["confidence"].isna().all()
    assert found.scores["macro_f1"] == found.baselines["majority"]


def test_metrics_have_stable_names(pairs, model):
    flat = evaluate(model, pairs, "test_grid", baselines={"majority": Plain()}).metrics()
    per_label = {
        f"test_grid/{score}/{label}" for score in ("precision", "recall", "f1") for label in LABELS
    }
    whole = {
        f"test_grid/{score}{end}"
        for score in ("macro_f1", "accuracy", "favor_against_f1")
        for end in ("", "_low", "_high")
    }
    extras = ("relatedness_f1", "flip_accuracy", "brier", "ece", "augrc")
    rest = {f"test_grid/{name}" for name in (*extras, "baseline/majority/macro_f1")}
    assert set(flat) == per_label | whole | rest
    assert all(np.isfinite(value) for value in flat.values())


def test_each_group_has_its_interval(pairs, model):
    table = evaluate(model, pairs, "test", baselines={}).by("lang")
    assert list(table.columns) == ["lang", "pairs", "macro_f1", "low", "high", "accuracy"]
    assert table["lang"].tolist() == ["en", "fr"]
    assert (table["low"] < table["macro_f1"]).all()
    assert (table["macro_f1"] < table["high"]).all()
    alone = evaluate(
        Given(model.probabilities[60:]), pairs[pairs["lang"] == "fr"], "test", baselines={}
    )
    score = alone.scores["macro_f1"]
    assert table.iloc[1][["macro_f1", "low", "high"]].tolist() == [
        score.value,
        score.low,
        score.high,
    ]


def test_a_split_without_pairs(pairs, model):
    with pytest.raises(DataError, match="nothing to evaluate: the split test has no pairs"):
        evaluate(model, pairs.iloc[:0], "test", baselines={})
