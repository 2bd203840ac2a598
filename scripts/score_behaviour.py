"""Let the default model try the written cases, and write which share passes, by capability.

    python scripts/score_behaviour.py

Writes ``experiments/behaviour/results.json`` and the table of the README beside it. Beside the
model stands the best constant: of the answers that never read a pair, the one that passes most.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pages import fill, write_results

from stance.behaviour import load_cases, measure
from stance.labels import LABELS
from stance.predict import load_model

STUDY = Path(__file__).resolve().parents[1] / "experiments" / "behaviour"


class Constant:
    """Gives every pair the same label."""

    def __init__(self, label: str) -> None:
        self.label = label

    def predict(self, pairs: pd.DataFrame) -> list[str]:
        """The label, once for each pair."""
        return [self.label] * len(pairs)


def main() -> None:
    """Measure, write, show."""
    results = score()
    write_results(STUDY / "results.json", results)
    fill(STUDY / "README.md", "rates", [table(results)])
    print(table(results))


def score() -> dict[str, Any]:
    """Rates of the default model and of the best constant, by capability."""
    cases = load_cases()
    found = measure(load_model().estimator, cases)
    constants = {
        label: measure(Constant(label), cases).rates().set_index("capability")["rate"]
        for label in LABELS
    }
    rates = {}
    for row in found.rates().round(4).to_dict("records"):
        name = str(row.pop("capability"))
        highest, best = max((constants[label][name], label) for label in LABELS)
        rates[name] = {**row, "constant": best, "constant_rate": round(highest, 4)}
    return {
        "command": "python scripts/score_behaviour.py",
        "model": "the default model",
        "pairs": len(found.pairs),
        "rates": rates,
    }


def table(results: Mapping[str, Any]) -> str:
    """Lay the rates out as a table in Markdown."""
    rows = [
        "| capability | cases | pass | 95 % interval | best constant | pairs labelled as written |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, row in results["rates"].items():
        cells = [
            name.replace("_", " "),
            str(row["cases"]),
            f"**{row['rate']:.2f}**",
            f"{row['low']:.2f}–{row['high']:.2f}",
            f"{row['constant_rate']:.2f} (`{row['constant']}`)",
            f"{row['accuracy']:.2f}",
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
