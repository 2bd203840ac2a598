"""Rows of the formats that are binary: Parquet and Excel workbooks."""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice, repeat
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import pyarrow as pa
import pyarrow.parquet as pq

from stance.arrow import is_bytes, uncategorised, values
from stance.errors import DataError, UnknownNameError
from stance.records import Statement
from stance.statements import unnamed
from stance.streaming.rows import FIELDS, Records, Row, find_columns, row_of

__all__ = ["Parquet", "Sheet", "openpyxl"]

_ROWS_AT_ONCE = 4096
_SHEET_ROWS_AT_ONCE = 500
_BUFFER = 1 << 20
# openpyxl says nothing of what it raises; these are what damaged and odd workbooks made it raise.
_DAMAGE = (
    BadZipFile,
    zlib.error,
    ParseError,
    LookupError,
    ValueError,
    AttributeError,
    TypeError,
    RuntimeError,
    OSError,
)
_LAST_ROW = 1_048_576
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Parquet:
    """A Parquet file; only the columns that are needed are read."""

    def __init__(self, binary: IO[bytes], asked: Mapping[str, str | None], where: str) -> None:
        try:
            # Streamed: a row group may be larger than the memory.
            self._file = pq.ParquetFile(binary, pre_buffer=False, buffer_size=_BUFFER)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{where}: cannot read it as Parquet: {error}") from error
        self._where = where
        schema = self._file.schema_arrow
        self._columns = find_columns(schema.names, asked, where)
        self._plain = set(asked) <= set(FIELDS)
        if "text" in self._columns:
            self._check_text(schema)
        self.total = int(self._file.metadata.num_rows)
        self.done = 0

    def _check_text(self, schema: pa.Schema) -> None:
        kind = schema.field(self._columns["text"]).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if not (_is_text(kind) or is_bytes(kind) or pa.types.is_null(kind)):
            raise DataError(
                f"{self._where}, column {self._columns['text']!r}: expected text, got {kind}; "
                "name another one with --text-column"
            )

    def rows(self, start: int, step: int) -> Iterator[Row]:
        """Every ``step``-th row from position ``start``, numbered from 1."""
        columns, wanted = self._columns, start
        names = list(dict.fromkeys(columns.values()))
        try:
            for first, batch in self._batches(start, names):
                places = slice(wanted - first, None, step)
                cells = {
                    field: uncategorised(batch.column(name)[places])
                    for field, name in columns.items()
                }
                numbers = range(wanted + 1, first + batch.num_rows + 1, step)
                yield from _rows(numbers, cells, columns, plain=self._plain)
                self.done = first + batch.num_rows
                wanted += len(numbers) * step
        except pa.ArrowException as error:
            raise DataError(f"{self._where}: cannot read on: {error}") from error

    def _batches(self, start: int, names: list[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
        """The batches that hold rows from ``start`` on, each with its first row's position."""
        metadata, first, group = self._file.metadata, 0, 0
        while group < metadata.num_row_groups:
            rows = metadata.row_group(group).num_rows
            if first + rows > start:
                break
            first, group = first + rows, group + 1
        groups = list(range(group, metadata.num_row_groups))
        for batch in self._file.iter_batches(_ROWS_AT_ONCE, row_groups=groups, columns=names):
            if first + batch.num_rows > start:
                yield first, batch
            first += batch.num_rows


def _is_text(kind: pa.DataType) -> bool:
    checks = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(check(kind) for check in checks)


def _rows(
    numbers: range, cells: Mapping[str, pa.Array], columns: Mapping[str, str], *, plain: bool
) -> Iterator[Row]:
    """Rows of columns; ``plain`` where no other field than those of a statement is wanted."""
    try:
        if not plain:
            raise _NotCleanError
        text, name, holder, side = (
            _clean(cells[field]) if field in cells else repeat("", len(numbers)) for field in FIELDS
        )
    except _NotCleanError:
        columnwise = [_values(column) for column in cells.values()]
        for number, *row in zip(numbers, *columnwise, strict=True):
            yield row_of(number, dict(zip(cells, row, strict=True)), columns)
    else:
        statements = map(Statement, text, holder, side)
        ids = "id" in cells
        for number, given, statement in zip(numbers, name, statements, strict=True):
            yield Row(number, given or unnamed(number, ids=ids), statement)


class _NotCleanError(Exception):
    """A column has to be read cell by cell."""


def _clean(column: pa.Array) -> list[str]:
    """The cells of a column of text, in which nothing can be at fault."""
    if not _is_text(column.type):
        raise _NotCleanError
    try:
        return [item or "" for item in column.to_pylist()]
    except UnicodeDecodeError as error:
        raise _NotCleanError from error


def _values(column: pa.Array) -> list[Any]:
    if not is_bytes(column.type):
        try:
            return values(column)
        except UnicodeDecodeError:
            column = column.cast(pa.binary())
    return [
        None if item is None else item.decode(errors="surrogateescape")
        for item in column.to_pylist()
    ]


class Sheet:
    """One sheet of a workbook, row by row."""

    def __init__(
        self, binary: IO[bytes], asked: Mapping[str, str | None], where: str, name: str | None
    ) -> None:
        self._where = where
        library = openpyxl()
        with self._readable():
            book = library.load_workbook(binary, read_only=True, data_only=True)
            tables = {sheet.title: sheet for sheet in book.worksheets}
        if name is not None and name not in tables:
            raise UnknownNameError.of("sheet", name, tables)
        sheet = book.active if name is None else tables[name]
        if sheet is None or sheet.title not in tables:
            raise DataError(f"{where}: the sheet in view is a chart; choose one with --sheet")
        self.total: int | None = sheet.max_row
        # Some programs write a wrong size; without one every row is read.
        sheet.reset_dimensions()
        self._cells = enumerate(sheet.iter_rows(values_only=True), 1)
        self.done = 0
        self._filled = self._raw()
        header = next((cells for _, cells in self._filled), None)
        if header is None:
            raise DataError(f"{where}: the sheet {sheet.title!r} is empty; choose one with --sheet")
        names = ["" if cell is None else str(_unescaped(cell)) for cell in header]
        hint = "; delete rows that stand above the header"
        self._columns = find_columns(names, asked, where, hint)
        self._places = {field: names.index(column) for field, column in self._columns.items()}
        self._check_computed(sheet, library)

    def _check_computed(self, sheet: Any, library: Any) -> None:
        with self._readable(), sheet._get_source() as file:
            head = file.read(_BUFFER)
        places = sorted({at + 1 for at in self._places.values()})
        found = _uncomputed(head, map(library.utils.get_column_letter, places))
        if found:
            raise DataError(
                f"{self._where}, cell {found}: a formula whose value is not in the file; open it "
                "in a spreadsheet and save it there"
            )

    def records(self) -> Records[tuple[int, tuple[Any, ...]]]:
        """Rows, numbered as in the sheet."""
        return Records(self._filled, self._build)

    def _build(self, item: tuple[int, tuple[Any, ...]]) -> Row:
        number, cells = item
        found = {key: _unescaped(cells[at]) for key, at in self._places.items() if at < len(cells)}
        return row_of(number, found, self._columns)

    def _raw(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """The rows in which something stands."""
        while True:
            with self._readable():
                read = list(islice(self._cells, _SHEET_ROWS_AT_ONCE))
            if not read:
                return
            for self.done, cells in read:
                if self.done > _LAST_ROW:
                    raise DataError(
                        f"{self._where}: a row {self.done:,}, and a sheet has {_LAST_ROW:,} at most"
                    )
                if any(cell is not None for cell in cells):
                    yield self.done, cells

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what openpyxl raises into an error for people; its warnings say nothing to them."""
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", module="openpyxl")
                yield
        except _DAMAGE as error:
            what = error.args[0] if isinstance(error, KeyError) else error
            raise DataError(
                f"{self._where}: cannot read it as an Excel workbook: {what}; "
                "open it in a spreadsheet and save it as .xlsx or .csv"
            ) from error


def _unescaped(value: Any) -> Any:
    """A cell without Excel's way of writing what XML does not hold, such as ``_x000D_``.

    References
    ----------
    ECMA-376, part 1, section 22.9.2.19, ST_Xstring.
    """
    if not isinstance(value, str) or "_x" not in value:
        return value
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


def _uncomputed(xml: bytes, columns: Iterable[str]) -> str:
    """The first cell of these columns with a formula and no value: it would read blank."""
    letters = "|".join(columns).encode()
    formula = rb"<f[^>]*/>|<f[^>]*>[^<]*</f>"  # the first where a formula is that of a cell above
    cell = rb'<c r="((?:%b)\d+)"[^>]*>(?:%b)\s*(?:<v ?/>|<v></v>)?</c>' % (letters, formula)
    found = re.search(cell, xml)
    return found[1].decode() if found else ""


def openpyxl() -> Any:
    """The library for Excel workbooks, or how to install it."""
    try:
        import openpyxl as library
    except ImportError as error:
        raise DataError(
            "Excel workbooks need the extra excel: pip install 'stance[excel]'"
        ) from error
    return library
