"""Write a small table of labelled pairs, on which a training takes a second: toy.py FILE."""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

CUES = {
    "favor": "welcomes supports demands",
    "against": "rejects refuses condemns",
    "conditional": "accepts provided guarantees",
    "neutral": "notes studies records",
    "unrelated": "harvest football weather",
}
TERMS = ("The treaty is signed", "Foreign troops leave", "Prisoners are released")
SPLITS = ("train", "train", "train", "validation", "test", "test")


def write_toy(path: Path, *, pairs: int = 120, seed: int = 0) -> Path:
    """Write pairs whose labels follow from a cue word, in a third of them wrongly."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    words = ["".join(rng.choices("abcdefghijklmnop", k=7)) for _ in range(600)]
    rows = []
    for index in range(pairs):
        label = list(CUES)[index % 5]
        term = TERMS[index % len(TERMS)]
        shown = label if rng.random() < 0.7 else rng.choice(list(CUES))
        text = [rng.choice(CUES[shown].split()), term.lower(), *rng.sample(words, 10)]
        split = SPLITS[index // 5 % len(SPLITS)]
        rows.append([f"s{index}", " ".join(text), term, label, f"Holder {index % 4}", split])
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "term", "label", "holder", "split"])
        writer.writerows(rows)
    return path


if __name__ == "__main__":
    write_toy(Path(sys.argv[1]))
