"""Read tables of pairs: a user's own CSV, TSV, JSON lines or Parquet, and the public corpora."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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

__all__ = ["FIELDS", "TableRow", "read_file", "read_folder", "read_table", "scan"]

FIELDS = ("text", "term", "label", "id", "holder", "side", "lang", "register", "conflict", "split")
"""What a column of a table of pairs can be; the first three are needed."""

_SUFFIXES = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
_CORPUS_COLUMNS = {"term": "target"}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table of pairs: its place, its cells, and all that is wrong with it.

    ``label`` and ``term`` are None where their cell is empty or faulty.
    """

    where: str
    cells: Mapping[str, str]
    label: str | None
    term: Term | None
    faults: tuple[str, ...]


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
            table = pd.read_csv(
                path, sep=sep, dtype=str, keep_default_na=False, encoding="utf-8-sig"
            )
        elif name.endswith((".jsonl", ".jsonl.gz")):
            table = pd.DataFrame(_json_lines(path), dtype=object)
        elif name.endswith(".parquet"):
            table = pd.read_parquet(path)
        else:
            raise DataError(f"{path}: unknown format; expected one of {', '.join(_SUFFIXES)}")
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path}: cannot read it: {error}") from error
    return table


def _json_lines(path: Path) -> list[Any]:
    # Not pandas.read_json, which turns numbers, dates and gaps into other values.
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8-sig") as lines:
        return [json.loads(line) for line in lines if line.strip()]


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


def scan(
    table: pd.DataFrame,
    where: str,
    columns: Mapping[str, str],
    label_map: Mapping[str, str],
    catalogue: TermCatalogue,
    *,
    strict: bool = False,
    labelled: bool = True,
) -> Iterator[TableRow]:
    """Yield every row of a table of pairs, faulty ones too.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`read_table`.
    where : str
        Its path, for the places in messages.
    columns, label_map : mapping
        As for :func:`read_file`.
    catalogue : TermCatalogue
        Where the terms are looked up.
    strict : bool, default False
        Whether a term outside the catalogue is a fault.
    labelled : bool, default True
        Whether a missing label is a fault.

    Raises
    ------
    DataError
        If a column is missing.
    """
    columns = _columns(table, where, columns, labelled=labelled)
    cells = {field: _texts(table[column]) for field, column in columns.items()}
    for index in range(len(table)):
        row = {field: values[index] for field, values in cells.items()}
        place = _place(where, index)
        spot = {field: f"{place}, column {columns[field]!r}" for field in columns}
        needed = ("text", "term", "label") if labelled else ("text", "term")
        faults = [f"{spot[field]}: the cell is empty" for field in needed if not row[field].strip()]
        label: str | DataError | None = None
        term: Term | DataError | None = None
        if row.get("label", "").strip():
            label = _label(row["label"], label_map, spot["label"])
        if row["term"].strip():
            term = _term(row["term"], catalogue, spot["term"], strict=strict)
        faults += [str(item) for item in (label, term) if isinstance(item, DataError)]
        yield TableRow(
            place,
            row,
            None if isinstance(label, DataError) else label,
            None if isinstance(term, DataError) else term,
            tuple(faults),
        )


def _place(where: str, index: int) -> str:
    if where.endswith((".jsonl", ".jsonl.gz")):
        return f"{where}, line {index + 1}"
    if where.endswith(".parquet"):
        return f"{where}, row {index + 1}"
    return f"{where}, row {index + 2}"  # row 1 of a spreadsheet is the header


def _rows(
    table: pd.DataFrame,
    where: str,
    columns: Mapping[str, str],
    label_map: Mapping[str, str],
    catalogue: TermCatalogue,
    *,
    strict: bool = False,
) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    scanned = scan(table, where, columns, label_map, catalogue, strict=strict)
    for index, found in enumerate(scanned):
        if found.faults or found.term is None or found.label is None:
            raise DataError(found.faults[0])
        cells = found.cells
        statement = Statement(
            cells["text"],
            cells.get("holder", ""),
            cells.get("side", ""),
            cells.get("id") or f"{index + 1}",
            lang=cells.get("lang") or "en",
        )
        rows[cells.get("split") or "all"].append(
            pair_row(
                statement,
                found.term,
                found.label,
                register=cells.get("register", ""),
                conflict=cells.get("conflict", ""),
            )
        )
    return dict(rows)


def _columns(
    table: pd.DataFrame, where: str, columns: Mapping[str, str], *, labelled: bool
) -> dict[str, str]:
    have = [str(column) for column in table.columns]
    for field in columns:
        if field not in FIELDS:
            raise UnknownNameError.of("field in dataset.columns", field, FIELDS)
    needed = {"text", "term", "label", *columns} if labelled else {"text", "term", *columns}
    chosen = {field: columns.get(field, field) for field in FIELDS}
    for field, column in chosen.items():
        if column not in have and field in needed:
            raise DataError(f"{where}: no column {column!r} for {field}; {nearest(column, have)}")
    return {field: column for field, column in chosen.items() if column in have}


def _texts(column: Iterable[Any]) -> list[str]:
    return ["" if value is None or value != value else str(value) for value in column]


def _label(value: str, label_map: Mapping[str, str], spot: str) -> str | DataError:
    if value not in label_map:
        return DataError(f"{spot}: {value!r} is not a label; {nearest(value, label_map)}")
    return label_map[value]


def _term(value: str, catalogue: TermCatalogue, spot: str, *, strict: bool) -> Term | DataError:
    if value in catalogue:
        return catalogue[value]
    if strict:
        known = [*catalogue, *(term.name for term in catalogue.values())]
        return DataError(
            f"{spot}: {value!r} is not a term of the catalogue; {nearest(value, known)}"
        )
    return Term(value)
