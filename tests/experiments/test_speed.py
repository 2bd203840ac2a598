"""The README on speed says what its results say, and they keep the rule."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

STUDY = Path(__file__).parents[2] / "experiments" / "speed"
RESULTS = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
TEXT = (STUDY / "README.md").read_text(encoding="utf-8")
README = " ".join(TEXT.split())


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(STUDY.parents[1] / "scripts"))
    return importlib.import_module("record_speed")


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


def test_the_readme_gives_every_part_as_the_program_writes_it(script: ModuleType) -> None:
    for name, found in RESULTS.items():
        if name != "stream":
            written = "\n".join(script.lines(found))
            assert f"<!-- {name}: begin -->\n{written}\n<!-- {name}: end -->" in TEXT
        assert f"\n{found['command']}\n" in TEXT


def test_the_verdicts_are_those_of_the_limits() -> None:
    runs = [RESULTS["bench"], RESULTS["bench_1m"]]
    for row in (row for run in runs for row in run["rows"] if row["limit"] is not None):
        kept = row["value"] >= row["limit"] if row["at_least"] else row["value"] <= row["limit"]
        assert row["passed"] == kept


def test_the_server_answered_every_request_of_the_load() -> None:
    assert RESULTS["serving"]["failures"] == 0
    assert RESULTS["serving"]["requests"] > 100


def test_parts_of_which_no_file_is_given_stay(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    study = shutil.copytree(STUDY, tmp_path / "speed")
    row = {**dict.fromkeys(script.KEPT), "name": "index, to build", "value": 1234.5, "unit": "s"}
    other = row | {"name": "default model", "limit": 10, "at_least": False, "passed": False}
    given = {"command": "python x", "load": [1, 2, 3], "rows": [row | {"notes": {}}, other]}
    (tmp_path / "bench_1m.json").write_text(json.dumps(given), encoding="utf-8")
    monkeypatch.setattr(script, "STUDY", study)
    monkeypatch.setattr("sys.argv", ["record_speed.py", str(tmp_path / "bench_1m.json")])
    script.main()
    results = json.loads((study / "results.json").read_text(encoding="utf-8"))
    assert results == RESULTS | {"bench_1m": {**given, "rows": [row]}}
    page = (study / "README.md").read_text(encoding="utf-8")
    assert "| --- | --- | --- |\n| index, to build | 1,234 s | |\n<!-- bench_1m: end -->" in page
    assert script.line(other) == "| default model | 1,234 s | ≤ 10 **missed** |"
    (study / "README.md").write_text("<!-- bench: end --> <!-- bench: begin -->", encoding="utf-8")
    with pytest.raises(ValueError, match="expected <!-- bench: begin --> and, after it, <!-- ben"):
        script.main()
