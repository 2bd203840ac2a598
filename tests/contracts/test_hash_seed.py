"""Sets have another order in every process; features may not depend on it."""

import os
import subprocess
import sys

import pytest

FEATURES = """
import hashlib
from stance.datasets import load, to_frame
from stance.features import PairFeatures

pairs = to_frame(load("settlement")["validation"].select(range(200)))
print(hashlib.sha256(PairFeatures().fit_transform(pairs).toarray().tobytes()).hexdigest())
"""

SCORES = """
import hashlib, random
from stance.predict import load_model
from stance.records import Statement, Term
from stance.scoring import pair_features, score

draw, model = random.Random(0), load_model().estimator
words = [word for word in pair_features(model).blocks_["overlap"].words_.tolist() if word.isalpha()]
some = draw.sample(words, 30)
phrases = [" ".join(draw.sample([*some, "qword", "zterm"], 3)) for _ in range(60)]
terms = [Term(part[0], aliases=part[1:5], opposites=part[5:])
         for part in (draw.sample(phrases, 8) for _ in range(12))]
texts = [" ".join(draw.sample(some, draw.randrange(3, 15))) for _ in range(400)]
found = score(model, list(map(Statement, texts)), terms)
print(hashlib.sha256(found.tobytes()).hexdigest())
"""


def digest(program: str, seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("program", [FEATURES, SCORES], ids=["features", "scores"])
def test_the_bits_are_the_same_in_every_process(program):
    assert digest(program, "1") == digest(program, "2")
