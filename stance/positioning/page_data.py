"""What a report page holds: positions, the pairs behind them, and the words for both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from stance.conditions import find_condition
from stance.errors import DataError
from stance.inert import printable
from stance.labels import LABELS, RELATED
from stance.positioning import estimation
from stance.positioning.given import PROBABILITIES
from stance.positioning.table import Positions
from stance.positioning.wording import Cell

__all__ = ["MOST_PAIRS", "Event", "PageData"]

MOST_PAIRS = 300_000
"""How many pairs of a statement and a term one page holds: some 30 megabytes."""

_SHOWN = 12  # holders that are in view at first


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, to be marked on the timelines.

    Attributes
    ----------
    date : datetime.date
    name : str
    """

    date: dt.date
    name: str


class PageData:
    """Positions in the order of a page, and as the values that its script reads.

    Parameters
    ----------
    positions : Positions
    events : iterable of Event, optional

    Attributes
    ----------
    holders : list of str
        As in ``positions``; those with most statements first.
    totals : list of int
        Statements of each holder, on whatever term.
    terms : list of (str, str)
        Id and name.
    cells : list of list of Cell, shape (n_terms, n_holders)
    shown : list of int
        Which holders are in view at first.
    events : list of Event
        In the order of their dates.

    Raises
    ------
    DataError
        If there is nothing to show, or more than a page holds.
    """

    def __init__(self, positions: Positions, events: Iterable[Event] = ()) -> None:
        pairs = positions.pairs
        if pairs.empty:
            raise DataError("there are no statements to report on")
        if len(pairs) > MOST_PAIRS:
            raise DataError(
                f"{len(pairs):,} pairs of a statement and a term are more than one page holds "
                f"({MOST_PAIRS:,}); name fewer terms, or choose --out with .xlsx or .parquet"
            )
        self.positions = positions
        totals = positions.table.groupby(positions.by)["n"].sum()
        ranked = totals.reset_index().sort_values(["n", positions.by], ascending=[False, True])
        self.holders: list[str] = ranked[positions.by].tolist()
        said = pairs.groupby(positions.by)["statement"].nunique()
        self.totals: list[int] = said.reindex(self.holders).tolist()
        named = positions.table.drop_duplicates("term")
        self.terms: list[tuple[str, str]] = list(
            zip(named["term"], named["term_name"], strict=True)
        )
        self.shown = list(range(min(_SHOWN, len(self.holders))))
        self.events = sorted(events, key=lambda event: (event.date, event.name))
        self.cells = self._cells()
        dates = pairs["date"].dropna()
        self.first = dates.min().date() if len(dates) else None
        self.last = dates.max().date() if len(dates) else None

    def _cells(self) -> list[list[Cell]]:
        names = ["n", "position", "low", "high", "n_conditional"]
        keyed = self.positions.table.set_index(["term", self.positions.by])[names]
        found = {key: _cell(*values) for key, *values in keyed.itertuples(name=None)}
        return [[found[term, holder] for holder in self.holders] for term, _ in self.terms]

    def conditions(self) -> list[list[dict[str, Any]]]:
        """For each term the clauses that state a condition, the latest first."""
        evidence = self.positions.evidence
        rows = evidence[evidence["label"] == "conditional"]
        found: list[list[dict[str, Any]]] = [[] for _ in self.terms]
        places = {term: index for index, (term, _) in enumerate(self.terms)}
        for row in rows.sort_values("date", ascending=False, kind="stable").to_dict("records"):
            clause = _condition(row["text"])
            if clause:
                holder = self.holders.index(row[self.positions.by])
                found[places[row["term"]]].append(
                    {"holder": holder, "text": clause, "date": _iso(row["date"])}
                )
        return found

    def payload(self) -> dict[str, Any]:
        """All that the page's script needs, as plain values."""
        positions, table = self.positions, self.positions.reliability
        statements, numbers = self._statements()
        return {
            "by": positions.by,
            "level": positions.level,
            "minN": positions.min_n,
            "draws": positions.n_boot,
            "table": {
                "counts": table.counts,
                "expected": table.expected,
                "values": [estimation.VALUES.get(label, 0.0) for label in LABELS],
                "trust": estimation.TRUST,
                "worth": estimation.WORTH,
                "prior": estimation.PRIOR,
                "extra": estimation.EXTRA,
                "settling": estimation._SETTLING,
            },
            "holders": [printable(holder) for holder in self.holders],
            "terms": [printable(name) for _, name in self.terms],
            "shown": self.shown,
            "events": [
                {"date": event.date.isoformat(), "name": printable(event.name)}
                for event in self.events
            ],
            "cells": [[_plain(cell) for cell in row] for row in self.cells],
            "statements": statements,
            "pairs": self._pairs(numbers),
        }

    def _statements(self) -> tuple[list[dict[str, str | None]], pd.Series[Any]]:
        """Each statement once, and the number of each pair's; unquoted ones without their text."""
        pairs = self.positions.pairs
        other = "side" if self.positions.by == "holder" else "holder"
        quoted = set(self.positions.evidence["statement"].astype(str))
        names = pairs["statement"].astype(str)
        numbers, found = pd.factorize(names)
        firsts = pairs.loc[~names.duplicated()].to_dict("records")
        statements = [
            {
                "id": printable(name),
                "date": _iso(row["date"]),
                "speaker": printable(row[other]),
                "text": printable(row["text"]) if name in quoted else "",
            }
            for name, row in zip(found, firsts, strict=True)
        ]
        return statements, pd.Series(numbers, pairs.index)

    def _pairs(self, numbers: pd.Series[Any]) -> list[list[Any]]:
        """The answered pairs: term, holder, statement, probabilities, label, checked, condition."""
        pairs = self.positions.pairs
        pairs = pairs.assign(number=numbers)[~pairs["abstained"]]
        holders = {holder: index for index, holder in enumerate(self.holders)}
        terms = {term: index for index, (term, _) in enumerate(self.terms)}
        rows = []
        for row in pairs.to_dict("records"):
            shown = [row[name] for name in PROBABILITIES]
            sound = all(value == value for value in shown)  # a checked pair may be without
            rows.append(
                [
                    terms[row["term"]],
                    holders[row[self.positions.by]],
                    row["number"],
                    [round(value, 4) for value in shown] if sound else [0.2] * len(LABELS),
                    LABELS.index(row["label"]),
                    int(row["checked"]),
                    _condition(row["text"]) if row["label"] == "conditional" else "",
                ]
            )
        return rows

    def shifts(self) -> pd.DataFrame | None:
        """Changes from one stretch of time to the next, or None where nothing has a date.

        The stretches lie between the events, where some fall into the time of the statements;
        else each is a quarter of a year.
        """
        if self.first is None or self.last is None:
            return None
        marks = [event for event in self.events if self.first < event.date <= self.last]
        between = [(event.date, event.name) for event in marks] or "90D"
        return self.positions.shifts(between)


def _cell(n: int, position: float, low: float, high: float, conditional: int) -> Cell:
    if position != position:
        return Cell(int(n), None, None, None, int(conditional))
    # Finer than what is shown, or two roundings would give another hundredth than one.
    return Cell(int(n), round(position, 7), round(low, 7), round(high, 7), int(conditional))


def _plain(cell: Cell) -> dict[str, Any]:
    return asdict(cell)


def _condition(text: str) -> str:
    found = find_condition(text)
    return printable(text[slice(*found)]).strip() if found else ""


def _iso(date: Any) -> str | None:
    return None if pd.isna(date) else date.date().isoformat()


assert tuple(RELATED) == tuple(LABELS[:4])  # the script counts on this order
