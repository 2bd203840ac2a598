import json
import logging
import os
import signal
from dataclasses import replace

import mlflow
import pytest
import yaml

from stance.errors import TrackingError
from stance.tracking import mlflow_tracker
from stance.tracking.mlflow_tracker import MlflowTracker, signal_as_exit
from stance.tracking.run_folder import read_run
from stance.tracking.settings import mlflow_at
from stance.tracking.store import open_store


@pytest.fixture
def run(logged, store):
    return open_store(store).get_run(logged("two_stage-statement-file-fixed seed=0"))


def test_a_run_says_what_it_is(run, result):
    assert run.info.run_name == "two_stage-statement-file-fixed seed=0"
    assert run.info.status == "FINISHED"
    tags = run.data.tags
    assert {"stance.host", "data_sha256", "version.scikit-learn", "version.python"} <= set(tags)
    assert tags["experiment"] == "stance"
    assert tags["mlflow.source.name"] == "python -m stance.train"
    assert tags["stance.complete"] == "true"
    note = tags["mlflow.note.content"]
    assert "| test | 0." in note
    assert f'model="runs:/{run.info.run_id}"' in note
    assert run.data.params["model.classifier._target_"] == "stance.models.TwoStageClassifier"


def test_every_metric_is_there_under_its_name(run, result):
    wanted = {"test/macro_f1", "test/macro_f1_low", "test/f1/against", "test/ece", "train/seconds"}
    assert wanted <= set(run.data.metrics)
    measured = {key for key in run.data.metrics if not key.startswith("system/")}
    assert measured == set(result.metrics)


def test_no_password_reaches_the_store_or_the_disk(run, result):
    assert run.data.params["tracking.uri"] == "postgresql://me:***@db/x"
    written = [path for path in result.model.parent.rglob("*") if path.is_file()]
    assert all(b"me:secret" not in path.read_bytes() for path in written)
    assert yaml.safe_load(result.config)["tracking"]["uri"] == "postgresql://me:***@db/x"


def test_the_splits_are_inputs_with_digest_and_source(run, result):
    found = {item.tags[0].value: item.dataset for item in run.inputs.dataset_inputs}
    assert set(found) == {"train", "validation", "test"}
    digests = {item.split: item.digest for item in result.datasets}
    source = json.loads(found["test"].source)["tags"]
    assert source["sha256"] == digests["test"]
    assert source["source"].endswith("toy.csv")
    assert json.loads(found["test"].profile) == {"num_rows": 40}
    assert found["train"].name == "file-train"


def test_the_model_is_linked_to_its_metrics_and_registered(run, store):
    client = open_store(store)
    (output,) = run.outputs.model_outputs
    model = client.get_logged_model(output.model_id)
    scores = {item.key: item for item in model.metrics}
    assert scores["test/macro_f1"].value == run.data.metrics["test/macro_f1"]
    assert scores["test/macro_f1"].dataset_name == "file-test"
    (version,) = client.search_model_versions("name = 'stance'")
    assert version.run_id == run.info.run_id
    assert version.source == f"models:/{output.model_id}"
    assert version.aliases == []


def test_mlflow_itself_can_serve_the_model(run, store, result):
    with mlflow_at(store):
        model = mlflow.pyfunc.load_model(f"models:/{run.outputs.model_outputs[0].model_id}")
    assert model.metadata.signature is not None
    answer = model.predict(result.example)
    assert list(answer.columns) == ["label", "confidence", "abstained", "reason"]
    assert len(answer) == len(result.example)


def test_curves_are_kept_by_step(logged, store):
    run_id = logged(curves={"train/loss": [3.0, 2.0, float("nan"), 1.0]})
    history = open_store(store).get_metric_history(run_id, "train/loss")
    assert [(item.step, item.value) for item in history] == [(0, 3.0), (1, 2.0), (3, 1.0)]


def test_parameters_of_other_scripts_keep_names_of_their_own(logged, store):
    run_id = logged(params={"map.за": "favor", "map.ні": "against", "map.مع": "favor", "C": "1"})
    params = open_store(store).get_run(run_id).data.params
    assert params["C"] == "1"
    assert sorted(params.values()) == ["1", "against", "favor", "favor"]


def test_names_that_a_store_would_refuse_are_changed(logged, store):
    run_id = logged(metrics={"test/f1/überhaupt": 1.0})
    assert open_store(store).get_run(run_id).data.metrics == {"test/f1/_berhaupt": 1.0}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), "KILLED"),
        (SystemExit(143), "KILLED"),
        (ValueError("no"), "FAILED"),
    ],
)
def test_a_run_that_ends_early_says_how(store, error, status):
    with pytest.raises(type(error)), MlflowTracker(store, "stance", "early") as tracker:
        raise error
    run = open_store(store).get_run(tracker._run_id)
    assert run.info.status == status
    assert "stance.complete" not in run.data.tags


def test_sigterm_leaves_by_an_exit_and_the_old_handler_comes_back():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit, match="143"), signal_as_exit():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


def test_log_needs_a_started_run(store, result):
    with pytest.raises(TrackingError, match=r"log\(\) needs a started run; use the tracker in a"):
        MlflowTracker(store, "stance", "x").log(result)


def test_an_unreachable_store_costs_no_results(result, caplog):
    with caplog.at_level(logging.WARNING), MlflowTracker("http://127.0.0.1:9", "e", "x") as tracker:
        assert tracker.log(result) == ""
    assert "nobody answers at the tracking store http://127.0.0.1:9" in caplog.text
    assert "python -m stance.sync logs them later" in caplog.text
    assert not read_run(result.model.parent).logged


def test_a_store_that_fails_while_logging_costs_no_results(store, result, caplog, monkeypatch):
    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(mlflow_tracker, "upload", fail)
    with MlflowTracker(store, "stance", "x") as tracker:
        assert tracker.log(result) == ""
    assert "failed while the run was being logged: the disk is full" in caplog.text
    assert open_store(store).get_run(tracker._run_id).info.status == "FAILED"


def test_a_wrong_uri_is_an_error_and_not_a_store_that_may_come_back(result):
    with pytest.raises(TrackingError, match="unknown kind of store 'htp'"):
        MlflowTracker("htp://x", "e", "x").__enter__()


def test_a_name_that_the_store_refuses_is_said_before_the_training(store):
    with pytest.raises(TrackingError, match=r"refuses the run: .*exceeds the maximum length"):
        MlflowTracker(store, "x" * 600, "x").__enter__()


@pytest.mark.parametrize("own", [None, "sqlite:///my-own.db"])
def test_mlflow_settings_are_as_before(logged, monkeypatch, own):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    if own is not None:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", own)
    before = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    logged()
    assert (mlflow.get_tracking_uri(), mlflow.get_registry_uri()) == before
    assert os.environ.get("MLFLOW_TRACKING_URI") == own
    assert "MLFLOW_REGISTRY_URI" not in os.environ
    assert mlflow.active_run() is None


def test_what_a_user_set_in_mlflow_comes_back(logged, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")  # so that it is put back after the test
    mlflow.set_tracking_uri("sqlite:///chosen.db")
    try:
        logged()
        assert mlflow.get_tracking_uri() == "sqlite:///chosen.db"
    finally:
        mlflow.set_tracking_uri(None)


def test_a_store_that_is_gone_at_the_end_is_not_waited_for(store, result, caplog, monkeypatch):
    """MLflow would try for four minutes at each of its calls."""
    with MlflowTracker(store, "stance", "x") as tracker:
        monkeypatch.setattr(mlflow_tracker, "is_reachable", lambda uri: False)
        assert tracker.log(result) == ""
    assert f"nobody answers at the tracking store {store} any more" in caplog.text
    assert not read_run(result.model.parent).logged
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ
    assert open_store(store).get_run(tracker._run_id).info.status == "FAILED"


def test_hostile_text_in_params_is_kept_as_text(logged, store):
    run_id = logged(params={"dataset.path": "a" * 10_000, "x": "<b>'; DROP TABLE runs"})
    params = open_store(store).get_run(run_id).data.params
    assert params["x"] == "<b>'; DROP TABLE runs"
    assert len(params["dataset.path"]) == 6000


def test_the_experiment_gets_a_view_with_a_column_for_each_score(logged, store):
    logged()
    logged(metrics={"test_unseen_terms/macro_f1": 0.5})
    client = open_store(store)
    view = json.loads(client.get_experiment("1").tags["mlflow.sharedViewState.stance"])
    columns = json.loads(view["state"])["selectedColumns"]
    assert columns[:2] == ["metrics.`test/macro_f1`", "metrics.`test_unseen_terms/macro_f1`"]
    assert "params.`features.name`" in columns


def test_scores_are_the_first_metrics_that_the_compare_page_draws(run):
    assert next(iter(run.data.metrics)) == "test/macro_f1"


def test_without_registering_there_is_no_version(store, result):
    with MlflowTracker(store, "stance", "x", register=False) as tracker:
        tracker.log(replace(result))
    assert not open_store(store).search_registered_models()
