"""The simulation runs, and what its page says is what came out."""

import importlib.util
import json
import re
import sys

import pytest

from stance.positioning import estimation
from stance.resources import shipped

ROOT = shipped("data").parent
FOLDER = ROOT / "experiments" / "positions"
MAIN = "test, reliability counted anew"
RESULTS = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


def test_results_are_of_the_settings_in_use():
    used = {name: getattr(estimation, name.upper()) for name in ("prior", "extra", "worth")}
    assert {name: RESULTS["settings"][name] for name in used} == used


def test_intervals_keep_the_decision_rule_but_where_the_page_says():
    shares = RESULTS[MAIN]["coverage at 0.95"]
    outside = {number: share for number, share in shares.items() if abs(share - 0.95) > 0.03}
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for number, share in outside.items():
        assert share > 0.95, number
        assert f"With {number} the intervals are too wide: {100 * share:.1f} %" in text


def test_shifts_keep_the_decision_rule():
    shifts = RESULTS["shifts"]
    assert shifts["of these with a false alarm"] <= 0.05 * shifts["tables without change"]


def test_the_page_says_what_came_out():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?)` \| (\d+) % \| (.+) \|$", text, re.MULTILINE)
    assert len(rows) == 4
    for name, level, cells in rows:
        shares = RESULTS[name][f"coverage at {int(level) / 100:g}"].values()
        assert [float(cell) for cell in cells.split(" | ")] == [
            pytest.approx(100 * share, abs=0.051) for share in shares
        ]


def test_the_program_runs(tmp_path, capsys, monkeypatch):
    path = ROOT / "scripts" / "simulate_positions.py"
    spec = importlib.util.spec_from_file_location("simulate_positions", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # where dataclasses look it up
    spec.loader.exec_module(module)
    module.NUMBERS = (5, 10)
    out = tmp_path / "results.json"
    sizes = ["--rounds", "1", "--repeats", "1", "--draws", "20", "--tables", "1"]
    assert module.main([*sizes, "--out", str(out)]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found.keys() == RESULTS.keys()
    assert found[MAIN].keys() == RESULTS[MAIN].keys()
    assert found[MAIN]["holders_for_each_n"] == len(module.MIXES)
    assert str(out) in capsys.readouterr().out
