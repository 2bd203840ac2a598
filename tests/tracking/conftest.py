"""A toy dataset on which a training takes a second, and stores of its runs."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

CUES = {
    "favor": "welcomes supports demands",
    "against": "rejects refuses condemns",
    "conditional": "accepts provided guarantees",
    "neutral": "notes studies records",
    "unrelated": "harvest football weather",
}
TERMS = ("The treaty is signed", "Foreign troops leave", "Prisoners are released")


def write_toy(path: Path, *, pairs: int = 120, seed: int = 0, hostile: str = "") -> Path:
    """Write a table of pairs whose labels follow from a cue word; a third of them is noise."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnop", k=7)) for _ in range(600)]
    rows = []
    for index in range(pairs):
        label = list(CUES)[index % 5]
        term = TERMS[index % len(TERMS)]
        shown = label if rng.random() < 0.7 else rng.choice(list(CUES))
        text = [rng.choice(CUES[shown].split()), term.lower(), *rng.sample(words, 10)]
        split = ("train", "train", "train", "validation", "test", "test")[index // 5 % 6]
        rows.append(
            [f"s{index}", hostile + " ".join(text), term, label, f"Holder {index % 4}", split]
        )
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "term", "label", "holder", "split"])
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy(tmp_path_factory.mktemp("toy") / "toy.csv")
