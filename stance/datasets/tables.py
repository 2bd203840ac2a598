"""Read tables of pairs: a user's own CSV, TSV, JSON lines or Parquet, and the public corpora."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.datasets.card import Card
from stance.datasets.jsonl import json_lines
from stance.datasets.pairs import pair_row
from stance.errors import DataError, UnknownNameError, nearest, shown
from stance.labels import check_label
from stance.records import Statement, Term
from stance.terms import TermCatalogue

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FIELDS", "read_file", "read_folder", "read_table"]

FIELDS = ("text", "term", "label", "id", "holder", "side", "lang", "register", "conflict", "split")
"""What a column of a table of pairs can be; the first three are needed."""

_SUFFIXES = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
_CORPUS_COLUMNS = {"term": "target"}


def read_table(path: Path) -> pd.DataFrame:
    """Read one table; the cells of CSV and TSV are text as it stands there.

    Raises
    ------
    DataError
        If the format is not known or the file is damaged.
    """
    import pandas as pd

    name = path.name.lower()
    if not name.endswith(_SUFFIXES):
        raise DataError(f"{path}: unknown format; expected one of {', '.join(_SUFFIXES)}")
    if ".jsonl" in name:
        return pd.DataFrame([row for _, row in json_lines(path)], dtype=object)
    try:
        if name.endswith(".parquet"):
            return pd.read_parquet(path)
        sep = "\t" if ".tsv" in name else ","
        # "NA" and "None" may be labels.
        return pd.read_csv(path, sep=sep, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise DataError(f"{path}: cannot read it: {error}") from error


def read_file(
    path: Path,
    card: Card,
    *,
    columns: Mapping[str, str] | None = None,
    label_map: Mapping[str, str] | None = None,
    terms: str | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Read a user's own table of labelled pairs.

    Parameters
    ----------
    path : pathlib.Path
        A CSV, TSV, JSON lines or Parquet file.
    card : Card
    columns : mapping, optional
        For each of :data:`FIELDS`, the name of its column; by default the field's own name.
    label_map : mapping, optional
        From the file's labels to the five; by default they are the five.
    terms : str, optional
        A YAML catalogue whose ids or names the ``term`` column holds; without it
        a term of the shipped catalogue is used where one matches, and else the
        cell is the term's name.

    Raises
    ------
    DataError
        If a column is missing or a label unknown; the message gives row and column.
    """
    catalogue = TermCatalogue.from_yaml(terms) if terms else TermCatalogue.default()
    labels = _label_map(label_map) if label_map else card.label_map
    return _rows(path, columns or {}, labels, catalogue, strict=bool(terms))


def read_folder(path: Path, card: Card) -> dict[str, list[dict[str, Any]]]:
    """Read a public corpus: one table for each split of its card.

    A table is named after its split (``train.csv``, ``test.jsonl.gz`` …) and has the
    columns ``text``, ``target`` and ``label``; labels are mapped by the card's ``label_map``.

    Raises
    ------
    DataError
        If no split is there, or a table is not as expected.
    """
    if not path.is_dir():
        raise DataError(f"{path}: expected a folder with the tables of {card.title}")
    found: dict[str, list[dict[str, Any]]] = {}
    for split in card.splits:
        for table in (path / f"{split}{suffix}" for suffix in _SUFFIXES):
            if table.exists():
                parts = _rows(
                    table, _CORPUS_COLUMNS, card.label_map, TermCatalogue([]), prefix=f"{split}-"
                )
                rows = [row for part in parts.values() for row in part]
                found[_SPLIT_NAMES.get(split, split)] = rows
                break
    if not found:
        wanted = f"{', '.join(card.splits)} ({', '.join(_SUFFIXES)})"
        raise DataError(f"{path}: found none of {wanted}. {card.obtain}")
    return found


_SPLIT_NAMES = {"dev": "validation"}


def _rows(
    path: Path,
    columns: Mapping[str, str],
    label_map: Mapping[str, str],
    catalogue: TermCatalogue,
    *,
    strict: bool = False,
    prefix: str = "",
) -> dict[str, list[dict[str, Any]]]:
    table = read_table(path)
    columns = _columns(table, str(path), columns)
    first = 2 if ".csv" in path.name.lower() or ".tsv" in path.name.lower() else 1  # the header
    cells = {field: _texts(table[name], first, str(path)) for field, name in columns.items()}
    ids = _ids(cells, first, str(path), columns.get("id", ""), prefix)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for index in range(len(table)):
        row = {field: values[index] for field, values in cells.items()}
        spot = {field: f"{path}, row {index + first}, column {columns[field]!r}" for field in row}
        for field in ("text", "term", "label"):
            if not row[field].strip():
                raise DataError(f"{spot[field]}: the cell is empty")
        rows[row.get("split") or "all"].append(
            pair_row(
                Statement(
                    row["text"],
                    row.get("holder", ""),
                    row.get("side", ""),
                    ids[index],
                    lang=row.get("lang") or "en",
                ),
                _term(row["term"], catalogue, spot["term"], strict=strict),
                _label(row["label"], label_map, spot["label"]),
                register=row.get("register", ""),
                conflict=row.get("conflict", ""),
            )
        )
    return dict(rows)


def _columns(table: pd.DataFrame, where: str, columns: Mapping[str, str]) -> dict[str, str]:
    have = [str(column) for column in table.columns]
    for field in columns:
        if field not in FIELDS:
            raise UnknownNameError.of("field in dataset.options.columns", str(field), FIELDS)
    chosen = {field: columns.get(field, field) for field in FIELDS}
    for field, column in chosen.items():
        if column not in have and (field in columns or field in ("text", "term", "label")):
            raise DataError(f"{where}: no column {column!r} for {field}; {nearest(column, have)}")
    return {field: column for field, column in chosen.items() if column in have}


def _texts(column: pd.Series[Any], first: int, where: str) -> list[str]:
    """The cells of a column as text; a missing one is empty."""
    from pandas.api.types import is_scalar

    texts = []
    for row, (value, missing) in enumerate(zip(column, column.isna(), strict=True), start=first):
        if not is_scalar(value):
            raise DataError(
                f"{where}, row {row}, column {column.name!r}: expected text, got {shown(value)}"
            )
        texts.append("" if missing else str(value))
    return texts


def _ids(
    cells: Mapping[str, list[str]], first: int, where: str, column: str, prefix: str
) -> list[str]:
    """The id of each row's statement: as given, or its row's number, one for each text."""
    given = cells.get("id") or [""] * len(cells["text"])
    row_of: dict[str, int] = {}
    text_of: dict[str, tuple[str, int]] = {}
    ids = []
    for row, (name, text) in enumerate(zip(given, cells["text"], strict=True), start=first):
        number = row_of.setdefault(text, row) - first + 1
        name = name or f"{prefix}{number}"
        before, place = text_of.setdefault(name, (text, row))
        if before != text:
            raise DataError(
                f"{where}, row {row}, column {column!r}: {name!r} has another text in row {place}"
            )
        ids.append(name)
    return ids


def _label_map(given: Mapping[Any, str]) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for name, label in given.items():
        try:
            mapping[str(name)] = check_label(label)
        except UnknownNameError as error:
            raise DataError(f"dataset.options.label_map.{name}: {error}") from error
    return mapping


def _label(value: str, label_map: Mapping[str, str], spot: str) -> str:
    if value not in label_map:
        raise DataError(f"{spot}: {value!r} is not a label; {nearest(value, label_map)}")
    return label_map[value]


def _term(value: str, catalogue: TermCatalogue, spot: str, *, strict: bool) -> Term:
    if value in catalogue:
        return catalogue[value]
    if strict:
        known = [*catalogue, *(term.name for term in catalogue.values())]
        raise DataError(
            f"{spot}: {value!r} is not a term of the catalogue; {nearest(value, known)}"
        )
    return Term(value)
