"""Read a table of any format that stance knows into a frame whose index names its rows."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from stance.datasets.jsonl import json_lines
from stance.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SUFFIXES", "read_table"]

SUFFIXES = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
"""The endings of the names of tables."""

_DELIMITERS = (",", ";", "\t", "|")


def read_table(path: Path) -> pd.DataFrame:
    """Read one table; the cells of CSV and TSV are text as it stands there.

    The index names the rows as people count them: "row 2", or "line 2" of JSON lines.

    Raises
    ------
    DataError
        If the format is not known or the file is damaged.
    """
    import pandas as pd
    import pyarrow as pa

    name = path.name.lower()
    if not name.endswith(SUFFIXES):
        raise DataError(f"{path}: unknown format; expected one of {', '.join(SUFFIXES)}")
    if ".jsonl" in name:
        lines = {f"line {where.rpartition(':')[2]}": row for where, row in json_lines(path)}
        return pd.DataFrame(list(lines.values()), index=list(lines), dtype=object)
    sep = "\t" if ".tsv" in name else ","
    try:
        if name.endswith(".parquet"):
            table, first = _parquet(path), 1
        else:
            # "NA" and "None" may be labels.
            table = pd.read_csv(
                path, sep=sep, dtype=str, encoding="utf-8-sig", keep_default_na=False
            )
            first = 2  # row 1 of a spreadsheet is the header
    except (OSError, EOFError, zlib.error, ValueError, pa.ArrowException) as error:
        raise DataError(f"{path}: cannot read it: {error}") from error
    if not name.endswith(".parquet"):
        _check_divided(table, path, sep)
        table = _in_columns(table, path, first)
    return table.set_axis([f"row {number}" for number in range(first, first + len(table))])


def _in_columns(table: pd.DataFrame, path: Path, first: int) -> pd.DataFrame:
    """Put each cell under its own name again, and leave out what blank cells stand beyond them.

    Where rows are longer than the header, pandas takes their first cells for an index.
    """
    import pandas as pd

    if isinstance(table.index, pd.RangeIndex):
        return table
    names, cells = table.columns, table.index.to_frame(index=False)
    cells = pd.concat([cells, table.reset_index(drop=True)], axis=1)
    surplus = (cells.iloc[:, len(names) :] != "").any(axis=1).to_numpy()
    if surplus.any():
        raise DataError(
            f"{path}, row {first + int(surplus.argmax())}: more cells than the {len(names)} of the "
            "header; is a quote missing?"
        )
    return cells.iloc[:, : len(names)].set_axis(names, axis=1)


def _check_divided(table: pd.DataFrame, path: Path, sep: str) -> None:
    """Refuse a table whose only column is a row of names with something else between them."""
    name = str(table.columns[0])
    for other in _DELIMITERS:
        if len(table.columns) == 1 and other != sep and other in name:
            raise DataError(
                f"{path}: expected cells separated by {sep!r}, but the header seems to be "
                f"separated by {other!r}: {name!r:.80}; save the table with {sep!r}"
            )


def _parquet(path: Path) -> pd.DataFrame:
    """All columns; what pandas wrote beside them, such as an index, is a stranger's word."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        table: pd.DataFrame = file.read().replace_schema_metadata(None).to_pandas()
    return table
