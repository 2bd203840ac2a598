"""Read rows of CSV, TSV, JSON lines, Parquet, Excel and plain text, from any row on."""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from types import TracebackType
from typing import IO, Any, Self

from stance.errors import DataError, nearest
from stance.resources import user_path
from stance.streaming import tables, texts
from stance.streaming.places import DERIVED
from stance.streaming.rows import Row

__all__ = [
    "INPUT_FORMATS",
    "STDIN",
    "Layout",
    "Source",
    "existing",
    "input_format",
    "open_source",
]

STDIN = "-"
INPUT_FORMATS = ("csv", "tsv", "jsonl", "parquet", "xlsx", "txt")

_ALIASES = {"ndjson": "jsonl", "xlsm": "xlsx", "tab": "tsv"}
_READ_AS = {
    "delimiter": ("csv", "tsv"),
    "sheet": ("xlsx",),
    "encoding": ("csv", "tsv", "jsonl", "txt"),
}
_RESAVE = "open it in a spreadsheet and save it as .xlsx or .csv"
_UNPACK = "unpack it first"
_COPY = "copy the statements into a table or into plain text, one a line"
_EXPORT = "export it as CSV or Parquet from the program that made it"
_ADVICE = {
    "json": "one JSON object a line is expected: jq -c '.[]' FILE > FILE.jsonl makes it so",
    **dict.fromkeys(("xls", "xlsb", "ods", "numbers"), _RESAVE),
    **dict.fromkeys(("zip", "7z", "rar", "tar", "tgz", "bz2", "xz", "zst"), _UNPACK),
    **dict.fromkeys(("doc", "docx", "odt", "rtf", "pdf", "html", "htm", "xml"), _COPY),
    **dict.fromkeys(
        ("feather", "arrow", "sav", "dta", "rds", "rdata", "pkl", "db", "sqlite"), _EXPORT
    ),
}
_MAGIC = {
    b"PK\x03\x04": ("xlsx", "a zip archive, such as an Excel workbook"),
    b"PAR1": ("parquet", "a Parquet file"),
    b"\xd0\xcf\x11\xe0": (
        "",
        "an old Excel workbook, or one with a password; save it as .xlsx without one",
    ),
    b"\x1f\x8b": ("gz", "compressed with gzip; its name should end in .gz"),
    b"%PDF": ("pdf", "a PDF"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the statements are in a file.

    Attributes
    ----------
    columns : mapping of str to str or None
        Column names that differ from ``text``, ``id``, ``holder`` and ``side``, and further
        fields to be read; None takes the column of a field's name where there is one.
    format : str, optional
        One of :data:`INPUT_FORMATS`; by default by the file's name.
    encoding, delimiter, sheet : str, optional
        Found by looking, where they are not given; the sheet is the one last in view. An
        error where the format has no such thing.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


class Source:
    """An open file of statements: iterate for its rows.

    Attributes
    ----------
    total : int or None
        What ``position`` will be at the end, where that is known.
    """

    def __init__(self, path: str, layout: Layout) -> None:
        self._stack = ExitStack()
        self._where = "standard input" if path == STDIN else path
        self._format, packed = input_format(path, layout)
        _check_layout(layout, self._format, self._where)
        try:
            with self._readable():
                self._open(path, packed)
                self._rows = self._reader(layout)
        except BaseException:
            self._stack.close()
            raise

    def _open(self, path: str, packed: bool) -> None:
        self.total: int | None = None
        self.position: Callable[[], int] = lambda: 0
        if path == STDIN:
            found: Any = sys.stdin.buffer
        else:
            file = existing(path)
            found = self._stack.enter_context(file.open("rb"))
            self.total, self.position = file.stat().st_size, found.tell
        if path == STDIN and self._format in ("parquet", "xlsx"):
            found = self._stack.enter_context(_seekable(found))
        elif packed:
            found = self._stack.enter_context(gzip.GzipFile(fileobj=found))
        buffered = isinstance(found, io.BufferedReader)
        self._binary = found if buffered else io.BufferedReader(found)

    def _reader(self, layout: Layout) -> Callable[[int, int], Iterator[Row]]:
        where, columns = self._where, layout.columns
        self._check_content()
        if self._format == "parquet":
            parquet = tables.Parquet(self._binary, columns, where)
            self.total, self.position = parquet.total, lambda: parquet.done
            return parquet.rows
        if self._format == "xlsx":
            sheet = tables.Sheet(self._binary, columns, where, layout.sheet)
            self.total, self.position = sheet.total, lambda: sheet.done
            return sheet.records().rows
        text = texts.decoded(self._binary, layout.encoding, where)
        # Held, and let go before the end: it would close the file, and standard input.
        self._stack.callback(text.detach)
        if self._format == "jsonl":
            return texts.json_records(text, columns, where).rows
        if self._format == "txt":
            return texts.line_records(text, where).rows
        delimiter = layout.delimiter or ("\t" if self._format == "tsv" else None)
        return texts.csv_records(text, columns, where, delimiter).rows

    def _check_content(self) -> None:
        head = self._binary.peek(4)
        if not head:
            raise DataError(f"{self._where} is empty")
        for magic, (kind, what) in _MAGIC.items():
            if head.startswith(magic) and kind != self._format:
                raise DataError(f"{self._where}: expected {self._format}, but this is {what}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def rows(self, start: int = 0, step: int = 1) -> Iterator[Row]:
        """Every ``step``-th row from the one at position ``start``; can be asked for once."""
        with self._readable():
            yield from self._rows(start, step)

    def __iter__(self) -> Iterator[Row]:
        return self.rows()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what goes wrong below into an error for people."""
        try:
            yield
        except UnicodeError as error:
            raise DataError(
                f"{self._where}: not in the encoding that was named: {error}"
            ) from error
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{self._where}: cannot read it: {error}") from error


def open_source(path: str, layout: Layout) -> Source:
    """Open a file of statements.

    Parameters
    ----------
    path : str
        A file, or ``-`` for standard input.
    layout : Layout

    Raises
    ------
    DataError
        If the file is missing, empty, not in the format, or has no column of texts.
    """
    return Source(path, layout)


def input_format(path: str, layout: Layout) -> tuple[str, bool]:
    """The format of a file, and whether it is compressed with gzip."""
    suffixes = [suffix.lstrip(".").lower() for suffix in Path(path).suffixes]
    packed = path != STDIN and suffixes[-1:] == ["gz"]
    if packed:
        suffixes.pop()
    chosen = layout.format or (suffixes[-1] if suffixes and path != STDIN else "")
    chosen = _ALIASES.get(chosen, chosen)
    if chosen not in INPUT_FORMATS:
        if path == STDIN:
            raise DataError(
                "standard input has no name to tell its format by; add --format "
                f"{'|'.join(INPUT_FORMATS)}"
            )
        existing(path)
        advice = _ADVICE.get(chosen) or f"name it with --format {'|'.join(INPUT_FORMATS)}"
        raise DataError(f"{path}: unknown format {chosen!r}; {advice}")
    if packed and chosen in ("parquet", "xlsx"):
        raise DataError(f"{path}: {chosen} is compressed already; unpack it with gunzip first")
    return chosen, packed


def _check_layout(layout: Layout, kind: str, where: str) -> None:
    """Refuse what would be passed over, and delimiters that divide nothing."""
    for option, kinds in _READ_AS.items():
        if getattr(layout, option) is not None and kind not in kinds:
            raise DataError(
                f"--{option} is for {', '.join(kinds)}, and {where} is read as {kind}; leave it "
                "out, or name another --format"
            )
    named = [name for name, column in layout.columns.items() if column is not None]
    if named and kind == "txt":
        raise DataError(
            f"{where} is read as plain text, which has no columns; leave out "
            f"--{named[0]}-column, or read a table with --format csv or tsv"
        )
    delimiter = layout.delimiter
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise DataError(
            f"--delimiter: expected one character that is no quotation mark, got {delimiter!r}"
        )


def _seekable(stream: IO[bytes]) -> IO[bytes]:
    """A copy on disk: Parquet files and workbooks are read from their end."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the caller
    copyfileobj(stream, copy)
    copy.seek(0)
    return copy


def existing(path: str) -> Path:
    """A file that can be read more than once.

    Raises
    ------
    DataError
        If it is none; the message says what to do.
    """
    if "://" in path:
        raise DataError(f"{path}: only files of this machine are read; download it first")
    file = user_path(path)
    if file.is_dir():
        raise DataError(f"{path} is a folder; name one of the files in it")
    if not file.exists():
        around = [item.name for item in file.parent.iterdir()] if file.parent.is_dir() else []
        close = nearest(file.name, (name for name in around if not name.endswith(DERIVED)))
        raise DataError(f"{path}: no such file{'; ' + close if close.startswith('did') else ''}")
    if not file.is_file():
        raise DataError(
            f"{path}: a pipe or device, which cannot be read twice; give it to standard input: "
            f"stance predict - < {path}"
        )
    return file
