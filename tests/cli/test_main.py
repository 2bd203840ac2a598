"""The command line's doors: help, exit codes, completion, terms, models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stance.cli import main
from stance.cli.choosing import complete_conflicts, complete_terms, conflicts, select_terms
from stance.cli.main import stance as group
from stance.errors import DataError, UnknownNameError
from stance.terms import TermCatalogue

Run = Callable[..., tuple[int, str]]
MINE = "- name: A truce takes effect\n  aliases: [truce]\n  id: mine\n"


def test_help_has_examples_and_exit_codes(stance: Run) -> None:
    assert "Exit codes:" in stance("--help")[1]
    for command in ("terms", "models"):
        code, shown = stance(command, "--help")
        assert code == 0
        assert f"Examples:\n    stance {command}" in shown
    assert "stance predict speeches.csv --conflict" in stance("predict", "--help")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict"], "Missing argument 'FILE'"),
        (["predict", "a.csv"], "Missing option '--out'"),
        (["predict", "a.csv", "-o", "b.csv", "--shard", "0/3"], "expected i/n with i from 1 to n"),
        (["predict", "a.csv", "-o", "b.csv", "--errors", "ask"], "is not one of"),
        (["prdict"], "No such command 'prdict'"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, stance: Run) -> None:
    code, shown = stance(*arguments)
    assert code == 2
    assert message in shown


def test_interrupted(stance: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stance.streaming.run", interrupt)
    code, shown = stance("predict", "a.csv", "-t", "A truce takes effect", "-o", "b.csv")
    assert code == 130
    assert "interrupted; run the same command with --resume to go on" in shown


@pytest.mark.parametrize(
    ("arguments", "stopped"),
    [
        (["predict", "-", "--format", "csv", "-o", "b.csv"], "stance.streaming.run"),
        (["read", "-"], "stance.streaming.articles.read_article"),
    ],
)
def test_what_cannot_be_resumed_does_not_name_resume(
    arguments: list[str], stopped: str, stance: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stopped, interrupt)
    code, shown = stance(*arguments, "-t", "A truce takes effect")
    assert (code, shown.strip()) == (130, "error: interrupted")


def test_messages_are_inert_in_a_terminal(stance: Run) -> None:
    code, shown = stance("predict", "a\x1b[2J.csv", "-t", "A truce takes effect", "-o", "b.csv")
    assert code == 1
    assert "\x1b" not in shown
    assert "a\\x1b[2J.csv: no such file" in shown


def test_a_model_that_cannot_promise(stance: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nWe reject the truce\n")
    code, shown = stance(
        "predict", "a.csv", "-t", "A truce takes effect", "-o", "b.csv", "--max-error", "0.0001"
    )
    assert code == 1
    assert "max_error: this model cannot promise an error of 0.0001" in shown
    assert [item.name for item in tmp_path.iterdir()] == ["a.csv"]


def test_complete_run_is_said_to_be_complete(stance: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nWe reject the truce\n")
    asked = ("predict", "a.csv", "-t", "A truce takes effect", "-o", "b.csv", "--resume")
    assert stance(*asked) == (0, "b.csv: 1 statements × 1 terms\n")
    again = stance(*asked)[1]
    assert "b.csv is there already and no run is unfinished: nothing was done" in again
    assert "Whether it is of this input and these terms was not looked at; --overwrite" in again
    (tmp_path / "a.csv").write_text("text\nWe reject the truce\nWe welcome it\n")
    assert stance(*asked, "--overwrite") == (0, "b.csv: 2 statements × 1 terms\n")


@pytest.mark.parametrize("command", ["predict", "read", "report"])
def test_terms_are_not_overwritten(stance: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "a.txt").write_text("We reject the truce")
    (tmp_path / "mine.jsonl").write_text('{"name": "A truce takes effect"}')
    code, shown = stance(command, "a.txt", "-t", "mine.jsonl", "-o", "mine.jsonl", "--overwrite")
    assert code == 1
    if command != "report":  # which writes no JSON lines
        assert "error: --out mine.jsonl is an input itself; choose another name" in shown
    assert (tmp_path / "mine.jsonl").read_text() == '{"name": "A truce takes effect"}'


def test_terms_are_not_overwritten_by_a_shard(stance: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("We reject the truce")
    (tmp_path / "p-1-of-2.jsonl").write_text('{"name": "A truce takes effect"}')
    asked = ("predict", "a.txt", "-t", "p-1-of-2.jsonl", "-o", "p.jsonl", "--overwrite")
    code, shown = stance(*asked, "--shard", "1/2")
    assert (code, "p-1-of-2.jsonl is an input itself" in shown) == (1, True)
    assert stance(*asked, "--shard", "2/2")[0] == 0


def test_a_file_of_terms_is_known_by_its_name(stance: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nWe reject the truce\n")
    (tmp_path / "terms.txt").write_text("- name: A truce takes effect\n")
    code, shown = stance("predict", "a.csv", "-t", "terms.txt", "-o", "b.csv")
    assert code == 1
    assert "error: --terms terms.txt: files of terms end in .yaml, .yml or .jsonl" in shown
    code, shown = stance("predict", "a.csv", "-t", "AF_TROOPS", "-o", "b.csv")
    assert "unknown term 'AF_TROOPS'; did you mean 'af_troops'" in shown


def test_terms_from_everywhere(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(MINE)
    known = TermCatalogue.default()
    first = next(iter(known.values()))
    found = select_terms([str(mine), first.id, "A clause of my own"], [])
    assert [term.id for term in found] == ["mine", first.id, "a_clause_of_my_own"]
    everything = select_terms([first.id], [first.conflict])
    assert everything.count(first) == 1
    assert {term.conflict for term in everything} == {first.conflict}


def test_terms_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.yaml").write_text(MINE)
    assert [term.id for term in select_terms(["~/mine.yaml"], [])] == ["mine"]


def test_a_tilde_of_no_user_is_a_name(stance: Run, tmp_path: Path) -> None:
    (tmp_path / "~$in.csv").write_text("text\nWe reject the truce\n")
    (tmp_path / "~$t.yaml").write_text("- name: A truce takes effect\n")
    assert stance("predict", "~$in.csv", "-t", "~$t.yaml", "-o", "~$out.csv", "-q") == (0, "")
    assert (tmp_path / "~$out.csv").is_file()
    assert stance("predict", "~$none.csv", "-t", "~$t.yaml", "-o", "b.csv")[0] == 1


def test_terms_that_were_listed_as_json_are_read_again(stance: Run, tmp_path: Path) -> None:
    conflict, listed = conflicts()[0], tmp_path / "my-terms.jsonl"
    listed.write_text(stance("terms", "--conflict", conflict, "--json")[1])
    expected = list(TermCatalogue.default().of_conflict(conflict).values())
    assert select_terms([str(listed)], []) == expected
    count = len(expected)
    assert f"{count} of {count} terms" in stance("terms", "--file", str(listed))[1]


def test_no_terms() -> None:
    with pytest.raises(DataError, match=r"no terms to ask about: give --terms FILE.yaml"):
        select_terms([], [])


def test_unknown_conflict() -> None:
    with pytest.raises(
        UnknownNameError, match=f"unknown conflict .* did you mean '{conflicts()[0]}'"
    ):
        select_terms([], [conflicts()[0] + "x"])


def test_terms_are_listed_and_searched(stance: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(MINE)
    code, shown = stance("terms", "TRUCE", "--file", str(mine))
    assert (code, shown) == (
        0,
        "id\tname\tconflict\nmine\tA truce takes effect\t\n1 of 1 terms\n",
    )
    assert "0 of 1 terms" in stance("terms", "nowhere", "--file", str(mine))[1]
    entry = json.loads(stance("terms", "--file", str(mine), "--json")[1])
    assert entry["aliases"] == ["truce"]
    conflict = conflicts()[0]
    assert all(
        line.endswith(conflict) for line in stance("terms", "-c", conflict)[1].split("\n")[1:-2]
    )


def test_models_are_listed_and_checked(stance: Run, model: Path) -> None:
    damaged = model.parent / "damaged"
    damaged.mkdir(exist_ok=True)
    (damaged / "manifest.json").write_text("{}")
    code, shown = stance("models", str(model.parent))
    assert code == 0
    assert f"{model}\ttoy\ttoy\ttest 0.5\tby error or coverage\t" in shown
    assert f"{damaged}\tcannot be used: " in shown


def test_models_of_no_folder(stance: Run, tmp_path: Path) -> None:
    code, shown = stance("models", "nosuchfolder")
    assert (code, "nosuchfolder: there is no such folder" in shown) == (2, True)
    assert stance("models")[0] == 0  # outputs need not be there


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, stance: Run) -> None:
    code, shown = stance("completion", shell)
    assert code == 0
    assert f"_STANCE_COMPLETE={shell}_complete" in shown


def test_completion_offers_terms_and_conflicts() -> None:
    first = next(iter(TermCatalogue.default().values()))
    context, parameter = group.make_context("stance", ["terms"]), group.params[0]
    offered = [item.value for item in complete_terms(context, parameter, first.id[:4])]
    assert first.id in offered
    assert complete_terms(context, parameter, "./my")[0].type == "file"
    assert conflicts()[0] in [item.value for item in complete_conflicts(context, parameter, "")]


def test_the_command_starts_without_heavy_libraries() -> None:
    program = (
        "import sys; from stance.cli import main; main(['--help'])\n"
        "heavy = {'sklearn', 'pandas', 'pyarrow', 'numpy', 'mlflow', 'hydra', 'datasets'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_run_as_a_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stance", "predict", "none.csv", "-t", "x y", "-o", "o.csv"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")


def test_main_returns_a_code() -> None:
    assert main(["terms", "--file", "none.yaml"]) == 2
