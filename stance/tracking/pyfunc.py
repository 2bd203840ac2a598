"""How MLflow loads a logged model: from the same folder, without pickle or code of its own."""

from __future__ import annotations

from typing import Any

import pandas as pd

from stance.features.pairs import check_pairs
from stance.persistence import load_folder

__all__ = ["PairModel"]


class PairModel:
    """A model as MLflow serves it: pairs in, labels and probabilities out."""

    def __init__(self, path: str) -> None:
        self._estimator = load_folder(path).estimator

    def predict(self, pairs: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Label each row of a DataFrame of pairs.

        Parameters
        ----------
        pairs : pandas.DataFrame
            The phrases of the term as JSON lists, or missing.

        Returns
        -------
        pandas.DataFrame, shape (n_pairs, 2)
            ``label`` and ``confidence``.
        """
        frame = pairs.copy()
        for name in ("term_aliases", "term_opposites"):
            frame[name] = [tuple(phrases) for phrases in frame[name]]
        probabilities = self._estimator.predict_proba(check_pairs(frame))
        labels = [str(self._estimator.classes_[index]) for index in probabilities.argmax(axis=1)]
        return pd.DataFrame({"label": labels, "confidence": probabilities.max(axis=1)})


def _load_pyfunc(path: str) -> PairModel:
    return PairModel(path)
