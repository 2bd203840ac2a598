"""Fifty real-looking files that a new user would try: a right result, or what to do."""

# ruff: noqa: E501 - a case a line reads as the table that it is

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

NO, YES = "We reject the truce", "We welcome the truce"
TABLE = f"text\n{NO}\n{YES}\n"


def sheet(rows: Sequence[Sequence[Any]], title: str = "Data", blank_first: bool = False) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    if blank_first:
        book.create_sheet("Cover", 0)
        book.active = 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def lines(*objects: Any) -> bytes:
    return "".join(f"{json.dumps(item)}\n" for item in objects).encode()


@dataclass(frozen=True)
class Case:
    """A file, the command's options, and how it should end."""

    what: str
    name: str
    content: bytes | str | None
    labels: tuple[str | None, ...] = ("against", "favor")
    options: tuple[str, ...] = ()
    code: int = 0
    message: str = ""
    rejects: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()
    stdin: bool = False


LONG = "We reject the truce. " * 100_000

CASES = [
    # --- CSV and TSV
    Case("plain CSV", "a.csv", TABLE),
    Case("TSV", "a.tsv", f"id\ttext\n7\t{NO}\n8\t{YES}\n", ids=("7", "8")),
    Case("semicolons, as European Excel writes", "a.csv", f"id;text\n7;{NO}\n8;{YES}\n"),
    Case("tabs in a .csv", "a.csv", f"id\ttext\n7\t{NO}\n8\t{YES}\n", ids=("7", "8")),
    Case("byte order mark", "a.csv", b"\xef\xbb\xbf" + TABLE.encode()),
    Case("UTF-16, Excel's Unicode text", "a.tsv", TABLE.encode("utf-16")),
    Case("old line ends", "a.csv", TABLE.replace("\n", "\r")),
    Case("Windows line ends", "a.csv", TABLE.replace("\n", "\r\n")),
    Case("no line end at the end", "a.csv", TABLE.rstrip()),
    Case("one row", "a.csv", f"text\n{NO}\n", ("against",)),
    Case("header only", "a.csv", "text\n", ()),
    Case("blank lines between", "a.csv", f"\ntext\n\n{NO}\n\n\n{YES}\n", ids=("4", "7")),
    Case("header in capitals", "a.csv", f" Text ,ID\n{NO},x\n{YES},y\n", ids=("x", "y")),
    Case("another column name", "a.csv", f"Quote\n{NO}\n{YES}\n", options=("--text-column", "Quote")),
    Case("quoted commas and line breaks", "a.csv", f'text,id\n"{NO}, and\nagain",1\n"{YES}, ""now""",2\n'),
    Case("duplicates", "a.csv", f"id,text\n1,{NO}\n1,{NO}\n", ("against", "against"), ids=("1", "1")),
    Case("empty cells", "a.csv", f"id,text\n1,\n2,{NO}\n", (None, "against")),
    Case("short last row", "a.csv", f"text,holder,side\n{NO},minister\n{YES}\n"),
    Case("trailing commas", "a.csv", f"text,id,,\n{NO},1,,\n{YES},2,,,,\n"),
    Case("emoji", "a.csv", f"text\n{NO} \U0001f600\U0001f1fa\U0001f1e6\n{YES} ✊\n"),
    Case("right-to-left text", "a.csv", "text\nنرفض الهدنة truce reject\nWe welcome the truce\n", (..., "favor")),  # type: ignore[arg-type]
    Case("text of another script", "a.csv", f"text\n停火必须立即生效\n{YES}\n", (None, "favor")),
    Case("a cell of 2 MB", "a.csv", f"text\n{LONG}\n{YES}\n", (None, "favor")),
    Case("a formula", "a.csv", f"id,text\n=1+1,{NO}\n-2,{YES}\n", ids=("'=1+1", "'-2")),
    Case("compressed", "a.csv.gz", gzip.compress(TABLE.encode())),
    Case("Latin-1, named", "a.csv", f"text,holder\n{NO},José\n{YES},Ana\n".encode("latin-1"), options=("--encoding", "latin-1")),
    Case("Latin-1, not named", "a.csv", f"text,holder\n{NO},José\n{YES},Ana\n".encode("latin-1"), ("favor",), code=3, rejects=(2,), message="1 rows could not be read"),
    Case("a comma outside quotes", "a.csv", f"id,text\n1,{NO}, never\n2,{YES}\n", ("favor",), code=3, rejects=(2,)),
    Case("a quote never closed", "a.csv", f'text\n{NO}\n"{YES}\n', ("against",), code=3, rejects=(3,)),
    Case("no header", "a.csv", f"{NO}\n{YES}\n", code=1, message="no column 'text' (expected one of 'We reject the truce'); name it with --text-column; without a header row, use --format txt"),
    Case("no text column", "a.csv", f"id,txt\n1,{NO}\n", code=1, message="no column 'text' (did you mean 'txt'?); name it with --text-column"),
    Case("two text columns", "a.csv", f"text,text\n{NO},{YES}\n", code=1, message="two columns are called 'text'"),
    Case("empty file", "a.csv", "", code=1, message="a.csv is empty"),
    Case("a workbook called .csv", "a.csv", sheet([["text"], [NO]]), code=1, message="expected csv, but this is a zip archive, such as an Excel workbook"),
    Case("UTF-16 without a mark", "a.csv", TABLE.encode("utf-16-le"), code=1, message="save it as UTF-8, or add --encoding utf-16-le"),
    # --- JSON lines
    Case("JSON lines", "a.jsonl", lines({"text": NO, "id": "a"}, {"text": YES, "id": "b"}), ids=("a", "b")),
    Case("JSON lines, other keys and blank lines", "a.ndjson", lines({"n": 1, "text": NO}) + b"\n" + lines({"text": YES, "x": []})),
    Case("broken and foreign lines", "a.jsonl", lines({"text": NO}) + b"{oops\n[1]\n" + lines({"text": 5}, {"txt": NO}, {"text": YES}), code=3, rejects=(2, 3, 4, 5)),
    Case("numbers as ids", "a.jsonl", lines({"id": 1.0, "text": NO}, {"id": None, "text": YES}), ids=("1", "2")),
    Case("null and missing text", "a.jsonl", lines({"text": None}, {"text": YES}), (None, "favor")),
    Case("half an emoji", "a.jsonl", b'{"text": "We \\ud83d reject"}\n' + lines({"text": YES}), ("favor",), code=3, rejects=(1,)),
    Case("a JSON list", "a.jsonl", json.dumps([{"text": NO}]), code=1, message="expected one JSON object a line, got a list"),
    Case("a .json file", "a.json", json.dumps([{"text": NO}]), code=1, message="unknown format 'json'; one JSON object a line is expected"),
    # --- Parquet
    Case("Parquet", "a.parquet", parquet(text=[NO, YES], id=[10, 11]), ids=("10", "11")),
    Case("Parquet with missing cells and categories", "a.parquet", parquet(text=pa.array([None, YES]).dictionary_encode(), side=[None, "north"]), (None, "favor")),
    Case("Parquet without text", "a.parquet", parquet(text=[1, 2]), code=1, message="column 'text': expected text, got int64"),
    Case("damaged Parquet", "a.parquet", parquet(text=[NO])[:-20], code=1, message="cannot read it as Parquet"),
    # --- Excel
    Case("workbook with dates", "a.xlsx", sheet([["id", "text"], [dt.datetime(2024, 5, 1), NO], [dt.datetime(2024, 5, 1, 9, 30), YES]]), ids=("2024-05-01", "2024-05-01T09:30:00")),
    Case("workbook with blank rows", "a.xlsx", sheet([[], ["text"], [NO], [], [YES]]), ids=("3", "5")),
    Case("a date where text should be", "a.xlsx", sheet([["text"], [dt.datetime(2024, 5, 1)], [YES]]), ("favor",), code=3, rejects=(2,)),
    Case("a sheet by name", "a.xlsx", sheet([["text"], [NO], [YES]], blank_first=True), options=("--sheet", "Data")),
    Case("an empty sheet in view", "a.xlsx", sheet([["text"], [NO]], blank_first=True), code=1, message="the sheet 'Cover' is empty; choose one with --sheet"),
    Case("a sheet that is not there", "a.xlsx", sheet([["text"], [NO]]), code=1, options=("--sheet", "data"), message="unknown sheet 'data'; did you mean 'Data'?"),
    Case("not a workbook", "a.xlsx", "text\nWe sign\n", code=1, message="cannot read it as an Excel workbook"),
    Case("an old workbook", "a.xls", b"\xd0\xcf\x11\xe0", code=1, message="save it as .xlsx or .csv"),
    # --- plain text, standard input, no file
    Case("lines of text", "a.txt", f"{NO}\n\n{YES}\n", ids=("1", "3")),
    Case("standard input", "-", TABLE, options=("--format", "csv"), stdin=True),
    Case("a workbook on standard input", "-", sheet([["text"], [NO], [YES]]), options=("--format", "xlsx"), stdin=True),
    Case("standard input without a format", "-", TABLE, code=1, stdin=True, message="standard input has no name to tell its format by; add --format"),
    Case("no such file", "b.csv", None, code=1, message="b.csv: no such file"),
    Case("a folder", ".", None, code=1, message=". is a folder; name one of the files in it", options=("--format", "csv")),
    Case("an unknown encoding", "a.csv", TABLE, code=1, options=("--encoding", "latin1-x"), message="unknown encoding 'latin1-x'; did you mean 'latin-1'?"),
    Case("the wrong encoding", "a.csv", b"text\nWe \x81\x8d reject\n", code=1, options=("--encoding", "cp1252"), message="not in the encoding that was named"),
]  # fmt: skip


def test_there_are_fifty_and_each_is_another() -> None:
    assert len({case.what for case in CASES}) == len(CASES) >= 50


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_input(case: Case, stance: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    content = case.content.encode() if isinstance(case.content, str) else case.content
    if content is not None and not case.stdin:
        (tmp_path / case.name).write_bytes(content)
    given = {"stdin": content} if case.stdin else {}
    code, shown = stance(
        "predict", case.name, "-t", "A truce takes effect", "-o", "out.csv", *case.options, **given
    )
    assert code == case.code, shown
    assert case.message in shown
    if code == 1:
        assert shown.startswith("error: ")
        assert [item.name for item in tmp_path.iterdir()] == (
            [] if case.stdin or content is None else [case.name]
        )
        return
    table = pd.read_csv("out.csv", dtype=str)
    found = [None if label != label else label for label in table["label"]]
    expected = [
        label if wanted is ... else wanted for label, wanted in zip(found, case.labels, strict=True)
    ]
    assert found == expected
    if case.ids:
        assert tuple(table["statement"]) == case.ids
    rejects = Path("out.csv.rejects.csv")
    assert rejects.exists() == bool(case.rejects)
    if case.rejects:
        assert tuple(pd.read_csv(rejects)["row"]) == case.rejects
