"""Ask a served model many times at once, on loopback, and say how fast it answers.

    python scripts/load_serving.py                          serves the model that ships
    python scripts/load_serving.py --url http://127.0.0.1:5000/invocations

Every request holds some statements, each with one term of the shipped catalogue. The clock runs
over ``--seconds``; the first answers, for which the server warms up, are not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import numpy as np
import psutil

from stance import TermCatalogue
from stance.predict import find_model
from stance.tracking.pyfunc import signature

_WARM_UP = 5


def main() -> int:
    """Print the figures as JSON; 0 when every request was answered with the right rows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", help="of a server that runs; by default one is started")
    parser.add_argument("--model", help="a model folder or URI; by default the one that ships")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=4, help="that ask at once")
    parser.add_argument("--rows", type=int, default=12, help="in each request")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    asked = parser.parse_args()
    if asked.url:
        figures = _load(asked.url, asked)
    else:
        with _server(find_model(asked.model)) as url:
            figures = _load(url, asked)
    print(json.dumps(figures, indent=1))
    if asked.out:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if figures["failures"] or not figures["requests"] else 0


@contextmanager
def _server(model: Path) -> Iterator[str]:
    """Serve a model folder on a free port of loopback; yields the URL to ask at."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        folder = Path(name)
        mlflow.pyfunc.save_model(
            folder / "model",
            loader_module="stance.tracking.pyfunc",
            data_path=str(model),
            signature=signature(),
            pip_requirements=["stance"],
        )
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        program = [sys.executable, "-m", "uvicorn", "mlflow.pyfunc.scoring_server.app:app"]
        server = subprocess.Popen(
            [*program, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"],
            # As mlflow models serve starts it, without its copy of the model.
            env={**os.environ, "__pyfunc_model_path__": str(folder / "model")},
            start_new_session=True,
        )
        try:
            _await(server, f"http://127.0.0.1:{port}/ping")
            yield f"http://127.0.0.1:{port}/invocations"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def _await(server: subprocess.Popen[bytes], ping: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(ping, timeout=5):  # noqa: S310 - http, see above
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def _load(url: str, asked: argparse.Namespace) -> dict[str, Any]:
    numbers, waits, failures = count(), list[float](), list[str]()
    for _ in range(_WARM_UP):
        _ask(url, asked.rows, next(numbers))
    begun = time.monotonic()

    def client() -> None:
        while time.monotonic() - begun < asked.seconds:
            start = time.monotonic()
            try:
                _ask(url, asked.rows, next(numbers))
            except (OSError, ValueError) as error:
                failures.append(str(error))
            else:
                waits.append(time.monotonic() - start)

    threads = [threading.Thread(target=client) for _ in range(asked.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    p50, p99 = np.percentile(waits, [50, 99]) * 1000 if waits else (np.nan, np.nan)
    return {
        "command": " ".join(["python", *sys.argv]),
        "requests": len(waits),
        "failures": len(failures),
        "first_failure": failures[0] if failures else None,
        "requests_per_second": round(len(waits) / seconds, 1),
        "rows_per_second": round(len(waits) * asked.rows / seconds),
        "p50_milliseconds": round(float(p50), 1),
        "p99_milliseconds": round(float(p99), 1),
        "clients": asked.clients,
        "rows": asked.rows,
        "seconds": round(seconds, 1),
        "python": platform.python_version(),
        "processors": psutil.cpu_count(),
        "load": os.getloadavg(),
    }


def _ask(url: str, rows: int, number: int) -> None:
    """Send one request of new texts; raises where the answer is not as many rows."""
    terms = list(TermCatalogue.default().values())
    records = [
        {
            "text": f"We accept clause {number} only if all sides sign it first.",
            "term_name": term.name,
            "term_description": term.description,
            "term_aliases": list(term.aliases),
            "term_opposites": list(term.opposites),
        }
        for term in (terms[(number + row) % len(terms)] for row in range(rows))
    ]
    request = urllib.request.Request(  # noqa: S310 - the user's own server
        url,
        data=json.dumps({"dataframe_records": records}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            found = len(json.load(answer)["predictions"])
    except urllib.error.HTTPError as error:
        raise ValueError(f"{error.code}: {error.read()[-500:]!r}") from error
    if found != rows:
        raise ValueError(f"{rows} rows sent, {found} answers")


if __name__ == "__main__":
    sys.exit(main())
