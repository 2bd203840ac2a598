"""A corpus of hostile model folders, loaded where nothing but reading them is allowed."""

import hashlib
import io
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from stance.errors import ModelFileError
from stance.features import StatementNgrams
from stance.persistence import SavedModel, load_folder, save_folder
from stance.persistence.manifest import sealed

BIG = 16_000_000

# Runs in a fresh interpreter: loads each folder while a hook refuses everything that reading a
# folder does not need, and prints what came of it, and the most memory that it took.
JUDGE = """
import json, os, sys, tracemalloc
from importlib import import_module
from stance.errors import ModelFileError
from stance.persistence import TRUSTED, load_folder

for module in TRUSTED.values():
    import_module(module)
good, *folders = sys.argv[1:]
load_folder(good)
try:
    load_folder("nowhere")
except ModelFileError:
    pass
NEVER = ("exec", "compile", "import", "subprocess.Popen", "os.system", "os.exec", "os.fork",
         "os.forkpty", "os.posix_spawn", "os.spawn", "pickle.find_class", "marshal.loads",
         "marshal.load", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown",
         "os.link", "os.symlink", "os.truncate", "os.putenv", "os.chdir", "code.__new__",
         "socket.__new__", "socket.connect", "socket.getaddrinfo", "ctypes.dlopen",
         "mmap.__new__", "os.kill", "urllib.Request", "tempfile.mkstemp", "tempfile.mkdtemp")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
inside = None

def hook(event, arguments):
    if inside is None:
        return
    if event in NEVER:
        raise SystemExit(f"forbidden: {event} {arguments!r:.200}")
    if event == "open" and not isinstance(arguments[0], int):
        path, _, flags = arguments
        if flags & WRITING or os.path.dirname(os.fspath(path)) != inside:
            raise SystemExit(f"forbidden: open {path} {flags}")

sys.addaudithook(hook)
for folder in folders:
    tracemalloc.start()
    inside = folder
    try:
        load_folder(folder)
        outcome, message = "loaded", ""
    except BaseException as error:
        outcome, message = type(error).__name__, str(error)
    inside = None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(json.dumps([os.path.basename(folder), outcome, message, peak]))
"""


def _small(train):
    words = StatementNgrams(max_n=1, min_df=9)
    model = Pipeline([("words", words), ("classifier", LogisticRegression())])
    return model.fit(train, train["label"])


@pytest.fixture(scope="module")
def good(toy_frames, tmp_path_factory):
    model = SavedModel(_small(toy_frames["train"]))
    return save_folder(model, tmp_path_factory.mktemp("good") / "model")


def _manifest(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["seal"]
    return manifest


def _seal(folder, manifest):
    (folder / "manifest.json").write_bytes(sealed(manifest))


def _put(folder, name, content, manifest, **described):
    """Write an array's file and describe it as its writer could: with a fitting SHA-256."""
    (folder / f"{name}.npy").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    entry = {"bytes": len(content), "sha256": digest, "dtype": "<f8", "shape": [1]}
    manifest["arrays"][name] = {**entry, **described}
    _seal(folder, manifest)


def _npy(array, **options):
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


class Bomb:
    def __reduce__(self):
        return (os.system, ("touch sprung",))


def _words(manifest):
    return manifest["model"]["state"]["steps"]["list"][0]["tuple"][1]["state"]


def _classifier(manifest):
    return manifest["model"]["state"]["steps"]["list"][1]["tuple"][1]["state"]


# Each takes a copy of a good folder and spoils it.


def pickle_named_manifest(folder):
    (folder / "manifest.json").write_bytes(pickle.dumps(Bomb()))


def pickle_named_array(folder):
    manifest = _manifest(folder)
    _put(folder, _classifier(manifest)["coef_"]["array"], pickle.dumps(Bomb()), manifest)


def object_array(folder):
    content, manifest = _npy(np.array([Bomb()], dtype=object), allow_pickle=True), _manifest(folder)
    _put(folder, _classifier(manifest)["coef_"]["array"], content, manifest, dtype="|O")


def object_array_called_numbers(folder):
    content, manifest = _npy(np.array([Bomb()], dtype=object), allow_pickle=True), _manifest(folder)
    shape = [1, (len(content) - 128) // 8]
    _put(folder, _classifier(manifest)["coef_"]["array"], content, manifest, shape=shape)


def zip_named_array(folder):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("arr_0.npy", b"\0" * 50_000_000)
    manifest = _manifest(folder)
    _put(folder, _classifier(manifest)["coef_"]["array"], buffer.getvalue(), manifest)


def traversal(folder):
    manifest = _manifest(folder)
    manifest["arrays"]["../good"] = manifest["arrays"]["a0"]
    _classifier(manifest)["coef_"] = {"array": "../good"}
    _seal(folder, manifest)


def absolute_path(folder):
    manifest = _manifest(folder)
    manifest["arrays"]["/etc/passwd"] = manifest["arrays"]["a0"]
    _classifier(manifest)["coef_"] = {"array": "/etc/passwd"}
    _seal(folder, manifest)


def linked_array(folder):
    (folder / "a0.npy").unlink()
    (folder / "a0.npy").symlink_to("/dev/zero")


def linked_manifest(folder):
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").symlink_to("/dev/urandom")


def pipe_for_an_array(folder):
    (folder / "a0.npy").unlink()
    os.mkfifo(folder / "a0.npy")


def pipe_for_a_manifest(folder):
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")


def folder_for_an_array(folder):
    (folder / "a0.npy").unlink()
    (folder / "a0.npy").mkdir()


def sparse_terabyte(folder):
    manifest = _manifest(folder)
    name = _classifier(manifest)["coef_"]["array"]
    with (folder / f"{name}.npy").open("r+b") as file:
        file.truncate(2**40)
    manifest["arrays"][name]["bytes"] = 2**40
    manifest["arrays"][name]["shape"] = [1, (2**40 - 128) // 8]
    _seal(folder, manifest)


def shape_of_terabytes(folder):
    manifest = _manifest(folder)
    manifest["arrays"][_classifier(manifest)["coef_"]["array"]]["shape"] = [2**40]
    _seal(folder, manifest)


def shape_that_overflows(folder):
    manifest = _manifest(folder)
    manifest["arrays"][_classifier(manifest)["coef_"]["array"]]["shape"] = [2**32, 2**32, 0, 5]
    _seal(folder, manifest)


def shape_of_another_model(folder):
    manifest = _manifest(folder)
    name = _classifier(manifest)["coef_"]["array"]
    array = np.load(folder / f"{name}.npy")[:, :-1]
    _put(
        folder,
        name,
        _npy(np.ascontiguousarray(array)),
        manifest,
        shape=list(array.shape),
        dtype="<f4",
    )


def fortran_order(folder):
    manifest = _manifest(folder)
    name = _classifier(manifest)["coef_"]["array"]
    array = np.asfortranarray(np.load(folder / f"{name}.npy"))
    _put(folder, name, _npy(array), manifest, shape=list(array.shape), dtype="<f4")


def nan_weights(folder):
    manifest = _manifest(folder)
    name = _classifier(manifest)["coef_"]["array"]
    array = np.load(folder / f"{name}.npy")
    array[-1, -1] = np.nan
    _put(folder, name, _npy(array), manifest, shape=list(array.shape), dtype="<f4")


def endless_weights(folder):
    manifest = _manifest(folder)
    name = _classifier(manifest)["coef_"]["array"]
    array = np.load(folder / f"{name}.npy")
    array[0, 0] = -np.inf
    _put(folder, name, _npy(array), manifest, shape=list(array.shape), dtype="<f4")


def weights_that_overflow(folder):
    manifest = _manifest(folder)
    name = _classifier(manifest)["coef_"]["array"]
    array = np.full_like(np.load(folder / f"{name}.npy"), 1e30)
    _put(folder, name, _npy(array), manifest, shape=list(array.shape), dtype="<f4")


def sparse_matrix(folder):
    # Indices out of range crash or read beyond the data; a folder has no way to say them.
    manifest = _manifest(folder)
    coef = _classifier(manifest)["coef_"]
    _classifier(manifest)["coef_"] = {"data": coef, "indices": coef, "indptr": coef}
    _seal(folder, manifest)


def sparse_type(folder):
    manifest = _manifest(folder)
    state = {"data": {"array": "a0"}, "indices": {"list": [10**9]}}
    _classifier(manifest)["coef_"] = {"type": "csr_matrix", "state": state}
    _seal(folder, manifest)


def fewer_labels(folder):
    manifest = _manifest(folder)
    name, text = _classifier(manifest)["classes_"]["strings"], b"against\nfavor"
    _classifier(manifest)["classes_"]["count"] = 2
    _put(folder, name, _npy(np.frombuffer(text, np.uint8)), manifest, dtype="|u1", shape=[13])


def labels_of_another_length(folder):
    manifest = _manifest(folder)
    _classifier(manifest)["classes_"]["count"] = 4
    _seal(folder, manifest)


def label_twice(folder):
    manifest = _manifest(folder)
    name, text = _classifier(manifest)["classes_"]["strings"], b"favor\n" * 4 + b"favor"
    content = _npy(np.frombuffer(text, np.uint8))
    _put(folder, name, content, manifest, dtype="|u1", shape=[len(text)])


def format_of_the_future(folder):
    manifest = _manifest(folder)
    manifest["format"] = 99
    _seal(folder, manifest)


def format_of_ten_thousand_digits(folder):
    (folder / "manifest.json").write_text('{"format": ' + "9" * 10_000 + "}")


def deep_json(folder):
    (folder / "manifest.json").write_text("[" * 100_000)


def deep_tree(folder):
    manifest, node = _manifest(folder), 1
    for _ in range(200):
        node = {"list": [node]}
    manifest["model"] = {"list": [node]}
    _seal(folder, manifest)


def not_utf8(folder):
    (folder / "manifest.json").write_bytes(b"\xff\xfe{}")


def empty_manifest(folder):
    (folder / "manifest.json").write_bytes(b"")


def key_twice(folder):
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"format": 3', '"format": 9, "format": 3'))


def no_seal(folder):
    (folder / "manifest.json").write_text(json.dumps(_manifest(folder)))


def foreign_type(folder):
    manifest = _manifest(folder)
    manifest["model"]["type"] = "subprocess.Popen"
    _seal(folder, manifest)


def method_replaced(folder):
    manifest = _manifest(folder)
    _classifier(manifest)["predict_proba"] = "x"
    _seal(folder, manifest)


def dunder_attribute(folder):
    manifest = _manifest(folder)
    _classifier(manifest)["__class__"] = "x"
    _seal(folder, manifest)


def cache_in_the_pipeline(folder):
    manifest = _manifest(folder)
    manifest["model"]["state"]["memory"] = str(folder)
    _seal(folder, manifest)


def estimator_for_a_number(folder):
    manifest = _manifest(folder)
    _classifier(manifest)["C"] = {"type": "LogisticRegression", "state": {}}
    _seal(folder, manifest)


def endless_ngrams(folder):
    manifest = _manifest(folder)
    _words(manifest)["max_n"] = 10**12
    _seal(folder, manifest)


def notes_of_another_kind(folder):
    manifest = _manifest(folder)
    manifest["notes"] = "x"
    _seal(folder, manifest)


def one_array_a_thousand_times(folder):
    manifest = _manifest(folder)
    content = _npy(np.ones(BIG // 8))
    _classifier(manifest)["odd_"] = {"list": [{"array": "big"}] * 1000}
    _put(folder, "big", content, manifest, shape=[BIG // 8])


def big_with_a_flipped_bit(folder):
    manifest = _manifest(folder)
    content = _npy(np.ones(BIG // 8))
    _classifier(manifest)["coef_"] = {"array": "big"}
    _put(folder, "big", content, manifest, shape=[BIG // 8])
    with (folder / "big.npy").open("r+b") as file:
        file.seek(BIG // 2)
        file.write(b"\1")


def big_with_one_nan(folder):
    manifest, array = _manifest(folder), np.ones(BIG // 4, dtype=np.float32)
    array[-1] = np.nan
    _classifier(manifest)["coef_"] = {"array": "big"}
    _put(folder, "big", _npy(array), manifest, shape=[BIG // 4], dtype="<f4")


def big_of_another_width(folder):
    manifest = _manifest(folder)
    _classifier(manifest)["coef_"] = {"array": "big"}
    _put(folder, "big", _npy(np.ones((5, BIG // 40))), manifest, shape=[5, BIG // 40])


def strings_whose_number_is_a_lie(folder):
    manifest, text = _manifest(folder), np.full(BIG, ord("\n"), np.uint8)
    _words(manifest)["vocabulary_"] = {"strings": "big", "count": 12}
    _put(folder, "big", _npy(text), manifest, shape=[BIG], dtype="|u1")


def too_much_text(folder):
    manifest, text = _manifest(folder), np.full(2**26 + 1, ord("a"), np.uint8)
    _words(manifest)["vocabulary_"] = {"strings": "big", "count": 1}
    _put(folder, "big", _npy(text), manifest, shape=[2**26 + 1], dtype="|u1")


SPOILED = {
    pickle_named_manifest: "damaged model: UnicodeDecodeError",
    pickle_named_array: "has .* bytes|shape and type are not those in the manifest",
    object_array: r"'\|O' is not a type that a model may hold",
    object_array_called_numbers: "shape and type are not those in the manifest",
    zip_named_array: "shape and type are not those in the manifest",
    traversal: "array '../good' is not described in the manifest",
    absolute_path: "array '/etc/passwd' is not described in the manifest",
    linked_array: "a0.npy is missing, or is not a file",
    linked_manifest: "it has no manifest.json|is a link or too large to be one",
    pipe_for_an_array: "a0.npy is missing, or is not a file",
    pipe_for_a_manifest: "not a model folder: it has no manifest.json",
    folder_for_an_array: "a0.npy is missing, or is not a file",
    sparse_terabyte: "its arrays have 1,099,511,.* bytes; a model may have 2,147,483,648",
    shape_of_terabytes: "shape and type are not those in the manifest",
    shape_that_overflows: "shape and type are not those in the manifest",
    shape_of_another_model: "coef_: expected numbers of the shape",
    fortran_order: "shape and type are not those in the manifest",
    nan_weights: "holds values that are not finite numbers",
    endless_weights: "holds values that are not finite numbers",
    weights_that_overflow: r"coef_ holds numbers outside -1e\+09 to 1e\+09",
    sparse_matrix: r"unknown node with the keys \['data', 'indices', 'indptr'\]",
    sparse_type: "type 'csr_matrix' is not trusted",
    fewer_labels: r"coef_: expected numbers of the shape \(1, ",
    labels_of_another_length: "5 strings, not 4",
    label_twice: "classes_ are not two or more labels",
    format_of_the_future: "format 99 is not known to this version of stance, .* install the ver",
    format_of_ten_thousand_digits: "damaged model: ValueError",
    deep_json: "damaged model: RecursionError",
    deep_tree: "the model is nested too deeply",
    not_utf8: "damaged model: JSONDecodeError",
    empty_manifest: "damaged model: JSONDecodeError",
    key_twice: "manifest.json is not as it was written",
    no_seal: "manifest.json is not as it was written",
    foreign_type: "type 'subprocess.Popen' is not trusted",
    method_replaced: "has no attribute 'predict_proba' that a model may set",
    dunder_attribute: "has no attribute '__class__' that a model may set",
    cache_in_the_pipeline: "memory is set; a pipeline in a model folder has no cache",
    estimator_for_a_number: "a LogisticRegression stands where only values may stand",
    endless_ngrams: "max_n: expected a number from 1 to 20, got 1000000000000",
    notes_of_another_kind: "notes should be a dict, not a str",
    one_array_a_thousand_times: "array 'big' is not described in the manifest, or used twice",
    big_with_a_flipped_bit: "big.npy is not as it was written",
    big_with_one_nan: "big.npy holds values that are not finite numbers",
    big_of_another_width: "coef_: expected numbers of the shape",
    strings_whose_number_is_a_lie: "big: 16,?000,?001 strings, not 12",
    too_much_text: "bytes of text; a list may have 67,108,864",
}


@pytest.fixture(scope="module")
def verdicts(good, tmp_path_factory):
    """What became of each spoiled folder, in one interpreter under the hook."""
    root = tmp_path_factory.mktemp("spoiled")
    for spoil in SPOILED:
        folder = shutil.copytree(good, root / spoil.__name__)
        spoil(folder)
    folders = [str(root / spoil.__name__) for spoil in SPOILED]
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, str(good), *folders, str(good)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not (root / "sprung").exists()
    found = {}
    for line in done.stdout.splitlines():
        name, *rest = json.loads(line)
        found[name] = (*rest, root / name)
    return found


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_hostile_folder_ends_in_one_error_that_says_why(verdicts, spoil):
    outcome, message, _, folder = verdicts[spoil.__name__]
    assert outcome == "ModelFileError", message
    assert message.startswith(f"{folder}: ")
    assert re.search(SPOILED[spoil], message), message
    assert len(message) < 1000


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_hostile_folder_takes_no_more_memory_than_it_has_bytes(verdicts, spoil):
    _, _, peak, folder = verdicts[spoil.__name__]
    files = (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    sizes = {path.name: path.stat().st_size for path in files}
    # The manifest, at most 1 MB, is parsed as JSON; the arrays are read as they are.
    parsed = 10 * sizes.get("manifest.json", 0)
    assert peak <= 1.2 * sum(sizes.values()) + parsed + 100_000


def test_the_hook_lets_a_good_folder_through(verdicts, good):
    assert verdicts["model"][0] == "loaded"


def test_every_flipped_bit_is_refused(good, tmp_path):
    folder = shutil.copytree(good, tmp_path / "model")
    flips = 0
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        with path.open("r+b", buffering=0) as file:
            for place in range(len(whole)):
                for bit in range(8):
                    os.pwrite(file.fileno(), bytes([whole[place] ^ 1 << bit]), place)
                    with pytest.raises(ModelFileError):
                        load_folder(folder)
                    flips += 1
                os.pwrite(file.fileno(), whole[place : place + 1], place)
    assert flips > 20_000
    load_folder(folder)
