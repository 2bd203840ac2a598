import random

import pytest

from stance.datasets.checks import makeup
from stance.datasets.source import read_source
from stance.records import Term


def findings(measures):
    return [item.finding().message for item in measures if item.finding()]


def test_counts(source_of, rows):
    rows[1] |= {"text": rows[0]["text"], "side": "hills", "twin_of": "s1", "lang": "fr"}
    assert makeup.counts(source_of(rows)) == {
        "statements": 8,
        "texts": 7,
        "pairs": 11,
        "terms": 5,
        "terms with a pair": 5,
        "conflicts": 2,
        "registers": 1,
        "languages": 2,
        "splits": 6,
    }


def test_label_shares_out_of_bounds_are_warned_of(made_of):
    items = [(f"text {at}", "north", "unrelated") for at in range(97)]
    items += [(f"text {at}", "north", "favor") for at in range(97, 100)]
    measures = list(makeup.label_shares(made_of(items)))
    assert all(item.severity == "warning" for item in measures)
    assert findings(measures) == [
        "share of pairs labelled favor is 0.03, below the limit of 0.05",
        "share of pairs labelled unrelated is 0.97, above the limit of 0.55",
    ]


def test_shares_within_bounds_are_not(made_of):
    items = [(f"text {at}", "north", ["favor", "unrelated"][at % 2]) for at in range(40)]
    assert findings(makeup.label_shares(made_of(items))) == []


def test_a_stem_is_shared_in_whatever_form_but_not_by_function_words():
    term = Term("Foreign troops leave the valley", aliases=("withdrawal",), opposites=("stay",))
    assert makeup.shares_a_stem("They are withdrawing.", term)
    assert makeup.shares_a_stem("We will be staying.", term)
    assert not makeup.shares_a_stem("The price of the bread.", term)


def test_easy_unrelated_pairs_are_warned_of(made_of):
    items = [(f"Bread costs {at} coins.", "north", "unrelated") for at in range(10)]
    (measure,) = makeup.neighbours(made_of(items))
    assert measure.finding().severity == "warning"
    assert measure.finding().message.endswith("is 0, below the limit of 0.3333")
    items[:4] = [(f"The truce is {at} days old.", "north", "unrelated") for at in range(4)]
    (measure,) = makeup.neighbours(made_of(items))
    assert measure.value == pytest.approx(0.4)
    assert measure.finding() is None


def test_unrelated_pairs_of_other_languages_are_not_compared_with_english_terms(source_of, rows):
    for row in rows:
        row["lang"] = "fr"
    assert list(makeup.neighbours(source_of(rows))) == []


def test_terms_with_too_few_too_many_or_repeated_phrases_are_found(source_of, rows, terms):
    terms[0]["aliases"] = terms[0]["aliases"][:5]
    terms[1]["opposites"] = [f"stay {number}" for number in range(9)]
    terms[2]["opposites"][0] = terms[2]["aliases"][0].upper()
    found = [item.message for item in makeup.phrases(source_of(rows, terms))]
    assert found == [
        "the term 'truce' has 5 aliases; expected 6 to 10",
        "the term 'exit' has 9 opposites; expected 4 to 8",
        "the term 'toll' has the phrase 'toll alias one' twice",
    ]


def test_sound_terms_raise_no_alarm(source_of, rows):
    assert list(makeup.phrases(source_of(rows))) == []


def test_a_name_in_a_table_needs_no_phrases(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("text,term,label\nWe sign.,A dam is filled,favor\n")
    assert list(makeup.phrases(read_source(path))) == []


@pytest.fixture
def chance():
    draw = random.Random(5)
    words = [f"word{number}" for number in range(400)]
    return [(" ".join(draw.choices(words, k=20)), "north", "favor") for _ in range(300)]


@pytest.mark.parametrize("size", [200, 300])
def test_chance_repeats_nothing(made_of, chance, size):
    six, five = makeup.repetition(made_of(chance[:size]))
    assert (six.value, six.finding(), five.finding()) == (0, None, None)
    assert five.value < 0.01


def test_a_sequence_of_two_texts_may_be_chance(made_of, chance):
    planted = [(f"{text} let me be very clear indeed" if at < 2 else text, side, label)
               for at, (text, side, label) in enumerate(chance)]  # fmt: skip
    six, _ = makeup.repetition(made_of(planted))
    assert (six.finding(), six.note) == (None, "none in 3 texts")


def test_a_favourite_sequence_is_found_and_quoted(made_of, chance):
    planted = [(f"{text} let me be very clear indeed" if at < 3 else text, side, label)
               for at, (text, side, label) in enumerate(chance)]  # fmt: skip
    six, _ = makeup.repetition(made_of(planted))
    assert six.finding().message == (
        "share of texts with the most frequent 6-word sequence is 0.01, above the limit of 0.003 "
        "('let me be very clear indeed' in 3 texts)"
    )


def test_much_repeated_wording_is_warned_of(made_of, chance):
    planted = [(f"{text} let me be very clear indeed about this", *rest) for text, *rest in chance]
    _, five = makeup.repetition(made_of(planted))
    assert five.finding().severity == "warning"
    assert 4 / 24 <= five.value < 0.2


def test_twins_are_one_text(made_of, chance):
    six, five = makeup.repetition(made_of(chance + chance))
    assert six.finding() is None
    assert five.value < 0.01


def test_few_texts_are_not_measured_and_say_so(made_of, chance):
    for measure in makeup.repetition(made_of(chance[:199])):
        assert measure.value is None
        assert measure.note == "not measured: it takes 200 texts"
