"""A user tells three runs apart: the UI, the compare page and a run's picture, in a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread
from mlflow import MlflowClient

from .conftest import SHOTS
from .ui import TOY

CHOICES = {
    "two_stage-default-file-fixed": ["model=two_stage"],
    "logistic-default-file-fixed": ["model=logistic"],
    "two_stage-statement-file-fixed seed=7": ["features=statement", "seed=7"],
}
LATEST_FIRST = list(CHOICES)[::-1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with three runs that differ in model, features and seed."""
    folder = tmp_path_factory.mktemp("project")
    TOY["write_toy"](folder / "toy.csv")
    base = [sys.executable, "-m", "stance.train", "dataset=file", "dataset.path=toy.csv"]
    for choice in CHOICES.values():
        subprocess.run([*base, *choice], cwd=folder, check=True, timeout=300)
    return folder


def runs(folder: Path) -> dict[str, Any]:
    """The runs as the store has them, by name."""
    client = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    return {run.info.run_name: run for run in client.search_runs(["1"])}


def kept(name: str) -> bool:
    """Whether a page left a picture that shows something."""
    return (SHOTS / f"{name}.png").stat().st_size > 20_000


def test_the_list_tells_the_runs_apart_by_name_and_shows_their_scores(
    visit: Any, folder: Path
) -> None:
    assert visit.list_runs(*CHOICES) == LATEST_FIRST
    assert visit.cut_off() == []
    for run in runs(folder).values():
        assert str(run.data.metrics["test/macro_f1"])[:8] in visit.text  # the page does not round
    assert kept("1-runs")


def test_the_compare_page_shows_what_differs_and_every_score(visit: Any, folder: Path) -> None:
    visit.list_runs(*CHOICES)
    visit.compare(LATEST_FIRST)
    features, scores = visit.show_differences()
    known = runs(folder)
    assert features == ["statement", "default", "default"]
    wanted = [known[name].data.metrics["test/macro_f1"] for name in LATEST_FIRST]
    assert [float(score) for score in scores] == pytest.approx(wanted, abs=5e-4)
    assert len(set(scores)) == 3
    assert "split.test_size" not in visit.text  # the same in all three
    assert kept("2-compare")
    assert kept("3-differences")


def test_a_run_says_what_it_is_and_shows_its_pictures(visit: Any, folder: Path) -> None:
    run = runs(folder)[LATEST_FIRST[0]]
    visit.open_run(run.info.run_name)
    assert f'model="runs:/{run.info.run_id}"' in visit.text
    assert f"{run.data.metrics['test/macro_f1']:.3f}" in visit.text
    on_disk = next(folder.glob(f"mlartifacts/{run.info.run_id}/artifacts/report/test/overview.png"))
    height, width = imread(on_disk).shape[:2]
    assert visit.open_picture() == (width, height)
    assert kept("4-run")
    assert kept("5-picture")
