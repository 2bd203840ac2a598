"""Where the files that ship with the package lie."""

from __future__ import annotations

from pathlib import Path

from stance.errors import StanceError

__all__ = ["shipped"]

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
