"""The README on speed says what its results say, and they keep the rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STUDY = Path(__file__).parents[2] / "experiments" / "speed"
RESULTS = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
TEXT = (STUDY / "README.md").read_text(encoding="utf-8")
README = " ".join(TEXT.split())


def test_the_stream_kept_its_rule() -> None:
    stream = RESULTS["stream"]
    assert (stream["statements"], stream["terms"]) == (1_000_000, 12)
    assert stream["equal"]
    assert stream["peak_megabytes"] <= 1000
    assert len(stream["killed_after_parts"]) == 6


def test_the_readme_gives_the_figures_of_the_stream() -> None:
    stream = RESULTS["stream"]
    *parts, last = stream["killed_after_parts"]
    assert f"at most {stream['peak_megabytes']} MB at once" in README
    assert f"killed after {', '.join(map(str, parts))} and {last} of 250 parts" in README
    assert (
        f"{stream['pairs']:,} pairs in {stream['seconds']} s, "
        f"{stream['pairs_per_second']:,} pairs a second" in README
    )


def line(row: dict[str, Any]) -> str:
    """A row of the table of what the benchmark printed."""
    digits = ",.0f" if row["value"] >= 1000 else ".3g"
    value = f"{row['value']:{digits}} {row['unit']}".strip()
    if row["limit"] is None:
        return f"| {row['name']} | {value} | |"
    limit = f"{'≥' if row['at_least'] else '≤'} {row['limit']:g}"
    return f"| {row['name']} | {value} | {limit} {'holds' if row['passed'] else '**missed**'} |"


def test_the_readme_gives_every_row_of_the_benchmark_in_order() -> None:
    runs = [value for key, value in RESULTS.items() if key.startswith("bench")]
    found = [text for text in TEXT.splitlines() if text.startswith("| ")]
    assert found[5:] == [
        text
        for run in runs
        for text in ("| measured | value | rule |", "| --- | --- | --- |", *map(line, run["rows"]))
    ]
    for run in [*runs, RESULTS["stream"]]:
        assert f"\n{run['command']}\n" in TEXT
    for row in (row for run in runs for row in run["rows"] if row["limit"] is not None):
        kept = row["value"] >= row["limit"] if row["at_least"] else row["value"] <= row["limit"]
        assert row["passed"] == kept
