"""The table that every transformer and classifier of stance takes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from stance.errors import DataError, nearest

__all__ = ["PAIR_COLUMNS", "check_pairs"]

PAIR_COLUMNS = (
    "text",
    "holder",
    "side",
    "term_name",
    "term_description",
    "term_aliases",
    "term_opposites",
)
"""The columns of a DataFrame of pairs; others are ignored."""


def check_pairs(pairs: Any, columns: tuple[str, ...] = PAIR_COLUMNS) -> pd.DataFrame:
    """Return ``pairs`` if it is a DataFrame of pairs.

    Raises
    ------
    DataError
        If it is not a DataFrame, lacks a column, or has text that is not text; the
        message gives row and column.

    Examples
    --------
    >>> check_pairs(["We will sign."])
    Traceback (most recent call last):
    stance.errors.DataError: expected a DataFrame of pairs with the columns text, holder, side, \
term_name, term_description, term_aliases, term_opposites; got list
    """
    wanted = ", ".join(columns)
    if not isinstance(pairs, pd.DataFrame):
        raise DataError(
            f"expected a DataFrame of pairs with the columns {wanted}; got {type(pairs).__name__}"
        )
    for name in columns:
        if name not in pairs.columns:
            have = [str(column) for column in pairs.columns]
            raise DataError(f"the DataFrame of pairs has no column {name!r}; {nearest(name, have)}")
        kinds = str if not name.endswith(("aliases", "opposites")) else (tuple, list)
        for index, value in enumerate(pairs[name]):
            if not isinstance(value, kinds):
                expected = "text" if kinds is str else "a tuple of phrases"
                raise DataError(
                    f"row {index}, column {name!r}: expected {expected}, "
                    f"got {type(value).__name__} {value!r}"
                )
    return pairs
