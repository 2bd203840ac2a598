import http.server
import json
import socket
import threading

import pytest

from stance import ui
from stance.tracking.uris import local_store


def test_a_port_that_is_taken_is_said_with_another_one(store, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert ui.main(["--uri", store, "--port", str(port)]) == 2
    assert f"port {port} is taken; choose another with --port {port + 1}" in capsys.readouterr().err


@pytest.mark.parametrize("port", [0, -1, 70000])
def test_a_port_that_cannot_be_is_said(store, capsys, port):
    assert ui.main(["--uri", store, "--port", str(port)]) == 2
    assert f"--port: expected a number from 1 to 65535, got {port}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("sqlite:///none.db", "there is no store"),
        ("https://runs.example", "https://runs.example is a server with a UI of its own"),
        ("sqllite:///a.db", "did you mean 'sqlite'"),
    ],
)
def test_a_store_that_cannot_be_shown_is_said(uri, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert ui.main(["--uri", uri]) == 2
    assert message in capsys.readouterr().err


def test_the_server_listens_on_loopback_only_with_one_worker_and_without_extras():
    command, environment = ui._command(5000), ui._environment("postgresql://me:secret@db/x")
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--workers") + 1] == "1"
    assert environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert not any("secret" in word for word in command)  # every user can read a command line
    assert environment["MLFLOW_BACKEND_STORE_URI"] == "postgresql+psycopg2://me:secret@db/x"


def test_the_store_of_the_environment_is_the_default(store, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    assert ui._arguments([]).uri == store
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert ui._arguments([]).uri == "sqlite:///mlflow.db"


@pytest.mark.parametrize(
    ("status", "tags", "place"),
    [
        (404, [], "/"),
        (200, [], "/#/experiments/7/runs?workflowType=machine_learning"),
        (
            200,
            [{"key": "mlflow.sharedViewState.stance", "value": "{}"}],
            "/#/experiments/7/runs?workflowType=machine_learning&viewStateShareKey=stance",
        ),
    ],
)
def test_it_opens_at_the_experiment_in_its_view(status, tags, place):
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = json.dumps({"experiment": {"experiment_id": "7", "tags": tags}}).encode()
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    asked = []
    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert ui._place(f"http://127.0.0.1:{server.server_port}", "a question") == place
    assert asked == ["/api/2.0/mlflow/experiments/get-by-name?experiment_name=a+question"]


def test_a_moved_store_is_mended_before_it_is_shown(store, monkeypatch, logged):
    file = local_store(store)
    logged()
    moved = file.parent.with_name("moved")
    file.parent.rename(moved)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ui._check(f"sqlite:///{moved / file.name}", port)
    assert str(file.parent).encode() not in (moved / file.name).read_bytes()
