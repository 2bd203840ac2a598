"""``python -m stance.ui``: the MLflow UI on the right store, light and on loopback only."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import webbrowser
from collections.abc import Sequence

from filelock import FileLock

from stance.errors import StanceError, TrackingError
from stance.tracking.moves import follow_move
from stance.tracking.uris import check_store_uri, local_store, with_driver, without_password
from stance.tracking.views import VIEW, VIEW_TAG

__all__ = ["main"]

_HOST = "127.0.0.1"
_READY_SECONDS = 300
_STOP_SECONDS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the UI until Ctrl-C.

    Returns
    -------
    int
        0 when it was closed, 2 when the store is not there or the port is taken.
    """
    given = _arguments(arguments)
    try:
        if given.uri.startswith(("http://", "https://")):
            raise TrackingError(
                f"{without_password(given.uri)} is a server with a UI of its own: open it there"
            )
        _check(given.uri, given.port)
    except StanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print("Starting the MLflow UI …", flush=True)
    # A SIGTERM has to reach the server too: leave as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = subprocess.Popen(_command(given.port), env=_environment(given.uri))
    try:
        return _serve(server, given.port, given.experiment, show=given.open)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(server)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stance.ui", description=__doc__)
    store = os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlflow.db"
    parser.add_argument("--uri", default=store, help="the tracking store")
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--experiment", default="stance", help="what to open the UI at")
    parser.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        default=sys.stdout.isatty(),
        help="open a browser",
    )
    return parser.parse_args(arguments)


def _check(uri: str, port: int) -> None:
    check_store_uri(uri)
    file = local_store(uri)
    if file is not None:
        if not file.exists():
            raise TrackingError(f"there is no store {file}; train first, or name it with --uri")
        with FileLock(file.with_name(f"{file.name}.lock"), timeout=_READY_SECONDS):
            follow_move(file)
    if not 1 <= port <= 65535:
        raise TrackingError(f"--port: expected a number from 1 to 65535, got {port}")
    if _taken(port):
        raise TrackingError(f"port {port} is taken; choose another with --port {port + 1}")


def _serve(server: subprocess.Popen[bytes], port: int, experiment: str, *, show: bool) -> int:
    page = f"http://{_HOST}:{port}"
    if not _wait_until_ready(server, page):
        print("error: the MLflow UI did not start; its messages are above", file=sys.stderr)
        return 1
    address = page + _place(page, experiment)
    print(f"MLflow UI on {address} (Ctrl-C closes it)", flush=True)
    if show:
        webbrowser.open(address)
    return server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], page: str) -> bool:
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{page}/health", timeout=10):  # noqa: S310 (http, loopback)
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _place(page: str, experiment: str) -> str:
    """The part of the address after the host: the experiment's runs, where there is one."""
    query = urllib.parse.urlencode({"experiment_name": experiment})
    address = f"{page}/api/2.0/mlflow/experiments/get-by-name?{query}"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 (http, loopback)
            found = json.load(answer)["experiment"]
    except urllib.error.HTTPError:
        return "/"
    asked = {"workflowType": "machine_learning"}
    if any(tag["key"] == VIEW_TAG for tag in found.get("tags", [])):
        asked["viewStateShareKey"] = VIEW
    return f"/#/experiments/{found['experiment_id']}/runs?{urllib.parse.urlencode(asked)}"


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


def _command(port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--host",
        _HOST,
        "--port",
        str(port),
        "--workers",
        "1",
        "--uvicorn-opts",
        "--log-level warning",
    ]


def _environment(uri: str) -> dict[str, str]:
    return {
        **os.environ,
        # Not on the command line, which every user of the machine can read: it may hold a password.
        "MLFLOW_BACKEND_STORE_URI": with_driver(uri),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        # MLflow's own use of what its libraries will drop is no news to somebody who looks at runs.
        "PYTHONWARNINGS": "ignore",
    }


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
