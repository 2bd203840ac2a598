"""What fuzzing found stays mended; and scripts/fuzz.py would see a hole if there were one."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from stance.errors import DataError, ModelFileError

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS, CASES = ROOT / "scripts", Path(__file__).parent / "cases"


def script(name):
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def targets():
    return script("fuzz_targets")


def test_kept_cases_and_the_seeds_find_no_hole():
    program = [sys.executable, str(SCRIPTS / "fuzz_targets.py"), str(CASES)]
    done = subprocess.run(program, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    kept = [path for path in CASES.glob("*/*") if path.is_file()]
    assert kept
    assert done.stdout == f"{len(kept)} cases\n"


@pytest.mark.parametrize(
    "error", [KeyError("x"), DataError("two terms share an id"), MemoryError()]
)
def test_an_error_that_is_not_told_with_its_place_is_a_hole(targets, monkeypatch, error):
    def load(*_):
        raise error

    run = targets.dataset_target()
    run(targets.seeds("dataset")[0])
    monkeypatch.setattr(targets, "load", load)
    with pytest.raises((type(error), AssertionError)):
        run(targets.seeds("dataset")[0])


@pytest.mark.parametrize("gate", ["unusable", "normalise"])
def test_a_gate_that_says_something_else_is_a_hole(targets, monkeypatch, gate):
    monkeypatch.setattr(targets, gate, lambda text: f"{text}!")
    with pytest.raises(AssertionError):
        targets.text_target()(b"We sign.")


def test_a_model_that_runs_a_program_is_a_hole_even_if_it_is_refused_then(targets, monkeypatch):
    def load_folder(folder):
        try:
            subprocess.run(["true"])
        except OSError as error:
            raise ModelFileError(f"{folder}: refused") from error

    run = targets.model_target()
    monkeypatch.setattr(targets, "load_folder", load_folder)
    with pytest.raises(SystemError, match=r"subprocess\.Popen while a model was read"):
        run(targets.EDITED)
    subprocess.run(["true"])  # the watch has ended


def test_without_atheris_it_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.syspath_prepend(SCRIPTS)
    fuzz = script("fuzz")
    monkeypatch.setitem(sys.modules, "atheris", None)
    monkeypatch.setattr(sys, "argv", ["fuzz.py", "text"])
    assert fuzz.main() == 2
    said = capsys.readouterr().err
    assert said == "scripts/fuzz.py needs Atheris, which is not installed: pip install atheris\n"


def test_figures_of_one_question_leave_all_others_as_they_are(monkeypatch, tmp_path):
    results = script("robustness_results")
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results.json")
    results.RESULTS.write_text('{"split": "test", "fuzzing": {"text": 1}, "kills": [2]}')
    results.record("fuzzing", "model", {"executions": 3})
    results.update({"split": "other"})
    assert json.loads(results.RESULTS.read_text()) == {
        "split": "other",
        "fuzzing": {"text": 1, "model": {"executions": 3}},
        "kills": [2],
    }
