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
    try:
        if name.endswith(".parquet"):
            table, first = _parquet(path), 1
        else:
            sep = "\t" if ".tsv" in name else ","
            # "NA" and "None" may be labels.
            table = pd.read_csv(
                path, sep=sep, dtype=str, encoding="utf-8-sig", keep_default_na=False
            )
            first = 2  # row 1 of a spreadsheet is the header
    except (OSError, EOFError, zlib.error, ValueError, pa.ArrowException) as error:
        raise DataError(f"{path}: cannot read it: {error}") from error
    return table.set_axis([f"row {number}" for number in range(first, first + len(table))])


def _parquet(path: Path) -> pd.DataFrame:
    """All columns; what pandas wrote beside them, such as an index, is a stranger's word."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        table: pd.DataFrame = file.read().replace_schema_metadata(None).to_pandas()
    return table
