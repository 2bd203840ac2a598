"""Positions as files: Excel, CSV, Parquet, Stata."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from stance.errors import DataError, UnknownNameError, nearest
from stance.inert import cell, printable
from stance.positioning.describing import CODES, describe, notes
from stance.writing import beside

if TYPE_CHECKING:
    from stance.positioning.table import Positions

__all__ = ["FORMATS", "TABLES", "export"]

FORMATS = (".xlsx", ".csv", ".parquet", ".dta")
TABLES = ("positions", "matrix", "evidence")

_SHEET_ROWS = 1_048_575  # below the header
_CELL = 32_767  # characters that Excel can hold
_WIDTHS = {"text": 80, "term_name": 48, "holder": 32, "side": 24, "note": 110, "meaning": 80}


def export(positions: Positions, path: str | os.PathLike[str], table: str | None) -> None:
    """Write positions to a file; see :meth:`Positions.export`."""
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in FORMATS:
        raise DataError(
            f"{target}: unknown format {kind!r}; {nearest(kind, FORMATS)}; the end of the name "
            "says which"
        )
    if table is not None and table not in TABLES:
        raise UnknownNameError.of("table", str(table), TABLES)
    if kind == ".xlsx" and table is not None:
        raise DataError(f"{target}: a workbook holds all tables; leave table= out")
    table = table or "positions"
    frame = _table(positions, table)
    with beside(target) as draft:
        if kind == ".xlsx":
            _write_excel(positions, draft)
        elif kind == ".csv":
            _inert(frame).to_csv(draft, index=False, lineterminator="\n")
        elif kind == ".parquet":
            _write_parquet(frame, _meanings(positions, frame, table), draft)
        else:
            _write_stata(positions, frame, table, draft)


def _table(positions: Positions, name: str) -> pd.DataFrame:
    if name == "matrix":
        return _matrix(positions)
    return positions.table if name == "positions" else _plain(positions.evidence)


def _matrix(positions: Positions) -> pd.DataFrame:
    """The matrix with its holders as a column; a term of the same name gets a number."""
    wide = positions.matrix().rename_axis(columns=None)
    free, number = positions.by, 2
    while free in wide.columns:
        free = f"{positions.by}_{number}"
        number += 1
    return wide.rename(columns={positions.by: free}).reset_index()


def _meanings(positions: Positions, frame: pd.DataFrame, name: str) -> dict[str, str]:
    """What each column holds; those of a matrix are called after its terms."""
    if name != "matrix":
        return {column: describe(column) for column in frame.columns}
    terms = positions.table.drop_duplicates("term")["term_name"]
    said = [describe(positions.by), *(f"Position: {term}" for term in terms)]
    return dict(zip(frame.columns, said, strict=True))


def _inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that no spreadsheet computes, in cells and in the header."""
    return frame.map(_safe).rename(columns=_safe)


def _safe(value: Any) -> Any:
    return cell(printable(value))[:_CELL] if isinstance(value, str) else value


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Names of statements as one type, so that every format can hold them."""
    if "statement" not in frame.columns or pd.api.types.is_integer_dtype(frame["statement"]):
        return frame
    whole = all(isinstance(name, int) for name in frame["statement"])
    return frame.astype({"statement": int}) if whole and len(frame) else _named(frame)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(statement=frame["statement"].map(str).astype(object))


def _write_excel(positions: Positions, draft: Path) -> None:
    from stance.streaming.tables import openpyxl

    openpyxl()  # says how to install it
    sheets = {name: _inert(_table(positions, name)) for name in TABLES}
    for name, frame in sheets.items():
        if len(frame) > _SHEET_ROWS:
            raise DataError(
                f"the table of {name} has {len(frame):,} rows, and an Excel sheet holds "
                f"{_SHEET_ROWS:,}; export to .csv or .parquet"
            )
    with pd.ExcelWriter(draft, engine="openpyxl", date_format="YYYY-MM-DD") as writer:
        _notes(positions).to_excel(writer, sheet_name="notes", index=False)
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 1))
        for sheet in writer.sheets.values():
            for column in sheet.iter_cols(max_row=1):
                width = _WIDTHS.get(str(column[0].value), 14)
                sheet.column_dimensions[column[0].column_letter].width = width


def _notes(positions: Positions) -> pd.DataFrame:
    """The sheet that explains: general notes, then each column, then the codes."""
    said = notes(positions.level, positions.min_n, positions.n_boot, positions.seed)
    rows = [("note", "", text) for text in said]
    for name in ("positions", "evidence"):
        frame = _table(positions, name)
        rows += [(name, column, describe(column)) for column in frame.columns]
    rows.append(("matrix", "(one for each term)", describe("position")))
    rows += [
        ("code in Stata", column, ", ".join(f"{code} = {text}" for code, text in codes.items()))
        for column, codes in CODES.items()
    ]
    return pd.DataFrame(rows, columns=["about", "column", "meaning"])


def _write_parquet(frame: pd.DataFrame, meanings: dict[str, str], draft: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [item.with_metadata({"description": meanings[item.name]}) for item in table.schema]
    schema = pa.schema(fields, metadata=table.schema.metadata)
    pq.write_table(table.cast(schema), draft, compression="zstd")


def _write_stata(positions: Positions, frame: pd.DataFrame, table: str, draft: Path) -> None:
    from stance.positioning.stata import write_stata

    meanings = _meanings(positions, frame, table)
    frame = frame.map(lambda value: printable(value) if isinstance(value, str) else value)
    names = dict(zip(frame.columns, _variables(frame.columns), strict=True))
    coded = [name for name in frame.columns if name in CODES and table != "matrix"]
    codes = {name: CODES[name] for name in coded}
    for name, code in codes.items():
        back = {text: number for number, text in code.items()}
        yes = {True: 1, False: 0}
        values = frame[name].map(yes if name == "checked" else back)
        frame[name] = values.astype("float64" if values.isna().any() or values.empty else "int8")
    write_stata(
        frame.rename(columns=names),
        draft,
        labels={names[name]: text[:80] for name, text in meanings.items()},
        codes=codes,
        notes=notes(positions.level, positions.min_n, positions.n_boot, positions.seed),
    )


def _variables(columns: Iterable[str]) -> list[str]:
    """Names that Stata takes: letters, digits and underscores, at most 32, none twice."""
    from stance.positioning.stata import is_reserved

    found: list[str] = []
    for name in columns:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)[:32] or "_"
        plain = f"_{plain}"[:32] if plain[0].isdigit() or is_reserved(plain) else plain
        number = 2
        while plain in found:
            plain = f"{plain[:28]}_{number}"
            number += 1
        found.append(plain)
    return found
