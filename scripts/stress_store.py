"""Start four trainings at once on a store that does not exist yet, many times; count the runs.

python scripts/stress_store.py --rounds 10 --processes 4
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from toy import write_toy

from stance.tracking.store import open_store


def main() -> int:
    """Print the counts as JSON; 0 when every run is in its store and FINISHED."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--processes", type=int, default=4)
    given = parser.parse_args()
    found: Counter[str] = Counter()
    started = time.monotonic()
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory() as folder:
            found += one_round(Path(folder), given.processes)
        print(f"round {number + 1}: {dict(found)}", file=sys.stderr, flush=True)
    wanted = given.rounds * given.processes
    report = {
        "rounds": given.rounds,
        "processes": given.processes,
        "runs_wanted": wanted,
        "runs_finished_and_complete": found["complete"],
        "runs_running_after": found["RUNNING"],
        "versions_registered": found["versions"],
        "processes_failed": found["failed"],
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps(report, indent=1))
    return 0 if found["complete"] == wanted and not found["failed"] else 1


def one_round(folder: Path, processes: int) -> Counter[str]:
    """Train in every process at once; count what the store then holds."""
    data = write_toy(folder / "toy.csv")
    command = [sys.executable, "-m", "stance.train", "dataset=file", f"dataset.path={data}"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    running = [
        subprocess.Popen(
            [*command, f"seed={seed}"], cwd=folder, env=environment, stdout=subprocess.DEVNULL
        )
        for seed in range(processes)
    ]
    found: Counter[str] = Counter(failed=sum(process.wait() != 0 for process in running))
    client = open_store(f"sqlite:///{folder / 'mlflow.db'}")
    experiments = [item.experiment_id for item in client.search_experiments()]
    for run in client.search_runs(experiments):
        found[run.info.status] += 1
        whole = run.info.status == "FINISHED" and run.data.tags.get("stance.complete") == "true"
        found["complete"] += whole
    found["versions"] += len(client.search_model_versions("name = 'stance'"))
    return found


if __name__ == "__main__":
    sys.exit(main())
