"""The user's cache folder: what can be computed again, but takes long."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import joblib

__all__ = ["cache_folder", "memory"]


def cache_folder() -> Path:
    """``$STANCE_CACHE``, or ``stance`` in the cache folder of the user.

    Examples
    --------
    >>> cache_folder().is_absolute()
    True
    """
    chosen = os.environ.get("STANCE_CACHE")
    if chosen:
        return Path(chosen).absolute()
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache").absolute() / "stance"


def memory() -> Any:
    """The joblib memory in that folder."""
    return _memory(cache_folder())


@cache
def _memory(where: Path) -> Any:
    return joblib.Memory(where / "encoder", verbose=0)
