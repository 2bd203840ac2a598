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

from stance import persistence
from stance.errors import ModelFileError
from stance.features import BLOCKS, PairFeatures, StatementNgrams
from stance.labels import LABELS
from stance.models import TemperatureCalibrated, TwoStageClassifier
from stance.persistence import FORMAT, TRUSTED, SavedModel, load_folder, save_folder


def _pipeline(*steps):
    return Pipeline([(type(step).__name__, step) for step in steps])


MODELS = {kind.__name__: _pipeline(kind(), LogisticRegression()) for kind in BLOCKS.values()} | {
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


@pytest.mark.parametrize("name", TRUSTED)
def test_every_trusted_type_comes_back_with_equal_predictions(tmp_path, toy_pairs, name):
    model = MODELS[name].fit(toy_pairs, toy_pairs["label"])
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


@pytest.fixture(scope="module")
def small(toy_frames, tmp_path_factory):
    """A very small model; not to be written in."""
    train = toy_frames["train"]
    model = _pipeline(StatementNgrams(max_n=1, min_df=5), LogisticRegression())
    model.fit(train, train["label"])
    return save_folder(SavedModel(model), tmp_path_factory.mktemp("small") / "model")


@pytest.fixture
def copy(small, tmp_path):
    return shutil.copytree(small, tmp_path / "model")


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

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "rename")), full)
    with pytest.raises(OSError, match="No space left"):
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
def test_plain_values_come_back_as_they_were(tmp_path, value):
    model = LogisticRegression(class_weight=value)
    model.classes_ = np.array(LABELS[:2])
    model.odd_ = np.array([], dtype=str)
    loaded = load_folder(save_folder(SavedModel(model), tmp_path / "model")).estimator
    assert loaded.class_weight == value
    assert type(loaded.class_weight) is type(value)
    assert loaded.odd_.tolist() == []


# --- reading: damage -----------------------------------------------------------------------


def test_a_flipped_bit_is_always_noticed(copy):
    rng = np.random.default_rng(0)
    for path in sorted(copy.iterdir()):
        whole = path.read_bytes()
        places = {0, len(whole) - 1, *rng.integers(0, len(whole), 60).tolist()}
        for place in places:
            flipped = bytearray(whole)
            flipped[place] ^= 1 << rng.integers(8)
            path.write_bytes(flipped)
            with pytest.raises(ModelFileError, match=r"model: \w"):
                load_folder(copy)
        path.write_bytes(whole)
    assert load_folder(copy).estimator is not None


def test_a_truncated_file_is_noticed(copy):
    for path in sorted(copy.iterdir()):
        whole = path.read_bytes()
        for size in (0, 1, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:size])
            with pytest.raises(ModelFileError, match="model: "):
                load_folder(copy)
        path.write_bytes(whole + b"\n")
        with pytest.raises(ModelFileError, match="model: "):
            load_folder(copy)
        path.write_bytes(whole)


def test_a_missing_array_is_named(copy):
    (copy / "a0.npy").unlink()
    with pytest.raises(ModelFileError, match=r"model: a0\.npy is missing, or is not a file"):
        load_folder(copy)


def test_arrays_that_changed_places_are_noticed(copy):
    one, other = copy / "a0.npy", copy / "a1.npy"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    with pytest.raises(ModelFileError, match=r"a[01]\.npy has \d+ bytes, not \d+"):
        load_folder(copy)


@pytest.mark.parametrize("place", ["", "nowhere", "manifest.json"])
def test_what_is_not_a_model_folder(copy, place):
    (copy.parent / "other").mkdir()
    folder = copy / place if place else copy.parent / "other"
    with pytest.raises(ModelFileError, match=r"not a model folder: it has no manifest\.json"):
        load_folder(folder)


def test_a_further_file_changes_nothing(copy, small, toy_pairs):
    (copy / "README.md").write_text("my model")
    found, expected = (load_folder(folder).estimator for folder in (copy, small))
    assert np.array_equal(found.predict_proba(toy_pairs), expected.predict_proba(toy_pairs))


# --- reading: attacks by somebody who can also make the seal --------------------------------


def _reseal(folder, change):
    """Change the manifest as its writer could."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["seal"]
    change(manifest)
    path.write_bytes(persistence._sealed(manifest))


def _classifier(manifest):
    return manifest["model"]["state"]["steps"]["list"][1]["tuple"][1]


def _set(*keys, value, inside=lambda manifest: manifest):
    def change(manifest):
        node = inside(manifest)
        for key in keys[:-1]:
            node = node[key]
        node[keys[-1]] = value

    return change


def _deep(levels):
    node = 1
    for _ in range(levels):
        node = {"list": [node]}
    return node


@pytest.mark.parametrize("number", [0, 2, 1.5, True, "1", None, [1]])
def test_another_format_number_is_refused_with_a_remedy(copy, number):
    _reseal(copy, _set("format", value=number))
    with pytest.raises(
        ModelFileError, match=r"format .* is not known to this version .* install the version that"
    ):
        load_folder(copy)


def test_a_manifest_without_its_seal_is_refused(copy):
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text())
    for seal in (None, "0" * 64):
        path.write_bytes(persistence._canonical({**manifest, "seal": seal}))
        with pytest.raises(ModelFileError, match=r"is not as it was written \(its seal does not f"):
            load_folder(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("labels", value=list(reversed(LABELS))), "its labels are .*, not those of stance"),
        (_set("labels", value=["pro", "con"]), "its labels are .*, not those of stance"),
        (_set("extra", value=1), "manifest.json should hold arrays, data, "),
        (_set("model", "type", value="system"), "type 'system' is not trusted; expected one of"),
        (_set("model", "type", value="os.system"), "type 'os.system' is not trusted; "),
        (_set("model", "type", value="Pipelin"), "type 'Pipelin' is not trusted; did you mean 'P"),
        (_set("model", "type", value=["Pipeline"]), "damaged model: TypeError"),
        (_set("model", value=[1]), "expected a node, got list"),
        (_set("model", value={"pickle": "x"}), r"unknown node with the keys \['pickle'\]"),
        (_set("model", value=_deep(40)), "nested too deeply"),
        (_set("model", value={"list": 5}), "damaged model: TypeError"),
        (_set("model", value=None), "the model tells apart None, not labels of stance"),
        (_set("model", "state", "predict", value=1), "Pipeline has no attribute 'predict' that a"),
        (_set("model", "state", "classes_", value=1), "Pipeline has no attribute 'classes_' that"),
        (_set("model", "state", "__class__", value=1), "Pipeline has no attribute '__class__' th"),
        (_set("model", "state", "_x", value=1), "Pipeline has no attribute '_x' that a model may"),
        (_set("model", "state", "colour", value=1), "Pipeline has no attribute 'colour' that a"),
        (_set("arrays", "a0", "sha256", value="0" * 64), r"a0\.npy is not as it was written"),
        (_set("arrays", "a0", "bytes", value=1), r"a0\.npy has \d+ bytes, not 1"),
        (_set("arrays", "a1", "shape", value=[1, 1]), r"a1\.npy: shape and type are not those"),
        (_set("arrays", "a1", "shape", value=[-1]), r"a1\.npy: shape and type are not those"),
        (_set("arrays", "a1", "shape", value=5), "damaged model: TypeError"),
        (_set("arrays", "a1", "dtype", value="<i4"), r"a1\.npy: shape and type are not those"),
        (_set("arrays", "a1", "dtype", value="|O"), r"a1\.npy: '\|O' is not a type that a model"),
        (
            _set("state", "classes_", "count", value=9, inside=_classifier),
            r"a\d: \d strings, not 9",
        ),
        (_set("arrays", value={}), r"array 'a\d' is not described in the manifest"),
    ],
)
def test_a_hostile_manifest_is_refused(copy, change, message):
    _reseal(copy, change)
    with pytest.raises(ModelFileError, match=message):
        load_folder(copy)


@pytest.mark.parametrize(
    ("key", "node", "message"),
    [
        ("coef_", {"array": "../../a1"}, r"array '\.\./\.\./a1' is not described"),
        ("coef_", {"array": "/etc/passwd"}, "array '/etc/passwd' is not described"),
        ("coef_", {"array": "a99"}, "array 'a99' is not described"),
        ("coef_", {"array": 1}, "array 1 is not described"),
        ("coef_", {"array": ["a1"]}, r"array \['a1'\] is not described"),
        ("C", {"float": "nan"}, "nan is not a number that a model may hold"),
        ("C", {"float": "x"}, "damaged model: ValueError"),
        ("C", {"float": 10**400}, "damaged model: OverflowError"),
        ("C", float("nan"), "nan is not a number that a model may hold"),
        ("classes_", {"list": ["favor"]}, "the model tells apart .*, not labels of stance"),
        ("classes_", {"list": ["favor", "pro"]}, "the model tells apart .*, not labels of stance"),
        ("fit", {"list": []}, "LogisticRegression has no attribute 'fit' that a model may set"),
    ],
)
def test_a_hostile_classifier_is_refused(copy, key, node, message):
    _reseal(copy, _set("state", key, value=node, inside=_classifier))
    with pytest.raises(ModelFileError, match=message):
        load_folder(copy)


def test_a_path_out_of_the_folder_is_refused_even_if_described(copy):
    def change(manifest):
        manifest["arrays"]["../a0"] = manifest["arrays"]["a0"]
        _classifier(manifest)["state"]["coef_"] = {"array": "../a0"}

    shutil.copy(copy / "a0.npy", copy.parent / "a0.npy")
    _reseal(copy, change)
    with pytest.raises(ModelFileError, match=r"array '\.\./a0' is not described"):
        load_folder(copy)


@pytest.mark.parametrize("name", ["a0.npy", "manifest.json"])
def test_a_link_is_refused(copy, name):
    outside = shutil.move(copy / name, copy.parent / name)
    (copy / name).symlink_to(outside)
    with pytest.raises(ModelFileError, match=f"{name} is (missing, or is not a file|a link)"):
        load_folder(copy)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(copy, value):
    def change(manifest):
        name = _classifier(manifest)["state"]["coef_"]["array"]
        array = np.load(copy / f"{name}.npy")
        array[0, 0] = value
        manifest["arrays"][name] = persistence._write_array(copy, name, array)

    _reseal(copy, change)
    with pytest.raises(ModelFileError, match=r"a\d\.npy holds values that are not finite numbers"):
        load_folder(copy)


class Trap:
    def __reduce__(self):
        return (Path.touch, (Path("sprung"),))


def test_a_pickle_in_the_place_of_an_array_is_never_opened(copy, monkeypatch):
    monkeypatch.chdir(copy.parent)
    np.save(copy / "a1.npy", np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(ModelFileError, match=r"a1\.npy has \d+ bytes"):
        load_folder(copy)

    def change(manifest):
        content = (copy / "a1.npy").read_bytes()
        entry = {"dtype": "|O", "shape": [1], "bytes": len(content)}
        manifest["arrays"]["a1"] = {
            **entry,
            "sha256": persistence.hashlib.sha256(content).hexdigest(),
        }

    _reseal(copy, change)
    with pytest.raises(ModelFileError, match="is not a type that a model may hold"):
        load_folder(copy)
    assert not Path("sprung").exists()


def test_a_huge_manifest_is_not_read(copy):
    with (copy / "manifest.json").open("r+b") as file:
        file.truncate(persistence._MAX_MANIFEST + 1)
    with pytest.raises(ModelFileError, match="is a link or too large to be one"):
        load_folder(copy)


@pytest.mark.parametrize("content", [b"[1]", b"5", b"null"])
def test_a_manifest_is_an_object(copy, content):
    (copy / "manifest.json").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"manifest\.json does not hold a manifest"):
        load_folder(copy)
