"""The user's cache folder: what can be computed again, but takes long."""

from __future__ import annotations

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import joblib

from stance.version import __version__

__all__ = ["cache_folder", "made_with", "memory"]

_MAKERS = ("torch", "transformers", "onnxruntime")


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


def made_with() -> list[str]:
    """Versions of what makes networks: a key without them would outlive an upgrade.

    Examples
    --------
    >>> made_with()[0].startswith("stance ")
    True
    """
    return [f"stance {__version__}", *(f"{name} {_installed(name)}" for name in _MAKERS)]


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:  # not all of them are needed for all that is kept
        return None


@cache
def _memory(where: Path) -> Any:
    return joblib.Memory(where / "encoder", verbose=0)
