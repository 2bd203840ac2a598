"""Read the settlement format: ``statements.jsonl`` beside ``terms.yaml`` (or ``terms.jsonl``)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from stance.datasets.card import Card
from stance.datasets.jsonl import fault_message, scan_lines
from stance.datasets.pairs import pair_row
from stance.errors import ConfigError, DataError, UnknownNameError, nearest, shown
from stance.labels import LABELS, Label
from stance.records import Statement, Term
from stance.resources import shipped, user_path
from stance.terms import TermCatalogue, distinct, scan_yaml, sound, term_of

__all__ = [
    "PairEntry",
    "StatementEntry",
    "default_path",
    "entries",
    "read",
    "scan",
    "scan_terms",
    "terms_of",
]

Filled = Annotated[str, StringConstraints(min_length=1)]


def _checked_date(value: str) -> str:
    """Check a date, which may be known to the month or the year only, or not at all."""
    try:
        if value:
            dt.date.fromisoformat(value + "-01" * (2 - value.count("-")))
    except ValueError as error:
        raise PydanticCustomError(
            "date", "expected a date such as 2026-02-28, 2026-02 or 2026"
        ) from error
    return value


PartialDate = Annotated[str, AfterValidator(_checked_date)]


class PairEntry(BaseModel):
    """One term of a statement's ``pairs``, with its label and the votes behind it."""

    model_config = ConfigDict(extra="forbid")

    term: Filled
    label: Label
    votes: list[Label] = []


class StatementEntry(BaseModel):
    """One line of ``statements.jsonl``."""

    model_config = ConfigDict(extra="forbid")

    id: Filled
    text: Filled
    holder: str = ""
    side: str = ""
    conflict: str = ""
    lang: str = "en"
    register_: str = ""
    date: PartialDate | None = None
    source: str = ""
    split: str = "all"
    twin_of: str | None = None
    pairs: list[PairEntry]


def default_path() -> Path:
    """The folder of the dataset that ships with the package."""
    return shipped("data/settlement")


def read(
    path: Path, card: Card, *, tests: Mapping[str, str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Read a folder in the settlement format into rows by split.

    Parameters
    ----------
    path : pathlib.Path
    card : Card
    tests : mapping of str to str, optional
        Further folders in the same format to measure on: all pairs of the one named ``field``,
        whatever their split, are the split ``test_field``.

    Raises
    ------
    ConfigError
        If ``tests`` does not name folders.
    DataError
        If a line breaks the schema or names an unknown term; the message gives
        file, line, field and the nearest valid value.
    """
    rows = _splits(path)
    for name, folder in _folders(tests).items():
        if f"test_{name}" in rows:
            raise ConfigError(
                f"dataset.options.tests.{name}: {path} has a split test_{name} of its own"
            )
        rows[f"test_{name}"] = [row for part in _splits(folder).values() for row in part]
    return rows


def _folders(tests: Any) -> dict[str, Path]:
    key = "dataset.options.tests"
    if not isinstance(tests, Mapping | None):
        raise ConfigError(f"{key}: expected a folder under each name, got {shown(tests)}")
    folders = {}
    for name, given in (tests or {}).items():
        if not isinstance(given, str) or not user_path(given).is_dir():
            raise ConfigError(f"{key}.{name}: {shown(given)} is not a folder")
        folders[str(name)] = user_path(given)
    return folders


def _splits(path: Path) -> dict[str, list[dict[str, Any]]]:
    catalogue = terms_of(path)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    places: dict[str, str] = {}
    for where, entry in entries(path / "statements.jsonl"):
        if entry.id in places:
            line = places[entry.id].rpartition(":")[2]
            raise DataError(f"{where}: field id: {entry.id!r} is also the id of line {line}")
        places[entry.id] = where
        date = _exact_date(entry.date)
        statement = Statement(entry.text, entry.holder, entry.side, entry.id, date, entry.lang)
        for pair in _distinct(entry.pairs, where):
            term = _known_term(catalogue, pair.term, where)
            rows[entry.split].append(
                pair_row(
                    statement,
                    term,
                    pair.label,
                    register=entry.register_,
                    conflict=entry.conflict,
                )
            )
    return dict(rows)


def terms_of(path: Path) -> TermCatalogue:
    """Read the catalogue that lies in a dataset's folder."""
    return TermCatalogue(sound(scan_terms(path)))


def scan_terms(path: Path) -> Iterator[Term | DataError]:
    """Yield each term of a dataset's folder, or what is wrong with it.

    Raises
    ------
    DataError
        If the file cannot be read at all.
    """
    lines = path / "terms.jsonl"
    if not lines.exists():
        yield from scan_yaml(path / "terms.yaml")
        return
    yield from distinct(
        (where, row if isinstance(row, DataError) else term_of(row, where))
        for where, row in scan_lines(lines)
    )


def entries(path: Path) -> Iterator[tuple[str, StatementEntry]]:
    """Yield each line's place (``file:line``) and its checked entry.

    Raises
    ------
    DataError
        At the first line that breaks the schema.
    """
    for where, entry, faults in scan(path):
        if faults or entry is None:
            raise DataError(f"{where}: {faults[0]}")
        yield where, entry


def scan(path: Path) -> Iterator[tuple[str, StatementEntry | None, list[str]]]:
    """Yield each line's place, what of it can be used, and all that is wrong with it.

    Of a faulty line the sound pairs and fields are kept, if they make a statement.

    Raises
    ------
    DataError
        If the file cannot be read at all.
    """
    for where, row in scan_lines(path):
        if isinstance(row, DataError):
            yield where, None, [str(row).removeprefix(f"{where}: ")]
            continue
        if "register" in row:
            row["register_"] = row.pop("register")
        try:
            yield where, StatementEntry.model_validate(row), []
        except ValidationError as error:
            yield where, _sound_part(row, error), [_message(fault) for fault in error.errors()]


def _sound_part(row: dict[str, Any], error: ValidationError) -> StatementEntry | None:
    places = [fault["loc"] for fault in error.errors()]
    spoilt = {place[0] for place in places if len(place) == 1}
    pairs = {place[1] for place in places if place[0] == "pairs" and len(place) > 1}
    kept = {name: value for name, value in row.items() if name not in spoilt}
    if isinstance(kept.get("pairs"), list):
        kept["pairs"] = [pair for at, pair in enumerate(kept["pairs"]) if at not in pairs]
    try:
        return StatementEntry.model_validate(kept)
    except ValidationError:
        return None


def _message(fault: Any) -> str:
    field = ".".join(str(part) for part in fault["loc"]).replace("register_", "register")
    if fault["type"] == "literal_error":
        given = fault["input"]
        return f"field {field}: {given!r} is not a label; {nearest(str(given), LABELS)}"
    known = [*StatementEntry.model_fields, *PairEntry.model_fields]
    return fault_message(fault, field, [name.rstrip("_") for name in known])


def _distinct(pairs: list[PairEntry], where: str) -> list[PairEntry]:
    terms = [pair.term for pair in pairs]
    for term in terms:
        if terms.count(term) > 1:
            raise DataError(f"{where}: field pairs: the term {term!r} stands in it twice")
    return pairs


def _known_term(catalogue: TermCatalogue, term: str, where: str) -> Term:
    try:
        return catalogue[term]
    except UnknownNameError as error:
        raise DataError(f"{where}: field pairs: {error}") from error


def _exact_date(value: str | None) -> dt.date | None:
    """The date, or None where it is not known to the day ("2026", "2026-02")."""
    return dt.date.fromisoformat(value) if value and value.count("-") == 2 else None
