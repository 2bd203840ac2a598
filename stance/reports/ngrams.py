"""What a linear model goes by: its most weighted features, and those of single pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from stance.labels import LABELS, UNRELATED
from stance.models import TemperatureCalibrated, TwoStageClassifier

__all__ = ["label_weights", "ngram_table", "pair_evidence"]

Floats = NDArray[np.float64]


def label_weights(model: Any) -> dict[str, Floats]:
    """The weight of each feature for each label.

    Parameters
    ----------
    model : fitted classifier over a DataFrame of pairs

    Returns
    -------
    dict of str to ndarray, shape (n_features,)
        Empty where the model is not a linear one over named features.
    """
    pipeline = _pipeline(model)
    if pipeline is None:
        return {}
    classifier = pipeline[-1]
    if isinstance(classifier, TwoStageClassifier):
        found = _linear(classifier.stance_)
        related = _linear(classifier.related_)
        if found and related:
            found[UNRELATED] = related["False"]
        return found
    return _linear(classifier)


def _pipeline(model: Any) -> Pipeline | None:
    if isinstance(model, TemperatureCalibrated):
        model = model.estimator
    # Between features and classifier a step may mix columns, and names would be wrong.
    fits = isinstance(model, Pipeline) and len(model.steps) == 2
    return model if fits and hasattr(model[0], "get_feature_names_out") else None


def _linear(classifier: Any) -> dict[str, Floats]:
    weights = getattr(classifier, "coef_", None)
    if weights is None:
        return {}
    weights = np.asarray(weights, dtype=np.float64)
    if len(weights) == 1:  # two classes share one row
        weights = np.vstack([-weights[0], weights[0]])
    names = [str(name) for name in classifier.classes_]
    return dict(zip(names, weights, strict=True))


def ngram_table(model: Any, top: int = 20) -> pd.DataFrame:
    """The features that speak most for each label.

    Parameters
    ----------
    model : fitted classifier over a DataFrame of pairs
    top : int, default 20
        How many for each label.

    Returns
    -------
    pandas.DataFrame
        ``label``, ``rank``, ``block``, ``feature``, ``weight``; no row for models that are
        not linear.
    """
    weights = label_weights(model)
    pipeline = _pipeline(model)
    names = pipeline[0].get_feature_names_out() if pipeline is not None and weights else []
    rows = []
    for label in LABELS:
        if label in weights:
            best = np.argsort(-weights[label], kind="stable")[:top]
            for rank, index in enumerate(best, start=1):
                block, _, feature = str(names[index]).partition("__")
                rows.append((label, rank, block, feature, float(weights[label][index])))
    return pd.DataFrame(rows, columns=["label", "rank", "block", "feature", "weight"])


def pair_evidence(
    model: Any, pairs: pd.DataFrame, labels: Sequence[str], top: int = 5
) -> list[str]:
    """The features that speak most for a label in each pair.

    Parameters
    ----------
    model : fitted classifier over a DataFrame of pairs
    pairs : pandas.DataFrame, n_pairs rows
    labels : sequence of str, length n_pairs
    top : int, default 5

    Returns
    -------
    list of str, length n_pairs
        Features joined by " · ", empty for models that are not linear.
    """
    weights = label_weights(model)
    pipeline = _pipeline(model)
    if not weights or pipeline is None or pairs.empty:
        return [""] * len(pairs)
    names = pipeline[0].get_feature_names_out()
    values = pipeline[0].transform(pairs)
    found = []
    for row, label in enumerate(labels):
        cells = values[row]
        spoken = cells.data * weights.get(label, np.zeros(len(names)))[cells.indices]
        best = [index for index in np.argsort(-spoken, kind="stable")[:top] if spoken[index] > 0]
        found.append(" · ".join(str(names[cells.indices[i]]).partition("__")[2] for i in best))
    return found
