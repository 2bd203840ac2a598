"""The README tells the truth: its example runs, and its scores are the default model's."""

import doctest
import re

import pytest

from stance.persistence import load_folder
from stance.resources import shipped

README = shipped("data").parent / "README.md"


def test_the_example_runs():
    found = doctest.testfile(str(README), module_relative=False)
    assert found.attempted > 0
    assert found.failed == 0


def test_the_scores_are_those_of_the_model_that_ships():
    rows = re.findall(
        r"^\| `(\w+)` \| [\d,]+ \| \*\*([\d.]+)\*\*", README.read_text(), re.MULTILINE
    )
    recorded = load_folder(shipped("data/model")).notes["macro_f1"]
    assert {name: float(score) for name, score in rows} == pytest.approx(recorded, abs=6e-4)


def test_the_model_is_above_every_baseline():
    for row in re.findall(r"^\| `test\w*` .*$", README.read_text(), re.MULTILINE):
        cells = [cell.strip(" *") for cell in row.strip("|").split("|")]
        if cells[0] != "`test_multilingual`":
            assert float(cells[2]) > max(map(float, cells[4:]))
