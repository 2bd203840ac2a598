"""The numbers of a run as tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from stance.evaluation import Evaluation
from stance.labels import LABELS

__all__ = ["confusion_table", "score_table"]


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
