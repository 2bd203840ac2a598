"""How a score grows with the number of training pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from stance.errors import DataError
from stance.metrics import confusion, macro_f1

__all__ = ["learning_curve"]


def learning_curve(
    fit: Callable[[pd.DataFrame], Any],
    train: pd.DataFrame,
    test: pd.DataFrame,
    *,
    shares: Sequence[float] = (0.1, 0.25, 0.5, 1.0),
    seed: int = 0,
) -> pd.DataFrame:
    """Fit on growing parts of the training pairs and score each fit on the same test pairs.

    Parameters
    ----------
    fit : callable
        From training pairs to a fitted classifier.
    train, test : pandas.DataFrame of pairs
    shares : sequence of float
        Parts of the training statements; each part holds the smaller ones.
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``share``, ``pairs``, ``macro_f1``; parts too small to learn from are left out.
    """
    names = np.random.default_rng(seed).permutation(train["statement_id"].unique())
    rows = []
    for share in sorted(shares):
        chosen = set(names[: max(1, round(share * len(names)))])
        part = train[train["statement_id"].isin(chosen)]
        try:
            model = fit(part)
        except (DataError, ValueError):  # a label of which this part has no pair
            continue
        matrix = confusion(list(test["label"]), [str(label) for label in model.predict(test)])
        rows.append({"share": share, "pairs": len(part), "macro_f1": float(macro_f1(matrix))})
    return pd.DataFrame(rows, columns=["share", "pairs", "macro_f1"])
