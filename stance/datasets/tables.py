"""Read tables of pairs: a user's own CSV, TSV, JSON lines or Parquet, and the public corpora."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.datasets.card import Card
from stance.datasets.pairs import pair_row
from stance.errors import DataError, UnknownNameError, nearest
from stance.labels import LABELS
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
    """Read one table; every cell is text, an empty cell is an empty string.

    Raises
    ------
    DataError
        If the format is not known or the file is damaged.
    """
    import pandas as pd

    name = path.name.lower()
    try:
        if name.endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz")):
            sep = "\t" if ".tsv" in name else ","
            table = pd.read_csv(path, sep=sep, dtype=str, encoding="utf-8-sig")
        elif name.endswith((".jsonl", ".jsonl.gz")):
            table = pd.read_json(path, lines=True, dtype=False, convert_dates=False)
        elif name.endswith(".parquet"):
            table = pd.read_parquet(path)
        else:
            raise DataError(f"{path}: unknown format; expected one of {', '.join(_SUFFIXES)}")
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path}: cannot read it: {error}") from error
    return table


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
    mapping = dict(label_map or {label: label for label in LABELS})
    table = read_table(path)
    return _rows(table, str(path), dict(columns or {}), mapping, catalogue, strict=bool(terms))


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
                rows = _rows(
                    read_table(table),
                    str(table),
                    _CORPUS_COLUMNS,
                    card.label_map,
                    TermCatalogue([]),
                )
                found[_SPLIT_NAMES.get(split, split)] = rows["all"]
                break
    if not found:
        wanted = f"{', '.join(card.splits)} ({', '.join(_SUFFIXES)})"
        raise DataError(f"{path}: found none of {wanted}. {card.obtain}")
    return found


_SPLIT_NAMES = {"dev": "validation"}


def _rows(
    table: pd.DataFrame,
    where: str,
    columns: Mapping[str, str],
    label_map: Mapping[str, str],
    catalogue: TermCatalogue,
    *,
    strict: bool = False,
) -> dict[str, list[dict[str, Any]]]:
    columns = _columns(table, where, columns)
    cells = {field: _texts(table[column]) for field, column in columns.items()}
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for index in range(len(table)):
        row = {field: values[index] for field, values in cells.items()}
        spot = f"{where}, row {index + 2}"  # row 1 of a spreadsheet is the header
        for field in ("text", "term", "label"):
            if not row[field].strip():
                raise DataError(f"{spot}, column {columns[field]!r}: the cell is empty")
        label = _label(row["label"], label_map, f"{spot}, column {columns['label']!r}")
        term = _term(row["term"], catalogue, f"{spot}, column {columns['term']!r}", strict=strict)
        statement = Statement(
            row["text"],
            row.get("holder", ""),
            row.get("side", ""),
            row.get("id") or f"{index + 1}",
            lang=row.get("lang") or "en",
        )
        rows[row.get("split") or "all"].append(
            pair_row(
                statement,
                term,
                label,
                register=row.get("register", ""),
                conflict=row.get("conflict", ""),
            )
        )
    return dict(rows)


def _columns(table: pd.DataFrame, where: str, columns: Mapping[str, str]) -> dict[str, str]:
    have = [str(column) for column in table.columns]
    for field in columns:
        if field not in FIELDS:
            raise UnknownNameError.of("field in dataset.columns", field, FIELDS)
    chosen = {field: columns.get(field, field) for field in FIELDS}
    for field, column in chosen.items():
        if column not in have and (field in columns or field in ("text", "term", "label")):
            raise DataError(f"{where}: no column {column!r} for {field}; {nearest(column, have)}")
    return {field: column for field, column in chosen.items() if column in have}


def _texts(column: Iterable[Any]) -> list[str]:
    return ["" if value is None or value != value else str(value) for value in column]


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
