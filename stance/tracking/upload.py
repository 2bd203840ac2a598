"""Write a run folder into the active run of a store."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import mlflow
import mlflow.pyfunc
import pandas as pd
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

from stance.tracking.base import RUN_ID
from stance.tracking.base import DatasetInput as Input
from stance.tracking.pyfunc import signature
from stance.tracking.run_folder import RunFolder
from stance.tracking.store import store_lock
from stance.tracking.views import is_headline, show_scores
from stance.version import __version__

__all__ = ["COMPLETE", "REGISTERED", "model_requirements", "upload"]

REGISTERED = "stance"
"""The registered model whose versions the runs' models become."""

COMPLETE = "stance.complete"
"""A tag that a run gets when all of it has been written."""

_LOG = logging.getLogger(__name__)
_BATCH = 500
_LONGEST_PARAM = 6000


def upload(client: mlflow.MlflowClient, uri: str, run_id: str, run: RunFolder) -> None:
    """Write all of a run folder; what makes its model usable comes last.

    The run must be MLflow's active one.
    """
    description = run.description.replace(RUN_ID, run_id)
    tags = {**run.tags, "mlflow.note.content": description}
    if "git_commit" in run.tags:
        tags["mlflow.source.git.commit"] = run.tags["git_commit"]
    client.log_batch(
        run_id,
        params=list(_params(run.params)),
        tags=[RunTag(key, value) for key, value in tags.items()],
    )
    client.log_inputs(run_id, [_input(item) for item in run.datasets])
    client.log_artifact(run_id, str(run.config))
    client.log_artifacts(run_id, str(run.report), "report")
    model = _log_model(run)
    metrics = list(_metrics(run, model.model_id))
    for start in range(0, len(metrics), _BATCH):
        client.log_batch(run_id, metrics=metrics[start : start + _BATCH])
    if run.register:
        _register(client, uri, run_id, model)
    _show(client, uri, run_id, run)
    client.set_tag(run_id, COMPLETE, "true")
    replace(run, logged=True).save()


def _params(given: Mapping[str, str]) -> Iterator[Param]:
    """The parameters, each under a name of its own: labels of two scripts can become one."""
    names = Counter(map(_name, given))
    for key, value in given.items():
        name = _name(key)
        if names[name] > 1:
            name += f"-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        yield Param(name, value[:_LONGEST_PARAM])


def _show(client: mlflow.MlflowClient, uri: str, run_id: str, run: RunFolder) -> None:
    experiment = client.get_run(run_id).info.experiment_id
    with store_lock(uri):
        try:
            show_scores(client, experiment, map(_name, run.metrics))
        except mlflow.MlflowException as error:  # another machine was first: its view does as well
            _LOG.debug("the view of experiment %s was not changed: %s", experiment, error)


def _input(item: Input) -> DatasetInput:
    schema = {"mlflow_colspec": [{"name": name, "type": "string"} for name in item.columns]}
    return DatasetInput(
        Dataset(
            name=item.name,
            digest=_short(item.digest),
            source_type="code",
            source=json.dumps({"tags": {"source": item.source, "sha256": item.digest}}),
            schema=json.dumps(schema),
            profile=json.dumps({"num_rows": item.pairs}),
        ),
        [InputTag("mlflow.data.context", item.split)],
    )


def _short(digest: str) -> str:
    """MLflow keeps 36 characters of a digest."""
    return digest[:16]


def _metrics(run: RunFolder, model_id: str) -> Iterator[Metric]:
    """Every number, linked to the model and to the split that it was measured on.

    The scores come first: the UI's compare page draws the first metric.
    """
    now = int(time.time() * 1000)
    splits = {item.split: item for item in run.datasets}
    for key, value in sorted(run.metrics.items(), key=lambda item: not is_headline(item[0])):
        if math.isfinite(value):
            data = splits.get(key.partition("/")[0])
            measured: dict[str, str] = (
                {"dataset_name": data.name, "dataset_digest": _short(data.digest)} if data else {}
            )
            yield Metric(_name(key), value, now, 0, model_id=model_id, **measured)
    for key, values in run.curves.items():
        for step, value in enumerate(values):
            if math.isfinite(value):
                yield Metric(_name(key), value, now, step, model_id=model_id)


def _name(key: str) -> str:
    """A name that every kind of store takes."""
    return re.sub(r"[^\w\-. /]", "_", key, flags=re.ASCII)


def _log_model(run: RunFolder) -> Any:
    example = pd.DataFrame(run.example)
    return mlflow.pyfunc.log_model(
        name="model",
        loader_module="stance.tracking.pyfunc",
        data_path=str(run.model),
        signature=signature(),
        input_example=example,
        pip_requirements=model_requirements(),
    )


def model_requirements() -> list[str]:
    """What a server needs to load the model again."""
    return [f"stance=={__version__}"]


def _register(client: mlflow.MlflowClient, uri: str, run_id: str, model: Any) -> None:
    # Two processes that ask for the next version number of an SQLite store get the same one.
    with store_lock(uri):
        if not client.search_registered_models(f"name = '{REGISTERED}'"):
            try:
                client.create_registered_model(REGISTERED)
            except mlflow.MlflowException:  # another machine was first
                client.get_registered_model(REGISTERED)
        client.create_model_version(
            REGISTERED, model.model_uri, run_id=run_id, model_id=model.model_id
        )
