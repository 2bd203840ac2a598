"""Where runs are kept. Only ``stance.tracking.mlflow_tracker`` imports MLflow."""

from stance.tracking.base import NullTracker, RecordingTracker, Result, Tracker

__all__ = ["NullTracker", "RecordingTracker", "Result", "Tracker"]
