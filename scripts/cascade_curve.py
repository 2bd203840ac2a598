"""How accuracy grows with the share of pairs that a cascade gives to the slow model.

python scripts/cascade_curve.py FAST SLOW OUT [FOLDER]

FAST and SLOW are model folders trained on the settlement dataset; FOLDER holds labelled statements
in its format. Thresholds come from the validation split alone.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stance.datasets import load, to_frame
from stance.labels import LABELS
from stance.metrics import confusion, macro_f1
from stance.persistence import load_folder

BUDGETS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
SPLITS = "validation", "test", "test_unseen_terms", "test_unseen_conflicts"


def main() -> int:
    """Write the results as JSON."""
    fast, slow = (load_folder(path).estimator for path in sys.argv[1:3])
    frames = {name: to_frame(rows) for name, rows in load("settlement").items() if name in SPLITS}
    if len(sys.argv) > 4:
        rows = load("settlement", Path(sys.argv[4])).values()
        frames["folder"] = pd.concat(map(to_frame, rows), ignore_index=True)
    scored = {
        name: [_timed(model, frame) for model in (fast, slow)] for name, frame in frames.items()
    }
    sure = scored["validation"][0][0].max(axis=1)
    results = {
        "command": " ".join(["python scripts/cascade_curve.py", *map(_name, sys.argv[1:])]),
        "seconds_per_1000_pairs": {
            kind: round(1000 * scored["validation"][number][1] / len(sure), 2)
            for number, kind in enumerate(("fast", "slow"))
        },
        "curve": [_row(budget, sure, frames, scored) for budget in BUDGETS],
    }
    Path(sys.argv[3]).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def _name(argument: str) -> str:
    return Path(argument).name.upper() if Path(argument).is_dir() else argument


def _timed(model: Any, frame: pd.DataFrame) -> tuple[NDArray[np.float64], float]:
    """Probabilities in the order of the labels, and the seconds that they took."""
    model.predict_proba(frame.head(10))  # opens networks and fills caches
    started = time.perf_counter()
    found = model.predict_proba(frame)
    seconds = time.perf_counter() - started
    names = [str(label) for label in model.classes_]
    return found[:, [names.index(label) for label in LABELS]], seconds


def _row(
    budget: float,
    sure: NDArray[np.float64],
    frames: dict[str, pd.DataFrame],
    scored: dict[str, Any],
) -> dict[str, Any]:
    threshold = 2.0 if budget >= 1 else float(np.quantile(sure, budget))
    row: dict[str, Any] = {"budget": budget, "threshold": round(threshold, 4)}
    for name, frame in frames.items():
        (fast, _), (slow, _) = scored[name]
        unsure = fast.max(axis=1) < threshold
        best = np.where(unsure[:, None], slow, fast).argmax(axis=1)
        matrix = confusion(list(frame["label"]), [LABELS[index] for index in best])
        row[name] = {
            "share": round(float(unsure.mean()), 3),
            "macro_f1": round(float(macro_f1(matrix)), 4),
        }
    return row


if __name__ == "__main__":
    sys.exit(main())
