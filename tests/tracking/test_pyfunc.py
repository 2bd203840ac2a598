"""A logged model answers as stance.predict does, and says what is wrong with a request."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from stance import Term, predict
from stance.records import REASONS
from stance.tracking.pyfunc import PairModel, signature

TERM = Term("The treaty is signed", aliases=["the treaty"], opposites=["tear up the treaty"])


@pytest.fixture
def served(result):
    return PairModel(str(result.model))


def pair(text="We welcome the treaty", **changes):
    return {"text": text, "term_name": TERM.name, "term_aliases": list(TERM.aliases)} | changes


def test_the_same_answers_as_predict(served, result):
    rows = [
        pair(text, holder="minister", side=side, term_opposites=list(TERM.opposites))
        for text in ("We welcome the treaty", "", "We reject \u202e it", "Qwrtz xyzzy plugh")
        for side in ("north", None)
    ]
    found = served.predict(pd.DataFrame(rows))
    for row, answer in zip(rows, found.to_dict("records"), strict=True):
        one = predict(row["text"], TERM, holder="minister", side=row["side"], model=result.model)
        assert (answer["label"], answer["abstained"], answer["reason"]) == (
            one.label,
            one.abstained,
            one.reason,
        )
        assert answer["confidence"] == pytest.approx(one.confidence, nan_ok=True)
    assert set(found["reason"].dropna()) == {"empty", "bidi_override", "no_known_words"}
    assert set(found["reason"].dropna()) < set(REASONS)


def test_missing_and_null_phrases_are_none(served):
    plain = served.predict(pd.DataFrame([pair(term_aliases=[], term_opposites=[])]))
    for missing in (None, float("nan"), pd.NA, np.array([])):
        row = pair(term_aliases=missing, term_opposites=missing, term_description=None)
        pd.testing.assert_frame_equal(served.predict(pd.DataFrame([row])), plain)
    only = pd.DataFrame([{"text": "We welcome the treaty", "term_name": TERM.name}])
    pd.testing.assert_frame_equal(served.predict(only), plain)


def test_rows_keep_their_order_whatever_the_terms(served):
    rows = [pair(f"We welcome clause {n}", term_name=f"Clause {n % 3} is kept") for n in range(9)]
    together = served.predict(pd.DataFrame(rows))
    alone = [served.predict(pd.DataFrame([row])) for row in rows]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))


def test_no_rows(served):
    assert served.predict(pd.DataFrame([pair()])[:0]).shape == (0, 4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": 3}, "row 1: Statement.text: expected text, got int 3"),
        ({"term_name": ""}, "row 1: Term.name: expected text, got an empty string"),
        ({"term_name": None}, "row 1: Term.name: expected text, got NoneType None"),
        ({"term_aliases": "treaty"}, "row 1: Term.aliases: expected a list of phrases, got str"),
        ({"term_aliases": [1]}, r"row 1: Term.aliases\[0\]: expected text, got int 1"),
    ],
)
def test_a_row_that_cannot_be_read(served, changes, message):
    with pytest.raises(MlflowException, match=message) as error:
        served.predict(pd.DataFrame([pair(), pair(**changes)]))
    assert error.value.get_http_status_code() == 400


def test_only_text_and_term_are_needed():
    needed = [item.name for item in signature().inputs.inputs if item.required]
    assert needed == ["text", "term_name"]
