"""``mlflow models serve`` in a process of its own, on loopback, asked as users would."""

from __future__ import annotations

import http.client
import http.server
import importlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from stance import Term, predict
from stance.tracking.mlflow_tracker import MlflowTracker
from stance.tracking.store import open_store

Answer = tuple[int, Any]


@contextmanager
def serving(model: str, store: str, log: Path) -> Iterator[int]:
    """The port of a server that answers for a model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", model]
    options = ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)]
    # MLflow starts the uvicorn that it finds first: here that of this interpreter.
    uvicorn = log.with_name("uvicorn")
    uvicorn.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m uvicorn "$@"\n')
    uvicorn.chmod(0o755)
    path = os.pathsep.join([str(uvicorn.parent), os.environ["PATH"]])
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, *options],
            env={**os.environ, "MLFLOW_TRACKING_URI": store, "PATH": path},
            stdout=out,
            stderr=out,
            start_new_session=True,  # the server has processes of its own
        )
    try:
        deadline = time.monotonic() + 180
        while not _alive(port):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _alive(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="module")
def port(
    trained: Any, empty_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("serving")
    file = folder / "mlflow.db"
    file.write_bytes(empty_store.read_bytes())
    store = f"sqlite:///{file}"
    with MlflowTracker(store, "stance", "a run") as tracker:
        run = open_store(store).get_run(tracker.log(trained))
    model = f"models:/{run.outputs.model_outputs[0].model_id}"
    with serving(model, store, folder / "log.txt") as found:
        yield found


def ask(port: int, body: Any, kind: str = "application/json") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        sent = body if isinstance(body, (str, bytes)) else json.dumps(body)
        connection.request("POST", "/invocations", sent, {"Content-Type": kind})
        answer = connection.getresponse()
        content = answer.read().decode()
        return answer.status, json.loads(content) if content.startswith(("{", "[")) else content
    finally:
        connection.close()


def records(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"dataframe_records": list(rows)}


ROW = {
    "text": "We welcome the treaty",
    "holder": "minister",
    "side": "north",
    "term_name": "The treaty is signed",
    "term_description": "",
    "term_aliases": ["the treaty"],
    "term_opposites": ["tear up the treaty"],
}


def test_one_row_gives_the_answer_of_predict(port: int, trained: Any) -> None:
    status, answer = ask(port, records(ROW))
    assert status == 200
    (found,) = answer["predictions"]
    term = Term("The treaty is signed", aliases=["the treaty"], opposites=["tear up the treaty"])
    one = predict(
        "We welcome the treaty", term, holder="minister", side="north", model=trained.model
    )
    assert found["label"] == one.label
    assert found["confidence"] == pytest.approx(one.confidence)
    assert (found["abstained"], found["reason"]) == (False, None)


def test_many_rows_give_as_many_answers(port: int) -> None:
    rows = [
        ROW | {"text": f"We welcome the treaty {number}" * (number % 3)} for number in range(300)
    ]
    status, answer = ask(port, records(*rows))
    assert (status, len(answer["predictions"])) == (200, 300)
    empty = [item["reason"] for item in answer["predictions"][::3]]
    assert empty == ["empty"] * 100
    assert all(item["label"] for item in answer["predictions"][1::3])


def test_what_is_optional_may_be_missing_or_null(port: int) -> None:
    needed = {name: ROW[name] for name in ("text", "term_name")}
    optional = dict.fromkeys(set(ROW) - set(needed))
    plain = ask(port, records(needed))
    assert plain[0] == 200
    assert ask(port, records(needed | optional)) == plain
    both = ask(port, records(ROW, needed | optional))
    assert both[1]["predictions"] == [
        *ask(port, records(ROW))[1]["predictions"],
        *plain[1]["predictions"],
    ]
    split = {"columns": list(needed), "data": [list(needed.values())]}
    assert ask(port, {"dataframe_split": split}) == plain


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (records({"text": "We sign"}), "term_name"),
        (records(ROW | {"term_name": ""}), "row 0: Term.name: expected text, got an empty string"),
        (records(ROW, ROW | {"term_aliases": [""]}), "row 1: Term.aliases[0]: expected text"),
        (records(ROW | {"text": 3}), "text"),
        (records(ROW | {"term_aliases": "the treaty"}), "term_aliases"),
        (records(ROW, {"text": "We sign", "term_name": "A truce"}), "term_aliases"),
        ('{"dataframe_records": [', "JSON"),
        ({"rows": []}, "dataframe_records"),
    ],
    ids=[
        "no term",
        "empty term",
        "empty alias",
        "a number",
        "no list",
        "a list in some rows",
        "half",
        "other key",
    ],
)
def test_bad_requests_are_said_to_be_bad(port: int, body: Any, message: str) -> None:
    status, answer = ask(port, body)
    assert status == 400
    assert message in answer["message"]
    assert "stack_trace" not in answer


def test_other_kinds_of_content(port: int) -> None:
    status, answer = ask(port, "<xml/>", "application/xml")
    assert status == 415
    assert "application/json" in answer


@pytest.fixture
def load_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[int, dict[str, Any]]]:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    program = importlib.import_module("load_serving")

    def run(port: int, rows: int) -> tuple[int, dict[str, Any]]:
        out = tmp_path / "out.json"
        url = f"http://127.0.0.1:{port}/invocations"
        asked = ["load_serving.py", f"--url={url}", f"--rows={rows}", f"--out={out}"]
        monkeypatch.setattr(sys, "argv", [*asked, "--seconds=1", "--clients=2"])
        code = program.main()
        return code, json.loads(out.read_text(encoding="utf-8"))

    return run


@pytest.mark.parametrize("rows", [1, 7])
def test_under_load_every_request_gets_its_rows(
    port: int, load_test: Callable[..., tuple[int, dict[str, Any]]], rows: int
) -> None:
    code, figures = load_test(port, rows)
    assert code == 0
    assert figures["failures"] == 0
    assert figures["requests"] > 1
    assert figures["rows_per_second"] >= rows * (figures["requests_per_second"] - 1)


def test_the_load_test_fails_where_a_row_is_missing(
    load_test: Callable[..., tuple[int, dict[str, Any]]],
) -> None:
    class Short(http.server.BaseHTTPRequestHandler):
        asked = 0

        def do_POST(self) -> None:
            records = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rows = len(records["dataframe_records"])
            Short.asked += 1
            late = Short.asked > 5  # after the requests that warm a server up
            content = json.dumps({"predictions": [{}] * (rows - late)}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Short) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code, figures = load_test(server.server_port, 3)
        server.shutdown()
    assert code == 1
    assert figures["requests"] == 0
    assert figures["first_failure"] == "3 rows sent, 2 answers"
