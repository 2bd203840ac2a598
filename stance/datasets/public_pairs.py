"""Public corpora of pairs, put together for the first stage of fine-tuning.

A Transformer learns from them what it is to support and to oppose; the settlement data then teach
it terms and holders. Three of the corpora have no unrelated pairs: some are made by giving a text a
target that another text was about.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stance.datasets import cards, tables
from stance.datasets.card import Card
from stance.errors import DataError
from stance.labels import UNRELATED

__all__ = ["UNRELATED_SHARE", "read"]

Row = dict[str, Any]

UNRELATED_SHARE = 1 / 6
"""Of the pairs of a corpus without unrelated ones, so many come a second time, mispaired."""

_LEARNT: dict[str, tuple[str, ...]] = {
    "perspectrum": ("train",),
    "argkp": ("train", "validation"),
    "ibm_claim_stance": ("train",),
    "vast": ("train",),
}
_MEASURED = {"perspectrum": ("validation", "test"), "vast": ("validation", "test")}
_CARDS = {card.name: card for card in cards.PUBLIC}


def read(path: Path, card: Card) -> dict[str, list[Row]]:
    """Read the corpora from a folder that holds each in a folder of its name.

    ``train`` is all that may be learnt from, without the texts of the two tests; ``validation`` and
    the tests are those of Perspectrum and VAST, VAST's divided into topics never seen and seen.

    Parameters
    ----------
    path : pathlib.Path
    card : Card

    Raises
    ------
    DataError
        If a corpus is not there or not as expected.
    """
    found = {name: _corpus(path / name) for name in _LEARNT}
    vast, claims = found["vast"], found["perspectrum"]
    tests = {
        "test_perspectrum": claims["test"],
        "test_vast_zero_shot": [row for row in vast["test"] if row["register"] == "0"],
        "test_vast_few_shot": [row for row in vast["test"] if row["register"] == "1"],
    }
    held = {row["text"] for rows in tests.values() for row in rows}
    draw = random.Random(0)  # noqa: S311 - it draws pairs, no secrets
    train = [
        row
        for name, splits in _LEARNT.items()
        for row in _learnt([row for split in splits for row in found[name][split]], draw)
        if row["text"] not in held
    ]
    validation = claims["validation"] + vast["validation"]
    return {"train": train, "validation": validation, **tests}


def _corpus(folder: Path) -> dict[str, list[Row]]:
    name = folder.name
    if not folder.is_dir():
        raise DataError(
            f"{folder}: no such folder; expected the corpora {', '.join(_LEARNT)}, each in a "
            f"folder of its name. {name}: {_CARDS[name].obtain}"
        )
    columns = {"register": "seen"} if name == "vast" else None
    splits = tables.read_folder(folder, _CARDS[name], columns=columns)
    for split in (*_LEARNT[name], *_MEASURED.get(name, ())):
        if not splits.get(split):
            raise DataError(f"{folder}: no table of its split {split}, or an empty one")
    return {split: _named(name, rows) for split, rows in splits.items()}


def _named(corpus: str, rows: Iterable[Row]) -> list[Row]:
    """Ids that do not meet those of another corpus."""
    return [{**row, "statement_id": f"{corpus}-{row['statement_id']}"} for row in rows]


def _learnt(rows: list[Row], draw: random.Random) -> list[Row]:
    """The pairs of a corpus, and mispaired ones where it has no unrelated pairs."""
    if any(row["label"] == UNRELATED for row in rows):
        return rows
    targets = {row["term"]: _target(row) for row in rows}
    about: dict[str, set[str]] = {}
    for row in rows:
        about.setdefault(row["text"], set()).add(row["term"])
    mispaired = []
    for row in draw.sample(rows, round(len(rows) * UNRELATED_SHARE)):
        others = [term for term in targets if term not in about[row["text"]]]
        mispaired.append({**row, **targets[draw.choice(others)], "label": UNRELATED})
    return rows + mispaired


def _target(row: Row) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name.startswith("term")}
