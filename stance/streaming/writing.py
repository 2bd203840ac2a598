"""Write batches of answers as CSV, TSV, JSON lines, Parquet or Excel, the same bytes each time."""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from stance.errors import DataError, nearest
from stance.inert import FORMULA_FIRST, FORMULA_LATER, cell, printable
from stance.streaming.parts import named
from stance.streaming.tables import openpyxl

__all__ = ["OUTPUT_FORMATS", "SHEET_ROWS", "output_format", "write"]

OUTPUT_FORMATS = ("csv", "tsv", "jsonl", "parquet", "xlsx")
SHEET_ROWS = 1_048_575
"""How many rows an Excel sheet holds below its header."""

_DECIMALS = 6
_READ_AS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def output_format(path: Path) -> tuple[str, bool]:
    """The format that a file's name asks for, and whether to compress it with gzip.

    Raises
    ------
    DataError
        If it asks for none of :data:`OUTPUT_FORMATS`.
    """
    suffixes = [suffix.lstrip(".").lower() for suffix in path.suffixes]
    packed = suffixes[-1:] == ["gz"]
    kind = (suffixes[:-1] if packed else suffixes)[-1:] or [""]
    if packed and kind[0] in ("parquet", "xlsx"):
        raise DataError(f"--out {path}: {kind[0]} is compressed already; leave out the .gz")
    if kind[0] not in OUTPUT_FORMATS:
        raise DataError(
            f"--out {path}: unknown format {kind[0]!r}; {nearest(kind[0], OUTPUT_FORMATS)}; "
            "the end of the name says which"
        )
    return kind[0], packed


def write(
    path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema, kind: str, *, packed: bool
) -> None:
    """Write batches to a file, one after the other.

    Parameters
    ----------
    path : pathlib.Path
    batches : iterable of pyarrow.RecordBatch
    schema : pyarrow.Schema
        Of every batch.
    kind : str
        One of :data:`OUTPUT_FORMATS`.
    packed : bool
        Compress with gzip; for the formats that are text.
    """
    with named(path), path.open("wb") as raw:
        if kind == "parquet":
            _write_parquet(raw, batches, schema)
        elif kind == "xlsx":
            _write_sheet(raw, batches, schema)
        else:
            with _packing(raw) if packed else _same(raw) as file:
                if kind == "jsonl":
                    _write_json(file, batches)
                else:
                    _write_csv(file, batches, schema, "," if kind == "csv" else "\t")
        raw.flush()
        os.fsync(raw.fileno())


@contextmanager
def _packing(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    # Neither the time nor the name goes in: they would differ from run to run.
    with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as file:
        yield file  # type: ignore[misc]


@contextmanager
def _same(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    yield raw


def _write_parquet(raw: IO[bytes], batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    with pq.ParquetWriter(raw, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def _write_csv(
    file: IO[bytes], batches: Iterable[pa.RecordBatch], schema: pa.Schema, delimiter: str
) -> None:
    flat = pa.schema([_flat_field(item) for item in schema])
    options = pa_csv.WriteOptions(delimiter=delimiter)
    with pa_csv.CSVWriter(file, flat, write_options=options) as writer:
        for batch in batches:
            columns = [_flat(column) for column in batch.columns]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=flat))


def _flat_field(item: pa.Field) -> pa.Field:
    return pa.field(item.name, pa.string()) if pa.types.is_list(item.type) else item


def _flat(column: pa.Array) -> pa.Array:
    """A column as a spreadsheet can have it: short numbers, inert text, sets in one cell."""
    if pa.types.is_floating(column.type):
        return pc.round(column, _DECIMALS)
    if pa.types.is_list(column.type):
        return pc.binary_join(column, "|")
    if pa.types.is_string(column.type):
        # A zero byte would make the whole file one that is not text.
        shown = pc.replace_substring(column, "\x00", r"\x00")
        first = pc.replace_substring_regex(shown, FORMULA_FIRST, r"'\1")
        return pc.replace_substring_regex(first, FORMULA_LATER, r"\1'\2")
    return column


def _write_json(file: IO[bytes], batches: Iterable[pa.RecordBatch]) -> None:
    for batch in batches:
        lines = (
            json.dumps({name: _short(value) for name, value in row.items()}, ensure_ascii=False)
            for row in batch.to_pylist()
        )
        file.write("".join(f"{line}\n" for line in lines).encode())


def _short(value: Any) -> Any:
    return round(value, _DECIMALS) if isinstance(value, float) and math.isfinite(value) else value


def _write_sheet(raw: IO[bytes], batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    book = openpyxl().Workbook(write_only=True)
    sheet = book.create_sheet("predictions")
    sheet.append(schema.names)
    for batch in batches:
        columns = [_flat(column).to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            sheet.append([printable_cell(value) for value in row])
    book.properties.created = datetime(*_LONG_AGO)
    beside = Path(f"{raw.name}.sheet")
    try:
        book.save(beside)
        _without_times(beside, raw)
    finally:
        beside.unlink(missing_ok=True)


def printable_cell(value: Any) -> Any:
    """Text that a workbook can hold and does not compute; other values as they are."""
    if not isinstance(value, str):
        return value
    # Excel reads _x0041_ as a letter, and _x005F_ as the underscore that it begins with.
    return _READ_AS_ESCAPED.sub("_x005F_", cell(printable(value)))


def _without_times(beside: Path, raw: IO[bytes]) -> None:
    """Copy a workbook with all times set to one: equal answers are equal bytes."""
    with zipfile.ZipFile(beside) as old, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            if entry.filename == "docProps/core.xml":
                new.writestr(info, _CORE)
                continue
            with old.open(entry) as source, new.open(info, "w", force_zip64=True) as target:
                copyfileobj(source, target)


_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>stance</dc:creator>'
    "</cp:coreProperties>"
)
