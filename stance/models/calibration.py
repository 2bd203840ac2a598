"""Probabilities that keep their word: temperature scaling on pairs kept from training."""

from __future__ import annotations

from functools import reduce
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from stance.errors import DataError

__all__ = ["TemperatureCalibrated", "logarithm", "softmax"]

_FLOOR = 1e-12


class TemperatureCalibrated(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted classifier whose probabilities are sharpened or softened by one number.

    The order of the labels, and so ``predict``, stays as it was. (scikit-learn's own
    calibration keeps its result in private classes that a model folder cannot hold.)

    Parameters
    ----------
    estimator : fitted classifier
        Over a DataFrame of pairs; it is not fitted again.

    Attributes
    ----------
    temperature_ : float
        Above 1 where the estimator was too sure.
    classes_ : ndarray of str, shape (n_classes,)

    References
    ----------
    Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks. ICML 2017.
    """

    def __init__(self, estimator: Any = None) -> None:
        self.estimator = estimator

    def fit(self, X: Any, y: Any) -> Self:
        """Choose the temperature that makes the labels of held-out pairs most likely.

        Parameters
        ----------
        X : DataFrame of pairs that did not train the estimator
        y : sequence of str
        """
        check_is_fitted(self.estimator)
        self.classes_ = self.estimator.classes_
        column = {str(label): index for index, label in enumerate(self.classes_)}
        known = np.array([str(label) in column for label in y], dtype=bool)
        if not known.any():
            raise DataError("calibration needs pairs with the labels that the model was trained on")
        logs = logarithm(self.estimator.predict_proba(X))[known]
        truth = np.array([column[str(label)] for label in np.asarray(y)[known]])

        def loss(log_temperature: float) -> float:
            scaled = softmax(logs / np.exp(log_temperature))
            return float(-logarithm(scaled[np.arange(len(truth)), truth]).mean())

        found = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded")
        self.temperature_ = float(np.exp(found.x))
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Calibrated probability of each label, shape (n_pairs, n_classes)."""
        check_is_fitted(self)
        return self.scale(self.estimator.predict_proba(X))

    def scale(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Apply the temperature to probabilities; the last axis holds the labels."""
        return softmax(logarithm(probabilities) / self.temperature_)

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable label of each pair."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


def logarithm(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of probabilities; one of 0 has a number too."""
    return np.log(np.maximum(probabilities, _FLOOR))


def softmax(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities from their logarithms, whatever these have in common.

    Examples
    --------
    >>> softmax(np.log([[1.0, 3.0]])).round(2).tolist()
    [[0.25, 0.75]]
    """
    # Labels are few: going through them takes less time than numpy does along a short axis.
    raised = np.exp(logs - reduce(np.maximum, np.moveaxis(logs, -1, 0))[..., None])
    return np.asarray(raised / reduce(np.add, np.moveaxis(raised, -1, 0))[..., None])
