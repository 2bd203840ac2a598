import subprocess
import sys

import pytest

from stance import predict
from stance.errors import TrackingError
from stance.promote import promote
from stance.tracking.registry import fetch_model


@pytest.fixture
def run_id(logged, store, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    return logged()


@pytest.mark.parametrize(
    "uri", ["runs:/{run}", "runs:/{run}/model", "models:/stance/1", "models:/stance@champion"]
)
def test_every_way_to_name_a_model_gives_the_same_one(run_id, store, result, uri):
    promote(store, run_id)
    found = fetch_model(uri.format(run=run_id))
    ours, theirs = (
        {file.name: file.read_bytes() for file in folder.iterdir()}
        for folder in (result.model, found)
    )
    assert ours == theirs


def test_the_champion_predicts_in_another_process_and_folder(run_id, store, result, tmp_path):
    promote(store, run_id)
    code = (
        "from stance import predict\n"
        "found = predict('We reject the treaty.', 'The treaty is signed', "
        "model='models:/stance@champion')\n"
        "print(found.label, repr(found.confidence))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    here = predict("We reject the treaty.", "The treaty is signed", model=result.model)
    assert done.stdout.split() == [here.label, repr(here.confidence)], done.stderr


def test_a_later_champion_is_the_one_that_predicts(run_id, store, logged):
    promote(store, run_id)
    before = fetch_model("models:/stance@champion")
    promote(store, logged("later"), force=True)
    assert fetch_model("models:/stance@champion") != before


@pytest.mark.parametrize(
    "uri", ["runs:/nothing", "models:/stance@champion", "models:/stance/99", "models:/other/1"]
)
def test_what_the_store_does_not_have_is_said_with_the_store(run_id, store, uri):
    with pytest.raises(TrackingError, match=f"{uri} is not in the store {store}"):
        fetch_model(uri)


def test_a_store_that_is_not_there_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(
        TrackingError, match=r"models:/stance@champion: there is no store .*none.db"
    ):
        fetch_model("models:/stance@champion")


def test_after_a_run_elsewhere_the_users_own_store_is_asked(store, result, tmp_path, monkeypatch):
    """Not the store of the run, which MLflow writes into the environment."""
    from stance.tracking.mlflow_tracker import MlflowTracker

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    with MlflowTracker(store, "stance", "elsewhere") as tracker:
        run_id = tracker.log(result)
    with pytest.raises(TrackingError, match=r"there is no store .*mlflow.db"):
        fetch_model(f"runs:/{run_id}")
