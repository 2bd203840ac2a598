"""The optional packages that encoders need, and what to do where one is missing."""

from __future__ import annotations

import importlib
from typing import Any

from stance.errors import ConfigError

__all__ = ["need"]


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
