"""The report page: its numbers are those of the table, and what holders said is only text."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

import stance
from stance import Term
from stance.errors import DataError
from stance.inert import printable
from stance.labels import LABELS
from stance.persistence import SavedModel
from stance.positioning import estimation, page_data
from stance.positioning.describing import notes
from stance.positioning.html import report_page
from stance.positioning.page_data import Event
from stance.positioning.table import Positions
from stance.positioning.wording import signed
from stance.predict import load_model

TERMS = [
    Term("Foreign troops leave the valley", id="troops"),
    Term("A truce takes effect", id="truce"),
    Term("Prisoners are exchanged", id="prisoners"),
]
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<!--<script>",
    "\u202egnp.exe \x1b[31m \u2028 \u2066",
    "a" * 5000,
    "😀 👩‍👩‍👧 שלום",
    "{{ 7 * 7 }} ${7*7} &lt;b&gt; ' \" `",
)
VOID = {"meta", "link", "input", "br"}
HIDDEN = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]"


class Parsed(HTMLParser):
    """Elements with their attributes and the text in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, dict(attrs), [])
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop()[0] == tag, f"</{tag}> ends another element"

    def handle_data(self, data: str) -> None:
        for _, _, texts in self.open:
            texts.append(data)

    def all(self, tag: str, **wanted: str) -> list[tuple[dict[str, str | None], str]]:
        return [
            (attributes, "".join(texts).strip())
            for name, attributes, texts in self.elements
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]


def predictions(
    said: list[tuple[str, str, str]], dates: bool = True, text: str = "We said it."
) -> pd.DataFrame:
    """A row for each (holder, term, label), the labels rather sure."""
    rows = []
    for number, (holder, term, label) in enumerate(said):
        shares = {f"p_{name}": 0.88 if name == label else 0.03 for name in LABELS}
        date = dt.date(2025, 1, 1) + dt.timedelta(days=3 * number) if dates else None
        about = {"statement": f"s{number}", "term": term, "label": label, "abstained": False}
        rows.append({**about, **shares, "holder": holder, "date": date, "text": text})
    return pd.DataFrame(rows)


SAID = [
    *[("North", "troops", "favor")] * 12,
    *[("South", "troops", "against")] * 9,
    *[("South", "truce", "conditional")] * 4,
    *[("North", "truce", "favor")] * 5,
    *[("East", "truce", "neutral")] * 2,
    *[("East", "prisoners", "unrelated")] * 3,
]


def found(said: list[tuple[str, str, str]] = SAID, **given: Any) -> Positions:
    return stance.positions(predictions(said, **given), terms=TERMS)


def page_of(positions: Positions, **given: Any) -> str:
    return report_page(positions, model=load_model(), **given)


@pytest.fixture(scope="module")
def positions() -> Positions:
    return found()


@pytest.fixture(scope="module")
def page(positions: Positions) -> str:
    return page_of(positions, events=[Event(dt.date(2025, 2, 1), "Talks begin")])


@pytest.fixture(scope="module")
def parsed(page: str) -> Parsed:
    return Parsed(page)


def data_of(parsed: Parsed) -> Any:
    return json.loads(parsed.all("script", id="data")[0][1])


def buttons(parsed: Parsed) -> dict[str, tuple[dict[str, str | None], str]]:
    found = [item for item in parsed.all("button") if "data-cell" in item[0]]
    return {str(attributes["data-cell"]): (attributes, text) for attributes, text in found}


def test_every_number_is_that_of_the_table(positions: Positions, parsed: Parsed) -> None:
    data, shown = data_of(parsed), buttons(parsed)
    ids = positions.table["term"].drop_duplicates().tolist()
    assert len(shown) == len(positions.table)
    for row in positions.table.to_dict("records"):
        place = (ids.index(row["term"]), data["holders"].index(row["holder"]))
        attributes, text = shown["{}-{}".format(*place)]
        cell = data["cells"][place[0]][place[1]]
        assert cell["n"] == row["n"]
        assert cell["conditional"] == row["n_conditional"]
        if row["n"] < positions.min_n:
            assert cell["position"] is None
            assert text == (f"too few{row['n']}" if row["n"] else "–")
            assert not re.search(r"[+−]?\d\.\d\d", str(attributes["aria-label"]))
            continue
        for name in ("position", "low", "high"):
            assert cell[name] == pytest.approx(row[name], abs=5e-5)
            assert signed(row[name]) in str(attributes["aria-label"])
        assert text.startswith(signed(row["position"]))
        assert f"{row['n']} statement" in str(attributes["aria-label"])


def test_colour_follows_the_position_and_says_where_the_side_is_open(
    positions: Positions, parsed: Parsed
) -> None:
    assert data_of(parsed)["holders"] == ["North", "South", "East"]
    shades = {key: str(item[0]["class"]).split()[1:] for key, item in buttons(parsed).items()}
    assert shades["0-0"][0].startswith("p")
    assert shades["0-1"][0].startswith("m")
    assert shades["1-2"] == ["few"]
    assert shades["2-0"] == ["none"]
    for place, cell in (("0-0", ("North", "troops")), ("0-1", ("South", "troops"))):
        row = positions.table.set_index(["holder", "term"]).loc[cell]
        assert ("open" in shades[place]) == (row["low"] < 0 < row["high"])


def test_gaps_are_those_of_the_positions(positions: Positions, parsed: Parsed) -> None:
    gaps = positions.gaps().dropna(subset="gap").drop_duplicates("term")
    page = "".join(parsed.all("table", id="gaps-table")[0][1].split())
    at = -1
    for row in gaps.to_dict("records"):
        known = positions.table[positions.table["term"] == row["term"]].dropna(subset="position")
        top, bottom = known.loc[known["position"].idxmax()], known.loc[known["position"].idxmin()]
        line = "".join(
            f"{row['term_name']} {top['holder']} {signed(top['position'])} {bottom['holder']} "
            f"{signed(bottom['position'])} {row['gap']:.2f}".split()
        )
        assert page.index(line) > at
        at = page.index(line)


def test_the_policy_names_the_style_and_the_script_and_nothing_else(parsed: Parsed) -> None:
    policy = str(parsed.all("meta", **{"http-equiv": "Content-Security-Policy"})[0][0]["content"])
    style = parsed.elements[[name for name, *_ in parsed.elements].index("style")]
    script = [item for item in parsed.elements if item[0] == "script"][-1]
    hashes = [
        base64.b64encode(hashlib.sha256("".join(item[2]).encode()).digest()).decode()
        for item in (style, script)
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_fetched(page: str, parsed: Parsed) -> None:
    for name, attributes, _ in parsed.elements:
        assert "style" not in attributes, "the policy forbids style attributes"
        assert not [key for key in attributes if key.startswith("on")], name
        for key in ("src", "href", "action", "poster", "data", "srcset"):
            value = attributes.get(key)
            assert value is None or value.startswith("#") or value == "data:,", (name, key, value)
    plain = page.replace("http://www.w3.org/2000/svg", "")
    for word in ("http://", "https://", "url(", "@import", "fetch(", "XMLHttpRequest", "eval("):
        assert word not in plain, word
    assert ".innerHTML" not in plain
    assert "insertAdjacentHTML" not in plain


def test_assets_cannot_end_their_element() -> None:
    for asset in (files("stance.positioning") / "assets").iterdir():
        text = asset.read_text(encoding="utf-8")
        if not asset.name.endswith(".jinja"):
            assert not re.search(r"</(script|style)|<!--", text, re.IGNORECASE), asset.name


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_stays_text(hostile: str) -> None:
    plain = Parsed(page_of(found(SAID[:12]))).elements
    term = Term(hostile, id="troops")
    table = predictions([(hostile, "troops", "conditional")] * 12, text=f"If {hostile}")
    table["side"] = hostile
    table["statement"] = [f"{hostile}{number}" for number in range(12)]
    shown = report_page(
        stance.positions(table, terms=[term]),
        model=load_model(),
        title=hostile,
        events=[Event(dt.date(2025, 1, 9), hostile)],
    )
    parsed = Parsed(shown)
    assert {name for name, *_ in parsed.elements} <= {
        *(name for name, *_ in plain),
        *("ol", "time", "tr", "td", "li", "ul", "b", "dl", "dt", "dd"),
    }
    assert len(parsed.all("script")) == 2
    assert not parsed.all("img")
    assert not re.search(HIDDEN, shown)
    data = data_of(parsed)
    assert data["holders"] == [printable(hostile)]
    assert data["statements"][0]["text"] == printable(f"If {hostile}")
    assert parsed.all("h1")[0][1].strip() == printable(hostile).strip()


def test_the_script_has_what_python_has(positions: Positions, parsed: Parsed) -> None:
    data = data_of(parsed)
    assert data["table"]["counts"] == positions.reliability.counts
    assert data["table"]["values"] == [*(estimation.VALUES[label] for label in LABELS[:4]), 0.0]
    for name in ("trust", "worth", "prior", "extra", "_settling"):
        assert data["table"][name.strip("_")] == getattr(estimation, name.upper())
    script = (files("stance.positioning") / "assets" / "estimate.js").read_text()
    assert all(f"table.{name}" in script for name in data["table"])
    assert len(data["pairs"]) == len(positions.pairs)
    statements = [item["id"] for item in data["statements"]]
    assert statements == positions.pairs["statement"].tolist()


def test_a_statement_that_nothing_quotes_is_there_without_its_text(parsed: Parsed) -> None:
    texts = {item["id"]: item["text"] for item in data_of(parsed)["statements"]}
    assert texts["s0"] == "We said it."
    assert texts["s34"] == ""


def test_the_page_is_the_same_each_time(positions: Positions) -> None:
    assert page_of(positions) == page_of(positions)


def test_headings_are_in_order_and_headers_have_a_scope(parsed: Parsed) -> None:
    levels = [int(name[1]) for name, *_ in parsed.elements if re.fullmatch(r"h\d", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(attributes.get("scope") for attributes, _ in parsed.all("th"))
    assert parsed.all("html")[0][0]["lang"] == "en"
    assert not parsed.open, "an element is not ended"


def test_many_holders_begin_with_those_who_said_most() -> None:
    said = [
        (f"Holder {number:02}", "troops", "favor")
        for number in range(15)
        for _ in range(1 + number)
    ]
    parsed = Parsed(page_of(found(said)))
    data = data_of(parsed)
    assert data["holders"][0] == "Holder 14"
    assert data["shown"] == list(range(12))
    boxes = parsed.all("input", name="holder")
    assert ["checked" in attributes for attributes, _ in boxes] == [True] * 12 + [False] * 3
    heads = [
        attributes for attributes, _ in parsed.all("th", scope="col") if "data-holder" in attributes
    ]
    assert ["data-off" in attributes for attributes in heads] == [False] * 12 + [True] * 3
    assert "12 of 15 holders" in parsed.all("p", id="status")[0][1]


def test_without_dates_the_page_says_so() -> None:
    parsed = Parsed(page_of(found(dates=False)))
    assert not parsed.all("input", type="date")
    assert "No statement has a date" in parsed.all("section", id="timelines")[0][1]
    assert all(item["date"] is None for item in data_of(parsed)["statements"])


def test_what_moved_is_said_with_its_numbers() -> None:
    said = [("North", "troops", "against")] * 20 + [("North", "troops", "favor")] * 20
    positions = found(said)
    table = positions.shifts([(dt.date(2025, 3, 2), "Talks begin")])
    assert table["shift"].tolist() == [True]
    page = page_of(positions, events=[Event(dt.date(2025, 3, 2), "Talks begin")])
    row = Parsed(page).all("table", id="shifts-table")[0][1]
    for name in ("before", "after", "change"):
        assert signed(table[name].iloc[0]) in row
    assert "2025-03-02 Talks begin" in row
    assert "20 and 20 statements" in row
    none = page_of(found([("North", "troops", "favor")] * 40))
    assert "none is larger than chance" in Parsed(none).all("section", id="timelines")[0][1]


def test_conditions_are_listed_with_who_made_them() -> None:
    said = [("South", "troops", "conditional")] * 3
    table = predictions(said, text="We leave if the north disarms. Soon.")
    section = Parsed(page_of(stance.positions(table, terms=TERMS))).all("section", id="conditions")
    assert "South: if the north disarms" in section[0][1]


def test_without_conditions_nobody_has_most_of_them() -> None:
    assert "Most conditions" in page_of(found([("South", "troops", "conditional")] * 3))
    assert "Most conditions" not in page_of(found([("South", "troops", "favor")] * 3))


def test_a_level_near_certainty_is_not_rounded_to_it() -> None:
    positions = stance.positions(predictions(SAID), terms=TERMS, level=0.999)
    assert "with a probability of 99.9%" in page_of(positions)
    assert "low and high are the 99.9% interval" in "".join(notes(0.999, 3, 1000, 0))


def test_checked_labels_count_and_are_said() -> None:
    table = predictions(SAID).assign(checked="")
    table.loc[:11, "checked"] = "against"
    parsed = Parsed(page_of(stance.positions(table, terms=TERMS)))
    assert "A person checked 12 pairs" in parsed.all("section", id="trust")[0][1]
    assert parsed.all("select", id="only")
    assert [pair[4:6] for pair in data_of(parsed)["pairs"][:12]] == [
        [LABELS.index("against"), 1]
    ] * 12


def test_too_much_for_a_page_is_refused(
    monkeypatch: pytest.MonkeyPatch, positions: Positions
) -> None:
    monkeypatch.setattr(page_data, "MOST_PAIRS", 10)
    with pytest.raises(DataError, match=r"35 pairs .* more than one page holds \(10\).*\.parquet"):
        page_of(positions)


def test_nothing_to_show_is_refused() -> None:
    with pytest.raises(DataError, match="no statements to report on"):
        page_of(stance.positions(predictions(SAID[:1]).iloc[:0], terms=TERMS))


def test_a_model_without_notes_is_not_praised(positions: Positions) -> None:
    page = report_page(positions, model=SavedModel(None), left_out=["2 rows are <left> out."])
    trust = Parsed(page).all("section", id="trust")[0][1]
    assert "Take nothing here on trust" in trust
    assert "2 rows are <left> out." in trust


def test_the_shipped_model_is_described_by_its_notes(parsed: Parsed) -> None:
    trust = parsed.all("section", id="trust")[0][1]
    notes = load_model().notes
    for score in notes["macro_f1"].values():
        assert f"{score:.2f}" in trust
    table = notes["abstention"]
    assert f"{1 - table['errors'][-1] / table['answered'][-1]:.0%}".replace("%", " %") in trust
    assert "whose statements a language model wrote" in trust
    assert "35 statements with 3 terms make 35 pairs" in trust


def luminance(colour: tuple[float, float, float]) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_is_legible_on_every_colour_in_both_schemes() -> None:
    style = (files("stance.positioning") / "assets" / "report.css").read_text()
    light, dark = (
        {
            name: tuple(int(value[at : at + 2], 16) / 255 for at in (0, 2, 4))
            for name, value in re.findall(r"--(\w[\w-]*): #([0-9a-f]{6});", block)
        }
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    )
    shades = [f"{side}{step}" for side in "mp" for step in range(1, 5)] + ["z0"]
    for scheme in (light, {**light, **dark}):
        for shade in shades:
            assert contrast(scheme["cell-ink"], scheme[shade]) >= 4.5, shade
        for ink in ("ink", "quiet", "accent"):
            for ground in ("page", "card", "soft"):
                assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)
