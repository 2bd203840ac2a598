"""Changes of position over time, tested so that chance does not pass for change."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from stance.errors import DataError, UnknownNameError, nearest, shown
from stance.labels import RELATED
from stance.positioning.cells import is_counted, mean_shares, sample_of
from stance.positioning.dates import is_missing, parse_date
from stance.positioning.estimation import VALUES, impute
from stance.positioning.table import Positions

__all__ = ["SHIFTS", "shifts"]

SHIFTS = (
    *("date", "event", "before", "after", "change", "low", "high"),
    *("n_before", "n_after", "p_value", "q_value", "shift"),
)
"""The columns of a table of shifts after holder and term, in order."""

_CORRECTIONS = ("bh", "by")
_FIRST = 999
_UNSETTLED = 0.02
_NUMBERS = 1_000_000  # held in memory at once
_VALUES = np.array([VALUES[label] for label in RELATED])


def shifts(
    positions: Positions,
    window: Any,
    events: Any,
    *,
    alpha: float,
    correction: str,
    n_permutations: int,
) -> pd.DataFrame:
    """Compare each window with the next; see :meth:`Positions.shifts`."""
    if isinstance(alpha, bool) or not isinstance(alpha, (int, float)) or not 0 < alpha < 1:
        raise DataError(f"alpha: expected a number between 0 and 1, got {shown(alpha)}")
    if correction not in _CORRECTIONS:
        raise UnknownNameError.of("correction", str(correction), _CORRECTIONS)
    if (
        isinstance(n_permutations, bool)
        or not isinstance(n_permutations, int)
        or n_permutations < 99
    ):
        raise DataError(f"n_permutations: expected at least 99, got {shown(n_permutations)}")
    counted = positions.pairs[~positions.pairs["abstained"]]
    if len(counted) and counted["date"].isna().all():
        raise DataError(
            "shifts: no statement has a date; give a column 'date', or statements= with dates"
        )
    marks = _events(events, "events") if events is not None else []
    edges, named = _edges(window, counted["date"].dropna())
    table = _compare(positions, edges, n_permutations)
    table["event"] = [
        "; ".join(_between(named + marks, start, end))
        for start, end in zip(table.pop("from"), table.pop("to"), strict=True)
    ]
    table["q_value"] = (
        stats.false_discovery_control(table["p_value"], method=correction)
        if len(table)
        else np.array([], dtype=float)
    )
    table["shift"] = table["q_value"] <= alpha
    return table[[positions.by, "term", "term_name", *SHIFTS]]


def _events(given: Any, what: str) -> list[tuple[pd.Timestamp, str]]:
    """Dates with names: of a table with both columns, of pairs, or of dates alone."""
    if isinstance(given, pd.DataFrame):
        for name in ("date", "name"):
            if name not in given.columns:
                raise DataError(
                    f"{what}: no column {name!r}; {nearest(name, map(str, given.columns))}"
                )
        given = list(zip(given["date"], given["name"], strict=True))
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise DataError(
            f"{what}: expected dates, or pairs of a date and a name; got {shown(given)}"
        )
    found = []
    for index, item in enumerate(given):
        date, name = item if isinstance(item, (tuple, list)) and len(item) == 2 else (item, "")
        day = parse_date(date, f"{what}, row {index}, column 'date'")
        if day is None:
            raise DataError(
                f"{what}, row {index}, column 'date': expected a day such as 2026-02-28, "
                f"got {shown(date)}"
            )
        found.append((pd.Timestamp(day), "" if is_missing(name) else str(name)))
    return sorted(found)


def _edges(
    window: Any, dates: pd.Series[Any]
) -> tuple[list[pd.Timestamp], list[tuple[pd.Timestamp, str]]]:
    """Where windows begin and end, and the names of the boundaries that have one."""
    if dates.empty:
        return [], []
    first, last = dates.min(), dates.max() + pd.Timedelta(days=1)
    if not isinstance(window, (str, pd.DateOffset, pd.Timedelta)):
        marks = _events(window, "window")
        inside = sorted({date for date, _ in marks if first < date < last})
        return [first, *inside, last], marks
    try:
        step = pd.tseries.frequencies.to_offset(window)
        edges = [first]
        while step is not None and edges[-1] < last:
            following = pd.Timestamp(edges[-1] + step)
            if following <= edges[-1]:
                raise ValueError("a window must have a length")
            edges.append(following)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"window: expected a length of time such as '90D', or dates; got "
            f"{shown(window)} ({error})"
        ) from error
    return edges, []


def _between(
    marks: Iterable[tuple[pd.Timestamp, str]], start: pd.Timestamp, end: pd.Timestamp
) -> list[str]:
    names = [name for date, name in marks if start < date < end and name]
    return list(dict.fromkeys(names))


def _compare(positions: Positions, edges: list[pd.Timestamp], resamples: int) -> pd.DataFrame:
    """A row for each holder, term and boundary with enough statements on either side."""
    by, pairs = positions.by, positions.pairs[positions.pairs["date"].notna()]
    places = np.searchsorted(np.array(edges, "M8[us]"), pairs["date"].to_numpy(), side="right")
    pairs = pairs.assign(window=places - 1)
    counted = pairs[is_counted(pairs)]
    scores = _scores(counted).groupby([counted[by], counted["term"], counted["window"]])
    groups: dict[Any, NDArray[np.float64]] = {
        key: np.array(part, dtype=np.float64)
        for key, part in scores
        if len(part) >= positions.min_n
    }
    cells = pd.DataFrame(list(groups), columns=[by, "term", "window"])
    windows = _Windows(positions, pairs, cells)
    rows = []
    # Sorted by holder, term and window: a window without enough statements is skipped.
    for before, after in pairwise(groups):
        if before[:2] != after[:2]:
            continue
        old, new = groups[before], groups[after]
        rows.append(
            {
                by: after[0],
                "term": after[1],
                "from": edges[before[2]],
                "date": edges[after[2]],
                "to": edges[after[2] + 1],
                **windows.change(before, after),
                "n_before": len(old),
                "n_after": len(new),
                "p_value": _p_value(old, new, resamples, positions.seed),
            }
        )
    table = pd.DataFrame(rows, columns=[by, "term", "from", "to", *SHIFTS])
    names = positions.table.drop_duplicates("term").set_index("term")["term_name"]
    return table.assign(term_name=table["term"].map(names))


class _Windows:
    """Positions in each window, all drawn together, so that they share each draw's model."""

    def __init__(self, positions: Positions, pairs: pd.DataFrame, cells: pd.DataFrame) -> None:
        self._tail = (1 - positions.level) / 2
        self._places = {
            key: place for place, key in enumerate(cells.itertuples(index=False, name=None))
        }
        self._drawn = impute(
            sample_of(pairs, cells),
            positions.reliability,
            draws=positions.n_boot,
            seed=positions.seed,
        )

    def change(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> dict[str, float]:
        """Both positions, and their difference with its interval."""
        old, new = self._places[before], self._places[after]
        shares = mean_shares(self._drawn.shares[:, [old, new]]) @ _VALUES
        low = self._drawn.low[:, new] - self._drawn.high[:, old]
        high = self._drawn.high[:, new] - self._drawn.low[:, old]
        return {
            "before": float(shares[0]),
            "after": float(shares[1]),
            "change": float(shares[1] - shares[0]),
            "low": float(np.quantile(low, self._tail)),
            "high": float(np.quantile(high, 1 - self._tail)),
        }


def _scores(counted: pd.DataFrame) -> pd.Series[float]:
    """What each statement is expected to count, if it is related; what a person said counts.

    So does the label where the probabilities say nothing of a related one.
    """
    related = counted[[f"p_{label}" for label in RELATED]].to_numpy()
    total = related.sum(axis=1)
    with np.errstate(invalid="ignore"):
        expected = pd.Series(related @ _VALUES / total, counted.index)
    return expected.where(~counted["checked"] & (total > 0), counted["label"].map(VALUES))


def _p_value(
    old: NDArray[np.float64], new: NDArray[np.float64], resamples: int, seed: int
) -> float:
    """How often a random division of the statements differs as much.

    Few divisions settle most tests. Where they find fewer than 2 % that differ as much, the
    p-value is of as many as were asked for: it is as valid as one of either number, since a low
    one has to be low in both.
    """
    value = 0.0
    for count in (min(_FIRST, resamples), resamples):
        tested = stats.permutation_test(
            (new, old),
            lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
            permutation_type="independent",
            vectorized=True,
            n_resamples=count,
            batch=max(1, _NUMBERS // (len(old) + len(new))),
            rng=np.random.default_rng([seed, count]),
        )
        value = float(tested.pvalue)
        if value > _UNSETTLED or count == resamples:
            break
    return value
