"""Every reason to abstain, through both doors."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from stance import Statement, Term, predict, predict_many
from stance.arrow import predict_batches
from stance.errors import DataError
from stance.records import REASONS
from stance.scoring import compiled, pair_features
from stance.terms import TermCatalogue

WITHHELD = {
    "empty": " … !",
    "too_long": "We reject the truce. " * 1000,
    "bidi_override": "We reject \u202e the truce",
    "unsupported_script": "停火必须立即生效",
    "no_known_words": "Qwrtz xyzzy plugh",
}


def test_every_reason_is_tested() -> None:
    assert {*WITHHELD, "low_confidence"} == set(REASONS)


@pytest.mark.parametrize(("reason", "text"), WITHHELD.items())
def test_text_that_cannot_be_judged(reason: str, text: str, terms: list[Term], model: Path) -> None:
    one = predict(text, terms[0], model=model, label_set=0.9)
    assert (one.label, one.abstained, one.reason, one.label_set) == (None, True, reason, ())
    assert np.isnan([one.confidence, *one.probabilities.values()]).all()
    many = predict_many([text, "We reject the truce"], terms, model=model)
    assert many["reason"].tolist() == [reason] * 3 + [None] * 3
    assert many["label"].isna().tolist() == [True] * 3 + [False] * 3


def test_a_word_of_the_term_is_a_known_word(model: Path) -> None:
    unseen = Term("Xyzzy is ratified", id="x")
    found = predict_many("Qwrtz xyzzy plugh", [unseen, Term("Zorkmid rules", id="z")], model=model)
    assert found["reason"].tolist() == [None, "no_known_words"]


def test_a_text_in_another_language(model: Path, terms: list[Term]) -> None:
    text = "Nous rejetons la truce parce que rien ne garantit notre avenir"
    found = predict_many([text, "We reject la truce parce"], terms[1], model=model)
    assert found["reason"].tolist() == ["no_known_words", None]


def test_low_confidence_keeps_the_best_guess(terms: list[Term], model: Path) -> None:
    text = "Reporters opened the festival of the truce and the pull-out all week"
    sure = predict_many(text, terms, model=model)
    asked = predict_many(text, terms, model=model, coverage=0.01)
    assert asked["reason"].tolist() == ["low_confidence", "low_confidence", None]
    assert asked["abstained"].tolist() == [True, True, False]
    assert not sure["abstained"].any()
    pd.testing.assert_frame_equal(
        asked.drop(columns=["reason", "abstained"]), sure.drop(columns=["reason", "abstained"])
    )


def test_label_sets_hold_the_label_and_grow_with_the_level(terms: list[Term], model: Path) -> None:
    texts = ["We reject the truce", "The pull-out and the truce are on the agenda"]
    low = predict_many(texts, terms, model=model, label_set=0.5)
    high = predict_many(texts, terms, model=model, label_set=0.999)
    assert all(set(a) <= set(b) for a, b in zip(low["label_set"], high["label_set"], strict=True))
    assert all(a in b for a, b in zip(high["label"], high["label_set"], strict=True))


def test_one_and_many_agree(terms: list[Term], model: Path) -> None:
    text = "We accept the prisoner swap if Geneva signs"
    many = predict_many(text, terms, model=model, max_error=0.2, label_set=0.9)
    for term, row in zip(terms, many.to_dict("records"), strict=True):
        one = predict(text, term, model=model, max_error=0.2, label_set=0.9)
        assert (one.label, one.abstained, one.reason, one.label_set) == (
            row["label"],
            row["abstained"],
            row["reason"],
            row["label_set"],
        )
        assert one.confidence == pytest.approx(row["confidence"])


def test_a_catalogue_stands_for_the_terms_in_it(terms: list[Term], model: Path) -> None:
    shipped = next(iter(TermCatalogue.default().values()))
    own = TermCatalogue([Term("Wheat is exported", id=shipped.id, aliases=["truce"]), *terms])
    expected = predict_many(["We reject the truce"], list(own.values()), model=model)
    found = predict_many(["We reject the truce"], own, model=model)
    pd.testing.assert_frame_equal(found, expected)
    batches = [pa.record_batch({"text": ["We reject the truce"]})]
    read = predict_batches(batches, own, model=model).read_all()
    assert read["label"].to_pylist() == expected["label"].tolist()
    one = predict_batches(batches, "A truce takes effect", model=model).read_all()
    assert one["term"].to_pylist() == ["a_truce_takes_effect"]


def test_statements_without_an_id_are_never_named_as_one_that_has_one(
    terms: list[Term], model: Path
) -> None:
    frame = pd.DataFrame({"text": ["a", "b", "c"], "id": ["x", None, ""]}, index=[7, 8, 9])
    found = predict_many(frame, terms[:1], model=model)
    assert found["statement"].tolist() == ["x", "row 8", "row 9"]
    found = predict_many(frame.assign(id=[1.0, None, 3.0]), terms[:1], model=model)
    assert found["statement"].tolist() == [1, "row 8", 3]
    found = predict_many([Statement("a", id="1"), Statement("b")], terms[:1], model=model)
    assert found["statement"].tolist() == ["1", "row 1"]
    assert predict_many(["a", "b"], terms[:1], model=model)["statement"].tolist() == [0, 1]


@pytest.mark.parametrize("name", ["text", "id", "side"])
def test_a_column_that_stands_twice_is_named(name: str, terms: list[Term], model: Path) -> None:
    frame = pd.DataFrame([["a", "b", "c"]], columns=["text", name, name])
    with pytest.raises(DataError, match=f"the statements have two columns '{name}'; rename one"):
        predict_many(frame, terms, model=model)


def test_promises_need_a_table(plain_model: Path, terms: list[Term]) -> None:
    with pytest.raises(DataError, match="max_error: this model was saved without a calibration"):
        predict("We reject the truce", terms[1], model=plain_model, max_error=0.1)


def test_estimators_without_a_vocabulary_know_all_words() -> None:
    class Other:
        pass

    assert compiled(Other()).reader is None
    assert pair_features(Other()) is None


def test_predictions_pickle_without_their_model(model: Path, terms: list[Term]) -> None:
    found = predict("We reject the truce", terms[1], model=model)
    packed = pickle.dumps(found)
    again = pickle.loads(packed)
    assert again == found
    assert len(packed) < 2000
    with pytest.raises(DataError, match="this prediction came without its model; predict again"):
        _ = again.evidence
