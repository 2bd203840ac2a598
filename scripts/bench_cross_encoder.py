"""Compare the int8 network of a cross-encoder with the torch model that it was exported from.

python scripts/bench_cross_encoder.py MODEL CHECKPOINT [PAIRS]

MODEL is the model folder, CHECKPOINT what the same training wrote with model.classifier.checkpoint.
Both read the first PAIRS (default 1,000) of the unseen conflicts; torch in batches of 32 of like
length, on as many threads as there are cores.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stance.datasets import load, to_frame
from stance.encoder.batches import padded
from stance.encoder.checkpoints import open_classifier
from stance.encoder.tokens import TextTokenizer, tokenizer_bytes
from stance.labels import LABELS
from stance.persistence import load_folder


def main() -> int:
    """Print pairs a second of both, and the share of pairs with equal labels."""
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    pairs = to_frame(load("settlement")["test_unseen_conflicts"]).head(count)
    classifier = load_folder(sys.argv[1]).estimator.estimator["classifier"]
    texts = classifier.texts(pairs)
    network = classifier.open_network()
    network(*(part[:20] for part in texts))
    started = time.perf_counter()
    small = network(*texts)
    int8 = len(pairs) / (time.perf_counter() - started)
    exact, seconds = _torch(Path(sys.argv[2]), texts, classifier.max_length)
    equal = float((small.argmax(axis=1) == exact.argmax(axis=1)).mean())
    print(f"torch: {len(pairs) / seconds:.1f} pairs a second")
    print(f"int8:  {int8:.1f} pairs a second, {int8 * seconds / len(pairs):.2f} times as many")
    print(f"equal labels: {equal:.2%} of {len(pairs)} pairs")
    return 0


def _torch(
    folder: Path, texts: tuple[list[str], list[str]], max_length: int
) -> tuple[NDArray[np.float32], float]:
    import torch

    model = open_classifier(folder, LABELS, seed=0).eval()
    tokenize = TextTokenizer(tokenizer_bytes(folder), max_length)
    started = time.perf_counter()
    tokens = tokenize(*texts)
    order = np.argsort([len(ids) for ids, _ in tokens], kind="stable")
    found = np.zeros((len(tokens), len(LABELS)), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            batch = padded([tokens[row] for row in rows], pad=0)
            found[rows] = model(*map(torch.from_numpy, (batch.ids, batch.segments, batch.mask)))
    return found, time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
