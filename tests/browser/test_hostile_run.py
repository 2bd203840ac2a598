"""A run on hostile statements, terms, holders and names, in the real UI: all of it stays text."""

from __future__ import annotations

import csv
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

pytest.importorskip("selenium", reason="selenium is not installed (extra dev)")

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from stance.inert import cell, printable

from .conftest import SHOTS
from .ui import BROWSE, TOY

HOSTILE = (
    "<script>document.title='sprung'</script>",
    "<img src=/sprung onerror=\"document.title='sprung'\">",
    "</td></table><h1 id=sprung>x</h1><svg onload=\"document.title='sprung'\">",
    "<iframe src=\"javascript:top.document.title='sprung'\"></iframe>",
    "[x](javascript:document.title='sprung') ![x](/sprung) {{7*7}} {title}",
    "<!-- ]]> </style></title><link rel=stylesheet href=/sprung> &lt;b&gt;",
    '=HYPERLINK("/sprung","x") \x1b[31mred\x07 \u202egnp.exe',
)
# The model's, in the name of the run and in its description, which the UI shows as Markdown.
NAME = f"{HOSTILE[1]} ![x](/sprung) [y](javascript:document.title='sprung') *z* _z_"
# What of it has come to life in a page or a frame: elements, handlers, requests, scripts.
SPRUNG = """
const bad = (a) => a.name.startsWith('on') ? a.value.includes('sprung')
  : ['id', 'src', 'href'].includes(a.name) && /^(\\/|javascript:.*)?sprung/.test(a.value);
const found = [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some(bad));
const asked = performance.getEntriesByType('resource').map((entry) => entry.name);
return [...found.map((e) => e.outerHTML), ...asked.filter((url) => url.endsWith('/sprung')),
  ...(document.title === 'sprung' ? ['a script'] : [])];
"""
CELLS = """
return [...document.querySelectorAll('tbody tr')]
  .map((row) => [...row.children].map((cell) => cell.textContent));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with one run: every statement, holder and term of its data is hostile."""
    folder = tmp_path_factory.mktemp("project")
    path = TOY["write_toy"](folder / "toy.csv", pairs=240)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["text"] += f" {HOSTILE[number % len(HOSTILE)]}"
        row["holder"] = HOSTILE[number % 4]
        row["term"] += f" {HOSTILE[number % 2]}"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    quoted = NAME.replace("'", "\\'")
    given = ["dataset=file", "dataset.path=toy.csv", "model=logistic", f"model.name='{quoted}'"]
    command = [sys.executable, "-m", "stance.train", *given, "hydra.run.dir=out"]
    subprocess.run(command, cwd=folder, check=True, timeout=600)
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Any:
    (found,) = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}").search_runs(["1"])
    return found


def said(folder: Path, column: str) -> set[str]:
    with (folder / "toy.csv").open(newline="", encoding="utf-8") as file:
        return {row[column] for row in csv.DictReader(file)}


def is_calm(browser: Any) -> bool:
    """Neither the page nor a frame in it does what the data say."""
    browser.switch_to.default_content()
    found = browser.execute_script(SPRUNG)
    for frame in browser.find_elements(By.TAG_NAME, "iframe"):
        browser.switch_to.frame(frame)
        found += browser.execute_script(SPRUNG)
        browser.switch_to.default_content()
    assert found == []
    return True


def artifact(visit: Any, run: Any, path: str) -> None:
    start = visit.address.partition("/#/")[0]
    visit.browser.get("about:blank")
    visit.browser.get(f"{start}/#/experiments/1/runs/{run.info.run_id}/artifacts/{path}")


def test_the_list_and_the_page_of_the_run_show_names_as_text(visit: Any, run: Any) -> None:
    assert run.data.params["model.name"] == NAME
    visit.list_runs(run.info.run_name)
    assert NAME in visit.text
    assert is_calm(visit.browser)
    visit.open_run(run.info.run_name)
    assert f"{NAME} with the default features" in visit.text
    assert is_calm(visit.browser)


def test_the_page_of_errors_runs_nothing_and_shows_what_was_said(
    visit: Any, run: Any, folder: Path
) -> None:
    artifact(visit, run, "report/test/errors.html")
    browser = visit.browser
    rows: list[list[str]] = []

    def shown(_: Any) -> bool:
        browser.switch_to.default_content()
        for frame in browser.find_elements(By.TAG_NAME, "iframe"):
            browser.switch_to.frame(frame)
            rows[:] = browser.execute_script(CELLS)
            browser.switch_to.default_content()
            if rows:
                break
        return bool(rows)

    WebDriverWait(browser, BROWSE["PATIENCE"]).until(shown)
    texts, holders, terms = ({row[place] for row in rows} for place in range(3))
    assert texts <= {printable(text) for text in said(folder, "text")}
    assert holders == {printable(text) for text in HOSTILE[:4]}
    assert terms <= {printable(text) for text in said(folder, "term")}
    for hostile in HOSTILE:
        assert any(text.endswith(printable(hostile)) for text in texts), hostile
    assert is_calm(browser)
    browser.save_screenshot(str(SHOTS / "6-hostile.png"))


def test_the_page_of_errors_is_calm_on_its_own_and_is_not_opened_by_the_server(
    visit: Any, run: Any, folder: Path
) -> None:
    """The server hands it out to be kept, not to be run in its own origin."""
    start = visit.address.partition("/#/")[0]
    query = urllib.parse.urlencode({"path": "report/test/errors.html", "run_uuid": run.info.run_id})
    with urllib.request.urlopen(f"{start}/get-artifact?{query}", timeout=60) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        content = answer.read()
    assert content == (folder / "out/report/test/errors.html").read_bytes()
    (folder / "kept.html").write_bytes(content)
    visit.browser.get((folder / "kept.html").as_uri())
    rows = visit.browser.execute_script(CELLS)
    assert {row[0] for row in rows} <= {printable(text) for text in said(folder, "text")}
    assert is_calm(visit.browser)


@pytest.mark.parametrize("name", ["report/test/errors.csv", "report/test/terms.csv"])
def test_tables_are_shown_as_text(visit: Any, run: Any, folder: Path, name: str) -> None:
    artifact(visit, run, name)
    term = next(iter(sorted(said(folder, "term"))))
    visit._wait_for_text(cell(term) if "errors" in name else "macro_f1")
    assert is_calm(visit.browser)


def test_the_config_is_shown_as_text(visit: Any, run: Any) -> None:
    artifact(visit, run, "config.yaml")
    visit._wait_for_text("onerror")
    assert is_calm(visit.browser)
