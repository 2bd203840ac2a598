import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from stance.errors import TrackingError
from stance.tracking.store import (
    StoreUnreachableError,
    experiment_id,
    mark_dead_runs,
    open_store,
    process_tags,
)
from stance.tracking.uris import local_store


def test_a_store_that_is_not_there_is_made_only_when_asked_for(tmp_path):
    uri = f"sqlite:///{tmp_path / 'new folder' / 'mlflow.db'}"
    with pytest.raises(TrackingError, match=r"there is no store .*mlflow.db; run from the folder"):
        open_store(uri)
    open_store(uri, create=True)
    names = {path.name for path in (tmp_path / "new folder").iterdir()}
    assert names == {"mlflow.db", "mlflow.db.lock"}


def test_a_half_made_store_of_a_killed_process_is_no_obstacle(tmp_path):
    (tmp_path / "mlflow.db.new").write_bytes(b"SQLite format 3\0 half")
    open_store(f"sqlite:///{tmp_path / 'mlflow.db'}", create=True).search_experiments()


def test_a_file_that_is_no_store_is_refused(tmp_path):
    (tmp_path / "mlflow.db").write_text("not a database, but long enough to be looked at" * 20)
    with pytest.raises(TrackingError, match=r"mlflow.db cannot be used: .*not a database"):
        open_store(f"sqlite:///{tmp_path / 'mlflow.db'}")


def test_nobody_at_a_remote_store_is_said_at_once():
    with pytest.raises(StoreUnreachableError, match="nobody answers at the tracking store http"):
        open_store("http://127.0.0.1:9")


def test_an_experiment_is_made_once_with_its_artifacts_beside_the_store(store):
    client = open_store(store)
    first = experiment_id(client, store, "a question")
    assert experiment_id(client, store, "a question") == first
    place = client.get_experiment(first).artifact_location
    assert place == (local_store(store).parent / "mlartifacts").as_uri()


def test_a_deleted_experiment_is_told_from_a_new_one(store):
    client = open_store(store)
    client.delete_experiment(experiment_id(client, store, "gone"))
    with pytest.raises(TrackingError, match="experiment 'gone' was deleted from sqlite"):
        experiment_id(client, store, "gone")


def test_only_runs_whose_process_is_gone_are_marked(store):
    client = open_store(store)
    experiment = experiment_id(client, store, "e")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    tags = process_tags()
    gone = client.create_run(experiment, tags=tags | {"stance.pid": str(dead.pid)})
    reused = client.create_run(experiment, tags=tags | {"stance.process_started": "1000"})
    alive = client.create_run(experiment, tags=tags)
    elsewhere = client.create_run(experiment, tags=tags | {"stance.host": "another"})
    foreign = client.create_run(experiment)
    assert set(mark_dead_runs(client)) == {gone.info.run_id, reused.info.run_id}
    found = client.get_run(gone.info.run_id)
    assert found.info.status == "KILLED"
    assert found.data.tags["stance.ended_by"] == "its process was gone"
    for run in (alive, elsewhere, foreign):
        assert client.get_run(run.info.run_id).info.status == "RUNNING"


def test_a_moved_store_finds_its_artifacts(logged, store, tmp_path):
    run_id = logged()
    moved = tmp_path / "moved to" / "a place with 100 % spaces"
    shutil.move(local_store(store).parent, moved)
    client = open_store(f"sqlite:///{moved / 'mlflow.db'}")
    names = [item.path for item in client.list_artifacts(run_id)]
    assert names == ["config.yaml", "report"]
    version = client.get_model_version("stance", "1")
    place = client.get_model_version_download_uri("stance", version.version)
    assert place.startswith(moved.as_uri())
    with sqlite3.connect(moved / "mlflow.db") as database:
        dump = "\n".join(database.iterdump())
    assert str(local_store(store).parent) not in dump


def test_artifacts_that_stance_did_not_place_are_left_where_they_are(store, tmp_path):
    client = open_store(store)
    elsewhere = (tmp_path / "elsewhere").as_uri()
    found = client.create_experiment("own", artifact_location=elsewhere)
    (local_store(store).parent / "mlartifacts").mkdir()
    assert open_store(store).get_experiment(found).artifact_location == elsewhere


def test_opening_a_store_leaves_mlflow_settings_alone(store, monkeypatch):
    import mlflow

    before = mlflow.get_tracking_uri()
    open_store(store)
    assert mlflow.get_tracking_uri() == before


def test_telemetry_is_off():
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_a_database_without_its_driver_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    monkeypatch.setattr("stance.tracking.store.is_reachable", lambda uri: True)
    with pytest.raises(
        TrackingError, match=r"needs the package psycopg2, .*: pip install 'stance\[postgres\]'"
    ):
        open_store("postgresql://me:secret@127.0.0.1:1/driver")
