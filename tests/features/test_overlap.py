import numpy as np
import pandas as pd
import pytest

from stance.features import TermOverlap


@pytest.fixture
def measure(toy_pairs, toy_terms):
    """Named overlaps of one text with one term of the toy catalogue."""
    block = TermOverlap().fit(toy_pairs)

    def of(text, term, holder=""):
        found = toy_terms[term]
        row = {
            "text": text,
            "holder": holder,
            "side": "",
            "term_name": found.name,
            "term_description": found.description,
            "term_aliases": found.aliases,
            "term_opposites": found.opposites,
        }
        values = block.transform(pd.DataFrame([row]))[0]
        return dict(zip(block.get_feature_names_out(), values, strict=True))

    return of


def test_a_whole_alias_is_covered_in_any_form_and_order(measure):
    found = measure("They withdraw; the troops are going.", "valley_troops")
    assert found["best_pro"] == pytest.approx(1)
    assert found["whole_pro"] == 1
    assert found["best_con"] == 0
    assert found["pro_minus_con"] == found["best_pro"]


def test_an_opposite_counts_on_the_other_side(measure):
    found = measure("The garrisons remain.", "valley_troops")
    assert found["best_con"] == pytest.approx(1)
    assert found["pro_minus_con"] < 0


def test_a_text_about_something_else_has_no_overlap(measure):
    found = measure("Bread costs too much.", "valley_troops")
    assert found["no_word"] == 1
    assert not any(found[name] for name in ("best_pro", "best_con", "sum_any", "key_pro"))


def test_measures_stay_in_their_range(toy_pairs):
    block = TermOverlap().fit(toy_pairs)
    toy_pairs["text"] = [text * 50 for text in toy_pairs["text"]]
    values = pd.DataFrame(block.transform(toy_pairs), columns=block.get_feature_names_out())
    assert (values.drop(columns="pro_minus_con") >= 0).all(axis=None)
    assert (values <= 1 + 1e-9).all(axis=None)
    assert (values["pro_minus_con"] >= -1).all()


def test_a_rare_word_weighs_more_than_a_common_one(toy_pairs):
    block = TermOverlap().fit(toy_pairs)
    weights = block.weights()
    often = max(weights, key=lambda word: sum(word in text for text in toy_pairs["text"]))
    assert weights[often] < block.unseen_idf_
    assert np.all(np.array(list(weights.values())) <= block.unseen_idf_ + 1e-6)
