import logging
from dataclasses import replace

import pytest
from filelock import FileLock

from stance.sync import main, sync
from stance.tracking import mlflow_tracker
from stance.tracking.mlflow_tracker import MlflowTracker
from stance.tracking.run_folder import LOCK, read_run
from stance.tracking.store import open_store

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def unlogged(result):
    """The folder of a run whose store could not be reached."""
    with MlflowTracker(NOBODY, "stance", "late", started=1000) as tracker:
        tracker.log(result)
    return result.model.parent


def test_what_lies_on_disk_is_logged_whole_and_once(unlogged, store, result):
    ((path, run_id),) = sync(store, [unlogged.parent]).items()
    assert path == unlogged
    run = open_store(store).get_run(run_id)
    assert run.info.run_name == "late"
    assert run.info.status == "FINISHED"
    assert run.info.start_time == 1000
    assert run.info.end_time == read_run(unlogged).ended
    assert run.data.tags["stance.complete"] == "true"
    assert run.data.metrics.keys() >= dict(result.metrics).keys()
    assert read_run(unlogged).logged
    assert sync(store, [unlogged.parent]) == {}


def test_the_half_logged_run_gives_way_to_the_whole_one(store, result, monkeypatch):
    def fail(run):
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("stance.tracking.upload._log_model", fail)
        with MlflowTracker(store, "stance", "half") as tracker:
            assert tracker.log(result) == ""
    client = open_store(store)
    half = client.get_run(tracker._run_id)
    assert half.info.status == "FAILED"
    assert half.data.params  # this much was written
    (run_id,) = sync(store, [result.model.parent]).values()
    assert [item.info.run_id for item in client.search_runs(["1"])] == [run_id]


def test_the_program_says_what_it_logged(unlogged, store, capsys):
    assert main([str(unlogged), "--uri", store]) == 0
    assert f"{unlogged}: logged as " in capsys.readouterr().out
    assert main([str(unlogged), "--uri", store]) == 0
    assert capsys.readouterr().out == "nothing to log\n"


def test_a_run_that_is_being_logged_is_left_alone(unlogged, store):
    with FileLock(unlogged / LOCK):
        assert sync(store, [unlogged]) == {}
    assert list(sync(store, [unlogged])) == [unlogged]


def meant_for(folder, uri):
    run = read_run(folder)
    replace(run, params={**run.params, "tracking.uri": uri}).save()


def test_without_a_store_each_run_goes_where_it_was_meant_to(unlogged, store, capsys, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    meant_for(unlogged, store)
    assert main([str(unlogged)]) == 0
    (path, run_id) = capsys.readouterr().out.splitlines()[0].split(": logged as ")
    assert path == str(unlogged)
    assert open_store(store).get_run(run_id).info.run_name == "late"


def test_a_password_that_was_not_written_down_is_asked_for(unlogged, capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    meant_for(unlogged, "postgresql://me:***@host/db")
    assert main([str(unlogged)]) == 1
    said = capsys.readouterr().err
    assert "its store is postgresql://me:***@host/db; give it with its password, --uri" in said
    assert not read_run(unlogged).logged
    assert not (tmp_path / "mlflow.db").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    assert main([str(tmp_path / "outputs")]) == 1
    assert f"error: {tmp_path / 'outputs'}: there is no such folder" in capsys.readouterr().err


def test_nothing_to_log_makes_no_store(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--uri", f"sqlite:///{tmp_path}/new.db"]) == 0
    assert capsys.readouterr().out == "nothing to log\n"
    assert not any(tmp_path.iterdir())


def test_a_store_that_is_still_away_is_an_error(unlogged, capsys):
    assert main([str(unlogged), "--uri", NOBODY]) == 1
    assert f"error: nobody answers at the tracking store {NOBODY}" in capsys.readouterr().err
    assert not read_run(unlogged).logged


def test_a_store_that_fails_again_is_an_error(unlogged, store, capsys, monkeypatch, caplog):
    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(mlflow_tracker, "upload", fail)
    with caplog.at_level(logging.WARNING):
        assert main([str(unlogged), "--uri", store]) == 1
    assert "did not take the run" in capsys.readouterr().err


def test_a_damaged_folder_is_named(unlogged, store, capsys):
    (unlogged / "run.json").write_text("{")
    assert main([str(unlogged), "--uri", store]) == 1
    assert f"{unlogged / 'run.json'}: damaged, cannot be logged" in capsys.readouterr().err
