import pytest

from stance.datasets import load, to_frame
from stance.features.lexicon import analyse, lexicon
from stance.features.nearest import nearest_phrases
from stance.models.reading import sequences

ALIASES = ("leaving the valley", "a withdrawal of troops", "Toran withdraws", "pulling out")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("We will never withdraw our troops", ["a withdrawal of troops", "Toran withdraws"]),
        # Inflected, and in another order.
        ("The valley is ours and nobody leaves", ["leaving the valley", "a withdrawal of troops"]),
        # Of equals the first, also where nothing is shared at all.
        ("No comment", ["leaving the valley", "a withdrawal of troops"]),
        ("", ["leaving the valley", "a withdrawal of troops"]),
        # Another language, through the glossary.
        ("Exigimos la retirada de las tropas", ["a withdrawal of troops"]),
    ],
)
def test_phrases_are_near_by_their_words(text, nearest):
    names = lexicon("Troops leave", "", ALIASES, ()).names
    found = nearest_phrases(analyse(text), ALIASES, names, 2)
    assert found[: len(nearest)] == nearest


def test_a_name_alone_makes_no_phrase_near():
    phrases = ("Toran", "Toran's gas", "gas flows")
    names = lexicon("Gas flows to Toran", "", phrases, ()).names
    assert nearest_phrases(analyse("We buy gas"), phrases, names, 3) == [
        "Toran's gas",
        "gas flows",
        "Toran",
    ]
    assert nearest_phrases(analyse("Toran is ours"), phrases, names, 1) == ["Toran"]


def test_fewer_phrases_than_wanted_are_all_given():
    assert nearest_phrases(analyse("We sign"), ("signing",), frozenset(), 5) == ["signing"]
    assert nearest_phrases(analyse("We sign"), (), frozenset(), 5) == []


def test_a_reader_gets_the_phrases_behind_the_term():
    frame = to_frame(load("settlement")["test_unseen_conflicts"]).head(60)
    plain, near = sequences(frame), sequences(frame, phrases=2)
    assert near[0] == plain[0]
    for row, (without, term) in enumerate(zip(plain[1], near[1], strict=True)):
        assert term.startswith(f"{without} Also: ")
        also, against = term.removeprefix(f"{without} Also: ").removesuffix(".").split(". Not: ")
        assert set(also.split("; ")) < set(frame["term_aliases"][row])
        assert set(against.split("; ")) < set(frame["term_opposites"][row])


def test_a_term_without_phrases_stays_as_it_is():
    frame = to_frame(load("settlement")["validation"]).head(5)
    frame["term_aliases"] = frame["term_opposites"] = [()] * 5
    assert sequences(frame, phrases=2) == sequences(frame)
    frame["term_opposites"] = [("no deal",)] * 5
    assert all(term.endswith(" Not: no deal.") for term in sequences(frame, phrases=2)[1])
