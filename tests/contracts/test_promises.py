"""What ``max_error``, ``coverage`` and ``label_set`` promise holds on terms never seen.

The thresholds come from the validation split, which holds other statements of the training's
terms; ``test_unseen_terms`` is whole terms that neither training nor validation saw.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from stance.abstention import Calibration, least_confidence
from stance.datasets import load, to_frame
from stance.errors import DataError
from stance.judging import Judge
from stance.labels import LABELS
from stance.predict import load_model
from stance.records import Statement, Term
from stance.splits import split

UNSEEN = "test_unseen_terms"


@cache
def judged(name: str) -> pd.DataFrame:
    """Every pair of a split through the gate that users go through: label, truth, reason."""
    frame = to_frame(split(load("settlement"), "fixed")[name])
    found = []
    terms = ["term_name", "term_description", "term_aliases", "term_opposites"]
    for key, rows in frame.groupby(terms, sort=False):
        judge = Judge(load_model(), [Term(*key)])
        triples = zip(rows["text"], rows["holder"], rows["side"], strict=True)
        answers = judge([Statement(*triple) for triple in triples])
        found.append(
            pd.DataFrame(
                {
                    "label": answers.labels[:, 0],
                    "truth": rows["label"].to_numpy(),
                    "confidence": answers.confidence[:, 0],
                    "probabilities": list(answers.probabilities[:, 0]),
                    "statement": rows["statement_id"].to_numpy(),
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def lowest_promise() -> float:
    """The lowest error that the shipped model offers, read from its refusal."""
    with pytest.raises(DataError, match="the lowest that its") as refusal:
        least_confidence(load_model().notes, max_error=0.001)
    return float(str(refusal.value).rpartition(" ")[2])


def test_the_model_promises_ten_in_a_hundred():
    assert lowest_promise() <= 0.1


@pytest.mark.parametrize("max_error", [0.05, 0.1, 0.15, 0.2, 0.25])
def test_the_error_is_the_promised_one(max_error, record_property):
    if max_error < lowest_promise():
        with pytest.raises(DataError, match=f"cannot promise an error of {max_error:g}"):
            least_confidence(load_model().notes, max_error=max_error)
        return
    pairs = judged(UNSEEN)
    answered = pairs[pairs["confidence"] >= least_confidence(load_model().notes, max_error)]
    wrong = int((answered["label"] != answered["truth"]).sum())
    interval = binomtest(wrong, len(answered)).proportion_ci(0.95, method="exact")
    error, coverage = wrong / len(answered), len(answered) / len(pairs)
    said = (
        f"asked {max_error:g}: error {error:.3f} (95 % interval {interval.low:.3f}-"
        f"{interval.high:.3f}), {coverage:.0%} of {len(pairs)} pairs answered"
    )
    print(said)
    record_property("promise", said)
    assert interval.low <= max_error, said
    assert coverage > (0.1 if max_error >= 0.1 else 0.05), said


def test_a_looser_promise_answers_more():
    notes = load_model().notes
    least = [least_confidence(notes, max_error=error) for error in (0.1, 0.15, 0.2, 0.25)]
    shares = [float((judged(UNSEEN)["confidence"] >= each).mean()) for each in least]
    assert shares == sorted(shares)


@pytest.mark.parametrize("coverage", [0.25, 0.5, 0.75])
def test_about_the_share_that_was_asked_for_is_answered(coverage):
    pairs = judged(UNSEEN)
    answered = pairs["confidence"] >= least_confidence(load_model().notes, coverage=coverage)
    assert answered.mean() == pytest.approx(coverage, abs=0.1)


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_label_sets_hold_the_true_label_as_often_as_asked(level):
    pairs = judged(UNSEEN).dropna(subset="label")
    least = Calibration(**load_model().notes["abstention"]).least_probability(level)
    probabilities = np.stack(pairs["probabilities"])
    true = probabilities[np.arange(len(pairs)), [LABELS.index(item) for item in pairs["truth"]]]
    held = int((true >= least).sum())
    assert binomtest(held, len(pairs)).proportion_ci(0.95, method="exact").high >= level
