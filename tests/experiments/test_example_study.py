"""The example study is what its articles give, and its folder is what its README says."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from stance.labels import LABELS
from stance.terms import TermCatalogue

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "experiments" / "example-study"
OUTPUTS = ("positions.csv", "holders.csv", "results.json")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("study", ROOT / "scripts" / "example_study.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in OUTPUTS:
        shutil.copy(STUDY / name, tmp_path / name)
    return tmp_path


def test_the_committed_numbers_are_what_the_articles_give(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    code = script.main(["--check"])
    assert capsys.readouterr().out == (
        "positions.csv, holders.csv, results.json are what the articles give\n"
    )
    assert code == 0


def test_a_label_that_is_another_is_named(script: ModuleType, copied: Path) -> None:
    table = pd.read_csv(copied / "positions.csv")
    table.loc[3, "label"] = "neutral"
    table.to_csv(copied / "positions.csv", index=False)
    assert script.compare(STUDY, copied) == [
        "positions.csv, row 5, label: now 'against', kept 'neutral'"
    ]


@pytest.mark.parametrize(("moved", "faults"), [(5e-7, 0), (1e-4, 1)])
def test_numbers_may_differ_by_a_millionth(
    script: ModuleType, copied: Path, moved: float, faults: int
) -> None:
    table = pd.read_csv(copied / "positions.csv")
    table.loc[0, "p_favor"] += moved
    table.to_csv(copied / "positions.csv", index=False)
    assert len(script.compare(STUDY, copied)) == faults


def test_a_row_or_a_figure_that_is_gone_is_named(script: ModuleType, copied: Path) -> None:
    pd.read_csv(copied / "holders.csv")[:-1].to_csv(copied / "holders.csv", index=False)
    results = json.loads((copied / "results.json").read_text("utf-8"))
    del results["words"]
    (copied / "results.json").write_text(json.dumps(results), encoding="utf-8")
    first, second = script.compare(STUDY, copied)
    assert first.startswith("holders.csv: expected ")
    assert re.fullmatch(r"results\.json, words: now \d+, kept None", second)


def test_every_label_by_reading_is_of_a_place_in_an_article() -> None:
    labels = pd.read_csv(STUDY / "labels.csv")
    terms = set(TermCatalogue.from_yaml(STUDY / "terms.yaml"))
    assert set(labels["label"]) <= set(LABELS)
    assert set(labels["term"]) <= terms
    assert len(terms) == 6
    assert not labels.duplicated(["article", "start", "end", "term"]).any()
    for name, rows in labels.groupby("article"):
        text = (STUDY / str(name)).read_text(encoding="utf-8")
        assert (rows["end"] <= len(text)).all()
        assert (rows["start"] < rows["end"]).all()


def test_articles_are_of_a_year_of_an_invented_conflict() -> None:
    articles = sorted((STUDY / "articles").iterdir())
    words = [len(path.read_text(encoding="utf-8").split()) for path in articles]
    days = [date.fromisoformat(path.name[:10]) for path in articles]
    assert len(articles) == 30
    assert min(words) >= 140
    assert max(words) <= 450
    assert (days[-1] - days[0]).days > 330
    assert len(set(days)) == 30
    known = (ROOT / "data" / "settlement" / "statements.jsonl").read_text(encoding="utf-8")
    for name in ("Kostren", "Belmara", "Sennet", "Ulvar"):
        assert name not in known


def test_the_readme_says_the_figures(script: ModuleType) -> None:
    said = (STUDY / "README.md").read_text(encoding="utf-8")
    results = json.loads((STUDY / "results.json").read_text("utf-8"))
    holders = results["holders"]
    for figure in (
        f"{results['articles']} articles",
        f"{results['words']:,} words",
        f"{holders['statements']} statements",
        f"{results['rows']} rows",
        f"{results['label_right']} of {results['rows_read']}",
        f"{results['holder_right']} of {results['rows_read']}",
        f"{holders['positions_whose_interval_leaves_out_0']} of {holders['positions']} positions",
        f"{holders['found']} holders",
    ):
        assert figure in " ".join(said.split()), figure


def test_the_report_and_its_picture_are_small_and_of_these_articles() -> None:
    page = (STUDY / "report.html").read_text(encoding="utf-8")
    results = json.loads((STUDY / "results.json").read_text("utf-8"))
    statements, holders = results["holders"]["statements"], results["holders"]["found"]
    assert f"{statements} statements on {holders} holders" in " ".join(
        re.sub(r"<[^>]+>", "", page).split()
    )
    assert (STUDY / "report.html").stat().st_size < 1_000_000
    assert (STUDY / "picture.png").stat().st_size < 300_000
