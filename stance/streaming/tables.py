"""Rows of the formats that are binary: Parquet and Excel workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any
from zipfile import BadZipFile

import pyarrow as pa
import pyarrow.parquet as pq

from stance.errors import DataError, UnknownNameError
from stance.streaming.rows import Row, find_columns, row_of

__all__ = ["Parquet", "Sheet", "openpyxl"]

_ROWS_AT_ONCE = 4096


class Parquet:
    """A Parquet file; only the columns that are needed are read."""

    def __init__(self, binary: IO[bytes], asked: Mapping[str, str | None], where: str) -> None:
        try:
            self._file = pq.ParquetFile(binary)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{where}: cannot read it as Parquet: {error}") from error
        self._where = where
        schema = self._file.schema_arrow
        self._columns = find_columns(schema.names, asked, where)
        self.total = int(self._file.metadata.num_rows)
        self.done = 0
        if "text" in self._columns:
            self._check_text(schema)

    def _check_text(self, schema: pa.Schema) -> None:
        kind = schema.field(self._columns["text"]).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        checks = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
        if not any(check(kind) for check in (*checks, pa.types.is_null)):
            raise DataError(
                f"{self._where}, column {self._columns['text']!r}: expected text, got {kind}; "
                "name another one with --text-column"
            )

    def rows(self) -> Iterator[Row]:
        """Rows, numbered from 1."""
        names = list(dict.fromkeys(self._columns.values()))
        try:
            for batch in self._file.iter_batches(_ROWS_AT_ONCE, columns=names):
                cells = {name: _values(batch.column(name)) for name in names}
                for index in range(batch.num_rows):
                    self.done += 1
                    found = {key: cells[name][index] for key, name in self._columns.items()}
                    yield row_of(self.done, found, self._columns)
        except pa.ArrowException as error:
            raise DataError(f"{self._where}: cannot read on: {error}") from error


def _values(column: pa.Array) -> list[Any]:
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        whole = column.cast(pa.binary()).to_pylist()
        return [None if item is None else item.decode(errors="surrogateescape") for item in whole]


class Sheet:
    """One sheet of an Excel workbook; the first row that is not blank is the header."""

    def __init__(
        self, binary: IO[bytes], asked: Mapping[str, str | None], where: str, name: str | None
    ) -> None:
        try:
            book = openpyxl().load_workbook(binary, read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError, OSError) as error:
            raise DataError(f"{where}: cannot read it as an Excel workbook: {error}") from error
        if name is not None and name not in book.sheetnames:
            raise UnknownNameError.of("sheet", name, book.sheetnames)
        sheet = book.active if name is None else book[name]
        self.total: int | None = sheet.max_row
        # Some programs write a wrong size; without one every row is read.
        sheet.reset_dimensions()
        self._rows = enumerate(sheet.iter_rows(values_only=True), 1)
        self.done = 0
        header = next((row for _, row in self._rows if any(cell is not None for cell in row)), None)
        if header is None:
            raise DataError(f"{where}: the sheet {sheet.title!r} is empty; choose one with --sheet")
        names = ["" if cell is None else str(cell) for cell in header]
        self._columns = find_columns([item for item in names if item], asked, where)
        self._places = {field: names.index(column) for field, column in self._columns.items()}

    def rows(self) -> Iterator[Row]:
        """Rows, numbered as in the sheet."""
        for number, cells in self._rows:
            self.done = number
            if any(cell is not None for cell in cells):
                found = {key: cells[at] for key, at in self._places.items() if at < len(cells)}
                yield row_of(number, found, self._columns)


def openpyxl() -> Any:
    """The library for Excel workbooks, or how to install it."""
    try:
        import openpyxl as library
    except ImportError as error:
        raise DataError(
            "Excel workbooks need the extra excel: pip install 'stance[excel]'"
        ) from error
    return library
