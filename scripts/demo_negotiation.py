"""Write an invented negotiation to try ``stance report`` on: demo_negotiation.py FOLDER.

The statements are those that ship with stance about a civil war in an invented state, which a
language model wrote; the default model was not trained on them. Dates and events are invented
here: each side speaks for a year and a half, and what it refuses mostly comes before what it
accepts, so that there is a course to see.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import sys
from pathlib import Path

import yaml

DATA = Path(__file__).resolve().parent.parent / "data" / "settlement"
CONFLICT = "dorvane-civil-war"
HOLDERS = {
    "government": "Government of Dorvane",
    "front": "Northern Front",
    "lake": "Lake Council",
    "public": "Voices from the public",
    "mediator": "Mediators",
    "un": "Mediators",
    "neighbour": "Neighbouring states",
}
FIRST, DAYS = dt.date(2024, 9, 2), 540
EVENTS = {
    "2024-12-10": "First round of talks",
    "2025-04-22": "Fighting at the lake",
    "2025-07-15": "Second round of talks",
    "2025-11-03": "Truce of the harvest",
}
ELECTIONS = {
    "id": "dv_elections",
    "name": "Elections are held within a year",
    "description": "All of Dorvane elects a parliament at most a year after the signing.",
    "aliases": ["elections within a year", "early elections", "go to the polls"],
    "opposites": ["postpone the vote", "no elections before peace", "delay the elections"],
}
_COURSE = {"against": 0.25, "conditional": 0.6, "neutral": 0.5, "favor": 0.7}


def statements(seed: int = 0) -> list[dict[str, str]]:
    """The statements of the demonstration, in the order of their dates."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    rows = []
    with (DATA / "statements.jsonl").open(encoding="utf-8") as file:
        for entry in map(json.loads, file):
            if entry["conflict"] != CONFLICT or entry["lang"] != "en":
                continue
            if entry["side"] not in HOLDERS:
                continue
            labels = [pair["label"] for pair in entry["pairs"] if pair["label"] in _COURSE]
            course = sum(_COURSE[label] for label in labels) / len(labels) if labels else 0.5
            day = min(max(rng.gauss(course, 0.22), 0.0), 1.0)
            rows.append(
                {
                    "id": entry["id"],
                    "date": (FIRST + dt.timedelta(days=round(day * DAYS))).isoformat(),
                    "holder": HOLDERS[entry["side"]],
                    "speaker": entry["holder"],
                    "text": entry["text"],
                }
            )
    return sorted(rows, key=lambda row: (row["date"], row["id"]))


def terms() -> list[dict[str, object]]:
    """Seven terms of the conflict and one of which hardly anybody speaks."""
    every = yaml.safe_load((DATA / "terms.yaml").read_text(encoding="utf-8"))
    return [term for term in every if term.get("conflict") == CONFLICT] + [dict(ELECTIONS)]


def write_demo(folder: Path) -> None:
    """Write ``statements.csv``, ``terms.yaml`` and ``events.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = statements()
    with (folder / "statements.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    with (folder / "events.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([("date", "name"), *EVENTS.items()])
    listed = yaml.safe_dump(terms(), sort_keys=False, allow_unicode=True)
    (folder / "terms.yaml").write_text(listed, encoding="utf-8")


if __name__ == "__main__":
    write_demo(Path(sys.argv[1]))
