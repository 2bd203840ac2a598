"""Model folders: a sealed manifest and plain arrays. No pickle, no type named by the file alone.

``manifest.json`` holds the estimators as a tree of trusted type names, their parameters and
fitted attributes; each array lies in an ``.npy`` file of its own, with shape, type and SHA-256
in the manifest; the manifest carries a seal over itself. Raise :data:`FORMAT` when the layout
changes, and teach :func:`load_folder` to read the older one.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import math
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from stance.errors import ModelFileError, nearest
from stance.labels import LABELS
from stance.version import __version__

__all__ = ["FORMAT", "TRUSTED", "SavedModel", "load_folder", "save_folder"]

FORMAT = 1
MANIFEST = "manifest.json"
_MAX_MANIFEST = 4_000_000
_MAX_DEPTH = 20
_DAMAGE = (
    AttributeError,
    KeyError,
    OSError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)
_DTYPES = {"<f8", "<f4", "<i8", "<i4", "|b1", "|u1"}

TRUSTED: dict[str, str] = {
    "PairFeatures": "stance.features.blocks",
    "StatementNgrams": "stance.features.ngrams",
    "MarkedNgrams": "stance.features.ngrams",
    "CueNgrams": "stance.features.cues",
    "HolderWords": "stance.features.ngrams",
    "TermOverlap": "stance.features.overlap",
    "TwoStageClassifier": "stance.models.two_stage",
    "TemperatureCalibrated": "stance.models.calibration",
    "Pipeline": "sklearn.pipeline",
    "LogisticRegression": "sklearn.linear_model",
    "SGDClassifier": "sklearn.linear_model",
    "MaxAbsScaler": "sklearn.preprocessing",
    "ComplementNB": "sklearn.naive_bayes",
    "MultinomialNB": "sklearn.naive_bayes",
}
"""The only types that a model folder can hold, and the modules that they come from."""


@dataclass(frozen=True, slots=True)
class SavedModel:
    """A model as it lies in a folder.

    Attributes
    ----------
    estimator : classifier
        Over a DataFrame of pairs, with ``predict_proba`` and ``classes_``.
    data : mapping
        Name and digest of what it was trained on.
    versions : mapping of str to str
        Of Python and the libraries that trained it.
    notes : mapping
        Scores and settings, for people.
    """

    estimator: Any
    data: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)


def save_folder(model: SavedModel, path: str | os.PathLike[str]) -> Path:
    """Write a model folder, beside its place first and then moved there.

    Parameters
    ----------
    model : SavedModel
    path : path-like
        The folder; a model folder that is already there is replaced, and nothing else is.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ModelFileError
        If the model holds something that a folder cannot, or another thing is in the way.
    """
    target = Path(path)
    if not _may_be_replaced(target):
        raise ModelFileError(f"{target}: there is something else in this place; not overwritten")
    arrays: dict[str, np.ndarray] = {}
    tree = _encode(model.estimator, arrays, "model")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        files = {name: _write_array(beside, name, array) for name, array in arrays.items()}
        manifest = {
            "format": FORMAT,
            "labels": list(LABELS),
            "model": tree,
            "arrays": files,
            "data": dict(model.data),
            "versions": dict(model.versions) or versions(),
            "notes": dict(model.notes),
        }
        _write(beside / MANIFEST, _sealed(manifest))
        _move(beside, target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return target


def load_folder(path: str | os.PathLike[str]) -> SavedModel:
    """Read a model folder, refusing whatever is not exactly as it was written.

    Raises
    ------
    ModelFileError
        If the folder is damaged, hostile, or of a format that this version does not know.
    """
    folder = Path(path)
    try:
        manifest = _manifest(folder)
        arrays = _Arrays(folder, manifest["arrays"])
        estimator = _decode(manifest["model"], arrays, 0)
        _check_classes(estimator)
    except ModelFileError as error:
        raise ModelFileError(f"{folder}: {error}") from error
    except _DAMAGE as error:
        raise ModelFileError(f"{folder}: damaged model: {type(error).__name__}: {error}") from error
    return SavedModel(estimator, manifest["data"], manifest["versions"], manifest["notes"])


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that a model's numbers depend on."""
    names = ("scikit-learn", "numpy", "scipy", "snowballstemmer")
    found = {name: metadata.version(name) for name in names}
    return {"python": platform.python_version(), "stance": __version__, **found}


# --- writing -------------------------------------------------------------------------------


def _encode(value: Any, arrays: dict[str, np.ndarray], where: str) -> Any:
    if isinstance(value, np.ndarray):
        return _encode_array(value, arrays, where)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            raise ModelFileError(f"{where} is nan, which is not a number that a model may hold")
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        items = [_encode(item, arrays, f"{where}[{n}]") for n, item in enumerate(value)]
        return {kind: items}
    if isinstance(value, Mapping):
        return {
            "dict": [[str(key), _encode(v, arrays, f"{where}.{key}")] for key, v in value.items()]
        }
    name = type(value).__name__
    if TRUSTED.get(name) is not None and type(value) is _trusted(name):
        state = {
            key: _encode(item, arrays, f"{where}.{key}") for key, item in _state(value).items()
        }
        return {"type": name, "state": state}
    raise ModelFileError(
        f"{where} is a {type(value).__module__}.{name}, which a model folder cannot hold; "
        f"it can hold {', '.join(TRUSTED)}"
    )


def _state(estimator: Any) -> dict[str, Any]:
    """Parameters and public fitted attributes; caches and private attributes stay behind."""
    return {
        key: value
        for key, value in sorted(vars(estimator).items())
        if not key.startswith("_") and key not in ("feature_names_in_", "loss_function_")
    }


def _encode_array(value: np.ndarray, arrays: dict[str, np.ndarray], where: str) -> dict[str, Any]:
    name = f"a{len(arrays)}"
    if value.dtype.kind in "UO":
        items = value.tolist()
        if value.ndim != 1 or not all(isinstance(item, str) and "\n" not in item for item in items):
            raise ModelFileError(f"{where}: an array of {value.dtype} is not a list of strings")
        arrays[name] = np.frombuffer("\n".join(items).encode(), dtype=np.uint8)
        return {"strings": name, "count": len(items)}
    if value.dtype.str not in _DTYPES:
        raise ModelFileError(f"{where}: an array of {value.dtype} cannot lie in a model folder")
    if value.dtype.kind == "f" and not np.isfinite(value).all():
        raise ModelFileError(f"{where}: it holds values that are not finite numbers")
    arrays[name] = np.ascontiguousarray(value).reshape(value.shape)
    return {"array": name}


def _write_array(folder: Path, name: str, array: np.ndarray) -> dict[str, Any]:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    content = buffer.getvalue()
    _write(folder / f"{name}.npy", content)
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=True).encode() + b"\n"


def _sealed(manifest: dict[str, Any]) -> bytes:
    seal = hashlib.sha256(_canonical(manifest)).hexdigest()
    return _canonical({**manifest, "seal": seal})


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _may_be_replaced(target: Path) -> bool:
    if not target.is_dir():
        return not (target.exists() or target.is_symlink())
    return (target / MANIFEST).is_file() or not any(target.iterdir())


def _move(beside: Path, target: Path) -> None:
    beside.chmod(0o755)
    if not target.exists():
        beside.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    target.rename(old / target.name)
    try:
        beside.rename(target)
    except OSError:
        (old / target.name).rename(target)
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)


# --- reading -------------------------------------------------------------------------------


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelFileError(f"not a model folder: it has no {MANIFEST}")
    if path.is_symlink() or path.stat().st_size > _MAX_MANIFEST:
        raise ModelFileError(f"{MANIFEST} is a link or too large to be one")
    content = path.read_bytes()
    manifest = json.loads(content)
    if not isinstance(manifest, dict):
        raise ModelFileError(f"{MANIFEST} does not hold a manifest")
    number = manifest.get("format")
    if number != FORMAT or isinstance(number, bool):
        raise ModelFileError(
            f"format {number!r} is not known to this version of stance, which reads format "
            f"{FORMAT}; install the version that wrote it, or train again"
        )
    seal = manifest.pop("seal", None)
    if seal is None or _sealed(manifest) != content:
        raise ModelFileError(f"{MANIFEST} is not as it was written (its seal does not fit)")
    expected = {"format", "labels", "model", "arrays", "data", "versions", "notes"}
    if set(manifest) != expected:
        raise ModelFileError(f"{MANIFEST} should hold {', '.join(sorted(expected))}")
    if manifest["labels"] != list(LABELS):
        raise ModelFileError(f"its labels are {manifest['labels']!r}, not those of stance")
    return manifest


class _Arrays:
    """The arrays of a folder, each read once, whole, and only if it is what the manifest says."""

    def __init__(self, folder: Path, described: Mapping[str, Any]) -> None:
        self._folder = folder
        self._described = described

    def __getitem__(self, name: Any) -> np.ndarray:
        if not isinstance(name, str) or not name.isalnum() or name not in self._described:
            raise ModelFileError(f"array {name!r} is not described in the manifest")
        entry = self._described[name]
        path = self._folder / f"{name}.npy"
        if path.is_symlink() or not path.is_file():
            raise ModelFileError(f"{path.name} is missing, or is not a file")
        if path.stat().st_size != entry["bytes"]:
            raise ModelFileError(
                f"{path.name} has {path.stat().st_size} bytes, not {entry['bytes']}"
            )
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise ModelFileError(f"{path.name} is not as it was written (its SHA-256 does not fit)")
        return _array(content, entry, path.name)


def _array(content: bytes, entry: Mapping[str, Any], name: str) -> np.ndarray:
    """Read an ``.npy`` file only if its header says what the manifest says."""
    if entry["dtype"] not in _DTYPES:
        raise ModelFileError(f"{name}: {entry['dtype']!r} is not a type that a model may hold")
    shape = tuple(entry["shape"])
    expected = io.BytesIO()
    header = {"descr": entry["dtype"], "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(expected, header)
    start = expected.getvalue()
    size = math.prod(shape) * np.dtype(entry["dtype"]).itemsize
    if not content.startswith(start) or len(content) != len(start) + size:
        raise ModelFileError(f"{name}: shape and type are not those in the manifest")
    array = np.frombuffer(content, dtype=entry["dtype"], offset=len(start)).reshape(shape)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelFileError(f"{name} holds values that are not finite numbers")
    return array


def _decode(node: Any, arrays: _Arrays, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise ModelFileError("the model is nested too deeply")
    if node is None or isinstance(node, (bool, int, float, str)):
        return _number(node) if isinstance(node, float) else node
    if not isinstance(node, dict):
        raise ModelFileError(f"{MANIFEST}: expected a node, got {type(node).__name__}")
    if "type" in node:
        return _decode_estimator(node, arrays, depth)
    if "array" in node:
        return arrays[node["array"]]
    if "strings" in node:
        text = arrays[node["strings"]].tobytes().decode()
        items = text.split("\n") if node["count"] else []
        if len(items) != node["count"]:
            raise ModelFileError(f"{node['strings']}: {len(items)} strings, not {node['count']}")
        return np.array(items, dtype=str)
    if "float" in node:
        return _number(float(node["float"]))
    if "list" in node:
        return [_decode(item, arrays, depth + 1) for item in node["list"]]
    if "tuple" in node:
        return tuple(_decode(item, arrays, depth + 1) for item in node["tuple"])
    if "dict" in node:
        return {str(key): _decode(item, arrays, depth + 1) for key, item in node["dict"]}
    raise ModelFileError(f"{MANIFEST}: unknown node with the keys {sorted(node)}")


def _number(value: float) -> float:
    if math.isnan(value):
        raise ModelFileError("nan is not a number that a model may hold")
    return value


def _decode_estimator(node: Mapping[str, Any], arrays: _Arrays, depth: int) -> Any:
    kind = _trusted(node["type"])
    estimator = kind.__new__(kind)
    state = {key: _decode(value, arrays, depth + 1) for key, value in node["state"].items()}
    known = set(kind._get_param_names())
    for key in state:
        # Methods must stay methods: only parameters and fitted attributes are set.
        if (
            key.startswith("_")
            or (key not in known and not key.endswith("_"))
            or hasattr(kind, key)
        ):
            raise ModelFileError(f"{node['type']} has no attribute {key!r} that a model may set")
    estimator.__dict__.update(state)
    return estimator


def _trusted(name: Any) -> Any:
    if name not in TRUSTED:
        raise ModelFileError(f"type {name!r} is not trusted; {nearest(str(name), TRUSTED)}")
    return getattr(importlib.import_module(TRUSTED[name]), name)


def _check_classes(estimator: Any) -> None:
    classes = getattr(estimator, "classes_", None)
    if classes is None or len(classes) < 2 or not set(map(str, classes)) <= set(LABELS):
        raise ModelFileError(f"the model tells apart {classes!r}, not labels of stance")
