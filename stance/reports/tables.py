"""The numbers of a run as tables."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stance.evaluation import Evaluation
from stance.inert import cell
from stance.labels import LABELS
from stance.metrics import confusion, equal_mass, label_scores

__all__ = [
    "confusion_table",
    "csv_text",
    "label_table",
    "prediction_table",
    "reliability_table",
    "risk_coverage_table",
    "safe_cells",
    "score_table",
    "term_table",
]

_POINTS = 100


def score_table(evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    """One row a split: macro F1 with its interval beside the four baselines.

    Returns
    -------
    pandas.DataFrame
        ``split``, ``pairs``, ``macro_f1``, ``low``, ``high``, ``accuracy`` and a column
        for each baseline.
    """
    rows = []
    for item in evaluations:
        score = item.scores["macro_f1"]
        rows.append(
            {
                "split": item.split,
                "pairs": item.n_pairs,
                "macro_f1": score.value,
                "low": score.low,
                "high": score.high,
                "accuracy": item.scores["accuracy"].value,
                **{name: interval.value for name, interval in item.baselines.items()},
            }
        )
    return pd.DataFrame(rows)


def confusion_table(evaluation: Evaluation) -> pd.DataFrame:
    """Counts of true labels (rows) by predicted labels (columns)."""
    table = pd.DataFrame(evaluation.confusion, index=list(LABELS), columns=list(LABELS))
    return table.rename_axis("true").reset_index()


def label_table(evaluation: Evaluation) -> pd.DataFrame:
    """One row a label that occurs: precision, recall and F1, and the F1 of each baseline.

    Returns
    -------
    pandas.DataFrame
        ``label``, ``pairs``, ``precision``, ``recall``, ``f1`` and a column for each baseline.
    """
    truth = list(evaluation.pairs["label"])
    others = {
        name: label_scores(confusion(truth, list(evaluation.pairs[f"baseline_{name}"])))
        for name in evaluation.baselines
    }
    rows = [
        {
            "label": label,
            "pairs": int(values["support"]),
            "precision": values["precision"],
            "recall": values["recall"],
            "f1": values["f1"],
            **{name: scores[label]["f1"] for name, scores in others.items()},
        }
        for label, values in evaluation.labels.items()
    ]
    return pd.DataFrame(rows)


def term_table(evaluation: Evaluation) -> pd.DataFrame:
    """One row a term, the most frequent first: scores, and the accuracy of each baseline.

    Returns
    -------
    pandas.DataFrame
        As :meth:`stance.evaluation.Evaluation.by` gives it, and a column for each baseline.
    """
    table = evaluation.by("term")
    pairs = evaluation.pairs
    for name in evaluation.baselines:
        right = (pairs[f"baseline_{name}"] == pairs["label"]).groupby(pairs["term"]).mean()
        table[name] = table["term"].map(right)
    return table


def reliability_table(evaluation: Evaluation) -> pd.DataFrame:
    """Confidence against accuracy, in bins of equal mass; no row without probabilities.

    The bins are those of the expected calibration error: equal confidences stand in one.

    Returns
    -------
    pandas.DataFrame
        ``confidence``, ``accuracy``, ``pairs``, from the least to the most confident.
    """
    confidence, correct = _answers(evaluation)
    rows = [
        {
            "confidence": float(confidence[part].mean()),
            "accuracy": float(correct[part].mean()),
            "pairs": len(part),
        }
        for part in equal_mass(confidence)
    ]
    return pd.DataFrame(rows, columns=["confidence", "accuracy", "pairs"])


def risk_coverage_table(evaluation: Evaluation) -> pd.DataFrame:
    """Share of errors among the pairs that a threshold on confidence leaves.

    A threshold leaves all pairs of a confidence or none.

    Returns
    -------
    pandas.DataFrame
        ``coverage``, ``risk``, ``confidence`` (of the last pair that is kept), at most 100 rows.

    References
    ----------
    El-Yaniv, Wiener: On the Foundations of Noise-free Selective Classification. JMLR 2010.
    """
    confidence, correct = _answers(evaluation)
    if not len(confidence):
        return pd.DataFrame(columns=["coverage", "risk", "confidence"])
    order = np.argsort(-confidence, kind="stable")
    kept = np.arange(1, len(order) + 1)
    risk, ordered = np.cumsum(~correct[order]) / kept, confidence[order]
    last = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    points = last[np.unique(np.linspace(0, len(last) - 1, _POINTS).round().astype(int))]
    return pd.DataFrame(
        {
            "coverage": kept[points] / len(order),
            "risk": risk[points],
            "confidence": ordered[points],
        }
    )


def _answers(evaluation: Evaluation) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How sure each answer is, and whether it is right; none without probabilities."""
    pairs = evaluation.pairs.dropna(subset="confidence")
    return pairs["confidence"].to_numpy(float), (pairs["label"] == pairs["predicted"]).to_numpy()


def prediction_table(evaluation: Evaluation) -> pd.DataFrame:
    """Every pair of a split by its ids, with what was true, predicted and by each baseline said.

    With it two runs can be compared pair by pair: see :mod:`stance.compare`.
    """
    names = [f"baseline_{name}" for name in evaluation.baselines]
    columns = ["statement_id", "term", "label", "predicted", "confidence", *names]
    return evaluation.pairs[columns].reset_index(drop=True)


def safe_cells(table: pd.DataFrame) -> pd.DataFrame:
    """A table as it may be opened in a spreadsheet: no text is a formula.

    References
    ----------
    OWASP: CSV Injection.

    Examples
    --------
    >>> safe_cells(pd.DataFrame({"text": ["=1+1", "we sign"], "n": [-1, 2]})).values.tolist()
    [["'=1+1", -1], ['we sign', 2]]
    """
    texts = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    return table.assign(**{name: table[name].map(_inert) for name in texts})


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV: inert, and all text in quotes, so that no separator divides it.

    Examples
    --------
    >>> print(csv_text(pd.DataFrame({"text": ["We sign;=1+1"], "n": [2]})), end="")
    "text","n"
    "We sign;'=1+1",2
    """
    return safe_cells(table).to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC)


def _inert(value: object) -> object:
    return cell(value) if isinstance(value, str) else value
