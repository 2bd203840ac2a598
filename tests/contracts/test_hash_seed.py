"""Sets have another order in every process; features may not depend on it."""

import os
import subprocess
import sys

PROGRAM = """
import hashlib
from stance.datasets import load, to_frame
from stance.features import PairFeatures

pairs = to_frame(load("settlement")["validation"].select(range(200)))
print(hashlib.sha256(PairFeatures().fit_transform(pairs).toarray().tobytes()).hexdigest())
"""


def digest(seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_features_are_the_same_bits_in_every_process():
    assert digest("1") == digest("2")
