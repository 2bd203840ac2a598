from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from stance.errors import ConfigError, DataError, ModelFileError
from stance.features import PAIR_COLUMNS
from stance.models import (
    CascadeClassifier,
    CrossEncoderClassifier,
    TwoStageClassifier,
    build_model,
    check_ready,
)
from stance.persistence import SavedModel, load_folder, save_folder
from stance.resources import shipped

CASCADE = "stance.models.CascadeClassifier"


class Watched(DummyClassifier):
    """A slow classifier that says which pairs it was asked about."""

    asked: pd.DataFrame | None = None

    def predict_proba(self, X):
        Watched.asked = X
        found = super().predict_proba(X)
        found[:] = np.eye(found.shape[1])[0]
        return found


@pytest.fixture
def pairs(toy_frames):
    whole = pd.concat(toy_frames.values(), ignore_index=True)
    return whole[[*PAIR_COLUMNS, "label"]]


def cascade(budget, slow_weight=1.0, **options):
    return CascadeClassifier(
        blocks={"statement": {}, "overlap": {}},
        slow=Watched(),
        budget=budget,
        slow_weight=slow_weight,
        validation_fraction=0.3,
        random_state=0,
        **options,
    )


def test_only_pairs_below_the_threshold_go_to_the_slow_one(pairs):
    fitted = cascade(0.4).fit(pairs, pairs["label"])
    sure = fitted.fast_.predict_proba(pairs).max(axis=1)
    Watched.asked = None
    found = fitted.predict_proba(pairs)
    unsure = sure < fitted.threshold_
    assert 0.1 < unsure.mean() < 0.9
    pd.testing.assert_frame_equal(Watched.asked, pairs[unsure])
    assert (found[unsure].argmax(axis=1) == 0).all()
    order = [list(fitted.fast_.classes_).index(label) for label in fitted.classes_]
    assert np.array_equal(found[~unsure], fitted.fast_.predict_proba(pairs)[~unsure][:, order])


def test_the_slow_one_has_a_seed_too(pairs, monkeypatch):
    seeds = []

    def stopped(self, X, y):
        seeds.append(self.random_state)
        raise RuntimeError("stopped")

    monkeypatch.setattr(CrossEncoderClassifier, "fit", stopped)
    for seed, slow in (
        (0, None),
        (0, None),
        (1, None),
        (0, CrossEncoderClassifier(random_state=7)),
    ):
        with pytest.raises(RuntimeError, match="stopped"):
            CascadeClassifier(slow=slow, random_state=seed).fit(pairs, pairs["label"])
    assert seeds[0] == seeds[1] != seeds[2]
    assert seeds[3] == 7


def test_a_missing_package_is_told_before_anything_is_learnt(monkeypatch):
    monkeypatch.setattr(
        CrossEncoderClassifier, "check_ready", Mock(side_effect=ConfigError("torch"))
    )
    model = build_model({"statement": {}}, {"_target_": CASCADE})
    with pytest.raises(ConfigError, match="torch"):
        check_ready(model)


def test_the_fast_one_alone_learns_from_pairs_with_few_phrases(pairs, monkeypatch):
    learnt = {}

    def remember(kind):
        fit = kind.fit

        def watched(self, X, y, *args, **options):
            learnt[kind] = X
            return fit(self, X, y, *args, **options)

        monkeypatch.setattr(kind, "fit", watched)

    remember(Watched)
    remember(Pipeline)
    cascade(0.4, few_phrases=1.0).fit(pairs, pairs["label"])
    slow, fast = learnt[Watched], learnt[Pipeline]
    assert len(slow) < len(fast) <= 2 * len(slow)
    assert (fast.iloc[: len(slow)].to_numpy() == slow.to_numpy()).all()


def test_the_budget_is_the_share_of_the_held_out_pairs(pairs):
    thresholds = [cascade(budget).fit(pairs, pairs["label"]).threshold_ for budget in (0.1, 0.5)]
    assert thresholds[0] < thresholds[1]


def test_both_count_where_the_slow_one_is_asked(pairs):
    fitted = cascade(1.0, slow_weight=0.25).fit(pairs, pairs["label"])
    fast, slow = (
        pd.DataFrame(model.predict_proba(pairs), columns=list(model.classes_))[fitted.classes_]
        for model in (fitted.fast_, fitted.slow_)
    )
    found = fitted.predict_proba(pairs)
    expected = np.maximum(fast, 1e-12) ** 0.75 * np.maximum(slow, 1e-12) ** 0.25
    assert np.allclose(found, expected / expected.to_numpy().sum(axis=1, keepdims=True))
    assert np.allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize(("budget", "share"), [(0.0, 0.0), (1.0, 1.0)])
def test_nothing_and_everything(pairs, budget, share):
    fitted = cascade(budget).fit(pairs, pairs["label"])
    held = pairs.head(20)
    Watched.asked = held.head(0)
    fitted.threshold_ = fitted.threshold(held)
    fitted.predict_proba(held)
    assert len(Watched.asked) == share * len(held)


def test_a_budget_of_nothing_asks_nothing_of_pairs_unlike_those_of_the_training(pairs):
    fitted = cascade(0.0).fit(pairs, pairs["label"])
    order = fitted.fast_.predict_proba(pairs).max(axis=1).argsort()
    fitted.threshold_ = fitted.threshold(pairs.iloc[order[20:]])
    Watched.asked = None
    fitted.predict_proba(pairs.iloc[order[:20]])  # less sure than any of the others
    assert Watched.asked is None


def test_an_answer_does_not_depend_on_its_neighbours(pairs):
    fitted = cascade(0.5).fit(pairs, pairs["label"])
    whole = fitted.predict_proba(pairs)
    for row in (0, 5, 11):
        assert np.allclose(fitted.predict_proba(pairs.iloc[[row]]), whole[[row]], atol=1e-12)


def test_labels_that_two_stages_cannot_learn_from_take_one_classifier(pairs):
    def linear(kept):
        fitted = cascade(1.0).fit(kept, kept["label"])
        return fitted.fast_.estimator["classifier"]

    whole = linear(pairs)
    assert isinstance(whole, TwoStageClassifier)
    assert whole.stance_.class_weight == "balanced"
    related = linear(pairs[pairs["label"] != "unrelated"])
    assert isinstance(related, LogisticRegression)
    assert related.class_weight == "balanced"
    spoken_of = pairs.assign(label=np.where(pairs["label"] == "unrelated", "unrelated", "favor"))
    assert isinstance(linear(spoken_of), LogisticRegression)


def test_the_fast_one_is_the_model_of_the_configs(pairs):
    fitted = cascade(1.0).fit(pairs, pairs["label"]).fast_.estimator["classifier"]
    config = OmegaConf.load(shipped("configs") / "model" / "two_stage.yaml").classifier
    for name in ("related", "stance"):
        asked = {key: value for key, value in config[name].items() if key != "_target_"}
        assert getattr(fitted, name).get_params() == LogisticRegression(**asked).get_params()


def test_too_few_statements(pairs):
    few = pairs[pairs["text"].isin(pairs["text"].unique()[:4])]
    with pytest.raises(DataError, match=r"a cascade needs ten statements or more .*; found 4$"):
        cascade(0.2).fit(few, few["label"])


def test_the_config_gives_it_the_feature_blocks():
    model = build_model({"statement": {}}, {"_target_": CASCADE, "budget": 0.3}, seed=4)
    assert model["classifier"].blocks == {"statement": {}}
    assert model["classifier"].random_state == 4
    with pytest.raises(ConfigError, match="The 'budget' parameter of CascadeClassifier must be a"):
        build_model({"statement": {}}, {"_target_": CASCADE, "budget": 2.0})


def test_a_folder_with_settings_that_cannot_be_is_refused(pairs, tiny_encoder, tmp_path):
    spec = {"_target_": "stance.models.CrossEncoderClassifier", "encoder": str(tiny_encoder)}
    slow = build_model({}, spec | {"epochs": 1, "save_every": 0})["classifier"]
    fitted = CascadeClassifier(slow=slow, random_state=0).fit(pairs, pairs["label"])
    folder = save_folder(SavedModel(fitted), tmp_path / "model")
    loaded = load_folder(folder).estimator
    assert np.array_equal(loaded.predict_proba(pairs), fitted.predict_proba(pairs))
    fitted.threshold_ = -1.0
    with pytest.raises(ModelFileError, match=r"threshold_ is out of range: -1\.0"):
        save_folder(SavedModel(fitted), tmp_path / "other")
    fitted.threshold_ = 0.5
    reader = fitted.slow_.estimator
    faults = [
        (fitted, "slow_weight", 7.0, r"slow_weight: expected 0 to 1, got 7\.0"),
        (fitted, "slow_weight", "x", "slow_weight: expected 0 to 1, got 'x'"),
        (reader, "phrases", -1, "phrases: expected 0 or more, got -1"),
        (reader, "phrases", "x", "phrases: expected 0 or more, got 'x'"),
        (reader, "glossary", "no", "glossary: expected true or false, got 'no'"),
    ]
    for part, name, value, message in faults:
        right = getattr(part, name)
        setattr(part, name, value)
        with pytest.raises(ModelFileError, match=message):
            save_folder(SavedModel(fitted), tmp_path / "other")
        setattr(part, name, right)
    fitted.threshold_, fitted.slow_.classes_ = 0.5, fitted.slow_.classes_[:2]
    with pytest.raises(ModelFileError, match="classes_ are not those of"):
        save_folder(SavedModel(fitted), tmp_path / "other")
