"""How accuracy and speed change with the share of pairs that a cascade gives to its slow model.

    python -m stance.train model=cascade tracking=none hydra.run.dir=outputs/cascade
    python scripts/cascade_curve.py outputs/cascade/model

The folder of a trained cascade, or of a cross-encoder, which is then put behind the model that
ships. At each budget the threshold is found on the validation split, as training finds it. With
``--test NAME=FOLDER`` a folder in the settlement format is measured on as well. Writes
``experiments/cascade/results.json`` and the table of the page beside it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
from pages import fill, write_results
from sklearn.pipeline import Pipeline

from stance.datasets import load, to_frame
from stance.metrics import bootstrap
from stance.models import CascadeClassifier, CrossEncoderClassifier, TemperatureCalibrated
from stance.persistence import load_folder, versions
from stance.predict import load_model

STUDY = Path(__file__).resolve().parent.parent / "experiments" / "cascade"
BUDGETS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
SPLITS = ("test", "test_unseen_terms", "test_unseen_conflicts")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the curve, write it, show it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, help="a folder that a training has written")
    parser.add_argument("--data", type=Path, help="another folder of the settlement format")
    parser.add_argument("--test", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--budgets", type=float, nargs="+", default=BUDGETS)
    parser.add_argument("--out", type=Path, help="a file, to leave the experiment as it is")
    given = parser.parse_args(arguments)
    for item in given.test:
        if "=" not in item:
            parser.error(f"--test: expected NAME=FOLDER, got {item!r}")
    saved = load_folder(given.model)
    whole, cascade = behind_default(saved.estimator)
    tests = dict(item.split("=", 1) for item in given.test)
    loaded = load("settlement", given.data, tests=tests)
    frames = {name: to_frame(rows) for name, rows in loaded.items()}
    measured = {split: frames[split] for split in (*SPLITS, *(f"test_{name}" for name in tests))}
    results = {
        "command": " ".join(["python", *sys.argv]),
        "trained": saved.notes.get("run"),
        "slow_weight": cascade.slow_weight,
        "cores": psutil.cpu_count(),
        "versions": versions(),
        "pairs": {split: len(frame) for split, frame in measured.items()},
        "curve": [
            point(whole, cascade, budget, frames["validation"], measured)
            for budget in given.budgets
        ],
    }
    out = given.out or STUDY / "results.json"
    write_results(out, results)
    if given.out is None:
        fill(STUDY / "README.md", "curve", table(results))
    print("\n".join(table(results)))


def behind_default(model: Any) -> tuple[Any, CascadeClassifier]:
    """What answers, and the cascade within it."""
    inner = model.estimator if isinstance(model, TemperatureCalibrated) else model
    inner = inner[-1] if isinstance(inner, Pipeline) else inner
    if isinstance(inner, CascadeClassifier):
        return model, inner
    if not isinstance(inner, CrossEncoderClassifier):
        raise SystemExit(
            f"expected a cascade or a cross-encoder, the folder holds a {type(inner).__name__}"
        )
    cascade = CascadeClassifier()
    cascade.fast_, cascade.slow_ = load_model().estimator, model
    cascade.classes_ = model.classes_
    return cascade, cascade


def point(
    whole: Any,
    cascade: CascadeClassifier,
    budget: float,
    validation: pd.DataFrame,
    frames: Mapping[str, pd.DataFrame],
) -> dict[str, Any]:
    """Answer every split at one budget."""
    cascade.budget = budget
    cascade.threshold_ = cascade.threshold(validation)
    whole.predict_proba(validation.head(10))  # opens networks
    found, pairs, seconds = {}, 0, 0.0
    for split, frame in frames.items():
        begin = time.perf_counter()
        labels = whole.predict(frame)
        seconds += time.perf_counter() - begin
        pairs += len(frame)
        score = bootstrap(list(frame["label"]), list(labels), list(frame["statement_id"]))
        sure = cascade.fast_.predict_proba(frame).max(axis=1)
        found[split] = {
            "asked": round(float((sure < cascade.threshold_).mean()), 3),
            "macro_f1": [
                round(getattr(score["macro_f1"], name), 3) for name in ("value", "low", "high")
            ],
        }
    return {"budget": budget, "pairs_per_second": round(pairs / seconds), "splits": found}


def table(results: Mapping[str, Any]) -> list[str]:
    """The curve in Markdown: macro F1, its interval, and the share that the slow model saw."""
    splits = list(results["pairs"])
    head = ["budget", "pairs a second", *(f"`{split}`" for split in splits)]
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join(['---:'] * len(head))} |"]
    for row in results["curve"]:
        cells = [f"{row['budget']:g}", f"{row['pairs_per_second']:,}"]
        for split in splits:
            value, low, high = row["splits"][split]["macro_f1"]
            asked = row["splits"][split]["asked"]
            cells.append(f"{value:.3f} ({low:.3f}–{high:.3f}), {asked:.0%}")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
