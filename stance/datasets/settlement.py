"""Read the settlement format: ``statements.jsonl`` beside ``terms.yaml`` (or ``terms.jsonl``)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from stance.datasets.card import Card
from stance.datasets.jsonl import json_lines
from stance.datasets.pairs import pair_row
from stance.errors import DataError, UnknownNameError, nearest
from stance.labels import LABELS, Label
from stance.records import Statement, Term
from stance.resources import shipped
from stance.terms import TermCatalogue, term_of

__all__ = ["PairEntry", "StatementEntry", "default_path", "entries", "read", "terms_of"]

Filled = Annotated[str, StringConstraints(min_length=1)]


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
    date: str | None = None
    source: str = ""
    split: str = "all"
    twin_of: str | None = None
    pairs: list[PairEntry]


def default_path() -> Path:
    """The folder of the dataset that ships with the package."""
    return shipped("data/settlement")


def read(path: Path, card: Card) -> dict[str, list[dict[str, Any]]]:
    """Read a folder in the settlement format into rows by split.

    Raises
    ------
    DataError
        If a line breaks the schema or names an unknown term; the message gives
        file, line, field and the nearest valid value.
    """
    catalogue = terms_of(path)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    places: dict[str, str] = {}
    for where, entry in entries(path / "statements.jsonl"):
        if entry.id in places:
            line = places[entry.id].rpartition(":")[2]
            raise DataError(f"{where}: field id: {entry.id!r} is also the id of line {line}")
        places[entry.id] = where
        date = _date(entry.date, where)
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
    lines = path / "terms.jsonl"
    if not lines.exists():
        return TermCatalogue.from_yaml(path / "terms.yaml")
    return TermCatalogue(term_of(row, where) for where, row in json_lines(lines))


def entries(path: Path) -> Iterator[tuple[str, StatementEntry]]:
    """Yield each line's place (``file:line``) and its checked entry."""
    for where, row in json_lines(path):
        if "register" in row:
            row["register_"] = row.pop("register")
        try:
            yield where, StatementEntry.model_validate(row)
        except ValidationError as error:
            raise DataError(f"{where}: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    field = ".".join(str(part) for part in fault["loc"]).replace("register_", "register")
    given = fault["input"]
    if fault["type"] == "literal_error":
        return f"field {field}: {given!r} is not a label; {nearest(str(given), LABELS)}"
    if fault["type"] == "extra_forbidden":
        known = [*StatementEntry.model_fields, *PairEntry.model_fields]
        return f"unknown field {field}; {nearest(str(fault['loc'][-1]), known)}"
    if fault["type"] == "missing":
        return f"field {field} is missing"
    return f"field {field}: {fault['msg']}, got {given!r}"


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


def _date(value: str | None, where: str) -> dt.date | None:
    """The date, or None where it is not known to the day ("2026", "2026-02")."""
    if not value:
        return None
    full = value + "-01" * (2 - value.count("-"))
    try:
        exact = dt.date.fromisoformat(full)
    except ValueError as error:
        raise DataError(
            f"{where}: field date: expected a date such as 2026-02-28, 2026-02 or 2026, "
            f"got {value!r}"
        ) from error
    return exact if full == value else None
