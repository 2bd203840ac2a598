"""Kill trainings at random moments with SIGKILL, and see after each what the store still does.

python scripts/kill_runs.py --times 20
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from mlflow import MlflowClient
from toy import write_toy

from stance import Term, predict
from stance.promote import promote
from stance.tracking.store import mark_dead_runs, open_store

TERM = Term("The treaty is signed")


def main() -> int:
    """Print the counts as JSON; 0 when every check held each time.

    A training that ends before its moment is not counted, and another one is killed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)  # noqa: S311 (no secret)
    found: Counter[str] = Counter()
    moments = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_toy(Path("toy.csv"))
        start_training().wait()  # the first run makes the store, the second tells the time
        client = open_store("sqlite:///mlflow.db")
        process = start_training()
        wait_for_run(client, process)
        started = time.monotonic()
        process.wait()
        whole = time.monotonic() - started
        runs = client.search_runs(["1"])
        promote("sqlite:///mlflow.db", runs[0].info.run_id)
        while found["killed"] < given.times:
            moments.append(round(rng.uniform(0.0, 1.0) * whole, 1))
            kill_one(client, moments[-1], found)
            print(f"at {moments[-1]} s: {dict(found)}", file=sys.stderr, flush=True)
    report = {
        "killed": found["killed"],
        "ended_before_they_were_killed": found["ended_before"],
        "runs_marked_dead": found["marked"],
        "moments_seconds": moments,
        "a_whole_run_seconds": round(whole, 1),
        **{name: found[name] for name in CHECKS},
    }
    print(json.dumps(report, indent=1))
    return 0 if all(found[name] == len(moments) for name in CHECKS) else 1


RUNNING = "attributes.status = 'RUNNING'"
CHECKS = ("store_opens", "champion_loads", "none_running_after_next_start")


def start_training() -> subprocess.Popen[bytes]:
    """Train in a process of its own."""
    command = [sys.executable, "-m", "stance.train", "dataset=file", "dataset.path=toy.csv"]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )


def wait_for_run(client: MlflowClient, process: subprocess.Popen[bytes]) -> None:
    """Until the training has begun its run: before, there is nothing in the store to lose."""
    while process.poll() is None and not client.search_runs(["1"], RUNNING):
        time.sleep(0.1)


def kill_one(client: MlflowClient, after: float, found: Counter[str]) -> None:
    """Kill a training some seconds after its run has begun; count what holds then."""
    process = start_training()
    wait_for_run(client, process)
    try:
        process.wait(after)
        found["ended_before"] += 1
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        found["killed"] += 1
    client = open_store("sqlite:///mlflow.db")
    found["store_opens"] += 1
    prediction = predict("We reject the treaty.", TERM, model="models:/stance@champion")
    found["champion_loads"] += prediction.label is not None
    found["marked"] += len(mark_dead_runs(client))
    left = client.search_runs(["1"], RUNNING)
    found["none_running_after_next_start"] += not left


if __name__ == "__main__":
    sys.exit(main())
