"""What a report page holds: positions, the pairs behind them, and the words for both."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from stance.conditions import find_condition
from stance.errors import DataError
from stance.inert import printable
from stance.labels import LABELS, RELATED
from stance.positioning import estimation
from stance.positioning.pairs import PROBABILITIES
from stance.positioning.table import Positions

__all__ = ["MOST_PAIRS", "Event", "PageData", "counted", "script_safe", "signed"]

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


@dataclass(frozen=True, slots=True)
class Cell:
    """A holder on a term: what is shown of it.

    Attributes
    ----------
    n : int
        Counted statements.
    position, low, high : float or None
        None where there are too few of them.
    conditional : int
        How many of them are a yes with a condition.
    """

    n: int
    position: float | None
    low: float | None
    high: float | None
    conditional: int

    @property
    def text(self) -> str:
        """The cell's number, or why there is none."""
        if self.position is not None:
            return signed(self.position)
        return "too few" if self.n else "–"

    @property
    def note(self) -> str:
        """How many statements, and how many of them put a condition."""
        share = f" · {self.conditional} if" if self.conditional else ""
        return f"{self.n}{share}" if self.n else ""

    @property
    def shade(self) -> str:
        """The class of its colour."""
        if self.position is None:
            return "few" if self.n else "none"
        step = min(4, int(4.5 * abs(self.position) + 0.5))
        either = self.low is not None and self.high is not None and self.low < 0 < self.high
        side = "p" if self.position > 0 else "m"
        return f"{f'{side}{step}' if step else 'z0'}{' open' if either else ''}"

    @property
    def words(self) -> str:
        """All of it as a clause."""
        if not self.n:
            return "no statements"
        if self.position is None or self.low is None or self.high is None:
            return f"{counted(self.n, 'statement')}, too few to say"
        share = f", {self.conditional} with a condition" if self.conditional else ""
        return (
            f"{signed(self.position)}, between {signed(self.low)} and {signed(self.high)}, "
            f"{counted(self.n, 'statement')}{share}"
        )


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
                "kept": estimation._KEPT,
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


def script_safe(value: Any) -> str:
    r"""JSON that a script element can hold: no character of it can end the element.

    Examples
    --------
    >>> print(script_safe("</script><!-- \u2028"))
    "\u003c/script\u003e\u003c!-- \u2028"
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def signed(value: float) -> str:
    """A position with its sign, of two decimals.

    Examples
    --------
    >>> signed(0.6), signed(-0.254), signed(-0.001)
    ('+0.60', '−0.25', '0.00')
    """
    if abs(value) < 0.005:
        return "0.00"
    return f"{'+' if value > 0 else '−'}{abs(value):.2f}"


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "term"), counted(1200, "term")
    ('1 term', '1,200 terms')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _cell(n: int, position: float, low: float, high: float, conditional: int) -> Cell:
    if position != position:
        return Cell(int(n), None, None, None, int(conditional))
    return Cell(int(n), round(position, 4), round(low, 4), round(high, 4), int(conditional))


def _plain(cell: Cell) -> dict[str, Any]:
    return asdict(cell)


def _condition(text: str) -> str:
    found = find_condition(text)
    return printable(text[slice(*found)]).strip() if found else ""


def _iso(date: Any) -> str | None:
    return None if pd.isna(date) else date.date().isoformat()


assert tuple(RELATED) == tuple(LABELS[:4])  # the script counts on this order
