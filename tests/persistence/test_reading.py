import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from stance.errors import ModelFileError
from stance.labels import LABELS
from stance.persistence import load_folder
from stance.persistence import manifest as layout
from stance.persistence.arrays import write_array

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


@pytest.mark.parametrize("number", [0, 1, 2, 4, 2.5, True, "3", None, [1]])
def test_another_format_number_is_refused_with_a_remedy(copy, number, reseal):
    reseal(copy, _set("format", value=number))
    with pytest.raises(
        ModelFileError, match=r"format .* is not known to this version .* install the version that"
    ):
        load_folder(copy)


def test_a_manifest_without_its_seal_is_refused(copy):
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text())
    for seal in (None, "0" * 64):
        path.write_bytes(layout.canonical({**manifest, "seal": seal}))
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
        (_set("model", value=[1]), "model should be a dict, not a list"),
        (_set("model", value={"pickle": "x"}), r"unknown node with the keys \['pickle'\]"),
        (_set("model", value=_deep(40)), "nested too deeply"),
        (_set("model", value={"list": 5}), "damaged model: TypeError"),
        (_set("model", value=None), "model should be a dict, not a NoneType"),
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
def test_a_hostile_manifest_is_refused(copy, change, message, reseal):
    reseal(copy, change)
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
        (
            "classes_",
            {"list": ["favor"]},
            r"\.classes_: expected an array, got a list",
        ),
        ("fit", {"list": []}, "LogisticRegression has no attribute 'fit' that a model may set"),
    ],
)
def test_a_hostile_classifier_is_refused(copy, key, node, message, reseal):
    reseal(copy, _set("state", key, value=node, inside=_classifier))
    with pytest.raises(ModelFileError, match=message):
        load_folder(copy)


def test_a_path_out_of_the_folder_is_refused_even_if_described(copy, reseal):
    def change(manifest):
        manifest["arrays"]["../a0"] = manifest["arrays"]["a0"]
        _classifier(manifest)["state"]["coef_"] = {"array": "../a0"}

    shutil.copy(copy / "a0.npy", copy.parent / "a0.npy")
    reseal(copy, change)
    with pytest.raises(ModelFileError, match=r"array '\.\./a0' is not described"):
        load_folder(copy)


@pytest.mark.parametrize("name", ["a0.npy", "manifest.json"])
def test_a_link_is_refused(copy, name):
    outside = shutil.move(copy / name, copy.parent / name)
    (copy / name).symlink_to(outside)
    with pytest.raises(ModelFileError, match=f"{name} is (missing, or is not a file|a link)"):
        load_folder(copy)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(copy, value, reseal):
    def change(manifest):
        name = _classifier(manifest)["state"]["coef_"]["array"]
        array = np.load(copy / f"{name}.npy")
        array[0, 0] = value
        manifest["arrays"][name] = write_array(copy, name, array)

    reseal(copy, change)
    with pytest.raises(ModelFileError, match=r"a\d\.npy holds values that are not finite numbers"):
        load_folder(copy)


class Trap:
    def __reduce__(self):
        return (Path.touch, (Path("sprung"),))


def test_a_pickle_in_the_place_of_an_array_is_never_opened(copy, monkeypatch, reseal):
    monkeypatch.chdir(copy.parent)
    np.save(copy / "a1.npy", np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(ModelFileError, match=r"a1\.npy has \d+ bytes"):
        load_folder(copy)

    def change(manifest):
        content = (copy / "a1.npy").read_bytes()
        entry = {"dtype": "|O", "shape": [1], "bytes": len(content)}
        manifest["arrays"]["a1"] = {
            **entry,
            "sha256": hashlib.sha256(content).hexdigest(),
        }

    reseal(copy, change)
    with pytest.raises(ModelFileError, match="is not a type that a model may hold"):
        load_folder(copy)
    assert not Path("sprung").exists()


def test_a_huge_manifest_is_not_read(copy):
    with (copy / "manifest.json").open("r+b") as file:
        file.truncate(layout.MAX_MANIFEST + 1)
    with pytest.raises(ModelFileError, match="is a link or too large to be one"):
        load_folder(copy)


@pytest.mark.parametrize("content", [b"[1]", b"5", b"null"])
def test_a_manifest_is_an_object(copy, content):
    (copy / "manifest.json").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"manifest\.json does not hold a manifest"):
        load_folder(copy)
