"""SECURITY.md names tests that there are, and the figures that were measured."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("|") and "---" not in line
]
FUZZING = json.loads((ROOT / "experiments/robustness/results.json").read_text("utf-8"))["fuzzing"]


def test_each_promise_has_its_test_and_its_figure():
    assert ROWS[0] == ["promise", "test", "figure: what it was tried with"]
    assert len(ROWS) > 20
    assert all(len(row) == 3 and all(row) for row in ROWS)


def test_the_tests_that_it_names_are_there():
    source = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    for _, tests, figure in ROWS[1:]:
        assert "`" in tests or tests == "the same", tests
        for name in re.findall(r"`([^`]+)`", tests + figure):
            if name.startswith(("tests/", "scripts/", "experiments/")):
                assert (ROOT / name).exists(), name
            elif name.startswith("test_"):
                assert f"def {name}(" in source, name


@pytest.mark.parametrize("target", ["model", "dataset", "text"])
def test_the_figures_of_fuzzing_are_those_that_were_measured(target):
    found = FUZZING[target]
    readme = (ROOT / "experiments/robustness/README.md").read_text(encoding="utf-8")
    assert found["computing_seconds"] >= 600, "ten minutes each"
    assert found["findings"] == [], "mend it, and fuzz again"
    assert f"{found['executions']:,}" in TEXT
    assert f"`{found['command']}`" in readme
    assert f"| {found['executions']:,} | {found['computing_seconds']} |" in readme
