"""Which estimators can be made ready for many pairs, each made so once."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from stance.features import PairFeatures
from stance.models import TemperatureCalibrated
from stance.records import Statement, Term
from stance.scoring.heads import Heads
from stance.scoring.reader import Reader, pair_features
from stance.scoring.reference import label_columns, reference_score
from stance.scoring.scorer import Scorer

__all__ = ["Compiled", "compiled", "score"]


@dataclass(frozen=True, eq=False)
class Compiled:
    """What was made of an estimator.

    Attributes
    ----------
    reader : Reader or None
        None where it has features of another kind.
    scorer : Scorer or None
        None where it has to be asked pair by pair.
    state : tuple
        What it was made from.
    """

    reader: Reader | None = None
    scorer: Scorer | None = None
    state: tuple[Any, ...] = ()


_MADE: WeakKeyDictionary[Any, Compiled] = WeakKeyDictionary()


def score(
    estimator: Any, statements: Sequence[Statement], terms: Sequence[Term]
) -> NDArray[np.float64]:
    """Probability of each label for each statement and term.

    A pipeline of :class:`stance.features.PairFeatures` and linear classifiers is scored a
    statement at a time, and a term only where its words occur; any other classifier pair by
    pair, as by :func:`reference_score`. Both give the same numbers.

    Parameters
    ----------
    estimator : classifier over a DataFrame of pairs
        What was made of it is kept as long as it lives; arrays that are changed in place
        afterwards are not noticed, another fit is.
    statements : sequence of Statement, length n_statements
    terms : sequence of Term, length n_terms

    Returns
    -------
    ndarray, shape (n_statements, n_terms, 5)
        The last axis in the order of :data:`stance.labels.LABELS`; labels that the
        model does not know have probability 0.
    """
    made = compiled(estimator)
    if made.reader is None or made.scorer is None:
        return reference_score(estimator, statements, terms)
    return made.scorer.score(made.reader.read(statements), terms)


def compiled(estimator: Any) -> Compiled:
    """Make an estimator ready, once."""
    features = pair_features(estimator)
    if features is None or not hasattr(features, "blocks_"):
        return Compiled()
    state = tuple(_state(estimator, features))
    made = _MADE.get(estimator)
    if made is None or not _same(made.state, state):
        reader = Reader(features)
        made = Compiled(reader, _scorer(estimator, features, reader), state)
        _MADE[estimator] = made
    return made


def _scorer(estimator: Any, features: PairFeatures, reader: Reader) -> Scorer | None:
    calibrated = type(estimator) is TemperatureCalibrated
    pipeline = estimator.estimator if calibrated else estimator
    if type(pipeline) is not Pipeline or len(pipeline.steps) != 2:
        return None
    classifier = pipeline.steps[1][1]
    if not Scorer.can_hold(features, classifier, reader):
        return None
    temperature = None
    if calibrated:
        temperature = copy(estimator)
        temperature.estimator = None  # or the estimator would keep itself alive
    heads = Heads(classifier, temperature)
    return Scorer(reader, features, heads, label_columns(estimator))


def _state(estimator: Any, features: PairFeatures) -> Any:
    """All that another fit would replace."""
    pipeline = getattr(estimator, "estimator", estimator)
    classifier = pipeline.steps[-1][1]
    stages = [getattr(classifier, name, None) for name in ("related_", "stance_")]
    for part in (estimator, features, *features.blocks_.values(), classifier, *stages):
        if part is not None and part is not pipeline:
            yield from (value for name, value in vars(part).items() if not name.startswith("_"))


def _same(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    return len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))
