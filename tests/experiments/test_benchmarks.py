"""What the pages say of the experiments is what their results.json holds.

In every table with the columns `model` and `split`, a row that names a model in backticks repeats
figures of results.json, under the column names of FIGURES; other rows are of publications.
"""

import json
import re
from pathlib import Path

import pytest

from stance.resources import shipped
from stance.train import main as train_main

ROOT = shipped("data").parent
FOLDERS = sorted(
    {path.parent for path in (ROOT / "experiments").glob("*/*.yaml")}
    - {ROOT / "experiments" / "example-study"}
)
CONFIGS = [path for folder in FOLDERS for path in sorted(folder.glob("*.yaml"))]
FIGURES = {
    "pairs": ("pairs",),
    "macro F1": ("macro_f1",),
    "favor/against F1": ("favor_against_f1",),
    "accuracy": ("accuracy",),
    "flip accuracy": ("flip_accuracy",),
    "ECE": ("ece",),
    "AUGRC": ("augrc",),
    "error": ("error",),
    "at half coverage": ("error_at_half_coverage",),
    "majority": ("baselines", "majority"),
    "term-only": ("baselines", "term_only"),
    "text-only": ("baselines", "text_only"),
    "holder-only": ("baselines", "holder_only"),
    "related F1": ("relatedness_f1",),
    "precision": ("precision",),
    "recall": ("recall",),
    "F1": ("f1",),
    "difference": ("against_default", "difference"),
    "p": ("against_default", "p_value"),
}


def _tables(path: Path):
    """The rows of the tables of a page, as dicts."""
    for table in re.findall(r"(?:^\|.*\|\n)+", path.read_text(encoding="utf-8"), re.MULTILINE):
        header, _, *rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()
        ]
        if {"model", "split"} <= set(header):
            yield from (dict(zip(header, row, strict=True)) for row in rows)


def _own(path: Path, slug: str | None = None):
    """The rows that repeat results, each with its experiment."""
    for row in _tables(path):
        if re.fullmatch(r"`[\w-]+`", row["model"]):
            yield (slug or re.search(r"`([\w-]+)`", row["experiment"])[1]), row


def _results(slug):
    path = ROOT / "experiments" / slug / "results.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _measured(slug, row):
    model = _results(slug)["models"][row["model"].strip("`")]
    split, *part = row["split"].replace("`", "").split(", ")
    found = model["splits"][split] | {
        name: tests[split] for name, tests in model.items() if name == "against_default"
    }
    for name in part:  # such as "test, term Atheism"
        column, _, value = name.partition(" ")
        if column == "label":
            found = {score: found[score][value] for score in ("precision", "recall", "f1")}
        else:
            found = found["by"][column][value]
    return found


def _check(slug, row):
    measured = _measured(slug, row)
    given = {name: row[name] for name in FIGURES if row.get(name, "–") not in ("", "–")}
    assert given
    for name, cell in given.items():
        value = measured
        for key in FIGURES[name]:
            value = value[key]
        figures = [float(item) for item in re.findall(r"[+-]?\d[\d.]*", cell.replace(",", ""))]
        wanted = [value] if not isinstance(value, dict) else [value["value"]]
        if len(figures) > 1:
            wanted += [value["low"], value["high"]]
        assert figures == pytest.approx(wanted, abs=6e-4), (slug, row["model"], row["split"], name)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_page_of_an_experiment_gives_its_results(folder):
    rows = list(_own(folder / "README.md", folder.name))
    for slug, row in rows:
        _check(slug, row)
    results = _results(folder.name)
    assert {row["model"].strip("`") for _, row in rows} == set(results["models"])
    assert results["command"] in (folder / "README.md").read_text(encoding="utf-8")


def test_the_readme_gives_the_results_of_every_experiment():
    rows = list(_own(ROOT / "README.md"))
    for slug, row in rows:
        _check(slug, row)
    shown = {slug for slug, _ in rows}
    assert shown | {"linear-features"} == {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_results_say_what_made_them(folder):
    results = _results(folder.name)
    assert results["command"].startswith(f"python scripts/reproduce.py {folder.name}")
    assert set(results["models"]) <= {path.stem for path in folder.glob("*.yaml")}
    for model in results["models"].values():
        assert re.match(r"\d+\.\d+", model["stance"])
        assert all(re.fullmatch("[0-9a-f]{64}", sha) for sha in model["data_sha256"].values())
        for split, found in model["splits"].items():
            assert found["macro_f1"]["low"] <= found["macro_f1"]["high"]
            assert "baselines" in found, split


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: f"{path.parent.name} {path.stem}")
def test_every_config_is_one_of_the_training_program(path, capsys):
    given = ["--config-dir", str(path.parent), "--config-name", path.stem, "--cfg", "job"]
    assert train_main(given) == 0
    assert "classifier:" in capsys.readouterr().out


def test_results_on_the_shipped_data_are_of_the_data_that_ship():
    from stance.datasets import load
    from stance.datasets.loading import digest

    kept = _results("settlement")["models"]["linear"]["data_sha256"]
    assert kept == {name: digest(rows) for name, rows in load("settlement").items()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_results_hold_numbers_and_no_text_of_a_corpus(folder):
    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                assert len(key) < 40, key
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)
        else:
            yield node

    for value in walk(_results(folder.name)["models"]):
        assert isinstance(value, int | float) or re.fullmatch(r"[0-9a-f]{64}|[\d.]+", value)
