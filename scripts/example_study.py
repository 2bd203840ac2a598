"""Redo experiments/example-study, from the articles to the report.

    python scripts/example_study.py            # writes the tables, results.json, report.html
    python scripts/example_study.py --check    # says whether the committed numbers are those

The commands are those of its README.md; ``labels.csv`` says how the rows of ``positions.csv`` read
in the articles. The picture is made of the report by ``scripts/picture_report.py``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from stance.cli import main as stance
from stance.labels import LABELS
from stance.writing import beside

STUDY = Path(__file__).resolve().parents[1] / "experiments" / "example-study"
TITLE = "The Sennet Pass, 2031 (invented)"
CLOSE = 1e-6
TERMS = ("--terms", "terms.yaml")
OUTPUTS = ("positions.csv", "holders.csv", "results.json")
PLACE = ["article", "start", "end", "term"]
STORIES = (
    ("Daro Hest", "troops"),
    ("Ilsa Voren", "mine"),
    ("Oszar Tamm", "monitors"),
    ("Lene Arrov", "return"),
)
"""Who moves on what: the clauses of the README's table."""


def main(argv: list[str] | None = None) -> int:
    """Write the study's outputs, or compare the committed ones with what comes out now."""
    parser = argparse.ArgumentParser(description="Redo experiments/example-study.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    if parser.parse_args(argv).check:
        with tempfile.TemporaryDirectory() as name:
            make(Path(name))
            faults = compare(Path(name), STUDY)
        print("\n".join(faults) or f"{', '.join(OUTPUTS)} are what the articles give")
        return 1 if faults else 0
    make(STUDY)
    report(STUDY / "report.html", "--events", "events.csv", "--title", TITLE)
    print((STUDY / "results.json").read_text(encoding="utf-8"), end="")
    return 0


def articles() -> list[str]:
    """The names of the articles, from the study's folder, by date."""
    return [f"articles/{path.name}" for path in sorted((STUDY / "articles").glob("*.txt"))]


def run(*command: str) -> None:
    """Run a command of ``stance`` in the study's folder."""
    with contextlib.chdir(STUDY):
        code = stance(list(command))
    if code:
        raise SystemExit(code)


def make(folder: Path) -> None:
    """Write what is compared into a folder: statements, positions of holders, figures."""
    out = folder / "positions.csv"
    run("read", *articles(), *TERMS, "--out", str(out), "--overwrite", "--quiet")
    report(folder / "holders.csv")
    results = count(*(pd.read_csv(path) for path in (out, STUDY / "labels.csv")))
    results["holders"] = count_holders(pd.read_csv(folder / "holders.csv"))
    with beside(folder / "results.json") as draft:
        draft.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def report(out: Path, *options: str) -> None:
    """Write the report, or the positions in it as a table."""
    run("report", *articles(), *TERMS, *options, "--out", str(out), "--overwrite", "--quiet")


def count(found: pd.DataFrame, labels: pd.DataFrame) -> dict[str, Any]:
    """The figures of the README: sizes, agreement with the reading, and the shifts.

    Parameters
    ----------
    found : pandas.DataFrame
        What ``stance read`` wrote.
    labels : pandas.DataFrame
        A label and a holder for places of the articles; no holder where nobody speaks.
    """
    texts = [(STUDY / name).read_text(encoding="utf-8") for name in articles()]
    read = found.merge(labels, on=PLACE, how="inner", suffixes=("", "_read"))
    right = read["label"] == read["label_read"]
    whose = read["holder"] == read["holder_read"]
    wrong = Counter(read["label"][~right] + " for " + read["label_read"][~right])
    return {
        "articles": len(texts),
        "words": sum(len(text.split()) for text in texts),
        "rows": len(found),
        "statements": len(found.drop_duplicates(PLACE[:3])),
        "labels": _counts(found["label"]),
        "rows_read": len(read),
        "label_right": int(right.sum()),
        "label_right_share": round(float(right.mean()), 6),
        "holder_right": int(whose.sum()),
        "right_by_label": {name: int(right[read["label"] == name].sum()) for name in LABELS[:-1]},
        "wrong_as": dict(wrong.most_common()),
        "shifts": {f"{holder}, {term}": shift(read, holder, term) for holder, term in STORIES},
    }


def count_holders(cells: pd.DataFrame) -> dict[str, int]:
    """How many holders there are, and how many of their positions say anything."""
    first = cells.drop_duplicates("holder")
    stated = cells[cells["position"].notna()]
    counts = {
        "found": len(first),
        "with_a_position": stated["holder"].nunique(),
        "statements": first["n"].sum() + first["n_unrelated"].sum() + first["n_abstained"].sum(),
        "positions": len(stated),
        "positions_whose_interval_leaves_out_0": ((stated["low"] > 0) | (stated["high"] < 0)).sum(),
    }
    return {name: int(number) for name, number in counts.items()}


def shift(read: pd.DataFrame, holder: str, term: str) -> list[dict[str, Any]]:
    """What a holder's statements on a term are, by the model and by reading, between the events."""
    events = pd.read_csv(STUDY / "events.csv")["date"].tolist()
    days = read["article"].str.slice(len("articles/"), len("articles/2031-01-01"))
    of_term = read["term"] == term
    periods = []
    for start, end in zip(["", *events], [*events, "9"], strict=True):
        within = read[of_term & (days >= start) & (days < end)]
        periods.append(
            {
                "from": start or days.min(),
                "model": _counts(within.loc[within["holder"] == holder, "label"]),
                "read": _counts(within.loc[within["holder_read"] == holder, "label_read"]),
            }
        )
    return periods


def _counts(labels: pd.Series[str]) -> dict[str, int]:
    return {name: int((labels == name).sum()) for name in LABELS if (labels == name).any()}


def compare(made: Path, kept: Path) -> list[str]:
    """What is different between the outputs in two folders, a line each; none if nothing."""
    faults = []
    for file in OUTPUTS[:2]:
        now, then = (pd.read_csv(folder / file) for folder in (made, kept))
        if now.shape != then.shape or list(now) != list(then):
            faults.append(f"{file}: expected {len(now)} rows of {list(now)}, found {len(then)}")
            continue
        for name in now:
            other = ~_same(now[name], then[name])
            if other.any():
                row = int(other.to_numpy().argmax())
                cells = f"now {now[name][row]!r}, kept {then[name][row]!r}"
                faults.append(f"{file}, row {row + 2}, {name}: {cells}")
    results = [json.loads((folder / OUTPUTS[2]).read_text("utf-8")) for folder in (made, kept)]
    return faults + [
        f"{OUTPUTS[2]}, {name}: now {results[0].get(name)!r}, kept {results[1].get(name)!r}"
        for name in results[0] | results[1]
        if results[0].get(name) != results[1].get(name)
    ]


def _same(made: pd.Series[Any], kept: pd.Series[Any]) -> pd.Series[bool]:
    if pd.api.types.is_float_dtype(made) and pd.api.types.is_float_dtype(kept):
        return ((made - kept).abs() <= CLOSE) | (made.isna() & kept.isna())
    return (made == kept) | (made.isna() & kept.isna())


if __name__ == "__main__":
    sys.exit(main())
