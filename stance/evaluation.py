"""Measure a classifier of pairs: scores with intervals, per label, per term, per register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stance.errors import DataError
from stance.labels import LABELS, UNRELATED
from stance.metrics import (
    Interval,
    augrc,
    bootstrap,
    confusion,
    expected_calibration_error,
    label_scores,
)

__all__ = ["Evaluation", "evaluate", "flip_accuracy"]


@dataclass(frozen=True)
class Evaluation:
    """What one classifier does on one split.

    Attributes
    ----------
    split : str
    n_pairs, n_statements : int
    scores : mapping of str to Interval
        ``macro_f1``, ``accuracy`` and ``favor_against_f1`` with 95 % bootstrap intervals over
        statements.
    labels : mapping
        Precision, recall, F1 and support of each label.
    extras : mapping of str to float
        ``relatedness_f1``, ``flip_accuracy``, ``brier``, ``ece`` and ``augrc`` where they can
        be had.
    confusion : ndarray of int, shape (5, 5)
        True labels in rows.
    baselines : mapping of str to Interval
        Macro F1 of each baseline on the same pairs.
    pairs : pandas.DataFrame
        Each pair with ``predicted``, ``confidence`` and ``baseline_…``, what each baseline says.
    """

    split: str
    n_pairs: int
    n_statements: int
    scores: Mapping[str, Interval]
    labels: Mapping[str, Mapping[str, float]]
    extras: Mapping[str, float]
    confusion: NDArray[np.int64]
    baselines: Mapping[str, Interval]
    pairs: pd.DataFrame

    def metrics(self) -> dict[str, float]:
        """Flat numbers under stable names, ``split/metric``, for a tracker.

        Numbers that the split does not define (no pair of a label) are left out.
        """
        flat = {f"{name}": interval.value for name, interval in self.scores.items()}
        flat |= {f"{name}_low": interval.low for name, interval in self.scores.items()}
        flat |= {f"{name}_high": interval.high for name, interval in self.scores.items()}
        for label, values in self.labels.items():
            flat |= {
                f"f1/{label}": values["f1"],
                f"precision/{label}": values["precision"],
                f"recall/{label}": values["recall"],
            }
        flat |= self.extras
        flat |= {f"baseline/{name}/macro_f1": item.value for name, item in self.baselines.items()}
        return {f"{self.split}/{name}": value for name, value in flat.items()}

    def by(self, column: str) -> pd.DataFrame:
        """Scores of each group of pairs, such as each term, register or language.

        Returns
        -------
        pandas.DataFrame
            ``column``, ``pairs``, ``macro_f1`` with its 95 % interval from ``low`` to ``high``, and
            ``accuracy``, the largest group first.
        """
        rows = []
        for value, part in self.pairs.groupby(column, sort=True):
            found = bootstrap(
                *(list(part[name]) for name in ("label", "predicted", "statement_id"))
            )
            score = found["macro_f1"]
            rows.append(
                {
                    column: value,
                    "pairs": len(part),
                    "macro_f1": score.value,
                    "low": score.low,
                    "high": score.high,
                    "accuracy": found["accuracy"].value,
                }
            )
        names = [column, "pairs", "macro_f1", "low", "high", "accuracy"]
        table = pd.DataFrame(rows, columns=names)
        return table.sort_values(["pairs", column], ascending=[False, True], ignore_index=True)


def evaluate(
    model: Any, pairs: pd.DataFrame, split: str, *, baselines: Mapping[str, Any], seed: int = 0
) -> Evaluation:
    """Predict the pairs of one split and score the predictions beside the baselines'.

    Parameters
    ----------
    model : classifier over a DataFrame of pairs
        Fitted; with ``predict_proba`` its calibration is measured too.
    pairs : pandas.DataFrame
        With ``label`` and ``statement_id`` beside the columns that models take.
    split : str
        Name of the split.
    baselines : mapping of str to fitted classifier
    seed : int
        Of the bootstrap.

    Raises
    ------
    DataError
        If there are no pairs.
    """
    if pairs.empty:
        raise DataError(f"nothing to evaluate: the split {split} has no pairs")
    truth, groups = list(pairs["label"]), list(pairs["statement_id"])
    done = pairs.copy()
    extras: dict[str, float] = {}
    if hasattr(model, "predict_proba"):
        probabilities = model.predict_proba(pairs)
        done["predicted"] = [str(model.classes_[index]) for index in probabilities.argmax(axis=1)]
        done["confidence"] = probabilities.max(axis=1)
        extras |= _calibration(probabilities, [str(item) for item in model.classes_], truth)
    else:
        done["predicted"] = [str(item) for item in model.predict(pairs)]
        done["confidence"] = np.nan
    predicted = list(done["predicted"])
    matrix = confusion(truth, predicted)
    if UNRELATED in truth and len(set(truth)) > 1:
        extras["relatedness_f1"] = _relatedness(matrix)
    flips = flip_accuracy(done)
    if flips is not None:
        extras["flip_accuracy"] = flips
    scored = {}
    for name, baseline in baselines.items():
        done[f"baseline_{name}"] = [str(label) for label in baseline.predict(pairs)]
        scored[name] = bootstrap(truth, list(done[f"baseline_{name}"]), groups, seed=seed)
    return Evaluation(
        split=split,
        n_pairs=len(done),
        n_statements=len(set(groups)),
        scores=bootstrap(truth, predicted, groups, seed=seed),
        labels=label_scores(matrix),
        extras=extras,
        confusion=matrix,
        baselines={name: found["macro_f1"] for name, found in scored.items()},
        pairs=done,
    )


def flip_accuracy(pairs: pd.DataFrame) -> float | None:
    """Of the statements with different labels for two terms, the share with both right.

    Where a statement speaks of more terms, all are to be right. A model that reads the statement
    alone gives all of them one label and scores 0.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``statement_id``, ``label`` and ``predicted``.

    Returns
    -------
    float or None
        None where no statement has two related terms with different labels.

    Examples
    --------
    >>> pairs = pd.DataFrame({"statement_id": ["a", "a", "b", "b"],
    ...     "label": ["favor", "against"] * 2, "predicted": ["favor", "against", "favor", "favor"]})
    >>> flip_accuracy(pairs)
    0.5
    """
    related = pairs[pairs["label"] != UNRELATED]
    right = total = 0
    for _, part in related.groupby("statement_id", sort=False):
        if part["label"].nunique() > 1:
            total += 1
            right += int((part["label"] == part["predicted"]).all())
    return right / total if total else None


def _relatedness(matrix: NDArray[np.int64]) -> float:
    index = LABELS.index(UNRELATED)
    both = matrix[index, index]
    missed, wrong = matrix[:, index].sum() - both, matrix[index].sum() - both
    rest = matrix.sum() - both - missed - wrong
    return float(
        np.mean([2 * hit / (2 * hit + missed + wrong) if hit else 0.0 for hit in (both, rest)])
    )


def _calibration(
    probabilities: NDArray[np.float64], classes: list[str], truth: list[str]
) -> dict[str, float]:
    known = np.array([label in classes for label in truth], dtype=bool)
    target = np.zeros_like(probabilities)
    for row, label in enumerate(truth):
        if known[row]:
            target[row, classes.index(label)] = 1
    confidence = probabilities.max(axis=1)
    correct = np.array(
        [classes[best] == label for best, label in zip(probabilities.argmax(1), truth, strict=True)]
    )
    return {
        # A label that the model does not know got the probability 0.
        "brier": float((((probabilities - target) ** 2).sum(axis=1) + ~known).mean()),
        "ece": expected_calibration_error(confidence, correct),
        "augrc": augrc(confidence, correct),
    }
