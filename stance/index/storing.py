"""The folder of an index: plain arrays that are mapped into memory, and a sealed manifest."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from stance.errors import DataError

__all__ = ["FORMAT", "MANIFEST", "Writer", "digest_of", "open_arrays", "read_manifest"]

FORMAT = 3
"""Raised when the layout changes."""

MANIFEST = "index.json"
_REMEDY = "build it again with stance.index.build_index"


class Writer:
    """Arrays of a folder that grow at their ends.

    Parameters
    ----------
    folder : pathlib.Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, BinaryIO] = {}
        self._described: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Put rows at the end of an array."""
        if name not in self._files:
            self._files[name] = (self.folder / f"{name}.bin").open("wb")
            self._described[name] = {"dtype": array.dtype.str, "shape": [0, *array.shape[1:]]}
        entry = self._described[name]
        assert array.dtype.str == entry["dtype"]
        self._files[name].write(np.ascontiguousarray(array).data)
        entry["shape"][0] += len(array)

    def close(self, notes: Mapping[str, Any]) -> None:
        """Write the manifest; the folder is whole from here on."""
        for name, file in self._files.items():
            file.close()
            self._described[name]["sha256"] = digest_of(self.folder / f"{name}.bin")
        manifest = {"format": FORMAT, "arrays": self._described, **notes}
        sealed = {**manifest, "seal": _seal(manifest)}
        (self.folder / MANIFEST).write_text(json.dumps(sealed, indent=1), encoding="utf-8")


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an index.

    Raises
    ------
    DataError
        If there is none, or it is not as it was written, or of another format.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        seal = manifest.pop("seal")
        number = manifest["format"]
    except FileNotFoundError as error:
        raise DataError(f"{folder}: not an index: it has no {MANIFEST}") from error
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise DataError(f"{path}: damaged ({error}); {_REMEDY}") from error
    if number != FORMAT:
        raise DataError(
            f"{folder}: an index of format {number!r}, and this version of stance reads "
            f"{FORMAT}; {_REMEDY}"
        )
    if seal != _seal(manifest):
        raise DataError(f"{path} is not as it was written (its seal does not fit); {_REMEDY}")
    return dict(manifest)


def open_arrays(
    folder: Path, described: Mapping[str, Any], *, verify: bool
) -> dict[str, NDArray[Any]]:
    """Map the arrays of an index into memory.

    Raises
    ------
    DataError
        If a file is missing, cut short, or (with ``verify``) not as it was written.
    """
    arrays = {}
    for name, entry in described.items():
        path = folder / f"{name}.bin"
        if not path.is_file():
            raise DataError(f"{path} is missing; {_REMEDY}")
        size = math.prod(entry["shape"]) * np.dtype(entry["dtype"]).itemsize
        if path.stat().st_size != size:
            raise DataError(f"{path} has {path.stat().st_size:,} bytes, not {size:,}; {_REMEDY}")
        if verify and digest_of(path) != entry["sha256"]:
            raise DataError(
                f"{path} is not as it was written (its SHA-256 does not fit); {_REMEDY}"
            )
        arrays[name] = _mapped(folder, name, entry)
    return arrays


def _mapped(folder: Path, name: str, entry: Mapping[str, Any]) -> NDArray[Any]:
    shape = tuple(entry["shape"])
    if not math.prod(shape):  # nothing cannot be mapped
        return np.zeros(shape, dtype=entry["dtype"])
    mapped = np.memmap(folder / f"{name}.bin", dtype=entry["dtype"], mode="r", shape=shape)
    return np.asarray(mapped)  # a view: taking a part of a memmap costs Python's time


def _seal(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
