"""A fast model for all pairs, and a slow one for those of which the fast one is unsure."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import Pipeline
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from stance.errors import DataError
from stance.features.blocks import PairFeatures
from stance.features.pairs import check_pairs
from stance.labels import UNRELATED
from stance.models.calibration import TemperatureCalibrated, logarithm, softmax
from stance.models.cross_encoder import CrossEncoderClassifier
from stance.models.few_phrases import with_few_phrases
from stance.models.two_stage import TwoStageClassifier

__all__ = ["CascadeClassifier"]

_EVERY = 2.0
"""A threshold above every confidence."""


class CascadeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Spends a slow classifier where a fast one is least sure.

    Both are trained on the same pairs. Statements kept from training calibrate them, and tell
    below which confidence of the fast one a pair goes to the slow one: a fixed number, so that
    an answer does not depend on the pairs beside it.

    Parameters
    ----------
    blocks : mapping of str to mapping, optional
        Feature blocks of the fast classifier; see :class:`stance.features.PairFeatures`.
    fast : classifier, optional
        Over feature blocks. By default logistic regression, in two stages where unrelated pairs
        stand beside two or more other labels.
    slow : classifier, optional
        Over pairs; a cross-encoder by default.
    budget : float, default 0.2
        Share of pairs for the slow classifier, on pairs like those of the training.
    slow_weight : float, default 0.6
        What the slow classifier counts where it is asked, in the mean of both logarithms of a
        probability; the fast one counts the rest. They err on different pairs, so that both
        together are better than the slow one alone (1).
    validation_fraction : float, default 0.1
        Share of the statements that are kept from training.
    few_phrases : float, default 0.0
        Share of the training pairs that the fast classifier learns from a second time with few
        of their term's phrases; see :func:`stance.models.with_few_phrases`.
    random_state : int, optional
        Also that of a slow classifier that has none of its own.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_classes,)
        Labels, sorted.
    threshold_ : float
        Pairs below this confidence go to the slow classifier.
    fast_, slow_ : TemperatureCalibrated

    References
    ----------
    Viola, Jones: Rapid Object Detection using a Boosted Cascade of Simple Features. CVPR 2001.
    The weighted mean of logarithms: Genest, Zidek: Combining Probability Distributions: A Critique
    and an Annotated Bibliography. Statistical Science 1, 1986.
    """

    reads_pairs = True

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "blocks": [dict, None],
        "fast": "no_validation",
        "slow": "no_validation",
        "budget": [Interval(Real, 0, 1, closed="both")],
        "slow_weight": [Interval(Real, 0, 1, closed="both")],
        "validation_fraction": [Interval(Real, 0, 0.5, closed="neither")],
        "few_phrases": [Interval(Real, 0, 1, closed="both")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        blocks: Mapping[str, Mapping[str, Any]] | None = None,
        fast: Any = None,
        slow: Any = None,
        budget: float = 0.2,
        slow_weight: float = 0.6,
        validation_fraction: float = 0.1,
        few_phrases: float = 0.0,
        random_state: int | None = None,
    ) -> None:
        self.blocks = blocks
        self.fast = fast
        self.slow = slow
        self.budget = budget
        self.slow_weight = slow_weight
        self.validation_fraction = validation_fraction
        self.few_phrases = few_phrases
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Fit both classifiers, calibrate them, and find the threshold.

        Raises
        ------
        DataError
            If there are too few statements to keep some from training.
        """
        self._validate_params()
        pairs, labels = check_pairs(X), np.asarray(y, dtype=str)
        if pairs["text"].nunique() < 10:
            raise DataError(
                f"a cascade needs ten statements or more to learn from; found "
                f"{pairs['text'].nunique()}"
            )
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        divide = GroupShuffleSplit(1, test_size=self.validation_fraction, random_state=seed)
        rows, held = next(divide.split(labels, groups=pairs["text"]))
        kept, kept_labels = pairs.iloc[held], labels[held]
        learnt = pairs.iloc[rows], labels[rows]
        fast, slow = self._tiers(labels[rows], seed)
        fast.fit(*with_few_phrases(*learnt, self.few_phrases, seed))
        self.fast_, self.slow_ = (
            TemperatureCalibrated(model).fit(kept, kept_labels)
            for model in (fast, slow.fit(*learnt))
        )
        self.classes_ = np.array(sorted(map(str, self.fast_.classes_)))
        self.threshold_ = self.threshold(kept)
        return self

    def threshold(self, pairs: pd.DataFrame) -> float:
        """The confidence below which the budget's share of these pairs lies."""
        if self.budget in (0, 1):  # none and all, also of pairs unlike these
            return _EVERY * self.budget
        return float(np.quantile(self.fast_.predict_proba(pairs).max(axis=1), self.budget))

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Probability of each label, shape (n_pairs, n_classes); columns as in ``classes_``."""
        check_is_fitted(self)
        pairs = check_pairs(X)
        found = self._in_order(self.fast_, pairs)
        unsure = np.flatnonzero(found.max(axis=1, initial=0.0) < self.threshold_)
        if unsure.size:
            second = self._in_order(self.slow_, pairs.iloc[unsure])
            fast, slow = logarithm(found[unsure]), logarithm(second)
            found[unsure] = softmax((1 - self.slow_weight) * fast + self.slow_weight * slow)
        return found

    def predict(self, X: pd.DataFrame) -> NDArray[Any]:
        """The most probable label of each pair, shape (n_pairs,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def check_ready(self) -> None:
        """Raise ConfigError if a part that nobody named lacks something, such as torch."""
        if self.slow is None:
            CrossEncoderClassifier().check_ready()

    def _tiers(self, labels: NDArray[Any], seed: int) -> tuple[Any, Any]:
        blocks = None if self.blocks is None else dict(self.blocks)
        fast = _linear(labels) if self.fast is None else clone(self.fast)
        slow = CrossEncoderClassifier() if self.slow is None else clone(self.slow)
        if slow.get_params().get("random_state", seed) is None:
            slow.set_params(random_state=seed)
        return Pipeline([("features", PairFeatures(blocks)), ("classifier", fast)]), slow

    def _in_order(self, model: Any, pairs: pd.DataFrame) -> NDArray[np.float64]:
        found = np.asarray(model.predict_proba(pairs), dtype=np.float64)
        names = [str(label) for label in model.classes_]
        return found[:, [names.index(label) for label in self.classes_.tolist()]]


def _linear(labels: NDArray[Any]) -> Any:
    """The model of ``configs/model/two_stage.yaml``, or one classifier where there is no choice."""
    if UNRELATED not in labels or len(np.unique(labels)) < 3:
        return LogisticRegression(class_weight="balanced", max_iter=1000)
    return TwoStageClassifier(
        related=LogisticRegression(C=0.5, max_iter=1000),
        stance=LogisticRegression(C=2.0, class_weight="balanced", max_iter=1000),
    )
