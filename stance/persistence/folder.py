"""Writing a model folder so that nothing is lost, and reading it so that nothing is believed."""

from __future__ import annotations

import glob
import os
import platform
import re
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from stance.errors import ModelFileError, OtherVersionsWarning
from stance.features.glossary import digest
from stance.labels import LABELS
from stance.persistence.arrays import ArrayReader, ArrayWriter, write_durably
from stance.persistence.audit import audit
from stance.persistence.manifest import FORMAT, MANIFEST, read_manifest, sealed
from stance.persistence.tree import decode, encode
from stance.version import __version__
from stance.writing import holds_only, move_folder

__all__ = ["SavedModel", "load_folder", "remove_drafts", "save_folder", "versions"]

_DAMAGE = (
    AttributeError,
    KeyError,
    MemoryError,
    OSError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)


_OWN = re.compile(r"manifest\.json|a\d+\.npy")
"""The files of a model folder."""

_TOLD = ("stance", "glossary", "scikit-learn", "numpy")
"""Another major or minor version of these may give other scores; of the glossary, any other."""


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

    def version_differences(self) -> dict[str, tuple[str, str]]:
        """The libraries whose version is another now: what it was, and what it is."""
        now = versions()
        return {
            name: (str(then), now[name])
            for name, then in self.versions.items()
            if name in now and now[name] != then
        }


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
        If the model holds something that a folder cannot, another thing is in the way, or
        the disk does not take it; an older model is still there then.
    """
    target = Path(path)
    if not _may_be_replaced(target):
        raise ModelFileError(f"{target}: there is something else in this place; not overwritten")
    arrays = ArrayWriter()
    tree = encode(model.estimator, arrays)
    audit(model.estimator)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        manifest = {
            "format": FORMAT,
            "labels": list(LABELS),
            "model": tree,
            "arrays": arrays.write(beside),
            "data": dict(model.data),
            "versions": dict(model.versions) or versions(),
            "notes": dict(model.notes),
        }
        write_durably(beside / MANIFEST, sealed(manifest))
        move_folder(beside, target)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise ModelFileError(f"{target}: the model cannot be saved: {error}") from error
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return target


def load_folder(path: str | os.PathLike[str], *, warn: bool = True) -> SavedModel:
    """Read a model folder, refusing whatever is not exactly as it was written.

    Parameters
    ----------
    path : path-like
    warn : bool, default True
        Whether to warn of other major or minor versions of stance, scikit-learn or numpy
        (:class:`stance.errors.OtherVersionsWarning`).

    Raises
    ------
    ModelFileError
        If the folder is damaged, hostile, or of a format that this version does not know.
    """
    folder = Path(path)
    manifest: dict[str, Any] = {}
    try:
        manifest = read_manifest(folder)
        estimator = decode(manifest["model"], ArrayReader(folder, manifest["arrays"]))
        audit(estimator)
    except ModelFileError as error:
        raise ModelFileError(f"{folder}: {error}{_saved_with(manifest)}") from error
    except _DAMAGE as error:
        reason = f"damaged model: {type(error).__name__}: {error!s:.300}"
        raise ModelFileError(f"{folder}: {reason}{_saved_with(manifest)}") from error
    saved = SavedModel(estimator, manifest["data"], manifest["versions"], manifest["notes"])
    other = _other_minors(saved) if warn else ""
    if other:
        told = f"{folder}: this model was saved with {other}; its scores may differ a little: "
        remedy = "install those versions, or train it again with these"
        warnings.warn(told + remedy, OtherVersionsWarning, stacklevel=2)
    return saved


def versions() -> dict[str, str]:
    """Versions of Python, the glossary and the libraries that a model's numbers depend on."""
    return dict(_installed())


@cache
def _installed() -> tuple[tuple[str, str], ...]:
    names = ("scikit-learn", "numpy", "scipy", "snowballstemmer")
    found = [(name, metadata.version(name)) for name in names]
    own = ("stance", __version__), ("glossary", digest()[:12])
    return (("python", platform.python_version()), *own, *found)


def _saved_with(manifest: Mapping[str, Any]) -> str:
    """What else may be the reason that a model cannot be read: other libraries than then."""
    saved = SavedModel(None, versions=manifest.get("versions", {}))
    other = _listed(saved.version_differences())
    return f"; it was saved with {other}" if other else ""


def _other_minors(saved: SavedModel) -> str:
    return _listed(
        {
            name: (then, now)
            for name, (then, now) in saved.version_differences().items()
            if name in _TOLD and then.split(".")[:2] != now.split(".")[:2]
        }
    )


def _listed(differences: Mapping[str, tuple[str, str]]) -> str:
    return ", ".join(
        f"{name} {then[:20]!r} (now {now})" for name, (then, now) in differences.items()
    )


def _may_be_replaced(target: Path) -> bool:
    if not target.is_dir():
        return not (target.exists() or target.is_symlink())
    empty = all(item.name.startswith(".") for item in target.iterdir())
    return empty or holds_only(target, _OWN, MANIFEST, b'"arrays": {')


def remove_drafts(path: Path) -> None:
    """Clear away what killed processes left beside a model folder; none may be writing it now.

    Parameters
    ----------
    path : pathlib.Path
        The model folder. While it is not there, an older one that was moved aside stays.
    """
    random = "?" * 8  # as mkdtemp names its folders
    name = glob.escape(path.name)
    aside = [f".{name}.old.{random}"] if path.exists() else []
    for pattern in (f".{name}.{random}", *aside):
        for left in path.parent.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
