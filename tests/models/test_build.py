import sys

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB

from stance.errors import ConfigError
from stance.models import ESTIMATORS, TwoStageClassifier, build_model
from stance.models.build import build_estimator

LOGISTIC = "sklearn.linear_model.LogisticRegression"


def test_a_model_has_two_steps(toy_blocks, toy_classifier):
    model = build_model(toy_blocks, toy_classifier)
    assert tuple(model.named_steps) == ESTIMATORS
    assert model["features"].blocks == toy_blocks


def test_arguments_and_nested_estimators():
    spec = {
        "_target_": "stance.models.TwoStageClassifier",
        "related": {"_target_": LOGISTIC, "C": 3.0},
        "stance": {"_target_": "sklearn.naive_bayes.ComplementNB"},
    }
    model = build_estimator(spec)
    assert isinstance(model, TwoStageClassifier)
    assert isinstance(model.related, LogisticRegression)
    assert model.related.C == 3.0
    assert isinstance(model.stance, ComplementNB)
    assert "_target_" in spec["related"]


def test_the_seed_reaches_every_estimator_that_has_none():
    spec = {
        "_target_": "stance.models.TwoStageClassifier",
        "related": {"_target_": LOGISTIC},
        "stance": {"_target_": LOGISTIC, "random_state": 7},
    }
    classifier = build_model({"statement": {}}, spec, seed=5)["classifier"]
    assert (classifier.related.random_state, classifier.stance.random_state) == (5, 7)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, r"model\.classifier\._target_: expected the full name of a class, got None"),
        ({"_target_": "LogisticRegression"}, "expected the full name of a class, got 'Logis"),
        ({"_target_": 5}, "expected the full name of a class, got 5"),
        ({"_target_": "os.system"}, r"os\.system is outside the allowed packages \(sklearn\., sta"),
        ({"_target_": "joblib.load"}, r"joblib\.load is outside the allowed packages"),
        ({"_target_": "sklearnx.Evil"}, r"sklearnx\.Evil is outside the allowed packages"),
        ({"_target_": "sklearn.nowhere.Model"}, r"cannot import sklearn\.nowhere: No module"),
        (
            {"_target_": "sklearn.linear_model.LogisticRegresion"},
            "is not an estimator; did you mean 'LogisticRegression'",
        ),
        ({"_target_": "sklearn.datasets.load_iris"}, "is not an estimator; "),
        ({"_target_": "sklearn.utils.Bunch"}, "is not an estimator; "),
        ({"_target_": "stance.predict.load_model"}, "is not an estimator; "),
        (
            {"_target_": LOGISTIC, "c": 1.0},
            r"model\.classifier\.c: sklearn\S+ has no such argument; did you mean 'C'",
        ),
        (
            {"_target_": "stance.models.TwoStageClassifier", "stance": {"_target_": "os.system"}},
            r"model\.classifier\.stance\._target_: os\.system is outside",
        ),
    ],
)
def test_a_target_that_is_not_an_allowed_estimator_is_refused(spec, message):
    with pytest.raises(ConfigError, match=message):
        build_estimator(spec)


def test_nothing_outside_the_allowed_packages_is_imported(tmp_path, monkeypatch):
    (tmp_path / "evil_package.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match="add its prefix to model"):
        build_estimator({"_target_": "evil_package.Model"})
    assert "evil_package" not in sys.modules


OWN = """
from sklearn.base import BaseEstimator, ClassifierMixin

class Mine(ClassifierMixin, BaseEstimator):
    def __init__(self, size=1):
        self.size = size
"""


def test_a_package_that_the_user_trusts(tmp_path, monkeypatch):
    (tmp_path / "my_models.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    spec = {"_target_": "my_models.Mine", "size": 3}
    assert build_model({"statement": {}}, spec, allowed=["my_models."])["classifier"].size == 3
    with pytest.raises(ConfigError, match=r"my_models\.Mine is outside the allowed packages"):
        build_model({"statement": {}}, spec, allowed=["other."])


def test_a_class_that_an_allowed_package_only_passes_on_is_refused(tmp_path, monkeypatch):
    (tmp_path / "my_facade.py").write_text("from my_other import Mine\n")
    (tmp_path / "my_other.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match=r"my_facade\.Mine is really my_other\.Mine, which is o"):
        build_estimator({"_target_": "my_facade.Mine"}, allowed=["my_facade."])


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({"statment": {}}, r"features\.blocks: unknown block 'statment'; did you mean 'statement'"),
        (
            {"statement": {"max": 2}},
            r"features\.blocks\.statement\.max: there is no such argument; did you mean 'max_n'",
        ),
        (
            {"statement": 1},
            r"features\.blocks\.statement: expected a mapping of arguments, got int",
        ),
        ({"statement": {"max_n": "2"}}, r"statement\.max_n: expected a number, got str '2'"),
        ({"statement": {"max_n": 1.5}}, r"statement\.max_n: expected a number, got float 1\.5"),
        ({"overlap": {"weight": float("nan")}}, r"weight: expected a number, got float nan"),
        ({"vectors": {"encoder": 3}}, r"vectors\.encoder: expected text, got int 3"),
        ({"vectors": {"cache": "yes"}}, r"cache: expected true or false, got str 'yes'"),
    ],
)
def test_an_unknown_block_or_argument_is_refused_before_the_data_are_read(features, message):
    with pytest.raises(ConfigError, match=message):
        build_model(features, {"_target_": LOGISTIC})


def test_a_value_that_an_argument_does_not_take_is_refused():
    spec = {
        "_target_": "stance.models.TwoStageClassifier",
        "stance": {"_target_": LOGISTIC, "C": -1.0},
    }
    with pytest.raises(ConfigError, match=r"model\.classifier\.stance: The 'C' parameter of Logis"):
        build_estimator(spec)
