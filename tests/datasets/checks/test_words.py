from stance.datasets.checks.words import content_stems, text_key, words


def test_words_are_split_at_marks_and_keep_their_apostrophe():
    assert words("“We won’t” — 3.5% of ПЕРЕМИР'Я") == ["we", "won't", "3", "5", "of", "перемир'я"]


def test_content_stems_leave_out_function_words_and_endings():
    assert content_stems("They were withdrawing the troop's guns") == {"withdraw", "troop", "gun"}
    assert content_stems("of the and") == frozenset()


def test_texts_that_look_the_same_have_one_key():
    assert text_key("We  SIGN\u200b.") == text_key("we sign.")
    assert text_key("We sign.") != text_key("We sign!")
