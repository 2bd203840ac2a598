"""Errors that people read: what was wrong, where, what was expected, the nearest name."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable

__all__ = [
    "ClusterError",
    "ConfigError",
    "DataError",
    "LeakageError",
    "ModelFileError",
    "OtherVersionsWarning",
    "StanceError",
    "TrackingError",
    "UnknownNameError",
    "nearest",
    "shown",
]

# A value in a message may be huge, or hold itself many times over (a YAML alias bomb).
_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2
_SHORT.maxstring = _SHORT.maxother = 80


class StanceError(Exception):
    """Base of every error that stance raises on purpose."""


class DataError(StanceError, ValueError):
    """A statement, term or dataset does not have the expected shape."""


class LeakageError(DataError):
    """The same or nearly the same text stands on both sides of a split."""


class ConfigError(StanceError, ValueError):
    """A configuration key is unknown, has the wrong type or is out of range."""


class ModelFileError(StanceError, ValueError):
    """A model folder is damaged, hostile or of an unknown format."""


class OtherVersionsWarning(UserWarning):
    """A model was saved with other versions of the libraries that its numbers depend on."""


class TrackingError(StanceError, RuntimeError):
    """The tracking store cannot be reached or does not hold what was asked for."""


class ClusterError(StanceError, RuntimeError):
    """A Dask cluster cannot be reached, or a worker cannot do its part."""


class UnknownNameError(StanceError, KeyError):
    """A name is not in the collection that it was looked up in."""

    __str__ = Exception.__str__  # a KeyError shows its message in quotes

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """Build the error for an unknown ``name`` of a ``kind``, with the nearest known names."""
        return cls(f"unknown {kind} {name!r}; {nearest(name, known)}")


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known names are nearest to a wrong one.

    Parameters
    ----------
    name : str
        The name that was not found.
    known : iterable of str
        The names that exist.

    Returns
    -------
    str
        A clause to end an error message with.

    Examples
    --------
    >>> nearest("favour", ["favor", "against"])
    "did you mean 'favor'?"
    >>> nearest("xyz", ["favor", "against"])
    "expected one of 'against', 'favor'"
    """
    names = sorted({str(item) for item in known})
    folded = {item.casefold(): item for item in names}  # capitals make nothing farther
    close = [folded[item] for item in difflib.get_close_matches(name.casefold(), folded, n=3)]
    if close:
        return f"did you mean {' or '.join(map(repr, close))}?"
    shown = ", ".join(map(repr, names[:12]))
    return f"expected one of {shown}{' …' if len(names) > 12 else ''}" if names else "none is known"


def shown(value: object) -> str:
    """Name a value and its type in an error message, cut short where it is long.

    Examples
    --------
    >>> shown(3)
    'int 3'
    >>> shown([[["deep"]]])
    'list [[[...]]]'
    """
    return f"{type(value).__name__} {_SHORT.repr(value)}"
