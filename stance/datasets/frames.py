"""Read a table of any format that stance knows into a frame whose index names its rows."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.datasets.jsonl import json_lines
from stance.errors import DataError, shown

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["SUFFIXES", "read_table", "texts"]

SUFFIXES = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
"""The endings of the names of tables."""

_LONGEST_CELL = 20_000_000
_DELIMITERS = (",", ";", "\t", "|")
"""Of a .csv file, the first that its header holds: many spreadsheets write semicolons."""


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
    parquet = name.endswith(".parquet")
    try:
        table = _parquet(path) if parquet else _csv(path)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: cannot read it: {_undecodable(path)}") from error
    except DataError:
        raise
    except (OSError, EOFError, zlib.error, ValueError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())  # pandas ends some of its messages with a new line
        raise DataError(f"{path}: cannot read it: {reason}") from error
    numbers = range(1, 1 + len(table)) if parquet else _row_numbers(path, len(table))
    return table.set_axis([f"row {number}" for number in numbers])


def _csv(path: Path) -> pd.DataFrame:
    import pandas as pd

    sep = _delimiter(path)
    # "NA" and "None" may be labels.
    read: Any = partial(pd.read_csv, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    table: pd.DataFrame = read(path, sep=sep)
    # As a header pandas would give a name that stands twice a number.
    names = read(path, sep=sep, header=None, nrows=1).iloc[0].tolist()
    _check_divided(table, path, sep)
    return _in_columns(table, path).set_axis(names, axis=1)


def _row_numbers(path: Path, count: int) -> Sequence[int]:
    """As a spreadsheet counts them, with the header and the blank lines that pandas leaves out."""
    plain = range(2, 2 + count)
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    lines = (line.decode("utf-8-sig") for line in _lines(path))
    try:
        found = [
            number
            for number, row in enumerate(csv.reader(lines, delimiter=_delimiter(path)), 1)
            if row
        ]
    except csv.Error:
        return plain
    return found[1:] if len(found) == 1 + count else plain


def _in_columns(table: pd.DataFrame, path: Path) -> pd.DataFrame:
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
            f"{path}, row {2 + int(surplus.argmax())}: more cells than the {len(names)} of the "
            "header; is a quote missing?"
        )
    return cells.iloc[:, : len(names)].set_axis(names, axis=1)


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
        yield from file


def _delimiter(path: Path) -> str:
    if ".tsv" in path.name.lower():
        return "\t"
    header = next(_lines(path), b"").decode("utf-8", "replace")
    return next((item for item in _DELIMITERS if item in header), ",")


def _undecodable(path: Path) -> str:
    """The first line that is not UTF-8."""
    for number, line in enumerate(_lines(path), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            wrong = line[error.start]
            return f"the byte 0x{wrong:02x} in line {number} is not UTF-8; save it as UTF-8"
    return "it is not UTF-8; save it as UTF-8"


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
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        table = file.read().replace_schema_metadata(None)
    columns = [_readable(column) for column in table.columns]
    # As floats, whole numbers beside a missing one would be other labels and other ids.
    frame: pd.DataFrame = pa.table(columns, table.column_names).to_pandas(integer_object_nulls=True)
    return frame


def _readable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as bytes where it is not UTF-8: whoever reads its cells can name the row."""
    import pyarrow as pa

    kinds = (pa.string(), pa.large_string(), pa.string_view())
    try:
        column.validate(full=column.type in kinds)
    except pa.ArrowInvalid:
        return column.cast(pa.large_binary())
    return column


def texts(column: pd.Series[Any]) -> list[str | DataError]:
    """The cells of a column as text, a missing one empty; or what else they are."""
    from pandas.api.types import is_scalar

    return [
        DataError(f"expected text, got {shown(value)}")
        if not is_scalar(value)
        else ""
        if missing
        else _decoded(value)
        if isinstance(value, bytes)
        else str(value)
        for value, missing in zip(column, column.isna(), strict=True)
    ]


def _decoded(value: bytes) -> str | DataError:
    """Text in bytes, as Hive and Impala write it to Parquet."""
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        wrong = value[error.start]
        return DataError(f"the byte 0x{wrong:02x} is not UTF-8; save the text as UTF-8")
