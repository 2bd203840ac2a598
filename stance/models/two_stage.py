"""Two questions in five labels: is the term spoken of, and if so, where does the holder stand?"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from stance.errors import DataError
from stance.labels import UNRELATED

__all__ = ["TwoStageClassifier"]


class TwoStageClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """P(label) = P(related) · P(label | related), each from a classifier of its own.

    The second classifier never sees an ``unrelated`` pair, so that a grid on which
    95 % of pairs are unrelated costs it nothing.

    Parameters
    ----------
    related : classifier, optional
        Tells related from unrelated pairs; logistic regression by default.
    stance : classifier, optional
        Tells the related labels apart; logistic regression by default.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_classes,)
        Labels, sorted.
    related_, stance_ : fitted classifiers

    References
    ----------
    Hurdle models: Mullahy: Specification and testing of some modified count data
    models. Journal of Econometrics, 1986.
    """

    def __init__(self, related: Any = None, stance: Any = None) -> None:
        self.related = related
        self.stance = stance

    def fit(self, X: Any, y: Any) -> Self:
        """Fit both stages.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_pairs, n_features)
        y : sequence of str, length n_pairs

        Raises
        ------
        DataError
            If there are no unrelated pairs, or fewer than two related labels.
        """
        labels = np.asarray(y, dtype=str)
        is_related = labels != UNRELATED
        found = np.unique(labels[is_related])
        if is_related.all() or len(found) < 2:
            raise DataError(
                f"a two-stage model needs unrelated pairs and two related labels to learn from; "
                f"found {', '.join(np.unique(labels))}. Use model=logistic for these labels"
            )
        default = LogisticRegression(max_iter=1000)
        self.related_ = clone(default if self.related is None else self.related)
        self.stance_ = clone(default if self.stance is None else self.stance)
        self.related_.fit(X, is_related)
        self.stance_.fit(X[is_related.nonzero()[0]], labels[is_related])
        self.classes_ = np.array([*self.stance_.classes_, UNRELATED])
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probability of each label.

        Returns
        -------
        ndarray, shape (n_pairs, n_classes)
            Columns as in ``classes_``; rows sum to 1.
        """
        check_is_fitted(self)
        related = self.related_.predict_proba(X)[:, 1]
        stance = self.stance_.predict_proba(X)
        return self.join(related, stance)

    @staticmethod
    def join(related: NDArray[Any], stance: NDArray[Any]) -> NDArray[np.float64]:
        """Multiply the two stages; both may be grids with any leading axes."""
        return np.concatenate([related[..., None] * stance, 1 - related[..., None]], axis=-1)

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable label of each pair, shape (n_pairs,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])
