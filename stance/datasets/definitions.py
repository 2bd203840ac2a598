"""Which datasets there are. Each definition is a card and a way to read its folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance.datasets import cards, public_pairs, settlement, tables
from stance.datasets.card import Card
from stance.errors import UnknownNameError

__all__ = ["DEFINITIONS", "Definition", "definition"]

Reader = Callable[..., dict[str, list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Definition:
    """A dataset that can be loaded by name.

    Attributes
    ----------
    card : Card
    read : callable
        ``read(path, card, **options)`` gives the rows of each split.
    default_path : pathlib.Path or None
        Where it lies if it ships with the package.
    """

    card: Card
    read: Reader
    default_path: Callable[[], Path] | None = None


DEFINITIONS: dict[str, Definition] = {
    "settlement": Definition(cards.SETTLEMENT, settlement.read, settlement.default_path),
    "file": Definition(cards.USER_FILE, tables.read_file),
    "public_pairs": Definition(cards.PUBLIC_PAIRS, public_pairs.read),
    **{card.name: Definition(card, tables.read_folder) for card in cards.PUBLIC},
}
"""All definitions by name."""


def definition(name: str) -> Definition:
    """Look a definition up by name.

    Raises
    ------
    UnknownNameError
        If there is none of this name; the message gives the nearest.

    Examples
    --------
    >>> definition("perspectrum").card.languages
    ('en',)
    """
    if name not in DEFINITIONS:
        raise UnknownNameError.of("dataset", name, DEFINITIONS)
    return DEFINITIONS[name]
