"""The manifest of a model folder: its layout, its seal, and reading it without trusting it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stance.errors import ModelFileError
from stance.labels import LABELS

__all__ = ["FORMAT", "MANIFEST", "MAX_MANIFEST", "read_manifest", "read_plain", "sealed"]

FORMAT = 3
"""Raise it when the layout changes, or what a feature measures."""

MANIFEST = "manifest.json"
MAX_MANIFEST = 1_000_000
"""Bytes. The arrays lie in files of their own; what remains is some tens of kilobytes."""

_FIELDS = {
    "format": int,
    "labels": list,
    "model": dict,
    "arrays": dict,
    "data": dict,
    "versions": dict,
    "notes": dict,
}


def canonical(manifest: Mapping[str, Any]) -> bytes:
    """The one way to write a manifest."""
    return json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=True).encode() + b"\n"


def sealed(manifest: Mapping[str, Any]) -> bytes:
    """A manifest with the SHA-256 of the rest of it, as it lies in the folder.

    Raises
    ------
    ModelFileError
        If it could not be read again.
    """
    seal = hashlib.sha256(canonical(manifest)).hexdigest()
    content = canonical({**manifest, "seal": seal})
    if len(content) > MAX_MANIFEST:
        raise ModelFileError(
            f"{MANIFEST} would have {len(content):,} bytes, and a folder's may have "
            f"{MAX_MANIFEST:,}: shorten the notes, the data or the parameters of the model"
        )
    return content


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a folder's manifest, and refuse it unless it is whole and of a known layout."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelFileError(f"not a model folder: it has no {MANIFEST}")
    if path.is_symlink() or path.stat().st_size > MAX_MANIFEST:
        raise ModelFileError(f"{MANIFEST} is a link or too large to be one")
    content = read_plain(path, path.stat().st_size)
    manifest = json.loads(content)
    if not isinstance(manifest, dict):
        raise ModelFileError(f"{MANIFEST} does not hold a manifest")
    number = manifest.get("format")
    if number != FORMAT or type(number) is not int:
        raise ModelFileError(
            f"format {number!r} is not known to this version of stance, which reads format "
            f"{FORMAT}; install the version that wrote it, or train again"
        )
    seal = manifest.pop("seal", None)
    # Written again: of two spellings of one manifest, and of a key given twice, one is a lie.
    if seal is None or sealed(manifest) != content:
        raise ModelFileError(f"{MANIFEST} is not as it was written (its seal does not fit)")
    if set(manifest) != set(_FIELDS):
        raise ModelFileError(f"{MANIFEST} should hold {', '.join(sorted(_FIELDS))}")
    for key, kind in _FIELDS.items():
        if not isinstance(manifest[key], kind):
            found = type(manifest[key]).__name__
            raise ModelFileError(f"{MANIFEST}: {key} should be a {kind.__name__}, not a {found}")
    if manifest["labels"] != list(LABELS):
        raise ModelFileError(f"its labels are {manifest['labels']!r}, not those of stance")
    return manifest


def read_plain(path: Path, size: int) -> bytes:
    """Read a file of a known size; a link, a device or a file that grew meanwhile is refused."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:  # noqa: PTH123 - a file that was opened without following
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size != size:
            raise ModelFileError(f"{path.name} has {status.st_size} bytes, not {size}")
        return file.read(size)
