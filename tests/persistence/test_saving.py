import errno
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler

from stance import writing
from stance.errors import ModelFileError
from stance.features import (
    BLOCKS,
    CharacterNgrams,
    PairFeatures,
    SentenceVectors,
    StatementNgrams,
    TermCharacters,
    TermVectors,
)
from stance.labels import LABELS
from stance.models import (
    CascadeClassifier,
    CrossEncoderClassifier,
    TemperatureCalibrated,
    TwoStageClassifier,
    ZeroShotClassifier,
)
from stance.persistence import FORMAT, TRUSTED, SavedModel, folder, load_folder, save_folder


def _pipeline(*steps):
    return Pipeline([(type(step).__name__, step) for step in steps])


_BLOCKS = [*BLOCKS.values(), CharacterNgrams, TermCharacters]
MODELS = {kind.__name__: _pipeline(kind(), LogisticRegression()) for kind in _BLOCKS} | {
    "PairFeatures": _pipeline(PairFeatures(), LogisticRegression()),
    "TwoStageClassifier": _pipeline(PairFeatures(), TwoStageClassifier()),
    "TemperatureCalibrated": _pipeline(PairFeatures(), TwoStageClassifier()),
    "Pipeline": _pipeline(StatementNgrams(), _pipeline(MaxAbsScaler(), LogisticRegression())),
    "MaxAbsScaler": _pipeline(BLOCKS["overlap"](), MaxAbsScaler(), LogisticRegression()),
    "LogisticRegression": _pipeline(StatementNgrams(), LogisticRegression(C=np.float64(0.5))),
    "SGDClassifier": _pipeline(StatementNgrams(), SGDClassifier(loss="log_loss", tol=None)),
    "ComplementNB": _pipeline(StatementNgrams(), ComplementNB(norm=True)),
    "MultinomialNB": _pipeline(StatementNgrams(), MultinomialNB(fit_prior=False)),
}


def _encoders(folder, nli):
    reader = CrossEncoderClassifier(folder, epochs=1, save_every=0)
    vectors = SentenceVectors(folder, cache=False)
    return {
        "SentenceVectors": _pipeline(vectors, LogisticRegression()),
        "TermVectors": _pipeline(TermVectors(folder, cache=False), LogisticRegression()),
        "CrossEncoderClassifier": _pipeline(reader),
        "ZeroShotClassifier": _pipeline(ZeroShotClassifier(str(nli))),
        "CascadeClassifier": _pipeline(CascadeClassifier(slow=reader)),
    }


@pytest.mark.parametrize("name", TRUSTED)
def test_every_trusted_type_comes_back_with_equal_predictions(
    tmp_path, toy_pairs, tiny_encoder, tiny_nli, name
):
    models = MODELS | _encoders(str(tiny_encoder), tiny_nli)
    model = models[name].fit(toy_pairs, toy_pairs["label"])
    if name == "TemperatureCalibrated":
        model = TemperatureCalibrated(model).fit(toy_pairs, toy_pairs["label"])
    loaded = load_folder(save_folder(SavedModel(model), tmp_path / "model")).estimator
    assert type(loaded) is type(model)
    assert loaded.get_params().keys() == model.get_params().keys()
    assert np.array_equal(loaded.predict_proba(toy_pairs), model.predict_proba(toy_pairs))
    assert np.array_equal(loaded.predict(toy_pairs), model.predict(toy_pairs))
    assert f'"type": "{name}"' in (tmp_path / "model/manifest.json").read_text()


def test_a_loaded_model_can_be_saved_and_fitted_again(tmp_path, toy_pairs, small):
    loaded = load_folder(small).estimator
    again = save_folder(SavedModel(loaded), tmp_path / "again")
    for file in small.glob("*.npy"):
        assert (again / file.name).read_bytes() == file.read_bytes()
    loaded.fit(toy_pairs, toy_pairs["label"])
    assert np.array_equal(
        loaded.predict_proba(toy_pairs), load_folder(small).estimator.predict_proba(toy_pairs)
    )


def test_what_people_want_to_know_comes_along(tmp_path, toy_model):
    saved = SavedModel(toy_model, {"name": "toy", "sha256": {"train": "ab"}}, notes={"seed": 3})
    loaded = load_folder(save_folder(saved, tmp_path / "model"))
    assert loaded.data == saved.data
    assert loaded.notes == {"seed": 3}
    assert {"python", "stance", "scikit-learn", "numpy"} <= set(loaded.versions)


def test_a_folder_holds_a_manifest_and_plain_arrays(small):
    names = sorted(path.name for path in small.iterdir())
    assert names[-1] == "manifest.json"
    for name in names[:-1]:
        assert np.load(small / name, allow_pickle=False).dtype.kind in "fiub"
    manifest = json.loads((small / "manifest.json").read_text())
    assert (manifest["format"], manifest["labels"]) == (FORMAT, list(LABELS))


# --- writing -------------------------------------------------------------------------------


def test_an_older_model_is_replaced_and_nothing_is_left_beside(copy, toy_model, toy_pairs):
    save_folder(SavedModel(toy_model), copy)
    found = load_folder(copy).estimator.predict_proba(toy_pairs)
    assert np.array_equal(found, toy_model.predict_proba(toy_pairs))
    assert [path.name for path in copy.parent.iterdir()] == ["model"]


def test_an_empty_folder_is_filled(tmp_path, toy_model):
    save_folder(SavedModel(toy_model), tmp_path)
    assert load_folder(tmp_path).estimator is not None


def test_another_folder_or_file_is_not_overwritten(tmp_path, toy_model):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter.txt").write_text("years of work")
    (tmp_path / "file").write_text("work")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("thesis", "file", "link"):
        with pytest.raises(ModelFileError, match=f"{name}: there is something else .* not overwr"):
            save_folder(SavedModel(toy_model), tmp_path / name)
    assert (tmp_path / "thesis/chapter.txt").read_text() == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link", "thesis"]


def test_a_folder_with_a_manifest_of_another_program_is_not_overwritten(copy, tmp_path, toy_model):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/manifest.json").write_text('{"name": "app", "icons": []}')
    (copy / "thesis.docx").write_text("years of work")  # in a model folder
    for place in (tmp_path / "site", copy):
        before = {item.name: item.read_bytes() for item in place.iterdir()}
        with pytest.raises(ModelFileError, match="there is something else in this place; not over"):
            save_folder(SavedModel(toy_model), place)
        assert {item.name: item.read_bytes() for item in place.iterdir()} == before


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_failing_save_leaves_the_old_model(copy, toy_model, toy_pairs, monkeypatch, step):
    before = load_folder(copy).estimator.predict_proba(toy_pairs)
    calls = []

    rename = Path.rename

    def full(*arguments):
        calls.append(arguments)
        if step == "fsync" or len(calls) == 2:  # the old model is away, the new one comes
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(*arguments)

    monkeypatch.setattr(writing, "_exchange", lambda one, other: False)  # as other systems do it
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "rename")), full)
    with pytest.raises(ModelFileError, match=r"the model cannot be saved: .*No space left"):
        save_folder(SavedModel(toy_model), copy)
    monkeypatch.undo()
    assert np.array_equal(load_folder(copy).estimator.predict_proba(toy_pairs), before)
    assert [path.name for path in copy.parent.iterdir()] == ["model"]


def test_what_a_folder_cannot_hold_is_named(tmp_path, toy_pairs):
    model = _pipeline(StatementNgrams(), RandomForestClassifier(n_estimators=2))
    with pytest.raises(
        ModelFileError,
        match=r"model\.steps\[1\]\[1\] is a sklearn\S+\.RandomForestClassifier, which a model fold",
    ):
        save_folder(SavedModel(model), tmp_path / "model")
    assert not any(tmp_path.iterdir())


class LogisticRegressionOfMyOwn(LogisticRegression):
    pass


LogisticRegressionOfMyOwn.__name__ = "LogisticRegression"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"coef_": np.array([[np.nan]])}, r"model\.coef_: .* that are not finite numbers"),
        ({"coef_": np.ones((1, 1), dtype=complex)}, r"model\.coef_: an array of complex128 can"),
        ({"coef_": np.array([["a"]])}, r"model\.coef_: an array of <U1 is not a list of strings"),
        ({"coef_": np.array(["a\nb"])}, r"model\.coef_: an array of <U3 is not a list of strings"),
        ({"coef_": np.array([{}])}, r"model\.coef_: an array of object is not a list of strings"),
        ({"C": float("nan")}, r"model\.C is nan, which is not a number"),
        ({"C": {1, 2}}, r"model\.C is a builtins\.set, which a model folder cannot hold"),
        ({"C": LogisticRegressionOfMyOwn()}, r"model\.C is a \S*\.LogisticRegression, which a mo"),
    ],
)
def test_a_value_that_cannot_be_loaded_is_not_saved(tmp_path, changes, message):
    model = LogisticRegression()
    model.classes_ = np.array(LABELS[:2])
    vars(model).update(changes)
    with pytest.raises(ModelFileError, match=message):
        save_folder(SavedModel(model), tmp_path / "model")


@pytest.mark.parametrize("value", [float("inf"), -1, True, None, "x", (1, [2.5]), {"a": {"b": 1}}])
def test_plain_values_come_back_as_they_were(tmp_path, toy_pairs, value):
    model = _pipeline(StatementNgrams(), LogisticRegression()).fit(toy_pairs, toy_pairs["label"])
    model[-1].class_weight = value
    model[-1].odd_ = np.array([], dtype=str)
    loaded = load_folder(save_folder(SavedModel(model), tmp_path / "model")).estimator[-1]
    assert loaded.class_weight == value
    assert type(loaded.class_weight) is type(value)
    assert loaded.odd_.tolist() == []


def test_an_older_model_is_there_at_every_moment_of_its_replacement(copy, toy_model, monkeypatch):
    seen = []

    def watched(*arguments, **options):
        seen.append(load_folder(copy).estimator)
        return rmtree(*arguments, **options)

    rmtree = shutil.rmtree
    monkeypatch.setattr(Path, "rename", lambda *_: pytest.fail("the old was moved away"))
    monkeypatch.setattr(folder.shutil, "rmtree", watched)
    save_folder(SavedModel(toy_model), copy)
    assert len(seen) == 1
    assert seen[0].get_params().keys() == toy_model.get_params().keys()
