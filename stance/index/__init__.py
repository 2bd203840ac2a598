"""Statements read once and kept on disk, for terms that are thought of later."""

from stance.index.building import build_index
from stance.index.reading import Index

__all__ = ["Index", "build_index"]
