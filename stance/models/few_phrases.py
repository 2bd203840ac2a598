"""Training pairs once more with few of their term's phrases, as users often write terms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import check_random_state

__all__ = ["with_few_phrases"]

_MOST = 2
"""So many aliases are left at most, and so many opposites."""


def with_few_phrases(
    pairs: pd.DataFrame, labels: NDArray[Any], share: float, random_state: Any = None
) -> tuple[pd.DataFrame, NDArray[Any]]:
    """Add some of the pairs again, with up to two aliases and two opposites of their term.

    A term with ten aliases meets a statement's words far more often than one that is but a
    sentence: a model that saw only the former takes most of what is said of the latter for
    unrelated.

    Parameters
    ----------
    pairs : DataFrame, shape (n_pairs, n_columns)
        As :func:`stance.features.check_pairs` wants them.
    labels : ndarray of str, shape (n_pairs,)
    share : float
        From 0 to 1, the share of the pairs that are added; those whose term has not more
        phrases than that stay as they are.
    random_state : int or RandomState, optional

    Returns
    -------
    pairs : DataFrame, shape (n_pairs + n_added, n_columns)
    labels : ndarray of str, shape (n_pairs + n_added,)

    References
    ----------
    Words left out of the input at training: Iyyer, Manjunatha, Boyd-Graber, Daumé III: Deep
    Unordered Composition Rivals Syntactic Methods for Text Classification. ACL 2015.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> pairs = pd.DataFrame({"term_aliases": [("a", "b", "c"), ()], "term_opposites": [(), ()]})
    >>> both, labels = with_few_phrases(pairs, np.array(["favor", "against"]), 1.0, random_state=6)
    >>> both["term_aliases"].tolist(), labels.tolist()
    ([('a', 'b', 'c'), (), ('a', 'c')], ['favor', 'against', 'favor'])
    """
    random = check_random_state(random_state)
    rows = np.flatnonzero(random.random_sample(len(pairs)) < share)
    columns = ["term_aliases", "term_opposites"]
    lengths = np.array([pairs[name].iloc[rows].map(len) for name in columns], dtype=np.int64)
    rows = rows[(lengths > _MOST).any(axis=0)]
    if not len(rows):
        return pairs, labels
    added = pairs.iloc[rows].copy()
    for name in columns:
        added[name] = [_some(item, random) for item in added[name]]
    return pd.concat([pairs, added], ignore_index=True), np.append(labels, labels[rows])


def _some(phrases: Any, random: np.random.RandomState) -> tuple[str, ...]:
    """Up to two phrases, in their order."""
    count = random.randint(_MOST + 1)
    kept = np.sort(random.permutation(len(phrases))[:count])
    return tuple(phrases[place] for place in kept.tolist())
