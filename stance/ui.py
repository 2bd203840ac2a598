"""``python -m stance.ui``: the MLflow UI on the right store, light and on loopback only."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Sequence

from stance.tracking.uris import local_store

__all__ = ["main"]

_HOST = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the UI until Ctrl-C.

    Returns
    -------
    int
        0 when it was closed, 2 when the store is not there or the port is taken.
    """
    parser = argparse.ArgumentParser(prog="python -m stance.ui", description=__doc__)
    parser.add_argument("--uri", default="sqlite:///mlflow.db", help="the tracking store")
    parser.add_argument("--port", type=int, default=5000)
    given = parser.parse_args(arguments)
    file = local_store(given.uri)
    if file is not None and not file.exists():
        print(
            f"error: there is no store {file}; train first, or name it with --uri", file=sys.stderr
        )
        return 2
    if _taken(given.port):
        print(
            f"error: port {given.port} is taken; choose another with --port {given.port + 1}",
            file=sys.stderr,
        )
        return 2
    print(f"MLflow UI on http://{_HOST}:{given.port}/ (Ctrl-C closes it)", flush=True)
    try:
        return subprocess.run(_command(given.uri, given.port), env=_environment()).returncode
    except KeyboardInterrupt:
        return 0


def _command(uri: str, port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        uri,
        "--host",
        _HOST,
        "--port",
        str(port),
        "--workers",
        "1",
    ]


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
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
