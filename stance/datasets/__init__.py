"""Datasets of statement–term pairs: definitions, cards, loading, checks."""

from stance.datasets.card import Card
from stance.datasets.definitions import DEFINITIONS, Definition, definition
from stance.datasets.loading import load
from stance.datasets.pairs import COLUMNS, FEATURES, pair_row, to_frame

__all__ = [
    "COLUMNS",
    "DEFINITIONS",
    "FEATURES",
    "Card",
    "Definition",
    "definition",
    "load",
    "pair_row",
    "to_frame",
]
