"""Score a model on labelled statements of your own, in the settlement format.

python scripts/score_folder.py FOLDER [MODEL]

FOLDER holds statements.jsonl and terms.yaml (or terms.jsonl); without MODEL, a model folder, it is
the model that ships.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from stance.datasets import load, to_frame
from stance.evaluation import evaluate
from stance.predict import load_model


def main() -> int:
    """Print macro F1 and accuracy with their intervals over all splits of the folder."""
    data = load("settlement", Path(sys.argv[1]))
    pairs = pd.concat([to_frame(rows) for rows in data.values()], ignore_index=True)
    estimator = load_model(sys.argv[2] if len(sys.argv) > 2 else None).estimator
    found = evaluate(estimator, pairs, "folder", baselines={})
    for name, interval in found.scores.items():
        print(f"{name}: {interval}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
