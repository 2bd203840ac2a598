"""Where files lie: those that ship with the package, and those that a user names."""

from __future__ import annotations

import os
from pathlib import Path

from stance.errors import StanceError

__all__ = ["shipped", "user_path"]

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Path of a shipped folder or file, such as ``"configs"`` or ``"data/settlement"``.

    A wheel carries them inside the package (``stance/_shipped``); a checkout and
    an editable install have them beside it.

    Raises
    ------
    StanceError
        If it is in neither place: the installation is incomplete.

    Examples
    --------
    >>> shipped("configs").name
    'configs'
    """
    for root in (_PACKAGE / "_shipped", _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise StanceError(f"{name} is missing from this installation of stance; install it again")


def user_path(path: str | os.PathLike[str]) -> Path:
    """A path that a user names, with the home folder for its ``~``.

    One that begins with ``~`` and names no user, as Office's ``~$table.xlsx``, stays as it is.

    Examples
    --------
    >>> user_path("~$table.xlsx").name
    '~$table.xlsx'
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
