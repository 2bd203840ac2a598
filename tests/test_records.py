import dataclasses
import pickle

import pytest

from stance import Prediction, Statement, Term
from stance.errors import DataError
from stance.labels import LABELS


def test_a_statement_keeps_its_text_as_it_is():
    text = "  We\u200b will  sign. "
    assert Statement(text).text == text


def test_missing_fields_of_a_statement_are_empty():
    statement = Statement("We sign.", holder=None, side=None)
    assert (statement.holder, statement.side, statement.id, statement.lang) == ("", "", "", "en")


@pytest.mark.parametrize("field", ["text", "holder", "side", "id", "lang"])
def test_a_field_of_a_statement_that_is_not_text_is_named(field):
    with pytest.raises(DataError, match=rf"Statement\.{field}: expected text, got int 3"):
        Statement(**{"text": "We sign.", field: 3})


def test_a_term_makes_its_id_of_its_name():
    assert Term("Foreign troops leave!").id == "foreign_troops_leave"
    assert Term("Война кончается").id == "война_кончается"
    assert Term("???").id == "term"
    assert Term("Foreign troops leave", id="exit").id == "exit"


@pytest.mark.parametrize("phrases", [["a truce"], ("a truce",), iter(["a truce"])])
def test_phrases_become_a_tuple(phrases):
    assert Term("A truce holds", aliases=phrases).aliases == ("a truce",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": ""}, r"Term\.name: expected text, got an empty string"),
        ({"name": "  "}, r"Term\.name: expected text, got an empty string"),
        ({"name": None}, r"Term\.name: expected text, got NoneType None"),
        ({"name": "A", "description": 1}, r"Term\.description: expected text, got int 1"),
        ({"name": "A", "aliases": "truce"}, r"Term\.aliases: expected a list .* got str 'truce'"),
        ({"name": "A", "opposites": None}, r"Term\.opposites: expected a list .* got NoneType"),
        ({"name": "A", "aliases": ["truce", 2]}, r"Term\.aliases\[1\]: expected text, got int 2"),
        ({"name": "A", "aliases": [" "]}, r"Term\.aliases\[0\]: expected text, got an empty"),
    ],
)
def test_a_wrong_term_is_refused_with_field_and_place(arguments, message):
    with pytest.raises(DataError, match=message):
        Term(**arguments)


def test_an_error_about_a_huge_value_stays_short():
    bomb = ["x" * 10_000] * 1_000
    for _ in range(8):
        bomb = [bomb] * 10
    with pytest.raises(DataError, match=r"Term\.name: expected text, got list") as caught:
        Term(bomb)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("record", [Statement("We sign."), Term("A treaty is signed")])
def test_records_are_frozen_hashable_and_travel_between_processes(record):
    assert pickle.loads(pickle.dumps(record)) == record
    assert hash(record) == hash(dataclasses.replace(record))
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.id = "other"


def _prediction(label, confidence, **more):
    probabilities = dict.fromkeys(LABELS, 0.2)
    statement, term = Statement("We sign."), Term("A treaty is signed")
    return Prediction(label, confidence, probabilities, statement, term, **more)


def test_a_prediction_reads_as_one_line():
    assert str(_prediction("favor", 0.812)) == "favor (0.81)"
    unsure = _prediction("favor", 0.3, abstained=True, reason="low_confidence")
    assert str(unsure) == "favor (0.30, not sure: low_confidence)"
    blank = _prediction(None, float("nan"), abstained=True, reason="empty")
    assert str(blank) == "no label (empty)"


def test_a_prediction_has_one_of_the_labels():
    with pytest.raises(DataError, match=r"Prediction\.label: expected one of .* got 'Favor'"):
        _prediction("Favor", 0.5)
