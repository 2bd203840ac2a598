"""Judge the partitions of a Dask DataFrame where they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["judge_partitions"]


def judge_partitions(frame: Any, judge: Callable[[pd.DataFrame], pd.DataFrame]) -> Any:
    """A Dask DataFrame of the answers, computed when it is asked for.

    Parameters
    ----------
    frame : dask.dataframe.DataFrame
    judge : callable
        From the statements of one partition to its answers; it must be picklable.

    Returns
    -------
    dask.dataframe.DataFrame
        As many partitions, with unknown divisions: each counts its rows from 0.
    """
    from dask.dataframe.dispatch import meta_nonempty

    # Made-up rows of the frame's types go through the same judge: what is wrong with the
    # columns, the terms or the model is said now and not on a worker.
    made_up = meta_nonempty(frame._meta)
    meta = judge(made_up).iloc[:0]
    # Among such ids one may be missing, and its statement is called by a text.
    if "id" in made_up and _may_lack(made_up["id"].dtype):
        meta = meta.astype({"statement": object})
    alike = partial(_alike, judge=judge, meta=meta)
    return frame.map_partitions(alike, meta=meta, clear_divisions=True)


def _may_lack(kind: Any) -> bool:
    """Whether in a column of numbers one may be missing."""
    from pandas.api.types import is_integer_dtype, is_numeric_dtype

    return is_numeric_dtype(kind) and not (is_integer_dtype(kind) and isinstance(kind, np.dtype))


def _alike(
    part: pd.DataFrame, judge: Callable[[pd.DataFrame], pd.DataFrame], meta: pd.DataFrame
) -> pd.DataFrame:
    """The answers of one partition, with the types of all: an empty one has none of its own."""
    return judge(part).astype(meta.dtypes.to_dict())
