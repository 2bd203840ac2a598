"""Write runs to an MLflow store, and bring models back from one."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

# Set before MLflow is imported: it reads them once.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")

import mlflow
import mlflow.pyfunc
import pandas as pd
import psutil
from filelock import FileLock
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.pandas_dataset import from_pandas
from mlflow.entities import RunStatus, ViewType
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature

from stance.errors import TrackingError
from stance.tracking.base import Result

__all__ = ["MlflowTracker", "fetch_model", "local_store", "model_requirements"]

REGISTERED = "stance"
_HOST, _PID, _STARTED = "stance.host", "stance.pid", "stance.process_started"


class MlflowTracker:
    """Keeps runs in an MLflow store.

    Parameters
    ----------
    uri : str
        Of the store: ``sqlite:///mlflow.db``, ``http://…``, ``postgresql://…``. Relative
        SQLite paths are meant from the working folder.
    experiment : str
    name : str
        Of the run.
    register : bool
        Whether the model becomes a version of the registered model ``stance``.

    Raises
    ------
    TrackingError
        On entering, if the store cannot be reached.
    """

    def __init__(self, uri: str, experiment: str, name: str, *, register: bool = True) -> None:
        self.uri = uri
        self.experiment = experiment
        self.name = name
        self.register = register
        self._signals: Any = None

    def __enter__(self) -> Self:
        """Start the run; a SIGTERM from now on ends it as KILLED."""
        try:
            with _first_use_lock(self.uri):
                mlflow.set_tracking_uri(self.uri)
                mlflow.set_registry_uri(self.uri)
                experiment = _experiment(self.uri, self.experiment)
        except (MlflowException, OSError) as error:
            raise TrackingError(f"the tracking store {self.uri} cannot be used: {error}") from error
        _mark_dead_runs(experiment)
        self._signals = signal_as_exit()
        self._signals.__enter__()
        mlflow.start_run(experiment_id=experiment, run_name=self.name, tags=_process_tags())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the run: FINISHED, KILLED if the process was told to stop, else FAILED."""
        killed = isinstance(error, (KeyboardInterrupt, SystemExit))
        status = RunStatus.FINISHED if error is None else RunStatus.FAILED
        if killed:
            status = RunStatus.KILLED
        try:
            mlflow.end_run(RunStatus.to_string(status))
        finally:
            self._signals.__exit__(None, None, None)

    def log(self, result: Result) -> str:
        """Write down all of a result; return the run's id."""
        run = mlflow.active_run()
        if run is None:
            raise TrackingError("log() needs a started run; use the tracker in a with statement")
        mlflow.set_tags({**result.tags, "mlflow.note.content": result.description})
        mlflow.log_params(dict(result.params))
        for data in result.datasets:
            source = CodeDatasetSource({"source": data.source, "sha256": data.digest})
            logged = from_pandas(data.frame, source=source, name=data.name, digest=data.digest[:16])
            mlflow.log_input(logged, context=data.split)
        model = self._log_model(result)
        mlflow.log_metrics(dict(result.metrics), model_id=model.model_id)
        _log_files(result)
        return str(run.info.run_id)

    def _log_model(self, result: Result) -> Any:
        output = pd.DataFrame({"label": ["favor"], "confidence": [1.0]})
        return mlflow.pyfunc.log_model(
            name="model",
            loader_module="stance.tracking.pyfunc",
            data_path=str(result.model),
            signature=infer_signature(result.example, output),
            input_example=result.example,
            pip_requirements=model_requirements(),
            registered_model_name=REGISTERED if self.register else None,
        )


def _log_files(result: Result) -> None:
    mlflow.log_text(result.config, "config.yaml")
    with tempfile.TemporaryDirectory() as folder:
        for name, table in result.tables.items():
            path = Path(folder, f"{name}.csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(path, index=False)
        for name, figure in result.figures.items():
            path = Path(folder, f"{name}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            figure.savefig(path, dpi=110)
        mlflow.log_artifacts(folder, "report")


def model_requirements() -> list[str]:
    """What a server needs to load the model again."""
    from stance import __version__

    return [f"stance=={__version__}"]


def local_store(uri: str) -> Path | None:
    """The file of an SQLite store, or None for a store elsewhere.

    Examples
    --------
    >>> local_store("sqlite:///mlflow.db").name
    'mlflow.db'
    """
    prefix = "sqlite:///"
    return Path(uri.removeprefix(prefix)).absolute() if uri.startswith(prefix) else None


@contextlib.contextmanager
def _first_use_lock(uri: str) -> Iterator[None]:
    """Let one process at a time create the store: MLflow's set-up does not survive two."""
    file = local_store(uri)
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f"{file.name}.lock"), timeout=300):
        yield


def _experiment(uri: str, name: str) -> str:
    client = mlflow.MlflowClient()
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    file = local_store(uri)
    place = None if file is None else (file.parent / "mlartifacts").as_uri()
    return str(client.create_experiment(name, artifact_location=place))


def _process_tags() -> dict[str, str]:
    process = psutil.Process()
    return {
        _HOST: platform.node(),
        _PID: str(process.pid),
        _STARTED: f"{process.create_time():.0f}",
    }


def _mark_dead_runs(experiment: str) -> None:
    """End the runs of this host whose process is gone; MLflow leaves them RUNNING for ever."""
    client = mlflow.MlflowClient()
    running = client.search_runs(
        [experiment], "attributes.status = 'RUNNING'", run_view_type=ViewType.ACTIVE_ONLY
    )
    for run in running:
        tags = run.data.tags
        if tags.get(_HOST) == platform.node() and not _alive(tags):
            client.set_tag(run.info.run_id, "stance.ended_by", "its process was gone")
            client.set_terminated(run.info.run_id, RunStatus.to_string(RunStatus.KILLED))


def _alive(tags: dict[str, str]) -> bool:
    try:
        process = psutil.Process(int(tags.get(_PID, "")))
        return abs(process.create_time() - float(tags.get(_STARTED, "nan"))) < 2
    except (psutil.Error, ValueError):
        return False


@contextlib.contextmanager
def signal_as_exit() -> Iterator[None]:
    """Turn SIGTERM into SystemExit, so that the run is ended on the way out."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    try:
        before = signal.signal(signal.SIGTERM, leave)
    except ValueError:  # not the main thread, as under a joblib launcher
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def fetch_model(uri: str) -> Path:
    """Bring a logged model to this machine; the entry point behind ``predict(model=uri)``.

    Parameters
    ----------
    uri : str
        ``runs:/RUN_ID/model``, ``runs:/RUN_ID``, ``models:/stance@champion``, ``models:/stance/3``.

    Returns
    -------
    pathlib.Path
        The model folder.

    Raises
    ------
    TrackingError
        If the store does not have it; the message says which store was asked.
    """
    store = os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlflow.db"
    file = local_store(store)
    if file is not None and not file.exists():
        raise TrackingError(
            f"{uri}: there is no store {file}; run from the folder of the store, "
            "or set MLFLOW_TRACKING_URI"
        )
    mlflow.set_tracking_uri(store)
    mlflow.set_registry_uri(store)
    if uri.startswith("runs:/") and uri.count("/") == 1:
        uri = f"{uri}/model"
    try:
        found = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri))
    except (MlflowException, OSError) as error:
        raise TrackingError(f"{uri} is not in the store {store}: {error}") from error
    folders = [manifest.parent for manifest in sorted(found.rglob("manifest.json"))]
    if not folders:
        raise TrackingError(f"{uri} in the store {store} is not a model of stance")
    return folders[0]
