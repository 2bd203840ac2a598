"""A dataset as it lies on disk, faults and votes included: what checks and annotation work on.

:func:`stance.datasets.load` refuses a faulty dataset at its first fault. A source reads on, so
that all faults can be reported at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from stance.datasets import settlement, tables
from stance.datasets.naming import id_of
from stance.errors import DataError, nearest
from stance.labels import LABELS, Label
from stance.records import Term
from stance.resources import user_path
from stance.terms import TermCatalogue

__all__ = ["Fault", "Source", "SourcePair", "SourceStatement", "read_source"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one place of a file, in words that name the place."""

    check: str
    message: str


@dataclass(frozen=True, slots=True)
class SourcePair:
    """One term of a statement; ``label`` is None where it is still to be given.

    ``where`` is the pair's place where that is not its statement's, as in a table.
    """

    term: str
    label: Label | None
    votes: tuple[Label, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class SourceStatement:
    """One statement with its pairs, and the place where it stands."""

    where: str
    id: str
    text: str
    holder: str = ""
    side: str = ""
    conflict: str = ""
    lang: str = "en"
    register: str = ""
    date: str | None = None
    source: str = ""
    split: str = "all"
    twin_of: str | None = None
    pairs: tuple[SourcePair, ...] = ()


@dataclass(frozen=True)
class Source:
    """What was read of a dataset.

    Attributes
    ----------
    path : pathlib.Path
    files : tuple of pathlib.Path
        The files that were read.
    statements : tuple of SourceStatement
    terms : mapping of str to Term
        By id.
    faults : tuple of Fault
        All places that break the schema or name an unknown term.
    is_folder : bool
        True for the settlement format, which can declare twins and carries a catalogue.
    """

    path: Path
    files: tuple[Path, ...]
    statements: tuple[SourceStatement, ...]
    terms: Mapping[str, Term]
    faults: tuple[Fault, ...]
    is_folder: bool

    def pairs(self) -> list[tuple[SourceStatement, SourcePair]]:
        """All pairs, each with its statement."""
        return [(statement, pair) for statement in self.statements for pair in statement.pairs]

    def sound(self) -> Source:
        """Return the source itself if it has no faults.

        Raises
        ------
        DataError
            If it has; the message gives their number and the first.
        """
        if not self.faults:
            return self
        raise DataError(
            f"{self.path}: {len(self.faults)} faults, the first: {self.faults[0].message}; "
            "python -m stance.datasets check shows all"
        )

    def conflict_of(self, statement: SourceStatement) -> str:
        """The statement's conflict; where it names none, that of its first term."""
        known = [self.terms[pair.term].conflict for pair in statement.pairs]
        return statement.conflict or next(iter(known), "")


def read_source(
    path: str | os.PathLike[str] | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    label_map: Mapping[str, str] | None = None,
    terms: str | os.PathLike[str] | None = None,
    labelled: bool = True,
) -> Source:
    """Read a dataset with all its faults.

    Parameters
    ----------
    path : path-like, optional
        A folder in the settlement format, or a CSV, TSV, JSON lines or Parquet file of
        pairs; by default the dataset that ships.
    columns, label_map, terms : optional
        For a file, as in :func:`stance.datasets.tables.read_file`.
    labelled : bool, default True
        Whether a file's pairs must have labels.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        If it cannot be read at all, or holds no statement.

    Examples
    --------
    >>> source = read_source()
    >>> source.statements[0].id, source.faults
    ('s00001', ())
    """
    where = settlement.default_path() if path is None else user_path(path)
    if where.name == "statements.jsonl":
        where = where.parent
    if not where.exists():
        raise DataError(f"{where}: no such file or folder")
    if where.is_dir():
        found = _read_folder(where)
    else:
        found = _read_table(where, columns or {}, label_map or {}, terms, labelled=labelled)
    if not found.statements and not found.faults:
        raise DataError(f"{where}: no statements found in it")
    return found


def _read_folder(path: Path) -> Source:
    terms, faults = _catalogue(path)
    statements = []
    for where, entry, messages in settlement.scan(path / "statements.jsonl"):
        faults += [Fault("schema", f"{where}: {message}") for message in messages]
        if entry is None:
            continue
        known = [pair for pair in entry.pairs if pair.term in terms]
        for pair in entry.pairs:
            if pair.term not in terms:
                near = nearest(pair.term, terms)
                unknown = f"field pairs: unknown term {pair.term!r}; {near}"
                faults.append(Fault("terms", f"{where}: {unknown}"))
        pairs = [SourcePair(pair.term, pair.label, tuple(pair.votes)) for pair in known]
        fields = entry.model_dump(exclude={"register_", "pairs"})
        statements.append(
            SourceStatement(where=where, register=entry.register_, pairs=tuple(pairs), **fields)
        )
    lines = path / "terms.jsonl"
    files = (path / "statements.jsonl", lines if lines.exists() else path / "terms.yaml")
    return Source(path, files, tuple(statements), terms, tuple(faults), is_folder=True)


def _catalogue(path: Path) -> tuple[dict[str, Term], list[Fault]]:
    terms: dict[str, Term] = {}
    faults = []
    for term in settlement.scan_terms(path):
        if isinstance(term, DataError):
            faults.append(Fault("schema", str(term)))
        else:
            terms[term.id] = term
    return terms, faults


def _read_table(
    path: Path,
    columns: Mapping[str, str],
    label_map: Mapping[str, str],
    terms: str | os.PathLike[str] | None,
    *,
    labelled: bool,
) -> Source:
    catalogue = TermCatalogue.from_yaml(terms) if terms else TermCatalogue.default()
    rows = tables.scan(
        path,
        columns,
        label_map or {label: label for label in LABELS},
        catalogue,
        strict=terms is not None,
        labelled=labelled,
    )
    faults: list[Fault] = []
    used: dict[str, Term] = {}
    statements: dict[tuple[str, ...], SourceStatement] = {}
    for row in tables.told_apart(rows, catalogue):
        faults += [Fault("schema", message) for message in row.faults]
        key = _statement_key(row)
        statement = statements.get(key) or _statement(row, key)
        if row.term is not None and (row.label is not None or not labelled):
            used[row.term.id] = row.term
            pair = SourcePair(row.term.id, cast("Label | None", row.label), where=row.where)
            statement = replace(statement, pairs=(*statement.pairs, pair))
        if statement.text.strip():
            statements[key] = statement
    return Source(path, (path,), tuple(statements.values()), used, tuple(faults), is_folder=False)


def _statement_key(row: tables.TableRow) -> tuple[str, ...]:
    """What makes two rows pairs of one statement."""
    return tuple(row.cells.get(name, "") for name in ("id", "text", "split", "holder", "side"))


def _statement(row: tables.TableRow, key: tuple[str, ...]) -> SourceStatement:
    cells = row.cells
    # Not the row's count, which may be the id that another row was given.
    return SourceStatement(
        where=row.where,
        id=cells.get("id") or id_of("\0".join(key)),
        text=cells["text"],
        holder=cells.get("holder", ""),
        side=cells.get("side", ""),
        conflict=cells.get("conflict", ""),
        lang=cells.get("lang") or "en",
        register=cells.get("register", ""),
        split=cells.get("split") or "all",
    )
