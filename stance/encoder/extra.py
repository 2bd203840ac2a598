"""The optional packages that encoders need: where one is missing, and where one fails."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stance.errors import ConfigError

__all__ = ["need", "refused"]


def need(name: str) -> Any:
    """Import a module of the extra ``encoder``.

    Raises
    ------
    ConfigError
        If its package is not installed; the message says how to install it.

    Examples
    --------
    >>> need("json").dumps([])
    '[]'
    >>> need("no_such_module")
    Traceback (most recent call last):
    stance.errors.ConfigError: an encoder needs the package no_such_module, which is not \
installed; run: pip install 'stance[encoder]'
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        package = name.partition(".")[0]
        if error.name != package:  # it is there, and lacks something of its own
            raise
        raise ConfigError(
            f"an encoder needs the package {package}, which is not installed; "
            "run: pip install 'stance[encoder]'"
        ) from error


@contextmanager
def refused(what: str) -> Iterator[None]:
    """Tell whatever a library raises as ConfigError, with the first line of its reason.

    Examples
    --------
    >>> with refused("encoder: it cannot be opened"):
    ...     raise OSError("no such file")
    Traceback (most recent call last):
    stance.errors.ConfigError: encoder: it cannot be opened: no such file
    """
    try:
        yield
    except Exception as error:  # the libraries' classes are many
        reason = str(error).strip().partition("\n")[0]
        raise ConfigError(f"{what}: {reason}") from error
