"""What a run leaves when its process is told to stop, or is not even told."""

import os
import signal
import subprocess
import sys

import pytest

from stance.errors import TrackingError
from stance.promote import promote
from stance.tracking.store import mark_dead_runs, open_store

CODE = """
import signal, sys, time
# A shell that runs the tests in the background lets its children ignore the interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
from stance.tracking.mlflow_tracker import MlflowTracker
with MlflowTracker(sys.argv[1], "stance", "stopped") as tracker:
    print(tracker._run_id, flush=True)
    time.sleep(600)
"""


def stop(store, number):
    """Start a run in a process of its own and send it a signal; the run's id and exit status."""
    with subprocess.Popen(
        [sys.executable, "-c", CODE, store],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        run_id = process.stdout.readline().strip()
        os.kill(process.pid, number)
        process.wait(120)
    return run_id, process.returncode


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)]
)
def test_a_process_that_is_told_to_stop_ends_its_run(store, number, code):
    run_id, ended = stop(store, number)
    assert ended == code
    assert open_store(store).get_run(run_id).info.status == "KILLED"


def test_a_process_that_is_killed_leaves_a_run_that_the_next_start_marks(store):
    run_id, _ = stop(store, signal.SIGKILL)
    client = open_store(store)
    assert client.get_run(run_id).info.status == "RUNNING"
    with pytest.raises(TrackingError, match="it is RUNNING and not completely logged"):
        promote(store, run_id, force=True)
    assert mark_dead_runs(client) == [run_id]
    assert client.get_run(run_id).info.status == "KILLED"
    assert mark_dead_runs(client) == []
