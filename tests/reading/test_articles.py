"""The written articles: their labels are whole, and the figures that are told of them are true."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = ROOT / "tests" / "reading" / "articles"
KINDS = {"direct", "reported", "headline", "transcript"}


def articles(split: str) -> list[dict[str, Any]]:
    lines = (ARTICLES / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scorer", ROOT / "scripts" / "score_reading.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("split", ["dev", "test"])
def test_labels_are_whole(split: str) -> None:
    for article in articles(split):
        assert set(article) == {"id", "type", "text", "statements"}
        for item in article["statements"]:
            where = f"{article['id']}: {item['text']}"
            assert article["text"][item["start"] : item["end"]] == item["text"], where
            assert item["text"] == item["text"].strip(), where
            assert item["kind"] in KINDS, where
            assert (item["holder"] is None) == bool(item["candidates"]), where
            assert item["holder"] is None or item["holder"] == item["names"][0], where


def test_no_article_is_in_both_splits() -> None:
    dev, test = ({item["text"] for item in articles(split)} for split in ("dev", "test"))
    assert len(test) >= 60
    assert not dev & test


def test_the_card_counts_right() -> None:
    card = (ARTICLES / "README.md").read_text(encoding="utf-8")
    for split in ("dev", "test"):
        found = articles(split)
        statements = sum(len(item["statements"]) for item in found)
        assert f"`{split}.jsonl` ({len(found)} articles, {statements} statements)" in card
    assert "language model" in card


def test_results_are_those_of_these_rules(scorer: ModuleType) -> None:
    recorded = json.loads(scorer.RESULTS.read_text(encoding="utf-8"))
    scored = [scorer.score_article(item, []) for item in articles("test")]
    assert recorded["articles"] == len(scored)
    for kind, row in recorded["kinds"].items():
        assert scorer.summarise(scored, kind) == row


def test_readmes_tell_the_recorded_figures(scorer: ModuleType) -> None:
    recorded = json.loads(scorer.RESULTS.read_text(encoding="utf-8"))["kinds"]["all"]
    for path in (ROOT / "README.md", ROOT / "experiments" / "reading" / "README.md"):
        text = " ".join(path.read_text(encoding="utf-8").split())
        for name in ("precision", "recall"):
            value, low, high = (recorded[name][key] for key in ("value", "low", "high"))
            assert f"{value:.2f} ({low:.2f}–{high:.2f})" in text, (path, name)


def test_the_decision_rule_is_met(scorer: ModuleType) -> None:
    recorded = json.loads(scorer.RESULTS.read_text(encoding="utf-8"))["kinds"]["all"]
    rule = (ROOT / "experiments" / "reading" / "README.md").read_text(encoding="utf-8")
    precision, recall = re.findall(r"at least (0\.\d\d)", rule)[:2]
    assert recorded["precision"]["value"] >= float(precision)
    assert recorded["recall"]["value"] >= float(recall)


SAID = "The mayor said the road was open."


@pytest.mark.parametrize(
    ("names", "start", "end", "right"),
    [
        (["mayor"], 15, 32, True),
        (["The Mayor"], 15, 32, True),
        (["king"], 15, 32, False),
        (["mayor"], 4, 32, False),
        (["mayor"], 19, 32, True),
    ],
)
def test_what_counts_as_right(
    names: list[str], start: int, end: int, right: bool, scorer: ModuleType
) -> None:
    gold = {
        **{"holder": names[0], "names": names, "kind": "reported"},
        **{"start": start, "end": end, "text": SAID[start:end]},
    }
    counts = scorer.score_article({"id": "x", "text": SAID, "statements": [gold]}, [])["all"]
    assert counts["right"] == counts["recalled"] == right
    assert counts["found"] == counts["gold"] == 1


def test_an_open_holder_is_right_only_if_it_is_left_open(scorer: ModuleType) -> None:
    gold = {"holder": None, "names": [], "start": 15, "end": 32, "text": "", "kind": "reported"}
    counts = scorer.score_article({"id": "x", "text": SAID, "statements": [gold]}, [])["all"]
    assert counts["right"] == 0
