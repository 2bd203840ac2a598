"""Models in a store: bring one here, and say which is the champion."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from mlflow import MlflowClient
from mlflow.entities import LoggedModelStatus, Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from stance.errors import ModelFileError, TrackingError
from stance.persistence import load_folder
from stance.tracking.store import STORE_ERRORS, open_store, patient
from stance.tracking.upload import COMPLETE, REGISTERED
from stance.tracking.uris import without_password

__all__ = [
    "CHAMPION",
    "DEFAULT_STORE",
    "champion",
    "check_complete",
    "crown",
    "fetch_model",
    "store_uri",
]

CHAMPION = "champion"
"""The alias of the version that ``models:/stance@champion`` means."""

DEFAULT_STORE = "sqlite:///mlflow.db"


def store_uri(given: str | None = None, default: str = DEFAULT_STORE) -> str:
    """The store that is meant: the one given, else ``MLFLOW_TRACKING_URI``, else the default."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or default


def fetch_model(uri: str) -> Path:
    """Bring a logged model to this machine; the entry point behind ``predict(model=uri)``.

    Parameters
    ----------
    uri : str
        ``runs:/RUN_ID/model``, ``runs:/RUN_ID``, ``models:/stance@champion``, ``models:/stance/3``.

    Returns
    -------
    pathlib.Path
        The model folder. From a remote store it is brought once in a process.

    Raises
    ------
    TrackingError
        If the store does not have it; the message says which store was asked.
    """
    store = store_uri()
    shown = without_password(store)
    try:
        client = open_store(store)
    except TrackingError as error:
        raise TrackingError(f"{uri}: {error}") from error
    try:
        found = _download(store, _location(client, uri))
    except STORE_ERRORS as error:
        raise TrackingError(f"{uri} is not in the store {shown}: {error}") from error
    folders = [manifest.parent for manifest in sorted(found.rglob("manifest.json"))]
    if not folders:
        raise TrackingError(f"{uri} in the store {shown} is not a model of stance")
    return folders[0]


def _location(client: MlflowClient, uri: str) -> str:
    """Id of the logged model behind a URI; what an alias means may change at any time."""
    scheme, _, rest = uri.partition(":/")
    if scheme == "runs":
        return _model_id(client.get_run(rest.strip("/").partition("/")[0]))
    name, at, alias = rest.strip("/").partition("@")
    if at:
        version = client.get_model_version_by_alias(name, alias)
    elif "/" in name:
        version = client.get_model_version(*name.split("/", 1))
    else:
        return name
    # A store of its own, unlike a server, tells the model only by the version's source.
    return str(version.model_id or str(version.source).removeprefix("models:/"))


def _model_id(run: Run) -> str:
    found = [item.model_id for item in run.outputs.model_outputs] if run.outputs else []
    if not found:
        raise MlflowException(f"the run {run.info.run_id} has no model")
    return str(found[-1])


@lru_cache(maxsize=16)
def _download(store: str, model_id: str) -> Path:
    """Local artifacts are used where they lie; others come into a folder of this process."""
    from mlflow.artifacts import download_artifacts

    client = open_store(store)
    place = client.get_logged_model(model_id).artifact_location
    if urlsplit(place).scheme in ("", "file"):
        return Path(download_artifacts(artifact_uri=place))
    target = tempfile.TemporaryDirectory(prefix="stance-model-")
    _KEPT.append(target)
    return Path(
        download_artifacts(artifact_uri=place, dst_path=target.name, tracking_uri=patient(store))
    )


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
"""Downloads, removed when the process ends."""


def champion(client: MlflowClient) -> ModelVersion | None:
    """The version that is champion now, if there is one.

    Raises
    ------
    TrackingError
        If the store does not say whether there is one.
    """
    try:
        return client.get_model_version_by_alias(REGISTERED, CHAMPION)
    except MlflowException as error:
        # Of a model that was never registered, and of one without the alias.
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise TrackingError(f"the store does not say which model is champion: {error}") from error


def check_complete(client: MlflowClient, store: str, run_id: str) -> Run:
    """Refuse a run whose training, logging or model did not come to a good end.

    Raises
    ------
    TrackingError
        Saying what is missing.
    """
    try:
        run = client.get_run(run_id)
    except STORE_ERRORS as error:
        where = without_password(store)
        raise TrackingError(f"there is no run {run_id!r} in the store {where}") from error
    if run.info.status != "FINISHED" or run.data.tags.get(COMPLETE) != "true":
        raise TrackingError(
            f"the run {run_id} cannot be promoted: it is {run.info.status} and not completely "
            "logged; python -m stance.sync logs what lies on disk"
        )
    try:
        model_id = _model_id(run)
        status = client.get_logged_model(model_id).status
        if status != LoggedModelStatus.READY:
            raise TrackingError(f"the run {run_id} cannot be promoted: its model is {status}")
        folders = sorted(_download(store, model_id).rglob("manifest.json"))
        if not folders:
            raise TrackingError(f"the run {run_id} cannot be promoted: its model has no files")
        load_folder(folders[0].parent)
    except (*STORE_ERRORS, ModelFileError) as error:
        raise TrackingError(
            f"the run {run_id} cannot be promoted: its model cannot be read: {error}"
        ) from error
    return run


def crown(client: MlflowClient, run: Run) -> str:
    """Make a complete run's model the champion, registering it first if it is not yet.

    Returns
    -------
    str
        The version's number.
    """
    versions = client.search_model_versions(f"run_id = '{run.info.run_id}'")
    mine = [item for item in versions if item.name == REGISTERED]
    if mine:
        version = max(mine, key=lambda item: int(item.version))
    else:
        if not client.search_registered_models(f"name = '{REGISTERED}'"):
            client.create_registered_model(REGISTERED)
        model_id = _model_id(run)
        version = client.create_model_version(
            REGISTERED, f"models:/{model_id}", run_id=run.info.run_id, model_id=model_id
        )
    client.set_registered_model_alias(REGISTERED, CHAMPION, version.version)
    return str(version.version)
