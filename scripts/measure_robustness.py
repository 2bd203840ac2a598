"""How many labels an attacker flips with up to five added words, and what abstention saves.

    python scripts/measure_robustness.py --statements 300

For each pair of the test split that the default model answers, words are appended one after
another, each the one of a fixed list that lowers the probability of the answer the most (greedy,
with the model in hand: the worst case). Writes ``experiments/robustness/results.json``.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from robustness_results import update

from stance.abstention import least_confidence
from stance.datasets import load, to_frame
from stance.labels import LABELS
from stance.predict import load_model

COVERAGES = (1.0, 0.8, 0.6, 0.4)
WORDS = """
    never reject refuse oppose no not unacceptable condemn illegal impossible against support
    welcome accept agree endorse yes ready committed urge must if unless until provided only
    condition once perhaps maybe discuss consider agenda undecided report wheat festival football
    weather price
""".split()  # noqa: SIM905 - a list of 40 strings is harder to read


def main() -> None:
    """Attack, count, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=300, help="how many pairs to attack")
    parser.add_argument("--words", type=int, default=5, help="how many words to append at most")
    chosen = parser.parse_args()
    frame = to_frame(load("settlement")["test"]).sample(chosen.statements, random_state=0)
    saved = load_model()
    before = _scores(saved.estimator, frame)
    flipped: dict[str, Any] = {}
    results = {
        "command": f"python scripts/measure_robustness.py --statements {chosen.statements}",
        "split": "test",
        "pairs": len(frame),
        "candidate_words": WORDS,
        "flipped": flipped,
    }
    steps = _attack(saved.estimator, frame, before, chosen.words)
    for coverage in COVERAGES:
        least = least_confidence(saved.notes, coverage=coverage) if coverage < 1 else 0.0
        answered = before.max(axis=1) >= least
        flipped[f"coverage {coverage:g}"] = {
            "least_confidence": round(float(least), 3),
            "answered": int(answered.sum()),
            "share_flipped_and_answered_by_words": [
                round(float(_flipped(before, after, least)[answered].mean()), 3) for after in steps
            ],
        }
    update(results)
    print(json.dumps(results, indent=1))


def _scores(estimator: Any, frame: Any) -> NDArray[np.float64]:
    probabilities = np.zeros((len(frame), len(LABELS)))
    columns = [LABELS.index(str(label)) for label in estimator.classes_]
    probabilities[:, columns] = estimator.predict_proba(frame)
    return probabilities


def _attack(
    estimator: Any, frame: Any, before: NDArray[np.float64], words: int
) -> list[NDArray[np.float64]]:
    """Probabilities after 1, 2, … appended words."""
    answer = before.argmax(axis=1)
    texts, steps = frame["text"].tolist(), []
    for _ in range(words):
        tried = np.stack(
            [
                _scores(estimator, frame.assign(text=[f"{text} {word}" for text in texts]))
                for word in WORDS
            ]
        )
        held = tried[:, np.arange(len(texts)), answer]
        best = held.argmin(axis=0)
        texts = [f"{text} {WORDS[choice]}" for text, choice in zip(texts, best, strict=True)]
        steps.append(tried[best, np.arange(len(texts))])
    return steps


def _flipped(
    before: NDArray[np.float64], after: NDArray[np.float64], least: float
) -> NDArray[np.bool_]:
    """Another label, and one that is given: the attack is in vain where the model abstains."""
    another = after.argmax(axis=1) != before.argmax(axis=1)
    return np.asarray(another & (after.max(axis=1) >= least))


if __name__ == "__main__":
    main()
