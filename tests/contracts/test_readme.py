"""The README tells the truth: what it shows can be run, and its scores are the default model's."""

import doctest
import importlib.util
import itertools
import re
import shlex

import pytest

from stance.datasets.tables import FIELDS
from stance.persistence import load_folder
from stance.resources import shipped
from stance.terms import TermCatalogue
from stance.train import main as train_main

README = shipped("data").parent / "README.md"
TEXT = README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def commands(module: str) -> list[list[str]]:
    """The arguments of every ``python -m module`` in the shell blocks."""
    lines = "".join(blocks("sh")).replace("\\\n", " ").splitlines()
    found = [re.search(rf"python -m {re.escape(module)}( .*)?$", line) for line in lines]
    return [shlex.split(match[1] or "") for match in found if match]


def jobs(arguments: list[str]) -> list[list[str]]:
    """What a sweep (``-m key=a,b``) would run one after another."""
    if "-m" not in arguments:
        return [arguments]
    choices = []
    for argument in arguments:
        key, _, values = argument.partition("=")
        if values:
            choices.append([f"{key}={value}" for value in values.split(",")])
    return [list(chosen) for chosen in itertools.product(*choices)]


def test_the_example_runs():
    found = doctest.testfile(str(README), module_relative=False)
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("arguments", commands("stance.train"), ids=" ".join)
def test_the_training_commands_are_understood(arguments, capsys):
    for job in jobs(arguments):
        assert train_main([*job, "--cfg", "job"]) == 0
        assert "classifier:" in capsys.readouterr().out


def test_every_module_that_is_run_is_there():
    modules = set(re.findall(r"python -m ([\w.]+)", TEXT))
    assert {"stance.train", "stance.ui", "stance.compare", "stance.promote"} <= modules
    for module in modules - {"venv"}:
        assert importlib.util.find_spec(module), module


def test_the_terms_are_a_catalogue(tmp_path):
    for number, block in enumerate(blocks("yaml")):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block, encoding="utf-8")
        assert TermCatalogue.from_yaml(file)["valley"].opposites


def test_the_columns_are_those_that_are_read():
    paragraph = re.search(r"^A table of labelled pairs.*?```", TEXT, re.MULTILINE | re.DOTALL)[0]
    assert set(re.findall(r"`(\w+)`", paragraph)) == set(FIELDS)


def test_the_scores_are_those_of_the_model_that_ships():
    rows = re.findall(r"^\| `(\w+)` \| [\d,]+ \| \*\*([\d.]+)\*\*", TEXT, re.MULTILINE)
    recorded = load_folder(shipped("data/model")).notes["macro_f1"]
    assert {name: float(score) for name, score in rows} == pytest.approx(recorded, abs=6e-4)


def test_the_model_is_above_every_baseline():
    for row in re.findall(r"^\| `test\w*` .*$", TEXT, re.MULTILINE):
        cells = [cell.strip(" *") for cell in row.strip("|").split("|")]
        if cells[0] != "`test_multilingual`":
            assert float(cells[2]) > max(map(float, cells[4:]))
