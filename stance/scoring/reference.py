"""The plain scikit-learn pipeline over every pair: slow, and what the fast path must agree with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stance.labels import LABELS
from stance.records import Statement, Term

__all__ = ["label_columns", "pairs_of", "reference_score"]

_CHUNK = 20_000


def pairs_of(statements: Sequence[Statement], terms: Sequence[Term]) -> pd.DataFrame:
    """Every statement with every term, as the DataFrame of pairs that models take.

    Returns
    -------
    pandas.DataFrame, shape (n_statements * n_terms, 7)
        The terms vary fastest.
    """
    count = len(terms)
    return pd.DataFrame(
        {
            "text": [item.text for item in statements for _ in range(count)],
            "holder": [item.holder for item in statements for _ in range(count)],
            "side": [item.side for item in statements for _ in range(count)],
            "term_name": [term.name for term in terms] * len(statements),
            "term_description": [term.description for term in terms] * len(statements),
            "term_aliases": [term.aliases for term in terms] * len(statements),
            "term_opposites": [term.opposites for term in terms] * len(statements),
        }
    )


def label_columns(estimator: Any) -> list[int]:
    """Where each class of an estimator stands among :data:`stance.labels.LABELS`."""
    return [LABELS.index(str(label)) for label in estimator.classes_]


def reference_score(
    estimator: Any, statements: Sequence[Statement], terms: Sequence[Term]
) -> NDArray[np.float64]:
    """The same as :func:`stance.scoring.score`, by any classifier over a DataFrame of pairs.

    Parameters
    ----------
    estimator : classifier over a DataFrame of pairs
    statements : sequence of Statement, length n_statements
    terms : sequence of Term, length n_terms

    Returns
    -------
    ndarray, shape (n_statements, n_terms, 5)
        The last axis in the order of :data:`stance.labels.LABELS`.
    """
    probabilities = np.zeros((len(statements), len(terms), len(LABELS)))
    columns = label_columns(estimator)
    step = max(1, _CHUNK // max(1, len(terms)))
    for start in range(0, len(statements) if terms else 0, step):
        part = statements[start : start + step]
        found = estimator.predict_proba(pairs_of(part, terms))
        probabilities[start : start + step, :, columns] = found.reshape(len(part), len(terms), -1)
    return probabilities
