"""Training pairs some of which do not say who speaks, so that names of strangers mislead less."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

__all__ = ["without_some_holders"]


def without_some_holders(
    pairs: pd.DataFrame, share: float, random_state: Any = None
) -> pd.DataFrame:
    """Leave the holder out of some pairs, and of half of those the side too.

    A model that always saw a role before a statement takes a name there, or nothing, for a
    sign of something. As :func:`stance.models.with_few_phrases` does with phrases.

    Parameters
    ----------
    pairs : DataFrame, shape (n_pairs, n_columns)
        As :func:`stance.features.check_pairs` wants them; it stays as it is.
    share : float
        From 0 to 1, the share of the pairs that lose their holder.
    random_state : int or RandomState, optional

    Returns
    -------
    DataFrame, shape (n_pairs, n_columns)

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"holder": ["the mayor"] * 4, "side": ["town"] * 4})
    >>> without_some_holders(pairs, 0.5, random_state=1).values.tolist()
    [['', 'town'], ['the mayor', 'town'], ['', ''], ['', 'town']]
    """
    if not share:
        return pairs
    drawn = check_random_state(random_state).random_sample(len(pairs))
    return pairs.assign(
        holder=np.where(drawn < share, "", pairs["holder"]),
        side=np.where(drawn < share / 2, "", pairs["side"]),
    )
