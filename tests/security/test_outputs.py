"""Hostile text on its way out: tried with a spreadsheet, a browser and a terminal."""

import json
import os
import re
import shutil
import subprocess

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from stance import Term, predict
from stance.cli import main
from stance.inert import cell
from stance.reports.errors import error_page
from stance.reports.tables import csv_text
from stance.train import main as train

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1",
    "－1", "＠SUM(A1)",
    '=HYPERLINK("http://evil.example","x")', "=cmd|'/C calc'!A0", "=WEBSERVICE(A1)", "x;=1+1",
    "x\t=1+1", 'x","=1+1', "x\n=1+1", "'=1+1", "=1+1;x",
]  # fmt: skip
TAGS = [
    "<script>document.title='sprung'</script>", "<img src=x onerror=\"document.title='sprung'\">",
    "\"><svg onload=\"document.title='sprung'\">", "</td></table><h1 id=sprung>x</h1>",
    "<iframe src=\"javascript:parent.document.title='sprung'\"></iframe>", "<!-- ", "]]>",
    "</style></title><script>document.title='sprung'</script>", "&lt;b&gt;", "{title}",
]  # fmt: skip
CONTROLS = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\x08b",
    "\x1b[2J",
    "x\rhidden",
    "\u202eevil",
]
TERM = Term("A truce takes effect", aliases=["truce"])


def _program(*names):
    """A program of this machine; in CI it must be there."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        assert os.environ.get("CI") != "true", f"{names[0]} is not installed"
        pytest.skip(f"{names[0]} is not installed")
    return found


# --- spreadsheets ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Statements that are formulas, answered in every format that the command line writes."""
    folder = tmp_path_factory.mktemp("answers")
    texts = [*FORMULAS, *TAGS]
    rows = [{"id": f"{text}{n}", "text": text} for n, text in enumerate(texts)]
    (folder / "in.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    (folder / "terms.yaml").write_text("- {id: '=2+2', name: A truce takes effect}\n")
    for suffix in ("csv", "tsv", "xlsx", "jsonl", "parquet"):
        out = str(folder / f"out.{suffix}")
        given = [str(folder / "in.jsonl"), "--terms", str(folder / "terms.yaml"), "--out", out]
        assert main(["predict", *given, "--with-text"]) == 0
    return folder


def _cells(book):
    sheet = openpyxl.load_workbook(book).active
    return [item for row in sheet.iter_rows() for item in row]


def _formulas(book):
    found = [item.value for item in _cells(book) if item.data_type == "f"]
    return [value for value in found if value not in ("=TRUE()", "=FALSE()")]  # how it has truth


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.xlsx"])
def test_a_spreadsheet_computes_nothing(answers, tmp_path, name):
    """Opened by LibreOffice, which keeps formulas as formulas when it saves a workbook."""
    office = _program("soffice")
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", "xlsx", "--outdir", str(tmp_path), str(answers / name)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    cells = _cells(tmp_path / "out.xlsx")
    assert _formulas(tmp_path / "out.xlsx") == []
    shown = {str(item.value) for item in cells}
    assert any("'=cmd|'/C calc'!A0" in text for text in shown)


def test_a_report_opened_with_semicolons_computes_nothing(tmp_path):
    """As spreadsheets in half of Europe open a CSV file."""
    office = _program("soffice")
    table = pd.DataFrame({"text": FORMULAS, "n": range(len(FORMULAS))})
    (tmp_path / "report.csv").write_text(csv_text(table), encoding="utf-8")
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--infilter=CSV:59,34,UTF8,1", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
    subprocess.run(
        [*command, "report.csv"], check=True, capture_output=True, cwd=tmp_path, timeout=120
    )
    assert _formulas(tmp_path / "report.xlsx") == []


def test_text_reads_back_equal(answers):
    """In full from JSON lines and Parquet; with apostrophes from tables for spreadsheets."""
    texts = [*FORMULAS, *TAGS]
    lines = (answers / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == texts
    assert pq.read_table(answers / "out.parquet")["text"].to_pylist() == texts
    for name, separator in (("out.csv", ","), ("out.tsv", "\t")):
        found = pd.read_csv(answers / name, sep=separator, keep_default_na=False)["text"]
        assert found.tolist() == [cell(text) for text in texts]
        assert [text.replace("'", "") for text in found] == [x.replace("'", "") for x in texts]


# --- browsers -------------------------------------------------------------------------------


def test_a_browser_runs_nothing(tmp_path):
    browser = _program("chromium", "chromium-browser", "google-chrome")
    pages = [error_page(pd.DataFrame({text: [text, 1.5] for text in TAGS}), TAGS[0])]
    for text in TAGS:
        found = predict(f"We reject the truce. {text}", TERM, holder=text, side=text)
        pages.append(found._repr_html_())
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><meta charset=utf-8><title>calm</title>" + "\n".join(pages),
        encoding="utf-8",
    )
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    done = subprocess.run(
        [*command, f"--user-data-dir={tmp_path}/profile"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert "<title>calm</title>" in done.stdout
    for tag in ("<script", "<img", "<svg", "<iframe", "<h1 id"):
        assert tag not in done.stdout, tag
    assert "document.title='sprung'" in done.stdout  # shown as text


# --- terminals and logs ---------------------------------------------------------------------


def _is_inert(shown):
    return not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize("text", CONTROLS, ids=ascii)
def test_a_terminal_obeys_no_statement(text, capsys):
    found = predict(f"We reject the truce {text}", TERM, holder=text, side=text)
    if not found.abstained:
        found.explain()
    assert _is_inert(capsys.readouterr().out)
    assert _is_inert(repr(found))


@pytest.mark.parametrize("text", CONTROLS, ids=ascii)
def test_a_terminal_obeys_no_config_and_no_file(text, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pairs.jsonl").write_text(
        json.dumps({"text": "We sign.", "term": "A", "label": text}) + "\n"
    )
    given = ["tracking=none", "dataset=file", "split=statement", "dataset.path=pairs.jsonl"]
    assert train(given) == 2
    shown = capsys.readouterr()
    assert "error: " in shown.err
    assert _is_inert(shown.out + shown.err)
    assert main(["predict", "pairs.jsonl", "--term", text]) != 0
    shown = capsys.readouterr()
    assert _is_inert(shown.out + shown.err)


@pytest.mark.parametrize("name", ["[red]", "[/x]", "[bold", "[link=file:///etc/passwd]x"])
def test_a_name_in_a_config_is_not_markup(name, tmp_path, monkeypatch, capsys, toy_folder):
    monkeypatch.chdir(tmp_path)
    given = ["tracking=none", f"dataset.path={toy_folder}", "model=logistic", "features=statement"]
    assert train([*given, f"model.name='{name}'"]) == 0
    assert f"{name}-statement-settlement-fixed" in capsys.readouterr().out
