"""From a table of pairs to the numbers of each cell: a holder with a term."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stance.labels import LABELS, RELATED
from stance.positioning.describing import STANCES
from stance.positioning.estimation import VALUES, Sample, impute
from stance.positioning.given import PROBABILITIES
from stance.reliability import Reliability

__all__ = [
    "count_cells",
    "estimate_cells",
    "is_counted",
    "mean_shares",
    "read_stances",
    "sample_of",
]


def is_counted(pairs: pd.DataFrame) -> pd.Series[bool]:
    """Whether each pair is answered and speaks of its term."""
    return ~pairs["abstained"] & (pairs["label"] != "unrelated")


def count_cells(pairs: pd.DataFrame, by: str) -> pd.DataFrame:
    """A row for each holder and term, in order of appearance, with counts and the plain mean."""
    holders, terms = sorted(pairs[by].unique()), pairs["term"].drop_duplicates()
    rows = pd.MultiIndex.from_product([holders, terms], names=[by, "term"])
    counted = is_counted(pairs)
    columns = {
        "n": counted,
        **{f"n_{label}": counted & (pairs["label"] == label) for label in RELATED},
        "n_checked": counted & pairs["checked"],
        "n_unrelated": ~pairs["abstained"] & (pairs["label"] == "unrelated"),
        "n_abstained": pairs["abstained"],
    }
    keys = [pairs[by], pairs["term"]]
    counts = pd.DataFrame(columns).groupby(keys).sum().reindex(rows, fill_value=0).astype(int)
    total = sum(VALUES[label] * counts[f"n_{label}"] for label in RELATED)
    counts["mean"] = total / counts["n"].where(counts["n"] > 0)
    counts["last_date"] = pairs["date"].where(counted).groupby(keys).max().reindex(rows)
    table = counts.reset_index()
    names = pairs.drop_duplicates("term").set_index("term")["term_name"]
    table["term_name"] = table["term"].map(names)
    return table


def estimate_cells(
    pairs: pd.DataFrame,
    cells: pd.DataFrame,
    reliability: Reliability,
    *,
    level: float,
    n_boot: int,
    seed: int,
) -> pd.DataFrame:
    """Position, interval and shares of each cell.

    Parameters
    ----------
    pairs : pandas.DataFrame
    cells : pandas.DataFrame
        Each row's values in these columns of ``pairs`` are one cell.
    reliability : Reliability
    level, n_boot, seed
        As for :func:`stance.positions`.

    Returns
    -------
    pandas.DataFrame
        ``position``, ``low``, ``high``, ``share_…``: a row for each of ``cells``.
    """
    sample = sample_of(pairs, cells)
    drawn = impute(sample, reliability, draws=n_boot, seed=seed)
    shares = mean_shares(drawn.shares)
    tail = (1 - level) / 2
    found = pd.DataFrame(shares, columns=[f"share_{label}" for label in RELATED])
    values = np.array([VALUES[label] for label in RELATED])
    found.insert(0, "position", shares @ values)
    found.insert(1, "low", np.quantile(drawn.low, tail, axis=0))
    found.insert(2, "high", np.quantile(drawn.high, 1 - tail, axis=0))
    return found.set_axis(cells.index)


def mean_shares(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average over the rounds that had a related statement; NaN where none had."""
    rounds = (~np.isnan(drawn[..., 0])).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(drawn, axis=0) / rounds[:, None])


def sample_of(pairs: pd.DataFrame, cells: pd.DataFrame) -> Sample:
    """The answered pairs, each with the number of its cell."""
    answered = pairs[~pairs["abstained"]]
    numbers = pd.Series(range(len(cells)), pd.MultiIndex.from_frame(cells))
    place = numbers.reindex(pd.MultiIndex.from_frame(answered[list(cells.columns)])).to_numpy()
    inside = ~np.isnan(place.astype(float))
    answered = answered[inside]
    columns = {label: column for column, label in enumerate(LABELS)}
    checked = answered["label"].map(columns).where(answered["checked"], -1)
    return Sample(
        cells=place[inside].astype(np.int64),
        probabilities=answered[PROBABILITIES].fillna(1 / len(LABELS)).to_numpy(float),
        checked=checked.to_numpy(dtype=np.int64),
        size=len(cells),
    )


def read_stances(table: pd.DataFrame) -> pd.Series[Any]:
    """How each row's position can be read: one of ``STANCES``, or None where it is blank."""
    conditional = table["share_conditional"] >= table[[f"share_{name}" for name in RELATED]].max(
        axis=1
    )
    chosen = [conditional, table["low"] > 0, table["high"] < 0, table["position"].notna()]
    read = np.select(chosen, [STANCES[1], STANCES[0], STANCES[2], STANCES[3]], default="")
    return pd.Series([name or None for name in read.tolist()], table.index, dtype=object)
