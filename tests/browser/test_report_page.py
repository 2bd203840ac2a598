"""A report in Chromium, at a phone's and a desk's width: it works, and what is in it stays text."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
import runpy
import unicodedata
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("selenium", reason="selenium is not installed (extra dev)")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

import stance
from stance import Term
from stance.cli.inputs import read_events
from stance.inert import printable
from stance.labels import LABELS
from stance.positioning.html import report_page
from stance.positioning.page_data import Event
from stance.positioning.table import Positions
from stance.positioning.wording import signed
from stance.predict import load_model
from stance.terms import TermCatalogue

from .conftest import PATIENCE, SHOTS

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
ESTIMATE = (files("stance.positioning") / "assets" / "estimate.js").read_text()
HOSTILE = (
    "<img src=x onerror=\"document.title='hacked'\">",
    "</script><script>document.title='hacked'</script>",
    "<!--<script>",
    "\u202egnp.exe\u2066 \x1b[31mred\x07 \u2028",
    "word " * 1000,
    "😀 👩‍👩‍👧 שלום \"quoted\" 'text' &amp; `${document.title='hacked'}` {{7*7}}",
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's folder: statements, terms and events of an invented negotiation."""
    folder = tmp_path_factory.mktemp("demo")
    runpy.run_path(str(ROOT / "scripts" / "demo_negotiation.py"))["write_demo"](folder)
    return folder


@pytest.fixture(scope="module")
def demo(said: Path) -> Positions:
    statements = pd.read_csv(said / "statements.csv")
    terms = list(TermCatalogue.from_yaml(said / "terms.yaml").values())
    return stance.positions(
        stance.predict_many(statements, terms), statements=statements, terms=terms
    )


@pytest.fixture(scope="module")
def address(said: Path, demo: Positions) -> str:
    events = read_events(str(said / "events.csv"))
    page = report_page(demo, model=load_model(), title="Peace talks for Dorvane", events=events)
    (said / "report.html").write_text(page, encoding="utf-8")
    return (said / "report.html").as_uri()


@pytest.fixture(params=WIDTHS)
def browser(
    request: pytest.FixtureRequest, open_browser: Callable[[int, int], Any], address: str
) -> Iterator[Any]:
    """The report, opened; nothing may have been said on the console or asked of a network."""
    found = open_browser(*WIDTHS[request.param])
    found.name_of_width = request.param
    show(found, address)
    yield found
    check_quiet(found)


def check_quiet(browser: Any) -> None:
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        item["params"]["request"]["url"]
        for item in messages
        if item["method"] == "Network.requestWillBeSent"
    ]
    assert asked, "the log of requests does not work"
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1


def show(browser: Any, address: str) -> None:
    browser.get(address)
    settle(browser)


def settle(browser: Any) -> None:
    """Wait until the numbers and the timelines are made."""
    script = (
        "return [...document.querySelectorAll('[aria-busy]')].every(e => e.ariaBusy === 'false')"
    )
    WebDriverWait(browser, PATIENCE).until(lambda b: b.execute_script(script))


def shoot(browser: Any, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(SHOTS / f"report-{browser.name_of_width}-{name}.png"))


def find(browser: Any, selector: str) -> Any:
    return browser.find_element(By.CSS_SELECTOR, selector)


def every(browser: Any, selector: str) -> list[Any]:
    return list(browser.find_elements(By.CSS_SELECTOR, selector))


def text_of(element: Any) -> str:
    return str(element.get_attribute("textContent"))


def press(browser: Any, element: Any) -> None:
    script = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
    browser.execute_script(script, element)
    element.click()


def choose(browser: Any, **values: str) -> None:
    """Fill in filters, as a person who picks a date does."""
    for name, value in values.items():
        browser.execute_script(
            "const e = document.getElementById(arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event('change', {bubbles: true}))",
            name,
            value,
        )
    settle(browser)


def matrix(browser: Any) -> dict[tuple[str, str], dict[str, str]]:
    """What each cell shows, by holder and the term's name."""
    cells = browser.execute_script(
        """
        const data = JSON.parse(document.getElementById('data').textContent);
        return [...document.querySelectorAll('[data-cell]')].map((cell) => {
          const [term, holder] = cell.dataset.cell.split('-');
          return [data.holders[holder], data.terms[term], {
            value: cell.querySelector('.value').textContent,
            count: cell.querySelector('.count').textContent,
            label: cell.getAttribute('aria-label'),
            shade: cell.className, off: cell.closest('td').hasAttribute('data-off')}];
        })"""
    )
    return {(holder, term): cell for holder, term, cell in cells}


def numbers(label: str) -> list[float]:
    """Position, low and high, as a cell's label says them."""
    words = label.rpartition(": ")[2].replace(",", "").replace("−", "-").split()
    return [float(words[place]) for place in (0, 2, 4)]


def cell_of(browser: Any, demo: Positions, holder: str, term: str) -> Any:
    script = (
        "const data = JSON.parse(document.getElementById('data').textContent);"
        "const place = `${data.terms.indexOf(arguments[1])}-${data.holders.indexOf(arguments[0])}`;"
        "return document.querySelector(`[data-cell='${place}']`)"
    )
    return browser.execute_script(script, holder, term)


def test_a_cell_shows_its_statements(browser: Any, demo: Positions) -> None:
    groups = demo.evidence.groupby(["holder", "term_name"])
    largest = groups.size().sort_values(ascending=False).index
    for holder, term in [*largest[:3], *largest[-2:]]:
        cell = cell_of(browser, demo, holder, term)
        press(browser, cell)
        rows = groups.get_group((holder, term))
        assert text_of(find(browser, "#panel h2")) == f"{holder} on “{term}”"
        assert cell.get_attribute("aria-expanded") == "true"
        shown = [text_of(quote) for quote in every(browser, "#panel blockquote")]
        assert sorted(shown) == sorted(map(printable, rows["text"]))
        dates = [text_of(item) for item in every(browser, "#panel time")]
        assert dates == sorted((f"{date:%Y-%m-%d}" for date in rows["date"]), reverse=True)
        assert text_of(find(browser, "#panel-count")).startswith(str(len(rows)))
        find(browser, "#panel-close").click()
        assert not find(browser, "#panel").is_displayed()
        assert cell.get_attribute("aria-expanded") == "false"
    holder, term = largest[0]
    press(browser, cell_of(browser, demo, holder, term))
    rows = groups.get_group((holder, term))
    against = rows.loc[rows["label"] == "against", "text"]
    find(browser, "#panel select option[value=against]").click()
    shown = [text_of(quote) for quote in every(browser, "#panel blockquote")]
    assert sorted(shown) == sorted(map(printable, against))
    shoot(browser, "statements")


def test_dates_change_the_numbers_to_what_python_computes(
    browser: Any, demo: Positions, said: Path
) -> None:
    before = matrix(browser)
    first, last = "2025-02-01", "2025-09-30"
    choose(browser, **{"from": first, "to": last})
    pairs = demo.pairs[demo.pairs["date"].between(first, last)]
    terms = list(TermCatalogue.from_yaml(said / "terms.yaml").values())
    wanted = stance.positions(
        pairs.drop(columns=["term_name", "checked"]), terms=terms, n_boot=2000
    )
    shown = matrix(browser)
    known = 0
    for row in wanted.table.to_dict("records"):
        cell = shown[row["holder"], row["term_name"]]
        assert cell["count"].split(" · ")[0] == (str(row["n"]) if row["n"] else "")
        if row["n"] < wanted.min_n:
            assert cell["value"] == ("too few" if row["n"] else "–")
            continue
        known += 1
        position, low, high = numbers(cell["label"])
        assert cell["value"] == signed(position)
        # Both are drawn by chance, and a limit is the 50th of 2,000 draws.
        assert position == pytest.approx(row["position"], abs=0.1), cell
        assert low == pytest.approx(row["low"], abs=0.35), cell
        assert high == pytest.approx(row["high"], abs=0.35), cell
    assert known >= 8
    assert shown != before
    status = text_of(find(browser, "#status"))
    assert (
        f"{pairs['statement'].nunique()} of {demo.pairs['statement'].nunique()} statements"
        in status
    )
    assert "computed again" in status
    shoot(browser, "filtered")
    browser.execute_script("document.getElementById('choice').open = true")
    press(browser, find(browser, "#everything"))
    settle(browser)
    assert matrix(browser) == before
    assert not find(browser, "#everything").is_enabled()


def test_the_scripts_estimator_is_pythons(
    open_browser: Callable[[int, int], Any], address: str, demo: Positions
) -> None:
    """With many draws, so that chance hides no difference; a third of the labels is checked."""
    browser = open_browser(*WIDTHS["desk"])
    show(browser, address)
    draws, level = 10_000, 0.9
    cells = demo.table.sort_values("n", ascending=False)[["holder", "term"]].iloc[::9].head(3)
    pairs = demo.pairs.drop(columns=["term_name", "checked"]).merge(cells)
    pairs["checked"] = pairs["label"].where(pairs.index % 3 == 0, "")
    wanted = stance.positions(pairs, n_boot=draws, level=level)
    for (holder, term), group in wanted.pairs.groupby(["holder", "term"]):
        given = [
            {
                "p": shares,
                "best": max(range(5), key=shares.__getitem__),
                "checked": checked,
                "truth": truth,
            }
            for shares, checked, truth in zip(
                group[[f"p_{label}" for label in LABELS]].values.tolist(),
                group["checked"].tolist(),
                map(LABELS.index, group["label"]),
                strict=True,
            )
        ]
        found = browser.execute_script(
            f"{ESTIMATE}\nconst LABELS = arguments[0];"
            "const table = JSON.parse(document.getElementById('data').textContent).table;"
            "return estimate(arguments[1], table, arguments[2], 1, arguments[3])",
            *(list(LABELS), given, level, draws),
        )
        row = wanted.table.set_index(["holder", "term"]).loc[(holder, term)]
        for name in ("position", "low", "high"):
            assert found[name] == pytest.approx(row[name], abs=0.05), (holder, term, found)


def test_statements_behind_a_cell_are_those_of_the_chosen_time(
    browser: Any, demo: Positions
) -> None:
    choose(browser, to="2025-03-01")
    rows = demo.evidence[demo.evidence["date"] <= "2025-03-01"]
    (holder, term), size = max(
        rows.groupby(["holder", "term_name"]).size().items(), key=lambda i: i[1]
    )
    press(browser, cell_of(browser, demo, holder, term))
    assert len(every(browser, "#panel blockquote")) == size
    dates = {
        item.get_attribute("datetime")
        for item in every(browser, "#conditions li:not([data-off]) time")
    }
    assert dates
    assert max(dates) <= "2025-03-01"
    choose(browser, to="2024-01-01")
    assert {cell["value"] for cell in matrix(browser).values()} == {"–"}
    assert "No statement with a date is left" in text_of(find(browser, "#charts"))


def test_holders_can_be_left_out(browser: Any, demo: Positions) -> None:
    before = matrix(browser)
    browser.execute_script("document.getElementById('choice').open = true")
    press(browser, find(browser, "#filters [name=holder][value='0']"))
    settle(browser)
    data = json.loads(text_of(find(browser, "#data")))
    gone = data["holders"][0]
    for (holder, term), cell in matrix(browser).items():
        assert cell["off"] == (holder == gone)
        assert {**cell, "off": False} == before[holder, term]
    assert not cell_of(browser, demo, gone, data["terms"][0]).is_displayed()
    for part in ("#gaps-table", "#charts"):
        assert gone not in find(browser, part).text
        assert data["holders"][1] in find(browser, part).text
    assert gone not in find(browser, "#conditions").text
    assert f"5 of 6 {demo.by}s" in text_of(find(browser, "#status"))


def test_gaps_follow_the_filters(browser: Any, demo: Positions) -> None:
    rows = every(browser, "#gaps-table tbody tr")
    choose(browser, **{"from": "2024-09-02"})  # all that has a date: the same pairs, drawn anew
    again = [text_of(row) for row in every(browser, "#gaps-table tbody tr")]
    assert len(again) == len(rows) == demo.gaps().dropna(subset="gap")["term"].nunique()
    shown = matrix(browser)
    for row in again:
        values = re.findall(r"[+−]?\d\.\d\d", row)
        assert set(values[:2]) <= {cell["value"] for cell in shown.values()}


def test_timelines_hold_every_dated_statement(browser: Any, demo: Positions, said: Path) -> None:
    figures = every(browser, "#charts figure")
    names = [text_of(find(figure, "h3")) for figure in figures]
    counted = demo.evidence.groupby("term_name").size()
    assert sorted(names) == sorted(counted.index)
    for figure, name in zip(figures, names, strict=True):
        assert len(every(figure, "circle.said")) == counted[name]
        cells = [text_of(cell) for cell in every(figure, "details td")]
        assert sum(int(cell.partition("(")[2][:-1]) for cell in cells if cell) == counted[name]
        assert len(every(figure, "line.event")) == len(pd.read_csv(said / "events.csv"))
        assert find(figure, "svg").get_attribute("aria-label").startswith(name)


def test_the_keyboard_is_enough(browser: Any) -> None:
    for _ in range(60):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if "cell" in (browser.switch_to.active_element.get_attribute("class") or "").split():
            break
    else:
        pytest.fail("no cell is reached with Tab")
    place = browser.switch_to.active_element.get_attribute("data-cell")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert find(browser, "#panel").is_displayed()
    assert browser.switch_to.active_element.get_attribute("id") == "panel-title"
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("id") == "panel-close"
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not find(browser, "#panel").is_displayed()
    assert browser.switch_to.active_element.get_attribute("data-cell") == place


def test_the_page_fits_its_width_and_stays_a_table(browser: Any, demo: Positions) -> None:
    shoot(browser, "top")
    wide = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1] == WIDTHS[browser.name_of_width][0]
    for small in browser.execute_script(
        "return [...document.querySelectorAll('button:not([hidden]):not(:disabled)')]"
        ".filter((b) => b.offsetParent && b.getBoundingClientRect().height < 24)"
        ".map((b) => b.outerHTML)"
    ):
        pytest.fail(f"too small for a finger: {small}")
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    names: dict[str, list[str]] = {}
    for node in nodes:
        role = node.get("role", {}).get("value", "")
        names.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    assert "Who stands where" in names["table"]
    assert set(demo.table["term_name"]) <= set(names["rowheader"])
    for row in demo.table.dropna(subset="position").to_dict("records"):
        label = f"{row['holder']}, {row['term_name']}: {signed(row['position'])}"
        assert any(name.startswith(label) for name in names["button"]), label


def test_paper_holds_the_matrix_and_on_demand_the_statements(browser: Any, demo: Positions) -> None:
    plain = printed(browser)
    for row in demo.table.to_dict("records"):
        assert "".join(row["term_name"].split()) in plain
        if row["position"] == row["position"]:
            assert signed(row["position"]) in plain
    said = ["".join(text.split()) for text in demo.evidence["text"].head(20)]
    assert not any(text in plain for text in said)
    press(browser, find(browser, "#with-quotes"))
    whole = printed(browser)
    found = [text in whole for text in said]
    assert sum(found) >= 15  # the others run over the end of a sheet
    assert "Filterby" not in whole


def printed(browser: Any) -> str:
    """The text of the page on paper, without white space."""
    from pypdf import PdfReader

    paper = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    sheets = PdfReader(io.BytesIO(base64.b64decode(paper))).pages
    whole = unicodedata.normalize("NFKC", " ".join(sheet.extract_text() for sheet in sheets))
    return "".join(whole.split())


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_stays_text(
    width: str, open_browser: Callable[[int, int], Any], tmp_path: Path
) -> None:
    rows = []
    for number in range(4 * len(HOSTILE)):
        text = HOSTILE[number % len(HOSTILE)]
        shares = {f"p_{label}": 0.6 if label == "conditional" else 0.1 for label in LABELS}
        about = {"holder": text, "side": text, "text": f"{text} if {text}", "date": "2025-01-31"}
        named = {"statement": f"{text}{number}", "term": "t", "label": "conditional"}
        rows.append({**named, **shares, **about})
    positions = stance.positions(pd.DataFrame(rows), terms=[Term(HOSTILE[1], id="t")])
    events = [Event(dt.date(2025, 1, 31), text) for text in HOSTILE]
    page = report_page(positions, model=load_model(), title=HOSTILE[0], events=events)
    (tmp_path / "r.html").write_text(page, encoding="utf-8")
    browser = open_browser(*WIDTHS[width])
    browser.name_of_width = width
    show(browser, (tmp_path / "r.html").as_uri())
    for cell in every(browser, "button.cell"):
        press(browser, cell)
        name = text_of(find(browser, "#panel h2 bdi"))
        (text,) = [text for text in HOSTILE if printable(text.strip()) == name]
        quotes = [text_of(quote) for quote in every(browser, "#panel blockquote")]
        assert quotes == [printable(f"{text} if {text}")] * 4
        shoot(browser, "hostile")
        find(browser, "#panel-close").click()
    choose(browser, to="2025-02-01")
    assert browser.title == HOSTILE[0]
    assert every(browser, "img") == []
    assert len(every(browser, "script")) == 2
    assert (
        browser.execute_script(
            "return [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes])"
            ".filter((a) => a.name.startsWith('on') || a.name === 'srcdoc').length"
        )
        == 0
    )
    wide = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    check_quiet(browser)


def test_a_long_statement_opens_on_demand(
    open_browser: Callable[[int, int], Any], tmp_path: Path
) -> None:
    shares = {f"p_{label}": 0.6 if label == "favor" else 0.1 for label in LABELS}
    rows = [
        {
            "statement": n,
            "term": "t",
            "label": "favor",
            **shares,
            "holder": "North",
            "text": "word " * 1000,
        }
        for n in range(60)
    ]
    page = report_page(
        stance.positions(pd.DataFrame(rows), terms=[Term("T t", id="t")]), model=load_model()
    )
    (tmp_path / "r.html").write_text(page, encoding="utf-8")
    browser = open_browser(*WIDTHS["desk"])
    show(browser, (tmp_path / "r.html").as_uri())
    press(browser, find(browser, "button.cell"))
    quote, link = find(browser, "#panel blockquote"), find(browser, "#panel .link")
    short = quote.size["height"]
    link.click()
    assert quote.size["height"] > 3 * short
    assert link.get_attribute("aria-expanded") == "true"
    assert len(every(browser, "#panel blockquote")) == 40
    press(browser, find(browser, "#panel-more"))
    assert len(every(browser, "#panel blockquote")) == 60
    assert not find(browser, "#panel-more").is_displayed()
    check_quiet(browser)


def test_without_javascript_the_tables_are_there(
    open_browser: Callable[[int, int], Any], address: str, demo: Positions
) -> None:
    browser = open_browser(*WIDTHS["desk"])
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(address)
    body = find(browser, "body").text
    assert "The quotes behind each cell, the filters and the timelines need it" in body
    assert "Filter by" not in body
    for row in demo.table.dropna(subset="position").to_dict("records"):
        assert row["term_name"] in body
        assert signed(row["position"]) in body
