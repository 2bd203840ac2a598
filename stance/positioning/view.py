"""What a report page says of positions, in words, as its template reads it."""

from __future__ import annotations

from typing import Any

from stance.inert import printable
from stance.positioning.page_data import PageData
from stance.positioning.wording import Cell, counted, signed

__all__ = ["view"]


def view(page: PageData) -> dict[str, Any]:
    """What the template says, in words."""
    by = page.positions.by
    statements = page.positions.pairs["statement"].nunique()
    time = f", {page.first} to {page.last}" if page.first else ""
    size = f"{counted(len(page.holders), by)} and {counted(len(page.terms), 'term')}"
    in_view = len(page.shown)
    hidden = f" · {in_view} of {len(page.holders)} {by}s" if in_view < len(page.holders) else ""
    return {
        "subtitle": f"{counted(statements, 'statement')} on {size}{time}",
        "status": f"{counted(statements, 'statement')}{hidden}.",
        "dated": page.first is not None,
        "first": page.first,
        "last": page.last,
        "undated": "No statement has a date, so there are no timelines and no filter by date.",
        "any_checked": bool(page.positions.pairs["checked"].any()),
        "by": by,
        "by_title": f"{by.capitalize()}s",
        "holders": [
            {
                "name": printable(name),
                "note": counted(total, "statement"),
                "shown": index in page.shown,
            }
            for index, (name, total) in enumerate(zip(page.holders, page.totals, strict=True))
        ],
        "rows": [
            {"name": printable(name), "cells": row}
            for (_, name), row in zip(page.terms, page.cells, strict=True)
        ],
        "example": Cell(1, 0.2, -0.3, 0.7, 0),
        "percent": f"{100 * page.positions.level:g}",
        "min_n": page.positions.min_n,
        "facts": _facts(page),
        **_shifts(page),
        "gaps": _gaps(page),
        "events": [
            {"date": event.date.isoformat(), "name": printable(event.name)} for event in page.events
        ],
        "conditions": _conditions(page),
    }


def _known(page: PageData, row: list[Cell]) -> list[tuple[Cell, str]]:
    """What is known on one term, with the holders, of those in view, the highest first."""
    found = [(row[index], printable(page.holders[index])) for index in page.shown]
    return sorted(
        (item for item in found if item[0].position is not None),
        key=lambda item: -(item[0].position or 0),
    )


def _gaps(page: PageData) -> list[dict[str, Any]]:
    gaps = []
    for (_, name), row in zip(page.terms, page.cells, strict=True):
        known = _known(page, row)
        if len(known) > 1:
            (top, high), (bottom, low) = known[0], known[-1]
            gap = (top.position or 0) - (bottom.position or 0)
            gaps.append(
                {
                    "term": printable(name),
                    "high": high,
                    "low": low,
                    "high_value": top.text,
                    "low_value": bottom.text,
                    "gap": gap,
                    "least": bottom.position or 0,
                    "text": f"{gap:.2f}",
                    "apart": (top.low or 0) > (bottom.high or 0),
                }
            )
    return sorted(gaps, key=lambda gap: -gap["gap"])


def _shifts(page: PageData) -> dict[str, Any]:
    """Changes that are more than chance, the surest first, and how many were looked at."""
    table = page.shifts()
    if table is None or table.empty:
        return {"shifts": [], "shifts_note": ""}
    sure = table[table["shift"]].sort_values("q_value", kind="stable")
    looked = counted(len(table), "change")
    rows = [
        {
            "holder": page.holders.index(row[page.positions.by]),
            "name": printable(row[page.positions.by]),
            "term": printable(row["term_name"]),
            "date": row["date"].date().isoformat(),
            "event": printable(row["event"]),
            "before": signed(row["before"]),
            "after": signed(row["after"]),
            "change": signed(row["change"]),
            "n": f"{row['n_before']} and {row['n_after']} statements",
        }
        for row in sure.to_dict("records")
    ]
    found = (
        f"Of {looked} that there are statements enough to test, these are larger than chance makes "
        "them; one in twenty of such finds is false."
        if rows
        else f"Of {looked} that there are statements enough to test, none is larger than chance "
        "may make it."
    )
    return {"shifts": rows, "shifts_note": f"{found} Over all dates, whatever the filter."}


def _facts(page: PageData) -> list[dict[str, str]]:
    """The few things that stand out, each with the numbers that it rests on."""
    facts = []
    gaps = _gaps(page)
    if gaps:
        widest = gaps[0]
        between = f"{widest['high']} {widest['high_value']}, {widest['low']} {widest['low_value']}"
        between += "" if widest["apart"] else "; their intervals overlap"
        facts.append({"name": "Widest gap", "value": widest["term"], "note": between})
        common = max(gaps, key=lambda gap: gap["least"])
        if common["least"] > 0:
            lowest = f"the lowest is {common['low']}, {common['low_value']}"
            facts.append({"name": "Most common ground", "value": common["term"], "note": lowest})
    cells = [
        (cell.conditional / cell.n, holder, name, cell)
        for (_, name), row in zip(page.terms, page.cells, strict=True)
        for holder, cell in zip(page.holders, row, strict=True)
        if cell.position is not None and cell.conditional
    ]
    if cells:
        _, holder, name, cell = max(cells, key=lambda item: (item[0], item[3].n))
        note = f"{printable(holder)}: {cell.conditional} of {counted(cell.n, 'statement')}"
        facts.append({"name": "Most conditions", "value": printable(name), "note": note})
    return facts


def _conditions(page: PageData) -> list[dict[str, Any]]:
    found = []
    for (_, name), items in zip(page.terms, page.conditions(), strict=True):
        for item in items:
            item["name"] = printable(page.holders[item["holder"]])
        if items:
            found.append({"name": printable(name), "said": items})
    return found
