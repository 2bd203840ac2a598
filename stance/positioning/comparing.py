"""Holders beside each other: who stands where on a term, and who agrees with whom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stance.conditions import find_condition
from stance.errors import DataError, shown
from stance.positioning.describing import STANCES
from stance.positioning.table import Positions

__all__ = ["GAPS", "agreement", "gaps"]

GAPS = ("position", "low", "high", "n", "conditions", "statements")
"""The columns of a table of gaps after the holder, in order."""


def gaps(positions: Positions) -> pd.DataFrame:
    """Group holders by their stance on each term; see :meth:`Positions.gaps`."""
    by, table = positions.by, positions.table
    known = table.groupby("term")["position"]
    widths = (known.max() - known.min()).where(known.count() > 1)
    found = table.assign(gap=table["term"].map(widths))
    clauses = _conditions(positions.evidence, by)
    keys = list(zip(found[by], found["term"], strict=True))
    for column, name in enumerate(("conditions", "statements")):
        cells = [tuple(item[column] for item in clauses.get(key, ())) for key in keys]
        found[name] = pd.Series(cells, found.index, dtype=object)
    order = {name: place for place, name in enumerate((*STANCES, None))}
    terms = {name: place for place, name in enumerate(found["term"].drop_duplicates())}
    found = found.assign(
        _wide=-found["gap"].fillna(-1),
        _term=found["term"].map(terms),
        _stance=found["stance"].map(order),
    )
    found = found.sort_values(["_wide", "_term", "_stance"], kind="stable", ignore_index=True)
    return found[["term", "term_name", "gap", "stance", by, *GAPS]]


def agreement(positions: Positions, *, min_terms: int) -> pd.DataFrame:
    """Compare each two holders over their terms; see :meth:`Positions.agreement`."""
    if isinstance(min_terms, bool) or not isinstance(min_terms, int) or min_terms < 1:
        raise DataError(f"min_terms: expected a whole number of at least 1, got {shown(min_terms)}")
    matrix = positions.matrix()
    values = matrix.to_numpy(dtype=float)
    near = np.full((len(values), len(values)), np.nan)
    for row, mine in enumerate(values):
        both = ~np.isnan(values) & ~np.isnan(mine)
        distance = np.where(both, np.abs(values - mine), 0.0).sum(axis=1)
        shared = both.sum(axis=1)
        enough = shared >= min_terms
        near[row, enough] = 1 - distance[enough] / shared[enough] / 2
    return pd.DataFrame(near, matrix.index, matrix.index.rename("with"))


def _conditions(evidence: pd.DataFrame, by: str) -> dict[tuple[str, str], list[tuple[str, object]]]:
    """Clauses with their statements, by holder and term, the latest first."""
    said = evidence[evidence["label"] == "conditional"]
    said = said.sort_values("date", ascending=False, na_position="last", kind="stable")
    found: dict[tuple[str, str], list[tuple[str, object]]] = {}
    columns = (said[name] for name in (by, "term", "statement", "text"))
    for holder, term, statement, text in zip(*columns, strict=True):
        place = find_condition(text)
        if place is not None:
            found.setdefault((holder, term), []).append((text[slice(*place)].strip(), statement))
    return found
