"""Where runs are kept. The package itself is light; its modules that write to a store load MLflow.

MLflow reads some settings once, when it is imported, so they are set here.
"""

import os

from stance.tracking.base import NullTracker, RecordingTracker, Result, Tracker

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")

__all__ = ["NullTracker", "RecordingTracker", "Result", "Tracker"]
