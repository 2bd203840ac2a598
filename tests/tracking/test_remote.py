"""Stores elsewhere: a real MLflow server, and a real PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from stance import predict
from stance.promote import promote
from stance.sync import sync
from stance.tracking.mlflow_tracker import MlflowTracker
from stance.tracking.store import open_store

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
PATIENCE = 300
QUIET = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PYTHONWARNINGS": "ignore",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def serving(folder: Path, port: int) -> Iterator[str]:
    """``mlflow server`` on a store in a folder."""
    options = ["--backend-store-uri", "sqlite:///server.db", "--artifacts-destination", "./files"]
    command = [sys.executable, "-m", "mlflow", "server", *options, "--workers", "1"]
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=folder,
            env={**os.environ, **QUIET},
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + PATIENCE
        while not answers(address):
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("server"), free_port()) as address:
        yield address


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A PostgreSQL of the tests' own; the URI of its databases, without their names."""
    if not POSTGRES:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed (Debian: postgresql)")
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    programs = POSTGRES[-1].parent
    # It refuses to run as root; Debian's package brings a user for it.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    made = subprocess.run(
        [*as_user, "mktemp", "-d", "/tmp/stance-pg-XXXXXX"], check=True, capture_output=True
    )
    folder, port = Path(made.stdout.decode().strip()), free_port()
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"

    def do(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=PATIENCE)

    data, log = f"{folder}/data", f"{folder}/log"
    try:
        do("initdb", "-D", data, "-A", "trust", "-U", "stance", "--no-sync")
        do("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
        try:
            for name in ("runs", "empty"):
                do("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "stance", name)
            yield f"postgresql://stance:a-secret@127.0.0.1:{port}"
        finally:
            do("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["server", "database"])
def remote(request, tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)  # where a database's artifacts go
    if request.param == "server":
        return str(request.getfixturevalue("server"))
    return f"{request.getfixturevalue('cluster')}/runs"


def test_a_run_is_whole_there(remote, result):
    with MlflowTracker(remote, "whole", "a run") as tracker:
        run_id = tracker.log(result)
    client = open_store(remote)
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.tags["stance.complete"] == "true"
    measured = {k: v for k, v in run.data.metrics.items() if not k.startswith("system/")}
    assert measured == pytest.approx(dict(result.metrics))
    names = {item.path for item in client.list_artifacts(run_id, "report/test")}
    assert {"report/test/errors.html", "report/test/predictions.csv"} <= names
    assert len(run.inputs.dataset_inputs) == 3
    (version,) = client.search_model_versions(f"run_id = '{run_id}'")
    assert version.name == "stance"


def test_the_champion_predicts_in_another_process_and_folder(remote, result, tmp_path):
    with MlflowTracker(remote, "champion", "the best") as tracker:
        run_id = tracker.log(result)
    assert "is now models:/stance@champion" in promote(remote, run_id, force=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = (
        "from stance import predict\n"
        "found = predict('We reject the treaty.', 'The treaty is signed', "
        "model='models:/stance@champion')\n"
        "print(found.label, repr(found.confidence))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere,
        env={**os.environ, "MLFLOW_TRACKING_URI": remote},
        capture_output=True,
        text=True,
    )
    here = predict("We reject the treaty.", "The treaty is signed", model=result.model)
    assert done.stdout.split() == [here.label, repr(here.confidence)], done.stderr
    assert done.stderr == ""


def test_a_server_that_stops_costs_neither_the_run_nor_minutes(result, tmp_path, caplog):
    port = free_port()
    with serving(tmp_path, port) as address:
        tracker = MlflowTracker(address, "stops", "a run")
        tracker.__enter__()
    started = time.monotonic()
    assert tracker.log(result) == ""
    tracker.__exit__(None, None, None)
    assert time.monotonic() - started < 30
    assert f"nobody answers at the tracking store {address} any more" in caplog.text
    folder = result.model.parent
    with serving(tmp_path, port) as address:
        ((path, run_id),) = sync(address, [folder]).items()
        assert path == folder
        client = open_store(address)
        (run,) = client.search_runs(["1"])  # the half-logged one has gone
        assert run.info.run_id == run_id
        assert run.data.tags["stance.complete"] == "true"
        assert sync(address, [folder]) == {}


def test_four_processes_make_one_new_database(cluster):
    code = (
        "import sys; from stance.tracking.store import experiment_id, open_store\n"
        "uri = sys.argv[1]; client = open_store(uri, create=True)\n"
        "client.create_run(experiment_id(client, uri, 'shared'))"
    )
    uri = f"{cluster}/empty"
    running = [subprocess.Popen([sys.executable, "-c", code, uri]) for _ in range(4)]
    assert [process.wait(PATIENCE) for process in running] == [0, 0, 0, 0]
    client = open_store(uri)
    experiment = client.get_experiment_by_name("shared")
    assert len(client.search_runs([experiment.experiment_id])) == 4


def test_no_password_is_said_when_a_database_refuses(cluster):
    with pytest.raises(Exception, match="cannot be used") as refused:
        open_store(f"{cluster}/no_such_database")
    assert "no_such_database" in str(refused.value)
    assert "a-secret" not in str(refused.value)
