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
