"""What each of the five labels counts in the loss."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from numbers import Real

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import compute_class_weight

from stance.errors import ConfigError, nearest
from stance.labels import LABELS

__all__ = ["check_class_weight", "class_weights"]


def check_class_weight(chosen: str | Mapping[str, float] | None) -> None:
    """Raise ConfigError if a mapping has other labels than stance's, or numbers not above 0."""
    for label, weight in chosen.items() if isinstance(chosen, Mapping) else ():
        if label not in LABELS:
            raise ConfigError(f"class_weight: unknown label {label!r}; {nearest(label, LABELS)}")
        number = isinstance(weight, Real) and not isinstance(weight, bool)
        if not number or not 0 < weight < inf:
            raise ConfigError(f"class_weight.{label}: expected a number above 0, got {weight!r}")


def class_weights(
    chosen: str | Mapping[str, float] | None, labels: NDArray[np.str_]
) -> NDArray[np.float64]:
    """The weight of each of the five labels.

    Parameters
    ----------
    chosen : {"balanced"}, mapping or None
        Labels that a mapping leaves out have 1.
    labels : ndarray of str, shape (n_pairs,)

    Returns
    -------
    ndarray, shape (5,)
        0 for labels that are not among those of the pairs.

    Examples
    --------
    >>> class_weights({"favor": 3}, np.array(["favor", "against", "favor"])).tolist()
    [3.0, 0.0, 1.0, 0.0, 0.0]
    """
    present = np.unique(labels)
    if isinstance(chosen, Mapping):
        chosen = {label: float(chosen.get(label, 1.0)) for label in present.tolist()}
    weights = np.zeros(len(LABELS))
    places = [LABELS.index(label) for label in present.tolist()]
    weights[places] = compute_class_weight(chosen, classes=present, y=labels)
    return weights
