"""Train, predict and promote killed at a few of their steps; scripts/kill_points.py tries 200."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_kill_loses_nothing_that_was_there_and_a_second_try_works(tmp_path):
    state = tmp_path / "kills.jsonl"
    given = ["--points", "12", "--state", str(state), "--no-record"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "kill_points.py"), *given],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tried = [json.loads(line) for line in state.read_text(encoding="utf-8").splitlines()]
    assert all(point["killed"] and point["faults"] == [] for point in tried)
    counted = [point["program"] for point in tried]
    assert {name: counted.count(name) for name in ("train", "predict", "promote")} == {
        "train": 4,
        "predict": 4,
        "promote": 4,
    }
