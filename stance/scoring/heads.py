"""From linear scores to probabilities, by the arithmetic of scikit-learn's classifiers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, SGDClassifier

from stance.models import TemperatureCalibrated, TwoStageClassifier
from stance.models.calibration import softmax

__all__ = ["Heads"]


class Heads:
    """The linear classifiers of a model, side by side.

    Parameters
    ----------
    classifier : fitted classifier
        For which :meth:`can_hold` is true.
    calibrated : TemperatureCalibrated, optional
        What changes its probabilities.

    Attributes
    ----------
    coef : ndarray, shape (n_scores, n_features)
        The weights of all classifiers, one below the other.
    """

    def __init__(self, classifier: Any, calibrated: TemperatureCalibrated | None = None) -> None:
        self._two_stage = isinstance(classifier, TwoStageClassifier)
        self._heads = _stages(classifier)
        self._calibrated = calibrated
        self.coef = np.vstack([np.asarray(head.coef_, dtype=float) for head in self._heads])

    @staticmethod
    def can_hold(classifier: Any) -> bool:
        """Whether a classifier's probabilities follow from linear scores in a known way.

        That is a ``LogisticRegression``, an ``SGDClassifier`` with the loss ``log_loss``, or a
        :class:`stance.models.TwoStageClassifier` of those.
        """
        return all(map(_is_linear, _stages(classifier)))

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of each of the classes.

        Parameters
        ----------
        scores : ndarray, shape (..., n_scores)
            Features times ``coef``, without the intercepts.

        Returns
        -------
        ndarray, shape (..., n_classes)
        """
        found, start = [], 0
        for head in self._heads:
            end = start + len(head.coef_)
            found.append(_probabilities(head, scores[..., start:end] + head.intercept_))
            start = end
        joined = (
            TwoStageClassifier.join(found[0][..., 1], found[1]) if self._two_stage else found[0]
        )
        return joined if self._calibrated is None else self._calibrated.scale(joined)


def _stages(classifier: Any) -> list[Any]:
    if type(classifier) is TwoStageClassifier:
        return [getattr(classifier, name, None) for name in ("related_", "stance_")]
    return [classifier]


def _is_linear(head: Any) -> bool:
    if not isinstance(getattr(head, "coef_", None), np.ndarray):
        return False
    if type(head) is SGDClassifier:
        return bool(head.loss == "log_loss")
    # Older releases can be told to take several classes one by one.
    usual = getattr(head, "multi_class", "auto") in ("auto", "deprecated")
    one_by_one = getattr(head, "solver", "") == "liblinear" and len(head.coef_) > 1
    return type(head) is LogisticRegression and usual and not one_by_one


def _probabilities(head: Any, decision: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(head.coef_) == 1:
        second = expit(decision[..., 0])
        return np.stack([1 - second, second], axis=-1)
    if type(head) is LogisticRegression:
        return softmax(decision)
    each = expit(decision)
    total = each.sum(axis=-1, keepdims=True)
    share = each / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, share, 1 / decision.shape[-1]))
