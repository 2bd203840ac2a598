"""A small dataset in the settlement format, sound in every part, for tests to break."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from stance.datasets.source import Source, SourcePair, SourceStatement, read_source
from stance.records import Term

Rows = list[dict[str, Any]]
Build = Callable[..., Path]


def _phrases(kind: str, count: int) -> list[str]:
    return [f"{kind} {word}" for word in ("one", "two", "three", "four", "five", "six")[:count]]


def _term(key: str, name: str, conflict: str) -> dict[str, Any]:
    return {
        "id": key,
        "name": name,
        "description": f"What {name.lower()} contains.",
        "conflict": conflict,
        "aliases": _phrases(f"{key} alias", 6),
        "opposites": _phrases(f"{key} opposite", 4),
    }


TERMS = [
    _term("truce", "A truce takes effect", "valley"),
    _term("exit", "Foreign troops leave the valley", "valley"),
    _term("toll", "The toll at the bridge is dropped", "valley"),
    _term("quota", "The herring quota is cut", "coast"),
    _term("patrol", "Joint patrols watch the nets", "coast"),
]


def _row(number: int, text: str, split: str, conflict: str, **labels: str) -> dict[str, Any]:
    return {
        "id": f"s{number}",
        "text": text,
        "holder": "mayor of the town",
        "side": "town",
        "conflict": conflict,
        "lang": "en",
        "register": "speech",
        "split": split,
        "pairs": [
            {"term": term, "label": label, "votes": [label, label]}
            for term, label in labels.items()
        ],
    }


STATEMENTS = [
    _row(1, "We accept the truce from midnight.", "train", "valley", truce="favor"),
    _row(2, "Nobody here will sign a ceasefire.", "train", "valley", truce="against"),
    _row(3, "Drop the toll once the road is mended.", "train", "valley", toll="conditional"),
    _row(4, "The delegations spoke of the guns falling silent.", "validation", "valley",
         truce="neutral", toll="unrelated"),
    _row(5, "Lorries queued for eleven hours at the bridge.", "test", "valley", toll="unrelated"),
    _row(6, "Silence along the front, and free passage over the river.", "test_grid", "valley",
         truce="favor", toll="favor"),
    _row(7, "Their soldiers must go home before winter.", "test_unseen_terms", "valley",
         exit="favor"),
    _row(8, "Fewer herring this year would ruin every crew.", "test_unseen_conflicts", "coast",
         quota="against", patrol="unrelated"),
]  # fmt: skip


@pytest.fixture
def rows() -> Rows:
    return deepcopy(STATEMENTS)


@pytest.fixture
def terms() -> Rows:
    return deepcopy(TERMS)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Write statements and terms as a folder in the settlement format."""

    def write(statements: Rows | str, catalogue: Rows | None = None, name: str = "mine") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        lines = (
            statements if isinstance(statements, str) else "\n".join(map(json.dumps, statements))
        )
        (folder / "statements.jsonl").write_text(lines, encoding="utf-8")
        terms = TERMS if catalogue is None else catalogue
        (folder / "terms.yaml").write_text(yaml.safe_dump(terms), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def source_of(build: Build) -> Callable[..., Source]:
    """Read statements and terms back as a source."""

    def read(statements: Rows | str, catalogue: Rows | None = None) -> Source:
        return read_source(build(statements, catalogue))

    return read


@pytest.fixture
def made_of() -> Callable[..., Source]:
    """A source of (text, side, label, …) without files, all toward one term or the named ones."""

    def make(items: list[tuple[str, str, str]], term: str = "truce") -> Source:
        statements = tuple(
            SourceStatement(
                f"line {at}",
                f"s{at}",
                text,
                side=side,
                pairs=(SourcePair(term, label),),  # type: ignore[arg-type]
            )
            for at, (text, side, label) in enumerate(items, start=1)
        )
        catalogue = {term: Term("A truce takes effect", id=term)}
        return Source(Path("made"), (), statements, catalogue, (), is_folder=True)

    return make
