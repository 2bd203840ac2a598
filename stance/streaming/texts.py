"""Rows of the formats that are text: CSV, TSV, JSON lines, plain lines."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import IO, Any

from stance.errors import DataError, nearest
from stance.streaming.rows import Row, find_columns, row_of

__all__ = ["csv_rows", "decoded", "json_rows", "line_rows"]

_LONGEST_CELL = 20_000_000
_LOOK_AHEAD = 100
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def decoded(binary: io.BufferedReader, encoding: str | None, where: str) -> io.TextIOWrapper:
    """Decode a file; bytes that are not UTF-8 stay marked, so that only their row is at fault.

    Raises
    ------
    DataError
        If the encoding is unknown, or the file looks like UTF-16 without saying so.
    """
    head: bytes = binary.peek(4096)[:4096]
    if encoding is None:
        encoding = next((name for bom, name in _BOMS.items() if head.startswith(bom)), "utf-8")
        if encoding != "utf-16" and b"\0" in head:
            raise DataError(
                f"{where}: it holds zero bytes, as UTF-16 and binary files do; "
                "save it as UTF-8, or add --encoding utf-16-le"
            )
    try:
        known = codecs.lookup(encoding).name
    except LookupError as error:
        names = ("utf-8", "utf-16", "cp1252", "cp1251", "latin-1", "iso8859-15", "koi8-r")
        raise DataError(f"unknown encoding {encoding!r}; {nearest(encoding, names)}") from error
    # A byte order mark is no part of the first column's name.
    if known == "utf-8" and head.startswith(codecs.BOM_UTF8):
        known = "utf-8-sig"
    errors = "surrogateescape" if known.startswith("utf-8") else "strict"
    return io.TextIOWrapper(binary, known, errors=errors, newline="")


def csv_rows(
    text: IO[str], asked: Mapping[str, str | None], where: str, delimiter: str | None
) -> Iterator[Row]:
    """Rows of a table with a header."""
    lines = enumerate(text, 1)
    at, first = next(((number, line) for number, line in lines if line.strip()), (0, ""))
    if not at:
        raise DataError(f"{where} is empty: expected a header and rows")
    chosen = delimiter or _delimiter(first, asked.get("text") or "text")
    if len(chosen) != 1:
        raise DataError(f"--delimiter: expected one character, got {chosen!r}")
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(chain([first], (line for _, line in lines)), delimiter=chosen, strict=True)
    try:
        header = next(reader)
    except csv.Error as error:
        raise DataError(f"{where}: cannot read the header: {error}") from error
    hint = "; without a header row, use --format txt for one statement a line"
    columns = find_columns(header, asked, where, hint)
    return _csv_rows(reader, header, columns, where, at)


def _csv_rows(
    reader: Any, header: list[str], columns: dict[str, str], where: str, number: int
) -> Iterator[Row]:
    places = {field: header.index(name) for field, name in columns.items()}
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise DataError(
                    f"{where}, row {number}: a cell of more than {_LONGEST_CELL:,} characters; "
                    "is a quotation mark not closed?"
                ) from error
            yield Row(number, str(number), None, f"{error}; is a quotation mark not closed?")
            continue
        if not any(cells):
            continue
        if len(cells) <= places.get("text", 0) or any(cells[len(header) :]):
            fault = f"{len(cells)} cells, but the header has {len(header)}; is a quote missing?"
            yield Row(number, str(number), None, fault)
            continue
        found = {field: cells[at] for field, at in places.items() if at < len(cells)}
        yield row_of(number, found, columns)


def _delimiter(header: str, text: str) -> str:
    """The character that makes the text column appear, or that occurs most."""
    candidates = (",", ";", "\t", "|")
    for item in candidates:
        names = [name.strip(' "\r\n').casefold() for name in header.split(item)]
        if text.strip().casefold() in names and len(names) > 1:
            return item
    return max(candidates, key=header.count)


def json_rows(text: IO[str], asked: Mapping[str, str | None], where: str) -> Iterator[Row]:
    """Rows of JSON objects, one a line."""
    lines = _json_lines(text)
    ahead = list(islice(lines, _LOOK_AHEAD))
    if ahead and isinstance(ahead[0][1], list):
        raise DataError(
            f"{where}: expected one JSON object a line, got a list; jq -c '.[]' takes it apart"
        )
    objects = [item for _, item in ahead if isinstance(item, dict)]
    if not objects:
        raise DataError(
            f"{where}: none of the first {len(ahead)} lines is a JSON object"
            + (f" ({ahead[0][1]})" if ahead and isinstance(ahead[0][1], str) else "")
        )
    columns = find_columns(list(dict.fromkeys(chain(*objects))), asked, where)
    return _json_rows(chain(ahead, lines), columns)


def _json_rows(lines: Iterator[tuple[int, Any]], columns: dict[str, str]) -> Iterator[Row]:
    for number, item in lines:
        if not isinstance(item, dict):
            fault = item if isinstance(item, str) else f"expected an object, got {item!r:.40}"
            yield Row(number, str(number), None, fault)
        elif "text" in columns and columns["text"] not in item:
            fault = f"no key {columns['text']!r}; {nearest(columns['text'], item)}"
            yield Row(number, str(number), None, fault)
        else:
            yield row_of(number, {key: item.get(name) for key, name in columns.items()}, columns)


def _json_lines(text: IO[str]) -> Iterator[tuple[int, Any]]:
    """Each line that is not blank, read; where it is not JSON, a string that says so."""
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"not JSON: {error}"
            continue
        yield (
            number,
            f"expected an object, got {line.strip():.40}" if isinstance(found, str) else found,
        )


def line_rows(text: IO[str]) -> Iterator[Row]:
    """Each line that is not blank is a statement."""
    for number, line in enumerate(text, 1):
        if line.strip():
            yield row_of(number, {"text": line.rstrip("\r\n")}, {"text": "text"})
