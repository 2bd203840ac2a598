"""Put what the benchmarks wrote into experiments/speed: results.json and the page's tables.

    python scripts/bench.py --statements 4000 --index 200000 --out bench.json
    python scripts/bench.py --statements 1000 --runs 1 --index 1000000 --out bench_1m.json
    python scripts/load_serving.py --out serving.json
    python scripts/record_speed.py bench.json bench_1m.json serving.json

A file's name says which part it is of; the parts of which no file is given stay as they are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pages import fill, write_results

STUDY = Path(__file__).resolve().parent.parent / "experiments" / "speed"
KEPT = ("name", "value", "unit", "limit", "at_least", "passed")
HEAD = ("| measured | value | rule |", "| --- | --- | --- |")


def main() -> None:
    """Read the files, write the study."""
    path = STUDY / "results.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    for file in map(Path, sys.argv[1:]):
        results[file.stem] = part(file.stem, json.loads(file.read_text(encoding="utf-8")))
    write_results(path, results)
    for name, found in results.items():
        if name != "stream":
            fill(STUDY / "README.md", name, lines(found))


def part(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What results.json keeps of one file."""
    if "rows" not in given or name == "serving":
        return dict(given)
    rows = [{key: row[key] for key in KEPT} for row in given["rows"]]
    if name != "bench":  # a run for its index alone
        rows = [row for row in rows if row["name"].startswith(("index", "new term"))]
    return {"command": given["command"], "load": given["load"], "rows": rows}


def lines(found: Mapping[str, Any]) -> list[str]:
    """One part as a table in Markdown."""
    if "clients" not in found:
        return [*HEAD, *map(line, found["rows"])]
    answered = f"{found['requests']:,} of {found['requests'] + found['failures']:,} requests"
    return [
        *HEAD,
        f"| {found['clients']} clients, {found['rows']} rows a request | {answered} answered | |",
        f"| requests | {found['requests_per_second']} a second | |",
        f"| rows | {found['rows_per_second']} a second | |",
        f"| a request, median | {found['p50_milliseconds']} ms | |",
        f"| a request, p99 | {found['p99_milliseconds']} ms | |",
    ]


def line(row: Mapping[str, Any]) -> str:
    """A row of what the benchmark printed."""
    digits = ",.0f" if row["value"] >= 1000 else ".3g"
    value = f"{row['value']:{digits}} {row['unit']}".strip()
    if row["limit"] is None:
        return f"| {row['name']} | {value} | |"
    limit = f"{'≥' if row['at_least'] else '≤'} {row['limit']:g}"
    return f"| {row['name']} | {value} | {limit} {'holds' if row['passed'] else '**missed**'} |"


if __name__ == "__main__":
    main()
