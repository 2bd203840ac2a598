"""Toy runs: a dataset on which a training takes a second, and stores that hold its runs."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stance.config import DatasetConfig, FeaturesConfig, ModelConfig, TrackingConfig, TrainConfig
from stance.tracking import RecordingTracker, Result
from stance.tracking.mlflow_tracker import MlflowTracker
from stance.training import train

ROOT = Path(__file__).resolve().parents[2]
write_toy = runpy.run_path(str(ROOT / "scripts" / "toy.py"))["write_toy"]

TWO_STAGE = {"_target_": "stance.models.TwoStageClassifier"}


def toy_config(data: Path, output: Path, **changes: Any) -> TrainConfig:
    return TrainConfig(
        dataset=DatasetConfig("file", str(data)),
        features=FeaturesConfig("statement", {"statement": {}, "marked": {}}),
        model=ModelConfig("two_stage", dict(TWO_STAGE)),
        tracking=TrackingConfig(**changes),
        output=str(output),
    )


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(write_toy(tmp_path_factory.mktemp("toy") / "toy.csv"))


@pytest.fixture(scope="session")
def trained(toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What one training has to say; trained once."""
    tracker = RecordingTracker()
    output = tmp_path_factory.mktemp("trained")
    train(toy_config(toy, output, uri="postgresql://me:secret@db/x"), tracker=tracker)
    return tracker.results[0]


@pytest.fixture
def result(trained: Result, tmp_path: Path) -> Result:
    """The same in a folder of the test's own, with the quickest of its figures only."""
    model = tmp_path / "output" / "model"
    shutil.copytree(trained.model, model)
    return replace(trained, model=model, figures={"scores": trained.figures["scores"]})


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without runs, made once: making one takes seconds."""
    from stance.tracking.store import open_store

    file = tmp_path_factory.mktemp("store") / "mlflow.db"
    open_store(f"sqlite:///{file}", create=True)
    return file


@pytest.fixture
def store(empty_store: Path, tmp_path: Path) -> str:
    """The URI of a store of the test's own."""
    file = tmp_path / "store" / "mlflow.db"
    file.parent.mkdir()
    shutil.copy(empty_store, file)
    return f"sqlite:///{file}"


@pytest.fixture
def logged(store: str, result: Result) -> Callable[..., str]:
    """Log a result, changed as asked for, and return the run's id."""

    def log(name: str = "a run", **changes: Any) -> str:
        with MlflowTracker(store, "stance", name) as tracker:
            return tracker.log(replace(result, **changes))

    return log
