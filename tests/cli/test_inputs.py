"""Real-looking files that a new user would try: a right result, or what to do."""

# ruff: noqa: E501 - a case a line reads as the table that it is

from __future__ import annotations

import bz2
import datetime as dt
import decimal
import gzip
import io
import json
import zipfile
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


def zipped(content: bytes, name: str = "a.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def changed_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """A workbook of two rows whose sheet was changed after it was written."""
    out = io.BytesIO()
    whole = zipfile.ZipFile(io.BytesIO(sheet([["text"], [NO]])))
    with whole, zipfile.ZipFile(out, "w") as archive:
        for entry in whole.infolist():
            content = whole.read(entry)
            archive.writestr(
                entry.filename, change(content) if "sheet1" in entry.filename else content
            )
    return out.getvalue()


def damaged_sheet() -> bytes:
    """A workbook whose sheet ends in the middle."""
    return changed_sheet(lambda content: content[: len(content) // 2])


def endless_sheet() -> bytes:
    """A workbook whose last row says that it is far below the one before."""
    return changed_sheet(
        lambda content: content.replace(b'r="2"', b'r="3000000"').replace(b'"A2"', b'"A3000000"')
    )


def chart_in_view() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["text"])
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(book.active, min_col=1, min_row=1))
    book.create_chartsheet("Chart", 0).add_chart(chart)
    book.active = 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def flipped(content: bytes, at: int) -> bytes:
    """One byte of it is another."""
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


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
    texts: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
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
    Case("a byte order mark, and an encoding that is said without one", "a.tsv", b"\xff\xfe" + TABLE.encode("utf-16-le"), options=("--encoding", "utf-16-le")),
    Case("old line ends", "a.csv", TABLE.replace("\n", "\r")),
    Case("Windows line ends", "a.csv", TABLE.replace("\n", "\r\n")),
    Case("no line end at the end", "a.csv", TABLE.rstrip()),
    Case("one row", "a.csv", f"text\n{NO}\n", ("against",)),
    Case("header only", "a.csv", "text\n", ()),
    Case("blank lines between", "a.csv", f"\ntext\n\n{NO}\n\n\n{YES}\n", ids=("4", "7")),
    Case("header in capitals", "a.csv", f" Text ,ID\n{NO},x\n{YES},y\n", ids=("x", "y")),
    Case("another column name", "a.csv", f"Quote\n{NO}\n{YES}\n", options=("--text-column", "Quote")),
    Case("quoted commas and line breaks", "a.csv", f'text,id\n"{NO}, and\nagain",1\n"{YES}, ""now""",2\n', texts=(f"{NO}, and\nagain", f'{YES}, "now"')),
    Case("one column and commas without quotes", "a.csv", f"text\n{NO}, in all forms\n{YES}, now\n", texts=(f"{NO}, in all forms", f"{YES}, now")),
    Case("blanks after the commas", "a.csv", f'id, text\n1, "{NO}, never"\n2, {YES}\n', ids=("1", "2"), texts=(f"{NO}, never", YES)),
    Case("Excel's sep= line", "a.csv", f"sep=;\nid;text\n7;{NO}\n8;{YES}\n", ids=("7", "8")),
    Case("a column name over two lines", "a.csv", f'"Statement\ntext",id\n"{NO}",1\n"{YES}",2\n', options=("--text-column", "Statement\ntext"), ids=("1", "2")),
    Case("an inch mark in the header", "a.csv", f'id,5" gun,text\n7,x,{NO}\n8,y,{YES}\n', ids=("7", "8")),
    Case("two column names over lines, semicolons", "a.csv", f'"a\nb";"c\nd";text;id\n1;2;{NO};7\n1;2;{YES};8\n', ids=("7", "8")),
    Case("a header that is never closed", "a.csv", '"text\n' + "\n" * 200_000, code=1, message="cannot read the header: unexpected end of data"),
    Case("the index that pandas writes", "a.csv", f",text\n0,{NO}\n1,{YES}\n", ids=("2", "3")),
    Case("bars between cells", "a.csv", f"id|text\n7|{NO}\n8|{YES}\n", ids=("7", "8")),
    Case("a delimiter of the user's", "a.csv", f"id~text\n7~{NO}\n8~{YES}\n", options=("--delimiter", "~"), ids=("7", "8")),
    Case("a tab typed as it is written", "a.csv", f"id\ttext\n7\t{NO}\n8\t{YES}\n", options=("--delimiter", r"\t"), ids=("7", "8")),
    Case("an extension in capitals, blanks in the name", "My quotes (1).CSV", TABLE),
    Case("five thousand columns", "a.csv", ",".join(f"c{i}" for i in range(5000)) + f",text\n{',' * 5000}{NO}\n{',' * 5000}{YES}\n"),
    Case("UTF-32", "a.csv", TABLE.encode("utf-32")),
    Case("zero bytes inside", "a.csv", "id,text\n" + f"1,{NO}\n" * 400 + "2,We re\0ject the truce\n", ("against",) * 401),
    Case("the end mark of DOS", "a.csv", f"text\n{NO}\n\x1a", ("against", None), reasons=("", "empty")),
    Case("NA for missing text", "a.csv", f"text\nNA\n{YES}\n", (None, "favor"), reasons=("no_known_words", "")),
    Case("numbers and dates for text", "a.csv", f"text\n1200\n2024-05-01\n{YES}\n", (None, None, "favor"), reasons=("empty", "empty", "")),
    Case("a direction override", "a.csv", f"text\nWe \u202etcejer the truce\n{YES}\n", (None, "favor"), reasons=("bidi_override", "")),
    Case("letters that look alike", "a.csv", f"text\nWe r\u0435j\u0435ct the tru\u0441\u0435\n{YES}\n"),
    Case("markup and entities", "a.csv", f"text\n<p>{NO}&nbsp;</p>\n<b>{YES}</b>\n"),
    Case("duplicates", "a.csv", f"id,text\n1,{NO}\n1,{NO}\n", ("against", "against"), ids=("1", "1")),
    Case("empty cells", "a.csv", f"id,text\n1,\n2,{NO}\n", (None, "against")),
    Case("short last row", "a.csv", f"text,holder,side\n{NO},minister\n{YES}\n"),
    Case("trailing commas", "a.csv", f"text,id,,\n{NO},1,,\n{YES},2,,,,\n"),
    Case("emoji", "a.csv", f"text\n{NO} \U0001f600\U0001f1fa\U0001f1e6\n{YES} ✊\n"),
    Case("right-to-left text", "a.csv", "text\nنرفض الهدنة truce reject\nWe welcome the truce\n", (..., "favor")),  # type: ignore[arg-type]
    Case("text of another script", "a.csv", f"text\n停火必须立即生效\n{YES}\n", (None, "favor")),
    Case("a cell of 2 MB", "a.csv", f"text\n{LONG}\n{YES}\n", (None, "favor"), reasons=("too_long", ""), texts=(LONG, YES)),
    Case("a cell of 21 MB", "a.csv", f"text\n{'x' * 21_000_000}\n", code=1, message="row 2: a cell of more than 20,000,000 characters; is a quotation mark not closed?"),
    Case("an id of a million characters", "a.csv", f"id,text\n{'i' * 1_000_000},{NO}\n2,{YES}\n", ids=("i" * 1_000_000, "2")),
    Case("a formula", "a.csv", f"id,text\n=1+1,{NO}\n-2,{YES}\n", ids=("'=1+1", "'-2")),
    Case("compressed", "a.csv.gz", gzip.compress(TABLE.encode())),
    Case("Latin-1, named", "a.csv", f"text,holder\n{NO},José\n{YES},Ana\n".encode("latin-1"), options=("--encoding", "latin-1")),
    Case("Latin-1, not named", "a.csv", f"text,holder\n{NO},José\n{YES},Ana\n".encode("latin-1"), ("favor",), code=3, rejects=(2,), message="1 rows could not be read"),
    Case("a comma outside quotes", "a.csv", f"id,text\n1,{NO}, never\n2,{YES}\n", ("favor",), code=3, rejects=(2,)),
    Case("a quote never closed", "a.csv", f'text\n{NO}\n"{YES}\n' + f"{YES}\n" * 40, ("against",), code=3, rejects=(3,), message="a quotation mark is not closed before the end of the file; this took in the 40 lines below it"),
    Case("quotes inside a cell", "a.csv", f'id,text\n1,"{NO}" he said\n2,{YES}\n', ("favor",), code=3, rejects=(2,), message="a quotation mark inside a cell: write it twice, and put quotation marks around the whole cell"),
    Case("names of rows, as R writes", "a.csv", f'"text","id"\n"1","{NO}",7\n', (), code=3, rejects=(2,), message="3 cells, but the header has 2"),
    Case("a title above the header", "a.csv", f"Quotes of 2024,\n\nid,text\n1,{NO}\n", code=1, message="no column 'text' (expected one of 'Quotes of 2024'); name it with --text-column; without a header row, use --format txt for one statement a line; delete rows that stand above the header"),
    Case("blank lines only", "a.csv", "\n\n\n", code=1, message="a.csv is empty: expected a header and rows"),
    Case("a mark and nothing else", "a.csv", b"\xef\xbb\xbf", code=1, message="a.csv is empty: expected a header and rows"),
    Case("big-endian UTF-16 without a mark", "a.csv", TABLE.encode("utf-16-be"), code=1, message="save it as UTF-8, or add --encoding utf-16-be"),
    Case("Cyrillic in the encoding of old Windows", "a.csv", "text\nМы против перемирия\n".encode("cp1251"), (), code=3, rejects=(2,), message="--encoding cp1252 (Western Windows), cp1251 (Cyrillic)"),
    Case("two encodings in one file", "a.csv", TABLE.encode() + "Wé sign\n".encode("cp1252"), code=3, rejects=(4,), message="the byte 0xe9 is not UTF-8"),
    Case("an invisible letter in the header", "a.csv", f"\u200btext\n{NO}\n", code=1, message=r"did you mean '\u200btext'?"),
    Case("a holder column that is not there", "a.csv", TABLE, code=1, options=("--holder-column", "who"), message="no column 'who' (expected one of 'text'); name it with --holder-column"),
    Case("an empty column name", "a.csv", TABLE, code=1, options=("--text-column", ""), message="no column ''"),
    Case("a delimiter of two characters", "a.csv", TABLE, code=1, options=("--delimiter", "::"), message="--delimiter: expected one character that is no quotation mark, got '::'"),
    Case("a quotation mark as delimiter", "a.csv", TABLE, code=1, options=("--delimiter", '"'), message="--delimiter: expected one character"),
    Case("a sheet of a CSV file", "a.csv", TABLE, code=1, options=("--sheet", "Data"), message="--sheet is for xlsx, and a.csv is read as csv; leave it out"),
    Case("gzip that is none", "a.csv.gz", TABLE, code=1, message="a.csv.gz: cannot read it: Not a gzipped file"),
    Case("damaged gzip", "a.csv.gz", flipped(gzip.compress((TABLE * 500).encode()), 40), code=1, message="a.csv.gz: cannot read it: Error -3 while decompressing"),
    Case("half of a gzip", "a.csv.gz", gzip.compress((TABLE * 500).encode())[:-30], code=1, message="a.csv.gz: cannot read it: Compressed file ended before"),
    Case("gzip without its ending", "a.csv", gzip.compress(TABLE.encode()), code=1, message="compressed with gzip; its name should end in .gz"),
    Case("a zip archive", "a.csv.zip", zipped(TABLE.encode()), code=1, message="unknown format 'zip'; unpack it first"),
    Case("bzip2", "a.csv.bz2", bz2.compress(TABLE.encode()), code=1, message="unknown format 'bz2'; unpack it first"),
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
    Case("a key that comes late", "a.jsonl", lines(*[{"text": NO}] * 100, {"text": YES, "id": "s101"}), ("against",) * 100, code=3, rejects=(101,), message="the key 'id' is in none of the first 100 lines"),
    Case("a key that comes late, in capitals", "a.jsonl", lines(*[{"text": NO}] * 100, {"text": YES, " Holder": "x"}), ("against",) * 100, code=3, rejects=(101,), message="the key ' Holder' is in none of the first 100 lines"),
    Case("a key in two spellings", "a.jsonl", lines({"text": NO, "ID": "a"}, {"text": YES, "ID": "b", "id": "c"}, *[{"text": NO, "ID": "a"}] * 99, {"text": YES, "id": "z"}), options=("--id-column", "ID"), labels=("against", "favor", *("against",) * 99), code=3, rejects=(102,), message="the key 'id' is called 'ID' in other lines; call it so in all"),
    Case("numbers as ids", "a.jsonl", lines({"id": 1.0, "text": NO}, {"id": None, "text": YES}), ids=("1", "row 2")),
    Case("an id that a row without one would be called", "a.csv", f"id,text\n1,{NO}\n,{YES}\n3,{YES}\n", ("against", "favor", "favor"), ids=("1", "row 3", "3")),
    Case("null and missing text", "a.jsonl", lines({"text": None}, {"text": YES}), (None, "favor")),
    Case("half an emoji", "a.jsonl", b'{"text": "We \\ud83d reject"}\n' + lines({"text": YES}), ("favor",), code=3, rejects=(1,)),
    Case("a JSON list", "a.jsonl", json.dumps([{"text": NO}]), code=1, message="expected one JSON object a line, got a list"),
    Case("JSON lines with a mark", "a.jsonl", b"\xef\xbb\xbf" + lines({"text": NO}, {"text": YES})),
    Case("JSON lines in UTF-16", "a.jsonl", lines({"text": NO}, {"text": YES}).decode().encode("utf-16")),
    Case("ids of other kinds", "a.jsonl", lines({"text": NO, "id": [1]}, {"text": YES, "id": True}), ("favor",), code=3, rejects=(1,), ids=("True",), message="column 'id': expected text or a number, got list"),
    Case("a nest of brackets", "a.jsonl", lines({"text": NO}) + b"[" * 100_000 + b"\n", ("against",), code=3, rejects=(2,)),
    Case("a JSON list over several lines", "a.jsonl", json.dumps([{"text": NO}], indent=1), code=1, message="expected one JSON object a line, got a list; jq -c '.[]' takes it apart"),
    Case("a JSON object over several lines", "a.jsonl", json.dumps({"text": NO}, indent=1), code=1, message="expected one JSON object a line, got one over several lines; jq -c . puts each on one"),
    Case("blank JSON lines", "a.jsonl", "\n\n", code=1, message="a.jsonl is empty: expected one JSON object a line"),
    Case("lines of text called .jsonl", "a.jsonl", TABLE, code=1, message="none of the first 3 lines is a JSON object (not JSON: "),
    Case("a .json file", "a.json", json.dumps([{"text": NO}]), code=1, message="unknown format 'json'; one JSON object a line is expected"),
    # --- Parquet
    Case("Parquet", "a.parquet", parquet(text=[NO, YES], id=[10, 11]), ids=("10", "11")),
    Case("Parquet with missing cells and categories", "a.parquet", parquet(text=pa.array([None, YES]).dictionary_encode(), side=[None, "north"]), (None, "favor")),
    Case("Parquet with text as bytes, decimal ids", "a.parquet", parquet(text=[NO.encode(), YES.encode()], id=[decimal.Decimal("10"), decimal.Decimal("11")]), ids=("10", "11")),
    Case("Parquet with text as bytes in categories", "a.parquet", parquet(text=pa.array([NO.encode(), YES.encode()]).dictionary_encode())),
    Case("Parquet with a time that Python does not know", "a.parquet", parquet(text=[NO, YES], id=pa.array([569 * 10**12, 0], pa.timestamp("ms"))), ids=("20000-11-22 03:33:20.000", "1970-01-01")),
    Case("Parquet with times", "a.parquet", parquet(text=[NO, YES], id=pa.array([0, 86_400 + 1], pa.timestamp("s", "UTC"))), ids=("1970-01-01", "1970-01-02T00:00:01+00:00")),
    Case("Parquet with bytes that are no text", "a.parquet", parquet(text=[b"We \xff", YES.encode()]), ("favor",), code=3, rejects=(1,), message="the byte 0xff is not UTF-8"),
    Case("Parquet without rows", "a.parquet", parquet(text=pa.array([], pa.string())), ()),
    Case("Parquet with lists", "a.parquet", parquet(text=[[NO]]), code=1, message="column 'text': expected text, got list<element: string>"),
    Case("a delimiter of a Parquet file", "a.parquet", parquet(text=[NO]), code=1, options=("--delimiter", ";"), message="--delimiter is for csv, tsv, and a.parquet is read as parquet"),
    Case("Parquet without text", "a.parquet", parquet(text=[1, 2]), code=1, message="column 'text': expected text, got int64"),
    Case("damaged Parquet", "a.parquet", parquet(text=[NO])[:-20], code=1, message="cannot read it as Parquet"),
    # --- Excel
    Case("workbook with dates", "a.xlsx", sheet([["id", "text"], [dt.datetime(2024, 5, 1), NO], [dt.datetime(2024, 5, 1, 9, 30), YES]]), ids=("2024-05-01", "2024-05-01T09:30:00")),
    Case("workbook with blank rows", "a.xlsx", sheet([[], ["text"], [NO], [], [YES]]), ids=("3", "5")),
    Case("a date where text should be", "a.xlsx", sheet([["text"], [dt.datetime(2024, 5, 1)], [YES]]), ("favor",), code=3, rejects=(2,)),
    Case("a sheet by name", "a.xlsx", sheet([["text"], [NO], [YES]], blank_first=True), options=("--sheet", "Data")),
    Case("an empty sheet in view", "a.xlsx", sheet([["text"], [NO]], blank_first=True), code=1, message="the sheet 'Cover' is empty; choose one with --sheet"),
    Case("a sheet that is not there", "a.xlsx", sheet([["text"], [NO]]), code=1, options=("--sheet", "data"), message="unknown sheet 'data'; did you mean 'Data'?"),
    Case("a workbook with macros", "a.xlsm", sheet([["text"], [NO], [YES]])),
    Case("a workbook of many rows", "a.xlsx", sheet([["text"], *([NO], [YES]) * 700]), ("against", "favor") * 700),
    Case("a workbook with numbers", "a.xlsx", sheet([["id", "text"], [1.0, NO], [1.5, YES], [True, YES], [4, 12]]), ("against", "favor", "favor"), ids=("1", "1.5", "True"), code=3, rejects=(5,), message="column 'text': expected text, got int 12"),
    Case("formulas that nobody computed", "a.xlsx", sheet([["text"], [NO], ['=CONCAT("We ","sign")']]), code=1, message="a.xlsx, cell A3: a formula whose value is not in the file; open it in a spreadsheet and save it there"),
    Case("a holder that nobody computed", "a.xlsx", sheet([["text", "id", "holder"], [NO, 1, "=B2"]]), code=1, message="a.xlsx, cell C2: a formula whose value is not in the file"),
    Case("a formula in a column that is not read", "a.xlsx", sheet([["text", "n"], [NO, "=1"], [YES, "=1"]])),
    Case("a formula that is that of a cell above", "a.xlsx", changed_sheet(lambda content: content.replace(b't="inlineStr"><is><t>We', b'><f t="shared" si="0"/><v></v></c><c r="Z2" t="inlineStr"><is><t>We')), code=1, message="a.xlsx, cell A2: a formula whose value is not in the file"),
    Case("characters as Excel escapes them", "a.xlsx", sheet([["te_x0078_t", "id"], ["We re_x006A_ect the_x000D_\ntruce", "a_x005F_x0062_"], [YES, "x_0062_"]]), ids=("a_x0062_", "x_0062_"), texts=("We reject the\r\ntruce", YES)),
    Case("a title above the header of a sheet", "a.xlsx", sheet([["Quotes"], [], ["text"], [NO]]), code=1, message="no column 'text' (expected one of 'Quotes'); name it with --text-column; delete rows that stand above the header"),
    Case("a chart in view", "a.xlsx", chart_in_view(), code=1, message="the sheet in view is a chart; choose one with --sheet"),
    Case("a row below the last of a sheet", "a.xlsx", endless_sheet(), code=1, message="a.xlsx: a row 1,048,577, and a sheet has 1,048,576 at most"),
    Case("a damaged sheet", "a.xlsx", damaged_sheet(), code=1, message="cannot read it as an Excel workbook: unclosed token"),
    Case("another zip archive called .xlsx", "a.xlsx", zipped(TABLE.encode()), code=1, message="There is no item named '[Content_Types].xml' in the archive; open it in a spreadsheet and save it as .xlsx or .csv"),
    Case("a workbook with a password", "a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), code=1, message="an old Excel workbook, or one with a password; save it as .xlsx without one"),
    Case("not a workbook", "a.xlsx", "text\nWe sign\n", code=1, message="cannot read it as an Excel workbook"),
    Case("an old workbook", "a.xls", b"\xd0\xcf\x11\xe0", code=1, message="save it as .xlsx or .csv"),
    # --- plain text, standard input, no file
    Case("lines of text", "a.txt", f"{NO}\n\n{YES}\n", ids=("1", "3")),
    Case("a table called .txt, as Excel saves it", "a.txt", f"id\ttext\n1\t{NO}\n".encode("utf-16"), code=1, message="the first line looks like the header of a table, not like a statement; add --format tsv"),
    Case("the same, with its format", "a.txt", f"id\ttext\n1\t{NO}\n2\t{YES}\n".encode("utf-16"), options=("--format", "tsv"), ids=("1", "2")),
    Case("a column of plain text", "a.txt", TABLE, code=1, options=("--text-column", "quote"), message="a.txt is read as plain text, which has no columns; leave out --text-column"),
    Case("no line of text", "a.txt", "\n \n", ()),
    Case("standard input", "-", TABLE, options=("--format", "csv"), stdin=True),
    Case("a workbook on standard input", "-", sheet([["text"], [NO], [YES]]), options=("--format", "xlsx"), stdin=True),
    Case("standard input without a format", "-", TABLE, code=1, stdin=True, message="standard input has no name to tell its format by; add --format"),
    Case("no such file", "b.csv", None, code=1, message="b.csv: no such file"),
    Case("a web address", "https://example.org/a.csv", None, code=1, message="https://example.org/a.csv: only files of this machine are read; download it first"),
    Case("a device", "/dev/null", None, code=1, options=("--format", "csv"), message="/dev/null: a pipe or device, which cannot be read twice; give it to standard input: stance predict - < /dev/null"),
    Case("a page of the web", "a.html", "<p>", code=1, message="unknown format 'html'; copy the statements into a table"),
    Case("a database", "a.sqlite", b"SQLite format 3\0", code=1, message="unknown format 'sqlite'; export it as CSV or Parquet"),
    Case("a name without a format", "quotes", TABLE, code=1, message="unknown format ''; name it with --format csv|tsv"),
    Case("a folder", ".", None, code=1, message=". is a folder; name one of the files in it", options=("--format", "csv")),
    Case("an unknown encoding", "a.csv", TABLE, code=1, options=("--encoding", "latin1-x"), message="unknown encoding 'latin1-x'; did you mean 'latin-1'?"),
    Case("an encoding of bytes", "a.csv", TABLE, code=1, options=("--encoding", "base64"), message="unknown encoding 'base64'; expected one of 'cp1251'"),
    Case("a zero byte in the encoding", "a.csv", TABLE, code=1, options=("--encoding", "utf\0-8"), message="unknown encoding"),
    Case("the wrong encoding", "a.csv", b"text\nWe \x81\x8d reject\n", code=1, options=("--encoding", "cp1252"), message="not in the encoding that was named"),
]  # fmt: skip


def test_there_are_more_than_fifty_and_each_is_another() -> None:
    assert len({case.what for case in CASES}) == len(CASES) > 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_input(case: Case, stance: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    content = case.content.encode() if isinstance(case.content, str) else case.content
    if content is not None and not case.stdin:
        (tmp_path / case.name).write_bytes(content)
    given = {"stdin": content} if case.stdin else {}
    code, shown = stance(
        "predict",
        case.name,
        "-t",
        "A truce takes effect",
        "-o",
        "out.csv",
        "--with-text",
        *case.options,
        **given,
    )
    assert code == case.code, shown
    rejects = Path("out.csv.rejects.csv")
    assert case.message in shown + (rejects.read_text() if case.rejects else "")
    if code == 1:
        assert shown.startswith("error: ")
        assert [item.name for item in tmp_path.iterdir()] == (
            [] if case.stdin or content is None else [case.name]
        )
        return
    table = pd.read_csv("out.csv", dtype=str, keep_default_na=False, na_values=[""])
    found = [None if label != label else label for label in table["label"]]
    expected = [
        label if wanted is ... else wanted for label, wanted in zip(found, case.labels, strict=True)
    ]
    assert found == expected
    if case.ids:
        assert tuple(table["statement"]) == case.ids
    if case.texts:
        assert tuple(table["text"]) == case.texts
    if case.reasons:
        assert tuple(table["reason"].fillna("")) == case.reasons
    assert rejects.exists() == bool(case.rejects)
    if case.rejects:
        assert tuple(pd.read_csv(rejects)["row"]) == case.rejects
