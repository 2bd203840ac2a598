import pytest

from stance.features.lexicon import analyse, lexicon

TERM = ("Foreign troops leave", "Soldiers go home.", ("troop withdrawal",), ("troops stay",))


def test_a_statement_keeps_its_words_and_marks_those_with_content():
    said = analyse("We reject the withdrawals?")
    assert said.words == ("we", "reject", "the", "withdrawals", "?")
    assert said.content[0] is None
    assert said.content[-1] is None
    assert said.content[3] == said.stems[3] == "withdraw"
    assert said.vocabulary == {"reject", "withdraw"}


def test_stems_play_the_part_of_the_phrase_that_they_come_from():
    role = lexicon(*TERM).role
    assert role["withdraw"] == "P"
    assert role["stay"] == "C"
    assert role["troop"] == "B"
    assert role["soldier"] == "D"
    assert "the" not in role


def test_phrases_without_content_are_left_out():
    found = lexicon("It is", "", ("and so on", "a truce"), ("no",))
    assert found.pro == (("truce",),)
    assert found.con == ()
    assert found.description == ()


def test_a_text_is_analysed_once():
    assert analyse("We sign.") is analyse("We sign.")
    assert lexicon(*TERM) is lexicon(*TERM)


PHRASES = ("troop withdrawal", "pull out of the valley", "our soldiers stay", "the occupation")


@pytest.mark.parametrize("written", [str.lower, str.capitalize, str.title, str.upper])
def test_capitals_that_all_phrases_have_make_no_names(written):
    phrases = [written(phrase) for phrase in PHRASES]
    name = "Foreign troops leave" if written is str.lower else written("foreign troops leave")
    assert not lexicon(name, "", tuple(phrases[:2]), tuple(phrases[2:])).names


def test_capitals_among_other_phrases_make_names():
    aliases = ("Kirkuk goes back", "return of the NATO troops")
    assert lexicon("Troops leave", "", aliases, ()).names == {"kirkuk", "nato"}
    assert lexicon("Troops leave", "", ("NATO Troops Leave", "Leaving Now"), ()).names == {"nato"}


def test_each_sentence_of_a_description_begins_with_a_capital():
    described = "All soldiers go home. Withdrawal from Kirkuk ends in May. Troops keep no base."
    assert lexicon("Troops leave", described, ("troop withdrawal",), ()).names == {"kirkuk"}
