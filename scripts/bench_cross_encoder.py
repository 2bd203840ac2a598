"""Compare the int8 network of a cross-encoder with the torch model that it was exported from.

python scripts/bench_cross_encoder.py MODEL CHECKPOINT [PAIRS]

MODEL is the model folder, CHECKPOINT what the same training wrote as its Transformer's checkpoint.
Both read the first PAIRS (default 1,000) of the unseen conflicts; torch in batches of 32 of like
length, on as many threads as there are cores. They do so three times, in turn, and the fastest of
each counts: others on the machine can only make it slower. Labels are those of the whole model, in
which the linear model may count beside the network.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stance.datasets import load, to_frame
from stance.encoder.batches import padded
from stance.encoder.checkpoints import open_classifier
from stance.encoder.tokens import TextTokenizer, tokenizer_bytes
from stance.labels import LABELS
from stance.models import CrossEncoderClassifier
from stance.persistence import load_folder

_TIMES = 3


def main() -> int:
    """Print pairs a second of both, and the share of pairs with equal labels."""
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    pairs = to_frame(load("settlement")["test_unseen_conflicts"]).head(count)
    model = load_folder(sys.argv[1]).estimator
    reader = _reader(model)
    texts = reader.texts(pairs)
    network = reader.open_network()
    network(*(part[:20] for part in texts))
    int8 = seconds = math.inf
    for _ in range(_TIMES):
        started = time.perf_counter()
        small = network(*texts)
        int8 = min(int8, time.perf_counter() - started)
        exact, taken = _torch(Path(sys.argv[2]), texts, reader.max_length)
        seconds = min(seconds, taken)
    labels = [_labels(model, reader, pairs, scores) for scores in (small, exact)]
    equal = float((labels[0] == labels[1]).mean())
    print(f"torch: {len(pairs) / seconds:.1f} pairs a second")
    print(f"int8:  {len(pairs) / int8:.1f} pairs a second, {seconds / int8:.2f} times as many")
    print(f"equal labels: {equal:.2%} of {len(pairs)} pairs")
    return 0


def _reader(model: Any) -> CrossEncoderClassifier:
    """The cross-encoder in a calibrated model, alone or beside the linear one."""
    classifier = model.estimator["classifier"]
    inner = classifier.slow_.estimator if hasattr(classifier, "slow_") else classifier
    if not isinstance(inner, CrossEncoderClassifier):
        raise SystemExit(f"expected a cross-encoder, the folder holds a {type(inner).__name__}")
    return inner


def _labels(
    model: Any, reader: CrossEncoderClassifier, pairs: pd.DataFrame, scores: NDArray[np.float32]
) -> NDArray[Any]:
    """What a model answers whose network has given these scores."""
    with mock.patch.object(reader, "_scores", side_effect=lambda asked: scores[asked.index]):
        return np.asarray(model.predict(pairs))


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
