"""Disks that are full or cannot be written to, and two trainings in one folder."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from stance.cli import main as stance
from stance.errors import ConfigError
from stance.persistence import load_folder, remove_drafts
from stance.train import main
from stance.training import train

TERMS = "- {id: truce, name: A truce takes effect}\n"


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "terms.yaml").write_text(TERMS)
    (tmp_path / "in.csv").write_text("text\n" + "We accept the truce.\n" * 2000)
    return tmp_path


def _small_files(command, size):
    """Run where no file may grow beyond a size, as on a full disk."""
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
    code = f"import resource, sys; {limit}; {command}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


TRAIN = "from stance.train import main; sys.exit(main({given!r}))"
PREDICT = "from stance.cli import main; sys.exit(main({given!r}))"


def test_a_training_on_a_full_disk_keeps_the_older_model_and_can_be_tried_again(inside, toy_folder):
    given = ["tracking=none", f"dataset.path={toy_folder}", "model=logistic", "hydra.run.dir=out"]
    assert main(given) == 0
    before = {path.name: path.read_bytes() for path in Path("out/model").iterdir()}
    done = _small_files(TRAIN.format(given=[*given, "seed=1"]), 6_000)
    assert done.returncode in (1, 2)
    assert "out/model: the model cannot be saved: " in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in Path("out/model").iterdir()} == before
    assert [path.name for path in Path("out").iterdir() if path.name.startswith(".model")] == []
    assert main([*given, "seed=1"]) == 0
    assert load_folder("out/model").notes["seed"] == 1


def test_predictions_on_a_full_disk_keep_the_older_ones_and_can_be_tried_again(inside):
    given = ["predict", "in.csv", "--terms", "terms.yaml", "--out", "out.csv", "--quiet"]
    assert stance(given) == 0
    before = Path("out.csv").read_bytes()
    done = _small_files(PREDICT.format(given=[*given, "--overwrite"]), 20_000)
    assert done.returncode not in (0, -resource.RLIMIT_FSIZE)
    assert "out.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert Path("out.csv").read_bytes() == before
    assert stance([*given, "--overwrite"]) == 0
    assert Path("out.csv").read_bytes() == before


def test_a_place_that_cannot_be_written_to_is_named(inside, capsys, toy_folder):
    given = ["tracking=none", f"dataset.path={toy_folder}", "hydra.run.dir=/proc/nowhere/out"]
    assert main(given) == 1
    assert "/proc/nowhere" in capsys.readouterr().err
    assert stance(["predict", "in.csv", "--terms", "terms.yaml", "--out", "/proc/out.csv"]) != 0
    shown = capsys.readouterr().err
    assert "/proc/" in shown
    assert "Traceback" not in shown


def test_two_trainings_in_one_folder_do_not_mix(toy_config):
    folder = Path(toy_config.output)
    folder.mkdir()
    with FileLock(folder / ".training.lock"):
        with pytest.raises(
            ConfigError, match=r"another training is writing into \S+output; wait for it, or give"
        ):
            train(toy_config)
        assert not (folder / "model").exists()
    train(toy_config)
    assert load_folder(folder / "model").estimator is not None


def test_a_training_clears_away_what_a_killed_one_left(toy_config):
    folder = Path(toy_config.output)
    for left in (".model.ab_cd123", ".model.old.ab_cd123/model"):
        (folder / left).mkdir(parents=True)
        (folder / left / "manifest.json").write_text("{}")
    (folder / ".model.mine").mkdir()
    remove_drafts(folder / "model")
    assert {path.name for path in folder.iterdir()} == {".model.old.ab_cd123", ".model.mine"}
    train(toy_config)
    (folder / ".model.ab_cd123").mkdir()
    train(toy_config)
    assert [path.name for path in folder.glob(".model.*")] == [".model.mine"]
    assert load_folder(folder / "model").estimator is not None
