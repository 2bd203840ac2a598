"""Rows of the formats that are text: CSV, TSV, JSON lines, plain lines."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain, islice
from typing import IO, Any

from stance.errors import DataError, nearest
from stance.streaming.rows import FIELDS, Records, Row, faulty, find_columns, row_of

__all__ = ["csv_records", "decoded", "json_records", "line_records"]

_LONGEST_CELL = 20_000_000
_LOOK_AHEAD = 100
_LONGEST_HEADER = 100_000
_DELIMITERS = (",", ";", "\t", "|")
_NO_DELIMITER = "\x1f"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*$')
# UTF-32's mark for little ends begins with that of UTF-16.
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
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
    marked = next((name for bom, name in _BOMS.items() if head.startswith(bom)), "")
    if encoding is None:
        encoding = marked or "utf-8"
        if encoding not in ("utf-16", "utf-32") and b"\0" in head:
            order = "be" if head.startswith(b"\0") else "le"
            raise DataError(
                f"{where}: it holds zero bytes, as UTF-16 and binary files do; "
                f"save it as UTF-8, or add --encoding utf-16-{order}"
            )
    try:
        "".encode(encoding)  # refuses those of bytes, such as base64
        known = codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        names = ("utf-8", "utf-16", "cp1252", "cp1251", "latin-1", "iso8859-15", "koi8-r")
        raise DataError(f"unknown encoding {encoding!r}; {nearest(encoding, names)}") from error
    # A byte order mark is no part of the first column's name.
    if marked.startswith(known.removesuffix("-le").removesuffix("-be")):
        known = marked
    errors = "surrogateescape" if known.startswith("utf-8") else "strict"
    return io.TextIOWrapper(binary, known, errors=errors, newline="")


def csv_records(
    text: IO[str], asked: Mapping[str, str | None], where: str, delimiter: str | None
) -> Records[Any]:
    """Rows of a table with a header."""
    number, first = _next_line(text, 0)
    separator = _SEPARATOR_LINE.match(first)
    if separator:  # Excel's own line
        delimiter = delimiter or separator[1]
        number, first = _next_line(text, number)
    if not first:
        raise DataError(f"{where} is empty: expected a header and rows")
    csv.field_size_limit(_LONGEST_CELL)
    first += _continued(first, text, delimiter)
    chosen = delimiter or _delimiter(first, asked.get("text") or "text")
    reader = _reader(chain([first], text), chosen, first)
    try:
        header = next(reader)
    except csv.Error as error:
        raise DataError(f"{where}: cannot read the header: {error}") from error
    hint = (
        "; without a header row, use --format txt for one statement a line; "
        "delete rows that stand above the header"
    )
    columns = find_columns(header, asked, where, hint)
    places = {field: header.index(name) for field, name in columns.items()}
    needed, width = places.get("text", 0), len(header)

    def build(item: tuple[int, list[str] | str]) -> Row:
        number, cells = item
        if isinstance(cells, str):
            return faulty(number, cells)
        if len(cells) <= needed or any(cells[width:]):
            fault = f"{len(cells)} cells, but the header has {width}; is a quote missing?"
            return faulty(number, fault)
        found = {field: cells[at] for field, at in places.items() if at < len(cells)}
        return row_of(number, found, columns)

    return Records(_cells(reader, where, number), build)


def _continued(first: str, text: IO[str], delimiter: str | None) -> str:
    """The lines over which a quoted name of the header goes on; an inch mark opens none."""
    lines: list[str] = []

    def following() -> Iterator[str]:
        yield first
        room = _LONGEST_HEADER - len(first)
        while room > 0 and (more := text.readline(_LONGEST_HEADER)):
            lines.append(more)
            room -= len(more)
            yield more

    for item in delimiter or "".join(_DELIMITERS):
        if _is_open(first, item):
            with suppress(csv.Error):
                next(_reader(following(), item, first))
            break
    return "".join(lines)


def _is_open(line: str, delimiter: str) -> bool:
    """Whether a quoted cell goes on behind the end of a line."""
    try:
        next(_reader([line], delimiter, line), None)
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _reader(lines: Iterable[str], delimiter: str, header: str) -> Any:
    return csv.reader(
        lines, delimiter=delimiter, skipinitialspace=f"{delimiter} " in header, strict=True
    )


def _next_line(lines: Iterable[str], number: int) -> tuple[int, str]:
    """The next line that is not blank, and its number."""
    for line in lines:
        number += 1
        if line.strip():
            return number, line
    return number, ""


def _cells(reader: Any, where: str, number: int) -> Iterator[tuple[int, list[str] | str]]:
    """The cells of each row that has some, or what is wrong with it."""
    while True:
        number += 1
        before = reader.line_num
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
            yield number, _csv_fault(str(error), reader.line_num - before)
            continue
        if any(cells):
            yield number, cells


def _csv_fault(error: str, lines: int) -> str:
    if "expected after" in error:
        error = (
            "a quotation mark inside a cell: write it twice, and put quotation marks around "
            "the whole cell"
        )
    elif "unexpected end" in error:
        error = "a quotation mark is not closed before the end of the file"
    return error + (f"; this took in the {lines - 1:,} lines below it" if lines > 1 else "")


def _delimiter(header: str, text: str) -> str:
    """The character that makes the text column appear, or that occurs most.

    Where none occurs there is one column, and a comma in it is a comma.
    """
    for item in _DELIMITERS:
        names = [name.strip(' "\r\n').casefold() for name in header.split(item)]
        if text.strip().casefold() in names and len(names) > 1:
            return item
    most = max(_DELIMITERS, key=header.count)
    return most if most in header else _NO_DELIMITER


def json_records(text: IO[str], asked: Mapping[str, str | None], where: str) -> Records[Any]:
    """Rows of JSON objects, one a line."""
    lines = ((number, line) for number, line in enumerate(text, 1) if line.strip())
    ahead = list(islice(lines, _LOOK_AHEAD))
    if not ahead:
        raise DataError(f"{where} is empty: expected one JSON object a line")
    first = _read_json(ahead[0][1])
    if isinstance(first, list) or ahead[0][1].strip() == "[":
        raise DataError(
            f"{where}: expected one JSON object a line, got a list; jq -c '.[]' takes it apart"
        )
    if ahead[0][1].strip() == "{":
        raise DataError(
            f"{where}: expected one JSON object a line, got one over several lines; "
            "jq -c . puts each on one"
        )
    read = [_read_json(line) for _, line in ahead]
    objects = [item for item in read if isinstance(item, dict)]
    if not objects:
        raise DataError(
            f"{where}: none of the first {len(ahead)} lines is a JSON object"
            + (f" ({first})" if isinstance(first, str) else "")
        )
    columns = find_columns(list(dict.fromkeys(chain(*objects))), asked, where)
    late = set(FIELDS) - set(asked) - set(columns)
    chosen = {_plain(name): name for name in columns.values()}

    def build(item: tuple[int, str]) -> Row:
        found = _read_json(item[1])
        fault = _passed_over(found, late, chosen) if isinstance(found, dict) else ""
        return faulty(item[0], fault) if fault else _json_row(item[0], found, columns)

    return Records(chain(ahead, lines), build)


def _plain(key: str) -> str:
    """A key as it is compared with others."""
    return key.strip().casefold()


def _passed_over(found: Mapping[str, Any], late: Container[str], chosen: Mapping[str, str]) -> str:
    """What is wrong with a row that has a key of which nobody would learn that it is not read."""
    for key in found:
        plain = _plain(key)
        if plain in late:
            return (
                f"the key {key!r} is in none of the first {_LOOK_AHEAD} lines, which tell what to "
                "read; put a line that has it among them"
            )
        if chosen.get(plain, key) not in found:
            return f"the key {key!r} is called {chosen[plain]!r} in other lines; call it so in all"
    return ""


def _json_row(number: int, found: Any, columns: dict[str, str]) -> Row:
    if not isinstance(found, dict):
        fault = found if isinstance(found, str) else f"expected an object, got {found!r:.40}"
        return faulty(number, fault)
    if "text" in columns and columns["text"] not in found:
        return faulty(number, f"no key {columns['text']!r}; {nearest(columns['text'], found)}")
    return row_of(number, {key: found.get(name) for key, name in columns.items()}, columns)


def _read_json(line: str) -> Any:
    """What a line holds; where it is not JSON, or text, a string that says so."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return f"expected an object, got {line.strip():.40}" if isinstance(found, str) else found


def line_records(text: IO[str], where: str) -> Records[Any]:
    """Each line that is not blank is a statement.

    Raises
    ------
    DataError
        If the first one looks like the header of a table.
    """
    lines = ((number, line) for number, line in enumerate(text, 1) if line.strip())
    ahead = list(islice(lines, 1))
    for item in _DELIMITERS if ahead else ():
        names = [name.strip(' "\r\n').casefold() for name in ahead[0][1].split(item)]
        if len(names) > 1 and "text" in names:
            raise DataError(
                f"{where}: the first line looks like the header of a table, not like a "
                f"statement; add --format {'tsv' if item == chr(9) else 'csv'}"
            )

    def build(item: tuple[int, str]) -> Row:
        return row_of(item[0], {"text": item[1].rstrip("\r\n")}, {"text": "text"})

    return Records(chain(ahead, lines), build)
