"""``stance read``: articles in, a table of positions out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from filelock import FileLock

from stance import LABELS, Term, predict_many, statements_from_text
from stance.errors import DataError
from stance.streaming.articles import write_answers

Run = Callable[..., tuple[int, str]]
ARTICLE = """Mara Venn, the foreign minister, said that they reject the truce.

"We welcome the truce," said Ilo Brask. "Wheat prices rose again."

Viktor Almas met Lio Marchand. He said they reject the truce.
"""
COLUMNS = [
    *("article", "start", "end", "holder", "certain", "candidates", "cue", "kind", "statement"),
    *("term", "label", "confidence", *(f"p_{label}" for label in LABELS), "abstained", "reason"),
]
TERMS = """- name: A truce takes effect
  aliases: [ceasefire, truce]
  id: truce
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "terms.yaml").write_text(TERMS, encoding="utf-8")
    return tmp_path


def test_the_table(stance: Run, folder: Path, terms: list[Term], model: Path) -> None:
    code, shown = stance("read", "a.txt", "-t", "terms.yaml", "-o", "b.csv", "--all")
    assert code == 0
    assert shown == "b.csv: 4 rows from 1 article\n"
    table = pd.read_csv(folder / "b.csv", keep_default_na=False)
    assert list(table.columns) == COLUMNS
    assert table["holder"].tolist() == ["Mara Venn", "Ilo Brask", "Ilo Brask", "He"]
    assert table["candidates"].tolist() == ["", "", "", "Viktor Almas|Lio Marchand"]
    assert table["kind"].tolist() == ["reported", "direct", "direct", "reported"]
    for row in table.itertuples():
        assert ARTICLE[row.start : row.end] == row.statement
    found = statements_from_text(ARTICLE)
    frame = pd.DataFrame(
        {"text": [item.text for item in found], "holder": [item.holder for item in found]}
    )
    expected = predict_many(
        frame,
        [Term("A truce takes effect", aliases=["ceasefire", "truce"], id="truce")],
        model=model,
    )
    assert table["label"].tolist() == expected["label"].tolist()
    assert table["confidence"].tolist() == pytest.approx(expected["confidence"], abs=1e-6)


def test_unrelated_rows_are_left_out(stance: Run, folder: Path) -> None:
    assert stance("read", "a.txt", "-t", "terms.yaml", "-o", "b.csv")[0] == 0
    assert stance("read", "a.txt", "-t", "terms.yaml", "-o", "c.csv", "--all")[0] == 0
    part, whole = pd.read_csv(folder / "b.csv"), pd.read_csv(folder / "c.csv")
    assert "unrelated" in set(whole["label"])
    assert part["statement"].tolist() == whole[whole["label"] != "unrelated"]["statement"].tolist()


def test_several_articles_and_formats(stance: Run, folder: Path) -> None:
    (folder / "b.txt").write_text('“We reject the truce,” said the “=mayor”.\n"=1+1", said Oss.')
    asked = ("read", "a.txt", "b.txt", "-t", "terms.yaml", "--all", "-o")
    for name in ("out.jsonl", "out.parquet", "out.xlsx", "out.tsv.gz"):
        assert stance(*asked, name) == (0, f"{name}: 5 rows from 2 articles\n")
    lines = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert [item["article"] for item in lines] == ["a.txt"] * 4 + ["b.txt"]
    assert pd.read_parquet(folder / "out.parquet")["statement"].iloc[-1] == "=1+1"
    sheet = openpyxl.load_workbook(folder / "out.xlsx").active
    assert [row[8] for row in sheet.values][-1] == "'=1+1"
    table = pd.read_csv(folder / "out.tsv.gz", sep="\t")
    assert table["statement"].iloc[-1] == "'=1+1"
    assert (
        sorted(item.name for item in folder.iterdir() if "lock" in item.name or ".new" in item.name)
        == []
    )


def test_standard_input(stance: Run, folder: Path) -> None:
    asked = ("read", "-", "-t", "terms.yaml", "-o", "b.jsonl", "-q")
    assert stance(*asked, stdin=ARTICLE.encode()) == (0, "")
    assert json.loads((folder / "b.jsonl").read_text().splitlines()[0])["article"] == "-"


def test_the_table_is_shown(stance: Run, folder: Path) -> None:
    (folder / "c.txt").write_text(ARTICLE.replace("Ilo Brask", "Ilo [red]Brask\x1b[2J"))
    code, shown = stance("read", "a.txt", "c.txt", "-t", "terms.yaml", "--all")
    assert code == 0
    assert "\x1b[2J" not in shown
    for words in ("article", "holder", "Mara", "He?", "truce"):
        assert words in shown
    assert "holder?: the article does not make plain who is meant" in shown


@pytest.mark.parametrize("article", ["", "Rain fell all week."])
def test_nothing_found(article: str, stance: Run, folder: Path) -> None:
    (folder / "a.txt").write_text(article)
    code, shown = stance("read", "a.txt", "-t", "terms.yaml")
    assert code == 0
    assert "no statement of a holder that is related to a term was found" in shown
    assert stance("read", "a.txt", "-t", "terms.yaml", "-o", "b.csv")[1] == (
        "b.csv: 0 rows from 1 article\n"
    )
    assert (folder / "b.csv").read_text().startswith('"article","start"')


def test_line_ends_count_as_one_character(stance: Run, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\xef\xbb\xbf" + ARTICLE.replace("\n", "\r\n").encode())
    assert stance("read", "a.txt", "-t", "terms.yaml", "-o", "b.csv", "--all")[0] == 0
    for row in pd.read_csv(folder / "b.csv").itertuples():
        assert ARTICLE[row.start : row.end] == row.statement


WRONG = {
    "missing": ("aa.txt", None, "aa.txt: no such file; did you mean 'a.txt'?"),
    "folder": (".", None, ". is a folder; name one of the files in it"),
    "document": ("d.txt", b"PK\x03\x04...", "expected an article as plain text, but this is a zip"),
    "pdf": ("d.txt", b"%PDF-1.7", "but this is a PDF; save it as plain text"),
    "encoding": (
        "d.txt",
        b"The m\xe4yor said no.",
        "d.txt: not in the encoding UTF-8; name another",
    ),
    "binary": ("d.txt", b"a\x00b\x00", "d.txt: it holds zero bytes, as UTF-16 and binary files do"),
}


@pytest.mark.parametrize(("name", "content", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_read(
    name: str, content: bytes | None, message: str, stance: Run, folder: Path
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    code, shown = stance("read", name, "-t", "terms.yaml", "-o", "b.csv")
    assert code == 1
    assert message in shown
    assert not (folder / "b.csv").exists()


def test_an_encoding_can_be_named(stance: Run, folder: Path) -> None:
    (folder / "d.txt").write_bytes("The mäyor said they reject the truce.".encode("cp1252"))
    asked = ("read", "d.txt", "-t", "terms.yaml", "--all", "-o", "b.csv", "--encoding")
    assert stance(*asked, "cp1252")[0] == 0
    assert pd.read_csv(folder / "b.csv")["holder"].tolist() == ["mäyor"]
    assert "unknown encoding 'cp9'" in stance(*asked, "cp9")[1] or (folder / "b.csv").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode elsewhere")
def test_a_name_that_is_not_utf8(stance: Run, folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (folder / name).write_text(ARTICLE)
    assert stance("read", name, "-t", "terms.yaml", "-o", "b.csv", "-q")[0] == 0
    assert pd.read_csv(folder / "b.csv")["article"][0] == "caf\ufffd.txt"


def test_outputs_that_are_refused(stance: Run, folder: Path) -> None:
    asked = ("read", "a.txt", "-t", "terms.yaml", "-o")
    assert "unknown format 'doc'" in stance(*asked, "b.doc")[1]
    assert "the folder nowhere does not exist; make it first" in stance(*asked, "nowhere/b.csv")[1]
    (folder / "b.csv").write_text("mine")
    assert "b.csv is already there; add --overwrite to replace it" in stance(*asked, "b.csv")[1]
    assert (folder / "b.csv").read_text() == "mine"
    assert stance(*asked, "b.csv", "--overwrite")[0] == 0
    (folder / "a.csv").write_text(ARTICLE)
    refused = stance("read", "a.csv", "-t", "terms.yaml", "-o", "a.csv", "--overwrite")
    assert "--out a.csv is an article itself; choose another name" in refused[1]
    assert "no terms to ask about" in stance("read", "a.txt")[1]
    assert stance("read")[0] == 2


def test_another_process_writes_it(folder: Path) -> None:
    with (
        FileLock(folder / "b.csv.lock"),
        pytest.raises(DataError, match=r"b\.csv: another process is writing it; wait until it"),
    ):
        write_answers(folder / "b.csv", [], __import__("pyarrow").schema([]))


def test_a_file_that_is_no_lock_is_left(stance: Run, folder: Path) -> None:
    (folder / "b.csv.lock").write_text("mine")
    refused = stance("read", "a.txt", "-t", "terms.yaml", "-o", "b.csv", "--overwrite")
    assert "b.csv.lock is no lock of a run" in refused[1]
    assert (folder / "b.csv.lock").read_text() == "mine"


def test_an_interrupted_run_leaves_nothing(
    stance: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stance.reading.answers.answer_article", interrupt)
    code, _ = stance("read", "a.txt", "-t", "terms.yaml", "-o", "b.csv")
    assert code == 130
    assert sorted(item.name for item in folder.iterdir()) == ["a.txt", "terms.yaml"]


def test_help(stance: Run) -> None:
    code, shown = stance("read", "--help")
    assert code == 0
    assert "stance read article.txt --terms my-terms.yaml" in shown


def test_an_article_of_800_words_in_under_five_seconds(folder: Path) -> None:
    (folder / "long.txt").write_text(ARTICLE * 25)
    program = (
        "import time\n"
        "import stance.cli.reading, stance.judging, stance.reading.answers\n"
        "import stance.streaming.articles\n"
        "from stance.cli import main\n"
        "begun = time.process_time()\n"
        "assert main(['read', 'long.txt', '-t', 'terms.yaml', '-o', 'b.csv', '-q']) == 0\n"
        "print(time.process_time() - begun)\n"
    )
    assert len((ARTICLE * 25).split()) > 700
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 5
