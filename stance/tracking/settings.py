"""MLflow's process-wide settings, borrowed for a run and given back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import mlflow

__all__ = ["mlflow_at", "one_try"]

_STORE = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")
_RETRIES = "MLFLOW_HTTP_REQUEST_MAX_RETRIES"


@contextlib.contextmanager
def mlflow_at(uri: str) -> Iterator[None]:
    """Point MLflow at a store, and back afterwards.

    MLflow keeps the store in the environment too, where a later ``predict(model="runs:/…")`` or
    a child process would take this run's store for the user's.
    """
    with _given_back(*_STORE):
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        try:
            yield
        finally:
            # What was set in MLflow before stands in the environment as well, and comes back.
            mlflow.set_tracking_uri(None)  # type: ignore[arg-type]  # as MLflow does itself
            mlflow.set_registry_uri(None)  # type: ignore[arg-type]


@contextlib.contextmanager
def one_try() -> Iterator[None]:
    """Keep MLflow from trying for minutes to reach a server that is known to be gone."""
    with _given_back(_RETRIES):
        os.environ[_RETRIES] = "0"
        yield


@contextlib.contextmanager
def _given_back(*names: str) -> Iterator[None]:
    """Leave these variables of the environment as they were."""
    before = {name: os.environ.get(name) for name in names}
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
