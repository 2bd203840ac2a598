"""Read tables of pairs: a user's own CSV, TSV, JSON lines or Parquet, and the public corpora."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.datasets.card import Card
from stance.datasets.frames import SUFFIXES, read_table, texts
from stance.datasets.naming import apart, id_of
from stance.datasets.pairs import pair_row
from stance.errors import DataError, UnknownNameError, nearest
from stance.labels import check_label
from stance.records import Statement, Term
from stance.terms import TermCatalogue

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FIELDS", "TableRow", "read_file", "read_folder", "scan", "told_apart"]

FIELDS = ("text", "term", "label", "id", "holder", "side", "lang", "register", "conflict", "split")
"""What a column of a table of pairs can be; the first three are needed."""

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
    labels = label_map or card.label_map
    columns = columns or {}
    rows = scan(path, columns, labels, catalogue, strict=bool(terms))
    return _rows(told_apart(rows, catalogue), columns)


def read_folder(
    path: Path, card: Card, *, columns: Mapping[str, str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Read a public corpus: one table for each split of its card.

    A table is named after its split (``train.csv``, ``test.jsonl.gz`` …) and has the
    columns ``text``, ``target`` and ``label``; labels are mapped by the card's ``label_map``.
    Trial pairs are training pairs, as the organisers of shared tasks count them.

    Parameters
    ----------
    path : pathlib.Path
    card : Card
    columns : mapping, optional
        As for :func:`read_file`: what a corpus knows of its pairs can be their ``register``.

    Raises
    ------
    DataError
        If no split is there, or a table is not as expected.
    """
    if not path.is_dir():
        raise DataError(f"{path}: expected a folder with the tables of {card.title}")
    columns = {**_CORPUS_COLUMNS, **(columns or {})}
    found: dict[str, list[dict[str, Any]]] = {}
    for split in card.splits:
        for table in (path / f"{split}{suffix}" for suffix in SUFFIXES):
            if table.exists():
                # A target is one whatever marks its name has in each of the tables.
                scanned = scan(table, columns, card.label_map, TermCatalogue([]))
                parts = _rows(scanned, columns, f"{split}-")
                rows = found.setdefault(_SPLIT_NAMES.get(split, split), [])
                rows += [row for part in parts.values() for row in part]
                break
    if not found:
        wanted = f"{', '.join(card.splits)} ({', '.join(SUFFIXES)})"
        raise DataError(f"{path}: found none of {wanted}. {card.obtain}")
    return found


_SPLIT_NAMES = {"dev": "validation", "val": "validation", "valid": "validation", "trial": "train"}


def scan(
    path: Path,
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
    path : pathlib.Path
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
        If the file cannot be read, a column is missing, or the label map leads elsewhere
        than to the five labels.
    """
    labels = _label_map(label_map)
    table = read_table(path)
    columns = _columns(table, str(path), columns, labelled=labelled)
    needed = ("text", "term", "label") if labelled else ("text", "term")
    cells = {field: texts(table[column]) for field, column in columns.items()}
    for index, row in enumerate(table.index):
        place = f"{path}, {row}"
        spot = {field: f"{place}, column {column!r}" for field, column in columns.items()}
        found = {field: column[index] for field, column in cells.items()}
        faults = [f"{spot[f]}: {text}" for f, text in found.items() if isinstance(text, DataError)]
        given = {f: text if isinstance(text, str) else "" for f, text in found.items()}
        if "split" in given:
            given["split"] = _SPLIT_NAMES.get(given["split"].lower(), given["split"])
        faults += [f"{spot[f]}: the cell is empty" for f in needed if _is_blank(found[f])]
        label: str | DataError | None = None
        term: Term | DataError | None = None
        if given.get("label", "").strip():
            label = _label(given["label"], labels, spot["label"])
        if given["term"].strip():
            term = _term(given["term"], catalogue, spot["term"], strict=strict)
        faults += [str(item) for item in (label, term) if isinstance(item, DataError)]
        yield TableRow(
            place,
            given,
            None if isinstance(label, DataError) else label,
            None if isinstance(term, DataError) else term,
            tuple(faults),
        )


def told_apart(rows: Iterable[TableRow], catalogue: TermCatalogue) -> list[TableRow]:
    """The rows of a table, each clause with an id of its own: see :func:`naming.apart`."""
    found = list(rows)
    terms = apart((row.term for row in found), catalogue)
    return [replace(row, term=term) for row, term in zip(found, terms, strict=True)]


def _rows(
    found: Iterable[TableRow], columns: Mapping[str, str], prefix: str = ""
) -> dict[str, list[dict[str, Any]]]:
    found = list(found)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row, name in zip(found, _ids(found, columns.get("id", "id"), prefix), strict=True):
        if row.faults or row.term is None or row.label is None:
            raise DataError(row.faults[0])
        cells = row.cells
        statement = Statement(
            cells["text"],
            cells.get("holder", ""),
            cells.get("side", ""),
            name,
            lang=cells.get("lang") or "en",
        )
        rows[cells.get("split") or "all"].append(
            pair_row(
                statement,
                row.term,
                row.label,
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
            raise UnknownNameError.of("field in dataset.options.columns", str(field), FIELDS)
    needed = {"text", "term", *columns} | ({"label"} if labelled else set())
    chosen = {field: columns.get(field, field) for field in FIELDS}
    for field, column in chosen.items():
        if column not in have and field in needed:
            raise DataError(f"{where}: no column {column!r} for {field}; {nearest(column, have)}")
        if have.count(column) > 1:
            raise DataError(f"{where}: two columns are called {column!r}; rename one of them")
    return {field: column for field, column in chosen.items() if column in have}


def _is_blank(text: str | DataError) -> bool:
    return isinstance(text, str) and not text.strip()


def _ids(rows: Iterable[TableRow], column: str, prefix: str) -> Iterator[str]:
    """The id of each row's statement: as given, or made of who says what, wherever it stands."""
    first: dict[str, TableRow] = {}
    for row in rows:
        text = row.cells["text"]
        said = [text, *filter(None, (row.cells.get(name, "") for name in ("holder", "side")))]
        name = row.cells.get("id") or f"{prefix}{id_of(chr(0).join(said))}"
        held = first.setdefault(name, row)
        if held.cells["text"] != text:
            place = held.where.rpartition(", ")[2]
            raise DataError(f"{row.where}, column {column!r}: {name!r} has another text in {place}")
        yield name


def _label_map(given: Mapping[Any, str]) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for name, label in given.items():
        try:
            mapping[str(name)] = check_label(label)
        except UnknownNameError as error:
            raise DataError(f"dataset.options.label_map.{name}: {error}") from error
    return mapping


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
