"""The arrays of a model folder: one ``.npy`` file each, described in the manifest."""

from __future__ import annotations

import hashlib
import io
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from stance.errors import ModelFileError
from stance.persistence.manifest import read_plain

__all__ = ["MAX_BYTES", "ArrayReader", "ArrayWriter", "write_durably"]

MAX_BYTES = 2**31
"""Of all arrays of a folder together."""

_DTYPES = {"<f8", "<f4", "<i8", "<i4", "|b1", "|u1"}
_MAX_TEXT = 2**26
"""Bytes of one list of strings: Python's strings take several times their text."""

_ROOMY = 16
"""A fixed-width array of strings may take this many times the bytes of its text."""


class ArrayWriter:
    """Collects the arrays of a model, and writes each into a file of its own."""

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray] = {}

    def add(self, value: np.ndarray, where: str) -> dict[str, Any]:
        """Take an array, and return the node that stands for it in the manifest."""
        name = f"a{len(self._arrays)}"
        if value.dtype.kind in "UO":
            items = value.tolist()
            if value.ndim != 1 or not all(isinstance(x, str) and "\n" not in x for x in items):
                raise ModelFileError(f"{where}: an array of {value.dtype} is not a list of strings")
            self._arrays[name] = np.frombuffer("\n".join(items).encode(), dtype=np.uint8)
            return {"strings": name, "count": len(items)}
        if value.dtype.str not in _DTYPES:
            raise ModelFileError(f"{where}: an array of {value.dtype} cannot lie in a model folder")
        if not _is_finite(value):
            raise ModelFileError(f"{where}: it holds values that are not finite numbers")
        self._arrays[name] = np.ascontiguousarray(value).reshape(value.shape)
        return {"array": name}

    def write(self, folder: Path) -> dict[str, Any]:
        """Write them, and describe them for the manifest."""
        return {name: write_array(folder, name, array) for name, array in self._arrays.items()}


def write_array(folder: Path, name: str, array: np.ndarray) -> dict[str, Any]:
    """Write one array."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    content = buffer.getvalue()
    write_durably(folder / f"{name}.npy", content)
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that a crash right afterwards leaves whole."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class ArrayReader:
    """The arrays of a folder, each read once, whole, and only if it is what the manifest says."""

    def __init__(self, folder: Path, described: Mapping[str, Any]) -> None:
        self._folder = folder
        self._left = dict(described)
        total = sum(entry["bytes"] for entry in described.values())
        if total > MAX_BYTES:
            raise ModelFileError(f"its arrays have {total:,} bytes; a model may have {MAX_BYTES:,}")

    def array(self, name: Any) -> np.ndarray:
        """One array; read-only."""
        # Taken once: a tree that names one array a thousand times would fill the memory.
        entry = self._left.pop(name, None) if isinstance(name, str) and name.isalnum() else None
        if entry is None:
            raise ModelFileError(f"array {name!r} is not described in the manifest, or used twice")
        path = self._folder / f"{name}.npy"
        if path.is_symlink() or not path.is_file():
            raise ModelFileError(f"{path.name} is missing, or is not a file")
        size = path.stat().st_size
        if size != entry["bytes"]:
            raise ModelFileError(f"{path.name} has {size} bytes, not {entry['bytes']}")
        start = _header(entry, path.name)
        content = read_plain(path, size)
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise ModelFileError(f"{path.name} is not as it was written (its SHA-256 does not fit)")
        if not content.startswith(start):
            raise ModelFileError(f"{path.name}: shape and type are not those in the manifest")
        array = np.frombuffer(content, dtype=entry["dtype"], offset=len(start))
        if not _is_finite(array):
            raise ModelFileError(f"{path.name} holds values that are not finite numbers")
        if array.dtype.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
            raise ModelFileError(f"{path.name} holds values that are neither true nor false")
        return array.reshape(entry["shape"])

    def strings(self, name: Any, count: Any) -> np.ndarray:
        """A list of strings, which lies in the folder as the bytes of its lines."""
        raw = self.array(name)
        if raw.dtype != np.uint8 or raw.ndim != 1:
            raise ModelFileError(f"{name}: an array of {raw.dtype} is not a list of strings")
        if raw.size > _MAX_TEXT:
            found = f"{raw.size:,} bytes of text"
            raise ModelFileError(f"{name}: {found}; a list may have {_MAX_TEXT:,}")
        lines = _newlines(raw) + 1 if count or raw.size else 0
        if lines != count:
            raise ModelFileError(f"{name}: {lines} strings, not {count}")
        items = raw.tobytes().decode().split("\n") if count else []
        longest = max(map(len, items), default=0)
        # One long string among many short ones would make them all as wide.
        fits = 4 * longest * len(items) <= _ROOMY * raw.size + 4096
        return np.array(items, dtype=str if fits else object)


def _is_finite(array: np.ndarray) -> bool:
    """Whether an array holds neither infinities nor NaN; without a second array of its size."""
    if array.dtype.kind != "f" or not array.size:
        return True
    return bool(np.isfinite(array.min()) and np.isfinite(array.max()))


def _newlines(raw: np.ndarray) -> int:
    parts = (raw[start : start + 65536] for start in range(0, raw.size, 65536))
    return sum(int(np.count_nonzero(part == ord("\n"))) for part in parts)


def _header(entry: Mapping[str, Any], name: str) -> bytes:
    """The first bytes that an ``.npy`` file of this shape and type must have."""
    if entry["dtype"] not in _DTYPES:
        raise ModelFileError(f"{name}: {entry['dtype']!r} is not a type that a model may hold")
    shape = tuple(entry["shape"])
    if not all(type(length) is int and length >= 0 for length in shape):
        raise ModelFileError(f"{name}: shape and type are not those in the manifest")
    expected = io.BytesIO()
    header = {"descr": entry["dtype"], "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(expected, header)
    start = expected.getvalue()
    size = math.prod(shape) * np.dtype(entry["dtype"]).itemsize
    if entry["bytes"] != len(start) + size:
        raise ModelFileError(f"{name}: shape and type are not those in the manifest")
    return start
