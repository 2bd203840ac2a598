"""Where runs are kept. The package itself is light; its modules that write to a store load MLflow.

MLflow reads some settings once, when it is imported, so they are set here.
"""

import os

from stance.tracking.base import NullTracker, RecordingTracker, Result, Tracker

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
# A prediction with a model from a server should not draw progress bars, nor a training print
# MLflow's links a second time.
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")

__all__ = ["NullTracker", "RecordingTracker", "Result", "Tracker"]
