"""Articles from files and standard input, and the table of their answers into a file."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from stance.errors import DataError
from stance.streaming.places import locked
from stance.streaming.reading import STDIN, existing
from stance.streaming.texts import decoded
from stance.streaming.writing import SHEET_ROWS, output_format, write
from stance.writing import refuse_input

__all__ = ["check_output", "read_article", "write_answers"]

_NOT_TEXT = {
    b"PK\x03\x04": "a zip archive, such as a Word document",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "compressed with gzip",
    b"\xd0\xcf\x11\xe0": "an old Word document or workbook",
    b"{\\rtf": "a rich text document",
}


def read_article(path: str, encoding: str | None = None) -> str:
    """The text of an article, each line end as one character.

    Parameters
    ----------
    path : str
        A text file, or ``-`` for standard input.
    encoding : str, optional
        UTF-8, or what the file's mark says.

    Raises
    ------
    DataError
        If it is missing, is no text, or is in another encoding.
    """
    if path == STDIN:
        stream: Any = sys.stdin.buffer
        return _text(stream.read(), "standard input", encoding)
    try:
        return _text(existing(path).read_bytes(), path, encoding)
    except OSError as error:
        raise DataError(f"{path}: cannot read it: {error.strerror}") from error


def _text(content: bytes, where: str, encoding: str | None) -> str:
    for magic, what in _NOT_TEXT.items():
        if content.startswith(magic):
            raise DataError(
                f"{where}: expected an article as plain text, but this is {what}; "
                "save it as plain text"
            )
    try:
        text = decoded(io.BufferedReader(io.BytesIO(content)), encoding, where).read()
        text.encode()
    except UnicodeError as error:
        raise DataError(
            f"{where}: not in the encoding {encoding or 'UTF-8'}; name another, such as "
            "--encoding cp1252"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_output(out: Path, sources: Iterable[str], *, overwrite: bool) -> tuple[str, bool]:
    """Say in which format an output is to be written, before anything is computed.

    Returns
    -------
    (str, bool)
        As :func:`stance.streaming.writing.output_format`.

    Raises
    ------
    DataError
        If it cannot be written there, is one of the sources, or is there already.
    """
    kind, packed = output_format(out)
    if out.exists() and not out.is_file():
        raise DataError(f"--out {out}: expected a file, but this is something else")
    if not out.parent.is_dir():
        raise DataError(f"--out {out}: the folder {out.parent} does not exist; make it first")
    read = (existing(source) for source in sources if source != STDIN)
    refuse_input(out, read, what="an article")
    if out.exists() and not overwrite:
        raise DataError(f"{out} is already there; add --overwrite to replace it")
    return kind, packed


def write_answers(out: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
    """Write a table beside its place, and move it there when it is whole.

    Returns
    -------
    int
        How many rows.

    Raises
    ------
    DataError
        If another process writes it, or a sheet cannot hold the rows.
    """
    kind, packed = output_format(out)
    beside = Path(f"{out}.{os.getpid()}.new")
    rows = 0

    def counted() -> Iterable[pa.RecordBatch]:
        nonlocal rows
        for batch in batches:
            rows += batch.num_rows
            if kind == "xlsx" and rows > SHEET_ROWS:
                raise DataError(
                    f"an Excel sheet holds {SHEET_ROWS:,} rows below its header, and there are "
                    "more answers; choose --out with .parquet or .csv"
                )
            yield batch

    with locked(out):
        try:
            write(beside, counted(), schema, kind, packed=packed)
            beside.replace(out)
        finally:
            beside.unlink(missing_ok=True)
    return rows
