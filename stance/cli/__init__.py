"""The command line: ``stance predict``, ``stance read``, ``stance terms``, ``stance models``."""

from stance.cli.main import main

__all__ = ["main"]
