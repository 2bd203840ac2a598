"""The README on speed says what its results say, and they keep the rule."""

from __future__ import annotations

import json
from pathlib import Path

STUDY = Path(__file__).parents[2] / "experiments" / "speed"
RESULTS = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
README = " ".join((STUDY / "README.md").read_text(encoding="utf-8").split())


def test_the_stream_kept_its_rule() -> None:
    stream = RESULTS["stream"]
    assert (stream["statements"], stream["terms"]) == (1_000_000, 12)
    assert stream["equal"]
    assert stream["peak_megabytes"] <= 1000
    assert len(stream["killed_after_parts"]) == 6


def test_the_readme_gives_the_figures_of_the_stream() -> None:
    stream = RESULTS["stream"]
    *parts, last = stream["killed_after_parts"]
    assert stream["command"] in README
    assert f"at most {stream['peak_megabytes']} MB at once" in README
    assert f"killed after {', '.join(map(str, parts))} and {last} of 250 parts" in README
    assert (
        f"{stream['pairs']:,} pairs in {stream['seconds']} s, "
        f"{stream['pairs_per_second']:,} pairs a second" in README
    )
