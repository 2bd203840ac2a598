"""Vectors of texts that were encoded before: one file for each network, and no text in it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from stance.encoder.cache import cache_folder
from stance.errors import DataError
from stance.writing import beside

__all__ = ["remembered"]

_LOG = logging.getLogger(__name__)
_WAIT = 60.0
_Vectors = NDArray[np.float32]


def remembered(
    key: str, texts: Sequence[str], encode: Callable[[Sequence[str]], _Vectors]
) -> _Vectors:
    """Encode texts, each once: also in another training, and beside other texts.

    Parameters
    ----------
    key : str
        A digest of all but the text that a vector depends on.
    texts : sequence of str
    encode : callable
        From texts to an array of shape (n_texts, width).

    Returns
    -------
    ndarray of float32, shape (n_texts, width)
    """
    path = cache_folder() / "vectors" / f"{key}.npz"
    digests = [hashlib.sha256(text.encode(errors="surrogatepass")).digest() for text in texts]
    known = _read(path)
    new = {name: text for name, text in zip(digests, texts, strict=True) if name not in known}
    if new:
        known |= zip(new, encode(list(new.values())), strict=True)
        _write(path, known)
    return np.stack([known[name] for name in digests])


def _read(path: Path) -> dict[bytes, _Vectors]:
    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
            digests, vectors = file["digests"], file["vectors"]
        if digests.dtype != np.uint8 or vectors.dtype != np.float32 or vectors.ndim != 2:
            raise ValueError("not a table of vectors")
        return dict(zip(map(bytes, digests), vectors, strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        _LOG.warning("%s cannot be read, and is made anew: %s", path, error)
        return {}


def _write(path: Path, known: Mapping[bytes, _Vectors]) -> None:
    """Add to what other trainings have kept meanwhile."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=_WAIT), beside(path) as draft:
            both = {**_read(path), **known}
            digests = np.frombuffer(b"".join(both), dtype=np.uint8).reshape(len(both), -1)
            np.savez(draft, digests=digests, vectors=np.stack(list(both.values())))
    except (OSError, DataError) as error:  # a cache that cannot be written is no reason to stop
        _LOG.warning("the vectors are not kept for the next training: %s", error)
