"""Models whose parts do not fit together, as somebody would write them who can make the seal."""

from copy import deepcopy

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler

from stance.errors import ModelFileError
from stance.features import BLOCKS, PairFeatures, StatementNgrams, TermOverlap
from stance.labels import LABELS
from stance.models import TemperatureCalibrated, TwoStageClassifier
from stance.persistence import TRUSTED, SavedModel, load_folder, save_folder
from stance.persistence.audit import _CHECKS, audit


def test_there_is_a_check_for_every_trusted_type():
    assert set(_CHECKS) == set(TRUSTED)


@pytest.fixture(scope="module")
def fitted(toy_frames):
    """Fitted pipelines by the name of their classifier; to be copied before they are changed."""
    train = toy_frames["train"]
    makers = {
        "linear": [MaxAbsScaler(), LogisticRegression()],
        "sgd": [SGDClassifier(loss="log_loss", random_state=0)],
        "bayes": [MultinomialNB()],
        "two": [TwoStageClassifier()],
    }
    features = PairFeatures({"statement": {}, "overlap": {"weight": 0.5}})
    return {
        name: Pipeline([(str(n), step) for n, step in enumerate([clone(features), *steps])]).fit(
            train, train["label"]
        )
        if name != "bayes"
        else Pipeline([("0", StatementNgrams()), ("1", *steps)]).fit(train, train["label"])
        for name, steps in makers.items()
    }


def _last(model):
    return model.steps[-1][1]


def _blocks(model):
    return model.steps[0][1].blocks_


@pytest.mark.parametrize(
    ("name", "place", "changes", "message"),
    [
        (
            "linear",
            _last,
            {"coef_": np.ones((5, 3))},
            r"coef_: expected numbers of the shape \(",
        ),
        ("linear", _last, {"coef_": np.ones((5, 3), dtype=int)}, "coef_: expected numbers of the"),
        ("linear", _last, {"coef_": [[1.0]]}, "coef_: expected an array, got a list"),
        ("linear", _last, {"coef_": None}, "coef_: expected an array, got nothing"),
        ("linear", _last, {"intercept_": np.ones(4)}, r"intercept_: .* shape \(5,\), got float64"),
        ("linear", _last, {"n_features_in_": 3}, r"n_features_in_: expected \d+, got 3"),
        ("linear", _last, {"n_features_in_": None}, r"n_features_in_: expected \d+, got None"),
        ("linear", _last, {"classes_": np.array(LABELS[:4])}, r"coef_: expected .* shape \(4, "),
        ("linear", _last, {"classes_": np.array(["favor"])}, "classes_ are not two or more labels"),
        ("linear", _last, {"classes_": np.array(["favor"] * 5)}, "classes_ are not two or more"),
        ("linear", _last, {"classes_": np.arange(5)}, "classes_ are not two or more labels"),
        ("linear", _last, {"classes_": np.array(list("abcde"))}, "the model tells apart"),
        ("linear", lambda m: m.steps[1][1], {"scale_": np.zeros(3)}, "scale_: expected numbers of"),
        ("sgd", _last, {"loss": "hinge"}, "loss: 'hinge' gives no probabilities; a model's is one"),
        ("sgd", _last, {"loss": ["log_loss"]}, "gives no probabilities"),
        (
            "bayes",
            _last,
            {"feature_log_prob_": np.zeros((5, 1))},
            "feature_log_prob_: expected",
        ),
        ("bayes", _last, {"class_log_prior_": np.zeros(1)}, "class_log_prior_: expected numbers"),
        ("two", _last, {"related_": None}, "related_: expected an estimator, got nothing"),
        ("two", _last, {"stance_": 5}, "stance_ is a int, not an estimator"),
        ("two", _last, {"classes_": np.array(LABELS)}, "classes_ are not those of its two stages"),
        ("linear", lambda m: m, {"memory": "cache"}, "memory is set; a pipeline in a model folder"),
        ("linear", lambda m: m, {"steps": []}, "steps is not a list of steps"),
        ("linear", lambda m: m, {"steps": "passthrough"}, "steps is not a list of steps"),
        ("linear", lambda m: m.steps[0][1], {"blocks_": {}}, "blocks_ are not those of blocks"),
        ("linear", lambda m: m.steps[0][1], {"blocks": {}}, "blocks_ are not those of blocks"),
        ("linear", lambda m: m.steps[0][1], {"blocks": 5}, "blocks_ are not those of blocks"),
        (
            "linear",
            lambda m: m.steps[0][1],
            {"blocks": {"statement": {"weight": 1e300}, "overlap": {}}},
            r"blocks\.statement\.weight is not a number: 1e\+300",
        ),
        (
            "linear",
            lambda m: _blocks(m)["statement"],
            {"max_n": 10**9},
            r"blocks_\.statement\.max_n: expected a number from 1 to 20, got 1000000000",
        ),
        (
            "linear",
            lambda m: _blocks(m)["statement"],
            {"vocabulary_": np.array(["a", "a"])},
            "vocabulary_ holds a word twice",
        ),
        (
            "linear",
            lambda m: _blocks(m)["statement"],
            {"vocabulary_": np.array([], dtype=str)},
            "vocabulary_ is not a list of words",
        ),
        (
            "linear",
            lambda m: _blocks(m)["statement"],
            {"idf_": np.ones(1)},
            "idf_: expected numbers of the shape",
        ),
        (
            "linear",
            lambda m: _blocks(m)["overlap"],
            {"unseen_idf_": -1.0},
            "unseen_idf_ is not a positive number",
        ),
        (
            "linear",
            lambda m: _blocks(m),
            {"statement": TermOverlap()},
            r"blocks_\.statement is a TermOverlap",
        ),
    ],
)
def test_parts_that_do_not_fit_are_neither_saved_nor_loaded(
    fitted, tmp_path, name, place, changes, message
):
    model = deepcopy(fitted[name])
    audit(model)
    part = place(model)
    (part if isinstance(part, dict) else vars(part)).update(changes)
    with pytest.raises(ModelFileError, match=message):
        audit(model)
    with pytest.raises(ModelFileError):
        save_folder(SavedModel(model), tmp_path / "model")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("value", [1e300, -1e300, 1e-300])
def test_numbers_that_overflow_when_they_are_used_are_refused(fitted, value):
    model = deepcopy(fitted["linear"])
    if value == 1e-300:
        model.steps[1][1].scale_ = np.full_like(model.steps[1][1].scale_, value)
    else:
        _last(model).coef_ = np.full_like(_last(model).coef_, value)
    with pytest.raises(ModelFileError, match=r"(coef_|scale_) holds numbers outside"):
        audit(model)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            [LogisticRegression()],
            r"steps\[0\]\[1\]: a LogisticRegression cannot stand in",
        ),
        ([MaxAbsScaler(), StatementNgrams()], r"steps\[0\]\[1\]: a MaxAbsScaler cannot stand"),
        ([StatementNgrams(), StatementNgrams()], "a StatementNgrams cannot stand in this place"),
        (["passthrough"], "is a str, not an estimator"),
    ],
)
def test_steps_in_an_order_that_cannot_work_are_refused(toy_pairs, steps, message):
    model = Pipeline([(str(n), step) for n, step in enumerate(steps)])
    if steps[0] != "passthrough" and isinstance(steps[0], StatementNgrams):
        steps[0].fit(toy_pairs)
    with pytest.raises(ModelFileError, match=message):
        audit(model)


def test_an_unfitted_model_is_not_saved(tmp_path):
    model = Pipeline([("words", StatementNgrams()), ("classifier", LogisticRegression())])
    with pytest.raises(ModelFileError, match=r"steps\[0\]\[1\].vocabulary_: expected an array"):
        save_folder(SavedModel(model), tmp_path / "model")


def test_a_calibration_of_other_labels_or_no_temperature_is_refused(fitted):
    model = TemperatureCalibrated(fitted["two"])
    model.classes_, model.temperature_ = fitted["two"].classes_, 1.0
    audit(model)
    model.temperature_ = float("inf")
    with pytest.raises(ModelFileError, match="temperature_ is out of range: inf"):
        audit(model)
    model.temperature_, model.classes_ = 1.0, fitted["two"].classes_[::-1]
    with pytest.raises(ModelFileError, match="classes_ are not those of its estimator"):
        audit(model)


def test_a_parameter_that_a_later_library_added_has_its_default(small, copy, reseal, toy_pairs):
    def drop(manifest):
        del manifest["model"]["state"]["steps"]["list"][1]["tuple"][1]["state"]["l1_ratio"]

    reseal(copy, drop)
    found, expected = (load_folder(folder).estimator for folder in (copy, small))
    assert found[-1].l1_ratio == expected[-1].l1_ratio
    assert np.array_equal(found.predict_proba(toy_pairs), expected.predict_proba(toy_pairs))


def test_versions_of_then_are_told_with_the_damage_and_by_the_model(copy, reseal):
    def older(manifest):
        manifest["versions"]["scikit-learn"] = "1.4.0"

    reseal(copy, older)
    ((then, now),) = load_folder(copy, warn=False).version_differences().values()
    assert (then, now != then) == ("1.4.0", True)
    (copy / "a0.npy").unlink()
    message = r"a0\.npy is missing, .* it was saved with scikit-learn '1\.4\.0' \(now 1\."
    with pytest.raises(ModelFileError, match=message):
        load_folder(copy)


def test_all_blocks_with_all_defaults_pass(toy_pairs):
    model = Pipeline([("features", PairFeatures()), ("classifier", LogisticRegression())])
    audit(model.fit(toy_pairs, toy_pairs["label"]))
    assert set(model[0].blocks_) == set(BLOCKS)
