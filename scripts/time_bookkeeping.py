"""Measure what a run's bookkeeping costs: the tracker's share of a run that lasts a minute.

    python scripts/time_bookkeeping.py --seconds 60

trains on toy data, waits where a longer training would train, and times what the tracker does:
starting the run, writing tables, pictures and model to disk and to the store, ending the run, and
the sampling of system metrics meanwhile. MLflow is imported before the clock starts. On a machine
that does other work too, the wall clock also counts the waiting for a core.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from toy import write_toy

from stance.config import DatasetConfig, FeaturesConfig, ModelConfig, TrackingConfig, TrainConfig
from stance.tracking import Result, Tracker
from stance.tracking.mlflow_tracker import MlflowTracker
from stance.tracking.store import open_store
from stance.training import train

LIMIT = 0.05
BLOCKS = ("statement", "marked", "cues", "overlap", "holder")


@dataclass
class Timed:
    """A tracker, and the seconds that its calls took, by the wall and by the processor."""

    tracker: Tracker
    wall: float = 0.0
    processor: float = 0.0

    def __enter__(self) -> Self:
        """Start the run."""
        with self._clock():
            self.tracker.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the run."""
        with self._clock():
            self.tracker.__exit__(kind, error, trace)

    def log(self, result: Result) -> str:
        """Write the run down."""
        with self._clock():
            return self.tracker.log(result)

    @contextlib.contextmanager
    def _clock(self) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall += time.perf_counter() - wall
        self.processor += time.process_time() - processor


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the shares as JSON; 1 if that by the wall clock is over the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60, help="how long the run lasts")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        report = measure(Path(folder), given.seconds)
    print(json.dumps(report, indent=1))
    return int(report["share_of_wall"] > LIMIT)


def measure(folder: Path, seconds: float) -> dict[str, float]:
    """Train for some seconds on a store that is there already."""
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    config = TrainConfig(
        dataset=DatasetConfig("file", str(write_toy(folder / "toy.csv"))),
        features=FeaturesConfig("default", {name: {} for name in BLOCKS}),
        model=ModelConfig("two_stage", {"_target_": "stance.models.TwoStageClassifier"}),
        tracking=TrackingConfig(uri),
        output=str(folder / "output"),
    )
    open_store(uri, create=True)
    tracker, sampling, started = Timed(MlflowTracker(uri, "stance", "a run")), 0.0, 0.0

    def wait(step: str) -> None:
        nonlocal sampling
        if step == "training the baselines":
            before = time.process_time()
            time.sleep(max(0.0, seconds - (time.perf_counter() - started)))
            sampling = time.process_time() - before

    started = time.perf_counter()
    train(config, tracker=tracker, report=wait)
    whole = time.perf_counter() - started
    return {
        "run_seconds": round(whole, 2),
        "tracker_seconds": round(tracker.wall, 2),
        "tracker_processor_seconds": round(tracker.processor, 2),
        "sampling_processor_seconds": round(sampling, 2),
        "share_of_wall": round(tracker.wall / whole, 4),
        "share_of_processor": round((tracker.processor + sampling) / seconds, 4),
    }


if __name__ == "__main__":
    sys.exit(main())
