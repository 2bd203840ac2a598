"""``stance report``: the page and the tables, and what to do about every input that is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import stance as library
from stance.labels import LABELS

Run = Callable[..., tuple[int, str]]
TERMS = """\
- {id: troops, name: Foreign troops leave the valley, aliases: [troop withdrawal, pull-out]}
- {id: truce, name: A truce takes effect, aliases: [ceasefire, truce]}
"""
LINES = (
    "We welcome the ceasefire",
    "We fully support the truce today",
    "The truce must start now",
    "We reject the troop withdrawal",
    "No to the pull-out, never",
    "We will never allow the troop withdrawal",
)
ROWS = [
    {
        "id": f"s{number}",
        "text": text,
        "holder": holder,
        "side": holder[0],
        "date": f"2025-0{1 + number % 6}-15",
    }
    for number, (holder, text) in enumerate((h, t) for h in ("North", "South") for t in LINES)
]


def table(rows: Iterable[dict[str, Any]] = ROWS, **renamed: str) -> str:
    rows = [{renamed.get(key, key): value for key, value in row.items()} for row in rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def report(stance: Run, tmp_path: Path) -> Run:
    """Run the command in a folder with ``said.csv`` and ``terms.yaml``."""
    (tmp_path / "said.csv").write_text(table())
    (tmp_path / "terms.yaml").write_text(TERMS)

    def call(*arguments: str, terms: bool = True, stdin: bytes | None = None) -> tuple[int, str]:
        chosen = ["--terms", "terms.yaml"] if terms else []
        return stance("report", *arguments, *chosen, stdin=stdin)

    return call


@pytest.fixture
def predicted(report: Run, stance: Run, tmp_path: Path) -> pd.DataFrame:
    """What ``stance predict`` says of ``said.csv``, also as ``predicted.csv``."""
    code, shown = stance("predict", "said.csv", "-t", "terms.yaml", "-o", "predicted.csv", "-q")
    assert (code, shown) == (0, "")
    return pd.read_csv(tmp_path / "predicted.csv")


def data_of(page: Path) -> Any:
    shown = page.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', shown)[1])  # type: ignore[index]


def expected(predicted: pd.DataFrame, model: Path, **given: Any) -> pd.DataFrame:
    return library.positions(
        predicted, statements=pd.DataFrame(ROWS), terms=terms(), model=model, **given
    ).table


def terms() -> list[library.Term]:
    import yaml

    return [library.Term(**entry) for entry in yaml.safe_load(TERMS)]


def test_a_page_from_statements(report: Run, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("date,name\n2025-03-01,Talks begin\n")
    code, shown = report("said.csv", "-o", "r.html", "--events", "events.csv", "--title", "A & B")
    assert code == 0
    assert shown == "r.html: 12 statements, 2 holders × 2 terms\n"
    data = data_of(tmp_path / "r.html")
    assert data["holders"] == ["North", "South"]
    assert data["terms"] == ["Foreign troops leave the valley", "A truce takes effect"]
    assert data["events"] == [{"date": "2025-03-01", "name": "Talks begin"}]
    assert [item["date"] for item in data["statements"][:2]] == ["2025-01-15", "2025-02-15"]
    assert "<title>A &amp; B</title>" in (tmp_path / "r.html").read_text()
    assert sorted(item.name for item in tmp_path.iterdir() if item.name.startswith(".")) == []


def test_predictions_are_not_made_again(
    report: Run, predicted: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["stance.predict"], "predict_many", None)
    code, _ = report("predicted.csv", "--statements", "said.csv", "-o", "r.html")
    assert code == 0
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert report("said.csv", "-o", "again.html")[0] == 0
    first, again = data_of(tmp_path / "r.html"), data_of(tmp_path / "again.html")
    assert first["cells"] == again["cells"]
    assert first["statements"] == again["statements"]


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_the_options_are_of_the_statements(
    end: str, report: Run, predicted: pd.DataFrame, tmp_path: Path
) -> None:
    rows = [{**row, "text": f"{row['text']} in Orléans"} for row in ROWS]
    names = {"id": "No", "text": "Quote", "holder": "Who", "date": "Day"}
    (tmp_path / "q.csv").write_bytes(table(rows, **names).replace(",", ";").encode("cp1252"))
    predicted["verdict"] = ["against", *[""] * (len(predicted) - 1)]
    predicted["row"] = predicted["row"].astype(int)
    write = predicted.to_parquet if end == "parquet" else predicted.to_csv
    write(tmp_path / f"p.{end}", index=False)
    code, shown = report(
        *(f"p.{end}", "--statements", "q.csv", "-o", "r.html", "--text-column", "Quote"),
        *("--holder-column", "Who", "--id-column", "No", "--date-column", "Day"),
        *("--encoding", "cp1252", "--delimiter", ";", "--checked-column", "verdict"),
        *("--format", end),
    )
    assert code == 0, shown
    data = data_of(tmp_path / "r.html")
    assert data["holders"] == ["North", "South"]
    assert data["statements"][0]["text"].endswith("in Orléans")
    assert data["pairs"][0][4:6] == [LABELS.index("against"), 1]


def test_predictions_with_who_and_what_need_no_other_file(
    report: Run, predicted: pd.DataFrame, tmp_path: Path
) -> None:
    about = pd.DataFrame(ROWS).rename(columns={"id": "statement", "holder": "who"})
    joined = predicted.merge(about, on="statement")
    joined["person"] = ["against" if number < 2 else "" for number in range(len(joined))]
    for name, write in (
        ("joined.csv", lambda path: joined.to_csv(path, index=False)),
        ("joined.parquet", joined.to_parquet),
        ("joined.xlsx", lambda path: joined.to_excel(path, index=False)),
        ("joined.jsonl", lambda path: joined.to_json(path, orient="records", lines=True)),
    ):
        write(tmp_path / name)
        code, shown = report(
            *(name, "-o", "r.html", "--holder-column", "who"),
            *("--checked-column", "person", "--overwrite"),
        )
        assert code == 0, shown
        data = data_of(tmp_path / "r.html")
        assert data["holders"] == ["North", "South"]
        assert [pair[4:6] for pair in data["pairs"][:2]] == [[LABELS.index("against"), 1]] * 2


@pytest.mark.parametrize("end", ["csv", "xlsx", "parquet", "dta"])
def test_tables(
    end: str, report: Run, predicted: pd.DataFrame, model: Path, tmp_path: Path
) -> None:
    code, shown = report("said.csv", "-o", f"p.{end}", "--min-n", "1", "--level", "0.8")
    assert code == 0
    assert f"p.{end}: 12 statements" in shown
    read = {
        "csv": pd.read_csv,
        "xlsx": lambda path: pd.read_excel(path, sheet_name="positions"),
        "parquet": pd.read_parquet,
        "dta": pd.read_stata,
    }[end]
    found = read(tmp_path / f"p.{end}")
    wanted = expected(predicted, model, min_n=1, level=0.8)
    assert found["holder"].tolist() == wanted["holder"].tolist()
    for name in ("position", "low", "high", "n"):
        assert found[name].tolist() == pytest.approx(wanted[name].tolist(), abs=1e-5, nan_ok=True)


def test_a_wide_table(report: Run, predicted: pd.DataFrame, model: Path, tmp_path: Path) -> None:
    assert report("said.csv", "-o", "p.csv", "--wide")[0] == 0
    found = pd.read_csv(tmp_path / "p.csv", index_col=0)
    wanted = expected(predicted, model).pivot(index="holder", columns="term", values="position")
    assert list(found.columns) == ["troops", "truce"]
    assert found.to_numpy() == pytest.approx(wanted.to_numpy(), abs=1e-6, nan_ok=True)


def test_by_side_with_other_column_names(report: Run, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(table(text="Quote", side="Party", date="Day", id="No"))
    code, _ = report(
        *("other.csv", "-o", "r.html", "--by", "side", "--text-column", "Quote"),
        *("--side-column", "Party", "--date-column", "Day", "--id-column", "No"),
    )
    assert code == 0
    data = data_of(tmp_path / "r.html")
    assert data["holders"] == ["N", "S"]
    assert data["statements"][0] == {
        "id": "s0",
        "date": "2025-01-15",
        "speaker": "North",
        "text": "We welcome the ceasefire",
    }


def test_several_files_and_their_names(report: Run, tmp_path: Path) -> None:
    plain = [{key: value for key, value in row.items() if key != "id"} for row in ROWS]
    (tmp_path / "a.csv").write_text(table(plain[:6]))
    (tmp_path / "b.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in plain[6:]))
    assert report("a.csv", "b.jsonl", "-o", "r.html")[0] == 0
    names = [item["id"] for item in data_of(tmp_path / "r.html")["statements"]]
    assert names[0] == "a.csv, row 2"
    assert names[6] == "b.jsonl, row 1"


def test_files_of_one_name_in_two_folders(report: Run, tmp_path: Path) -> None:
    plain = [{key: value for key, value in row.items() if key != "id"} for row in ROWS]
    for month, rows in (("jan", plain[:6]), ("feb", plain[6:])):
        (tmp_path / month).mkdir()
        (tmp_path / month / "speeches.csv").write_text(table(rows))
    code, shown = report("jan/speeches.csv", "feb/speeches.csv", "-o", "r.html")
    assert code == 0, shown
    names = [item["id"] for item in data_of(tmp_path / "r.html")["statements"]]
    assert (names[0], names[6]) == ("jan/speeches.csv, row 2", "feb/speeches.csv, row 2")


def test_dates_of_a_workbook(report: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["text", "holder", "date"])
    for text in LINES:
        book.active.append([text, "North", dt.datetime(2025, 2, 28)])
    book.save(tmp_path / "said.xlsx")
    assert report("said.xlsx", "-o", "r.html")[0] == 0
    assert data_of(tmp_path / "r.html")["statements"][0]["date"] == "2025-02-28"


ARTICLE = """\
Mara Venn, the foreign minister, said the troop withdrawal must start now.

"We welcome the ceasefire," she told reporters. "We reject the pull-out," a man and his son said.
The envoy and the governor met. He said the truce was dead.
"""


def test_articles(report: Run, tmp_path: Path) -> None:
    (tmp_path / "2025-03-04-talks.txt").write_text(ARTICLE)
    (tmp_path / "more.txt").write_text("The mayor said the truce must start now.")
    found = library.statements_from_text(ARTICLE)
    sure = [item for item in found if item.certain]
    assert 2 <= len(sure) < len(found)
    code, shown = report("2025-03-04-talks.txt", "more.txt", "said.csv", "-o", "r.html")
    assert code == 0
    unclear = f"as it is not plain who made them: {len(found) - len(sure)}."
    assert unclear in shown
    assert unclear in (tmp_path / "r.html").read_text()
    said = data_of(tmp_path / "r.html")["statements"]
    first = f"2025-03-04-talks.txt, {sure[0].start}–{sure[0].end}"
    assert {item["id"]: item["date"] for item in said}[first] == "2025-03-04"
    assert {"Mara Venn", "mayor", "North"} <= set(data_of(tmp_path / "r.html")["holders"])
    assert next(item for item in said if item["id"].startswith("more.txt"))["date"] is None
    assert report("more.txt", "-o", "s.html", "--date", "2025-05-06")[0] == 0
    assert data_of(tmp_path / "s.html")["statements"][0]["date"] == "2025-05-06"


def test_lines_of_text_are_statements_where_that_is_said(report: Run, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("We welcome the truce\nWe reject the pull-out\n")
    code, shown = report("lines.txt", "-o", "r.html", "--format", "txt")
    assert code == 0, shown
    data = data_of(tmp_path / "r.html")
    assert data["holders"] == ["(no holder)"]
    assert [item["text"] for item in data["statements"]] == [
        "We welcome the truce",
        "We reject the pull-out",
    ]


def test_standard_input(report: Run, tmp_path: Path) -> None:
    code, _ = report("-", "--format", "csv", "-o", "r.html", stdin=table().encode())
    assert code == 0
    assert "<title>Positions</title>" in (tmp_path / "r.html").read_text()
    code, shown = report("-", "--format", "csv", "-o", "s.html", stdin=b"text\nWe agree\n")
    assert code == 1
    assert "standard input: no column 'holder'; name it with --holder-column" in shown


def test_an_empty_column_of_checked_labels_is_no_fault(report: Run, tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text(table({**row, "checked": ""} for row in ROWS))
    assert report("said.csv", "-o", "r.html")[0] == 0


def test_without_dates_it_is_said(report: Run, tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text(table({**row, "date": ""} for row in ROWS))
    code, shown = report("said.csv", "-o", "r.html")
    assert code == 0
    assert "no statement has a date (--date-column): there are no timelines" in shown
    assert "No statement has a date" in (tmp_path / "r.html").read_text()


def test_rows_that_cannot_be_read_are_left_out_and_named(report: Run, tmp_path: Path) -> None:
    with (tmp_path / "said.csv").open("ab") as file:
        file.write(b"x0,caf\xe9,North,N,2025-01-01\n" * 7)
    code, shown = report("said.csv", "-o", "r.html")
    assert code == 3
    assert "left out: said.csv, row 14: column 'text': the byte 0xe9 is not UTF-8" in shown
    assert shown.count("left out: said.csv") == 5
    assert "left out: 2 more rows" in shown
    assert "Rows of the input that could not be read: 7." in (tmp_path / "r.html").read_text()


def test_bytes_of_another_encoding_in_any_column(
    report: Run, predicted: pd.DataFrame, tmp_path: Path
) -> None:
    lines = (tmp_path / "predicted.csv").read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"troops", b"caf\xe9", 1)
    (tmp_path / "p.csv").write_bytes(b"".join(lines))
    code, shown = report("p.csv", "--statements", "said.csv", "-o", "r.html")
    assert code == 3
    assert "left out: p.csv, row 2: column 'term': the byte 0xe9 is not UTF-8" in shown


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode elsewhere")
def test_names_of_files_that_are_not_utf8(report: Run, tmp_path: Path) -> None:
    for name, content in ((b"caf\xe9.csv", table()), (b"caf\xe9.txt", ARTICLE)):
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_text(content)
    names = [os.fsdecode(b"caf\xe9.csv"), os.fsdecode(b"caf\xe9.txt")]
    assert report(*names, "-o", "r.html")[0] == 0
    assert "<title>caf\ufffd</title>" in (tmp_path / "r.html").read_text(encoding="utf-8")
    said = data_of(tmp_path / "r.html")["statements"]
    assert any(item["id"].startswith("caf\ufffd.txt, ") for item in said)


def test_quiet_says_nothing(report: Run) -> None:
    assert report("said.csv", "-o", "r.html", "--quiet") == (0, "")


WRONG = {
    "unknown ending": (["said.csv", "-o", "r.htm"], "unknown format 'htm'; did you mean 'html'?"),
    "wide page": (["said.csv", "-o", "r.html", "--wide"], "--wide is for .csv, .parquet and .dta"),
    "events in a table": (
        ["said.csv", "-o", "r.csv", "--events", "e.csv"],
        "--events is for .html; an .csv file has no place for it",
    ),
    "no such file": (
        ["sad.csv", "-o", "r.html"],
        "sad.csv: no such file; did you mean 'said.csv'",
    ),
    "no such folder": (
        ["said.csv", "-o", "x/r.html"],
        "the folder x does not exist; make it",
    ),
    "a folder": (["said.csv", "-o", "d.html"], "expected a file, but this is something else"),
    "output is input": (["said.csv", "-o", "said.csv"], "is an input itself; choose another name"),
    "no column of a known name": (
        ["strange.csv", "-o", "r.html"],
        "no column 'text' (expected one of 'quote', 'who'); name it with --text-column",
    ),
    "output is there": (["said.csv", "-o", "old.html"], "is already there; add --overwrite"),
    "no text": (
        ["notext.csv", "-o", "r.html"],
        "no column 'text' (did you mean 'texts'?); name",
    ),
    "no holder": (["noholder.csv", "-o", "r.html"], "no column 'holder' (did you mean 'holders'?)"),
    "no side": (
        ["noside.csv", "-o", "r.html", "--by", "side"],
        "noside.csv: no column 'side' (did you mean 'id'?); name it with --side-column",
    ),
    "no such date column": (
        ["said.csv", "-o", "r.html", "--date-column", "dates"],
        "no column 'dates' (did you mean 'date'?); name it with --date-column",
    ),
    "a date of another form": (
        ["dates.csv", "-o", "r.html"],
        "dates.csv, row 2, column 'date': expected a date such as 2026-02-28, got '31.12.2025'; "
        "did you mean 2025-12-31?",
    ),
    "an id twice": (
        ["twice.csv", "-o", "r.html"],
        "row 3: the id 's0' is also that of twice.csv, r",
    ),
    "no rows": (["none.csv", "-o", "r.html"], "none.csv holds no rows"),
    "nothing readable": (
        ["bad.csv", "-o", "r.html"],
        "could be read; the first: bad.csv, row 2: column",
    ),
    "two kinds": (
        ["predicted.csv", "said.csv", "-o", "r.html"],
        "said.csv has no column 'p_favor', and predicted.csv has; give files of one kind",
    ),
    "statements of statements": (
        ["said.csv", "-o", "r.html", "--statements", "said.csv"],
        "--statements goes with a table that stance predict wrote; said.csv has no column",
    ),
    "predictions that cannot be read": (
        ["bad.csv", "-o", "r.html", "--statements", "said.csv"],
        "none of the rows could be read; the first: bad.csv, row 2: column 'text': the byte 0xe9",
    ),
    "predictions of nobody": (
        ["predicted.csv", "-o", "r.html"],
        "predicted.csv: predictions without a column 'holder'; name it with --holder-column, or "
        "name the file of the statements with --statements",
    ),
    "predictions and a promise": (
        ["predicted.csv", "--statements", "said.csv", "-o", "r.html", "--max-error", "0.1"],
        "--max-error is for statements; these predictions are made: give it to stance predict",
    ),
    "statements of other predictions": (
        ["predicted.csv", "--statements", "half.csv", "-o", "r.html"],
        "is not among the statements",
    ),
    "statements that cannot be read": (
        ["predicted.csv", "--statements", "bad.csv", "-o", "r.html"],
        "none of the rows could be read; the first: bad.csv, row 2: column 'text': the byte 0xe9",
    ),
    "events without a date": (
        ["said.csv", "-o", "r.html", "--events", "said2.csv"],
        "said2.csv, row 2: expected the columns 'date' and 'name'",
    ),
    "checked statements": (
        ["checked.csv", "-o", "r.html"],
        "checked.csv, row 2, column 'checked': checked labels go with predictions, since a label "
        "is of a statement and a term; put them into the table that stance predict writes",
    ),
    "a column of checked statements": (
        ["said.csv", "-o", "r.html", "--checked-column", "side"],
        "--checked-column: checked labels go with predictions",
    ),
    "predictions on checked statements": (
        ["predicted.csv", "--statements", "checked.csv", "-o", "r.html"],
        "checked.csv, row 2, column 'checked': checked labels go with predictions",
    ),
    "an event in another encoding": (
        ["said.csv", "-o", "r.html", "--events", "latin.csv"],
        "latin.csv, row 2: column 'name': the byte 0xe9 is not UTF-8; if the whole file is in",
    ),
    "an event of too many cells": (
        ["said.csv", "-o", "r.html", "--events", "comma.csv"],
        "comma.csv, row 2: 3 cells, but the header has 2; is a quote missing?",
    ),
    "an event of a month": (
        ["said.csv", "-o", "r.html", "--events", "month.csv"],
        "month.csv, row 2, column 'date': expected a day such as 2026-02-28, and a name",
    ),
    "coverage": (
        ["said.csv", "-o", "r.html", "--coverage", "2"],
        "coverage: expected a number above 0 and at most 1, got 2.0",
    ),
    "an article by side": (
        ["talks.txt", "-o", "r.html", "--by", "side"],
        "talks.txt: an article says who speaks, not for which side",
    ),
    "an article of nobody": (
        ["empty.txt", "-o", "r.html"],
        "empty.txt: no statement was found whose holder is plain",
    ),
    "an article of no day": (
        ["2025-02-31.txt", "-o", "r.html"],
        "2025-02-31.txt: its name begins with a date that is none: day is out of range",
    ),
    "an article and predictions": (
        ["predicted.csv", "talks.txt", "-o", "r.html"],
        "talks.txt has no column 'p_favor', and predicted.csv has; give files of one kind",
    ),
    "level": (
        ["said.csv", "-o", "r.html", "--level", "95"],
        "level: expected a number between 0 and",
    ),
}


@pytest.fixture
def files(report: Run, predicted: pd.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "d.html").mkdir()
    (tmp_path / "old.html").write_text("mine")
    without = [{key: value for key, value in row.items() if key != "side"} for row in ROWS]
    for name, content in {
        "notext": table(text="texts"),
        "noholder": table(holder="holders"),
        "noside": table(without),
        "strange": "quote,who\nWe reject the truce,Ann\n",
        "dates": table({**row, "date": "31.12.2025"} for row in ROWS),
        "twice": table([ROWS[0], ROWS[0]]),
        "none": "text,holder\n",
        "half": table(ROWS[:6]),
        "said2": "day,name\n2025-01-01,Talks\n",
        "checked": table({**row, "checked": "favor"} for row in ROWS),
        "comma": "date,name\n2026-01-05,Talks, second round\n",
        "month": "date,name\n2025-01,Talks\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(content)
    for name in ("talks", "2025-02-31"):
        (tmp_path / f"{name}.txt").write_text(ARTICLE)
    (tmp_path / "empty.txt").write_text("Rain fell all week.")
    (tmp_path / "latin.csv").write_bytes(b"date,name\n2026-01-05,Conf\xe9rence\n")
    (tmp_path / "bad.csv").write_bytes(b"text,holder\ncaf\xe9,North\n")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said(what: str, report: Run, tmp_path: Path) -> None:
    before = {item.name for item in tmp_path.iterdir()}
    arguments, message = WRONG[what]
    code, shown = report(*arguments)
    assert code == 1
    assert message in shown
    assert {item.name for item in tmp_path.iterdir()} == before
    assert (tmp_path / "old.html").read_text() == "mine"


def test_terms_are_needed_for_statements_only(
    report: Run, predicted: pd.DataFrame, tmp_path: Path
) -> None:
    code, shown = report("said.csv", "-o", "r.html", terms=False)
    assert code == 1
    assert "no terms to ask about: give --terms FILE.yaml" in shown
    code, _ = report("predicted.csv", "--statements", "said.csv", "-o", "r.html", terms=False)
    assert code == 0
    assert data_of(tmp_path / "r.html")["terms"] == ["troops", "truce"]


def test_overwriting_replaces_the_whole(report: Run, tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text("mine")
    assert report("said.csv", "-o", "r.html", "--overwrite")[0] == 0
    assert data_of(tmp_path / "r.html")["holders"] == ["North", "South"]


@pytest.mark.parametrize("option", ["--statements", "--events"])
def test_no_input_is_overwritten(
    option: str, report: Run, predicted: pd.DataFrame, tmp_path: Path
) -> None:
    mine = table() if option == "--statements" else "date,name\n2025-03-01,Talks begin\n"
    (tmp_path / "mine.csv").write_text(mine)
    (tmp_path / "mine.html").hardlink_to(tmp_path / "mine.csv")  # events go with a page only
    out = "mine.csv" if option == "--statements" else "mine.html"
    file = "predicted.csv" if option == "--statements" else "said.csv"
    code, shown = report(file, option, "mine.csv", "-o", out, "--overwrite")
    assert code == 1
    assert f"--out {out} is an input itself; choose another name" in shown
    assert (tmp_path / "mine.csv").read_text() == mine


def test_an_interruption_leaves_what_was_there(
    report: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "r.html").write_text("mine")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stance.positioning.html.report_page", interrupt)
    code, shown = report("said.csv", "-o", "r.html", "--overwrite")
    assert code == 130
    assert "interrupted; nothing was written" in shown
    assert (tmp_path / "r.html").read_text() == "mine"


def test_the_same_input_gives_the_same_bytes(report: Run, tmp_path: Path) -> None:
    assert report("said.csv", "-o", "a.html")[0] == report("said.csv", "-o", "b.html")[0] == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_help_has_examples(stance: Run) -> None:
    code, shown = stance("report", "--help")
    assert code == 0
    assert "stance report speeches.csv --terms my-terms.yaml --out report.html" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'FILE…'"),
        (["a.csv"], "Missing option '--out'"),
        (["a.csv", "-o", "r.html", "--by", "party"], "is not one of 'holder', 'side'"),
        (["a.csv", "-o", "r.html", "--min-n", "0"], "is not in the range x>=1"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, stance: Run) -> None:
    code, shown = stance("report", *arguments)
    assert code == 2
    assert message in shown
