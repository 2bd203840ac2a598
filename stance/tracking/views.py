"""How the MLflow UI shows an experiment's runs: whole names, and the scores beside the choices.

MLflow keeps the saved views of an experiment in its tags. Without one, the list of runs shows
neither a score nor a setting, and cuts names off before what tells them apart.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["VIEW", "VIEW_TAG", "is_headline", "scores_view", "show_scores"]

VIEW = "stance"
"""Id of the saved view, as it stands in the UI's addresses."""

VIEW_TAG = f"mlflow.sharedViewState.{VIEW}"
"""The experiment's tag that holds it."""

_NAME = "attributes.`Run Name`"
_CREATED = "runDateAndNestInfo"
_FIXED = {_NAME: 330, _CREATED: 130, "duration": 80}
_CHOICES = ("model.name", "features.name", "dataset.name", "split.by", "seed")
_WIDTH = 130  # pixels


def show_scores(client: MlflowClient, experiment: str, metrics: Iterable[str]) -> None:
    """Give an experiment a view with a column for the macro F1 on each test split.

    A view that somebody has changed in the UI is left as it is.

    Parameters
    ----------
    client : mlflow.MlflowClient
    experiment : str
        Its id.
    metrics : iterable of str
        Names of a run's metrics; the splits that the view shows already are kept.
    """
    before = client.get_experiment(experiment).tags.get(VIEW_TAG)
    after = scores_view(metrics, before)
    if after != before:
        client.set_experiment_tag(experiment, VIEW_TAG, after)


def scores_view(metrics: Iterable[str], before: str | None = None) -> str:
    """The view as MLflow keeps it, with the columns of the view before.

    Examples
    --------
    >>> view = json.loads(scores_view(["test/macro_f1", "test/ece"]))
    >>> json.loads(view["state"])["selectedColumns"][:2]
    ['metrics.`test/macro_f1`', 'params.`model.name`']
    """
    wanted = {f"metrics.`{name}`" for name in metrics if is_headline(name)}
    shown: set[str] = set()
    if before is not None:
        found = _read(before)
        if found is None:
            return before
        shown = {name for name in found if name.startswith("metrics.")}
        if wanted <= shown:
            return before
    columns = [*sorted(wanted | shown), *(f"params.`{name}`" for name in _CHOICES)]
    state = {
        "selectedColumns": columns,
        "columnOrder": [*_FIXED, *columns],
        "columnWidths": {**_FIXED, **dict.fromkeys(columns, _WIDTH)},
    }
    now = int(time.time() * 1000)
    return json.dumps(
        {"name": "Scores", "createdAt": now, "updatedAt": now, "state": json.dumps(state)}
    )


def is_headline(metric: str) -> bool:
    """Whether a metric is the macro F1 on a test split.

    Examples
    --------
    >>> is_headline("test_unseen_terms/macro_f1"), is_headline("test/baseline/majority/macro_f1")
    (True, False)
    """
    split, _, name = metric.partition("/")
    return split.startswith("test") and name == "macro_f1"


def _read(view: str) -> list[str] | None:
    """The columns of a view, None where it is no longer as stance made it."""
    try:
        kept: Mapping[str, Any] = json.loads(view)
        if kept["createdAt"] != kept["updatedAt"]:
            return None
        return list(map(str, json.loads(kept["state"])["selectedColumns"]))
    except (ValueError, TypeError, KeyError):
        return None
