import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.text import MAX_CHARACTERS, normalise, unusable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  We\twill\n\nsign.\r\n", "We will sign."),
        ("ｓｉｇｎ ﬁrst", "sign first"),
        ("cease\u00adfire with\u200bdrawal\ufeff", "ceasefire withdrawal"),
        ("se\u0441urity \u0430nd p\u0435ace", "security and peace"),
        ("‘we’ “sign” „now”", '\'we\' "sign" "now"'),
        ("bell\x07 and null\x00", "bell and null"),
        ("безпека і мир", "безпека і мир"),
        ("ασφάλεια", "ασφάλεια"),
        ("", ""),
    ],
)
def test_normal_form(text, expected):
    assert normalise(text) == expected


def test_a_word_of_another_script_is_left_as_it_is():
    assert normalise("Russia says «мир»") == "Russia says «мир»"


INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u2061\ufe0f\u3164\U000e0041"


@pytest.mark.parametrize("hidden", INVISIBLE)
def test_an_invisible_character_inside_a_word_changes_nothing(hidden):
    assert normalise(f"with{hidden}drawal") == "withdrawal"
    assert normalise(f"cafe{hidden}\u0301") == "café"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_the_normal_form_is_normal(text):
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()


def test_a_long_hostile_word_costs_no_time():
    started = time.process_time()
    for word in ("a" * 200_000 + "é", "é" + "а" * 200_000, "aé" * 100_000):
        normalise(word)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\u200b", "empty"),
        ("…?! 12 %", "empty"),
        ("a" * (MAX_CHARACTERS + 1), "too_long"),
        ("a" * MAX_CHARACTERS, None),
        ("We \u202ereject\u202c it", "bidi_override"),
        ("停火必须立即生效", "unsupported_script"),
        ("युद्धविराम", "unsupported_script"),
        ("We will sign.", None),
        ("Ніколи!", None),
        ("لن ننسحب", None),
        ("Ποτέ", None),
        ("¡Nunca más!", None),
        ("Beijing (北京) signs", None),
    ],
)
def test_why_a_text_cannot_be_judged(text, reason):
    assert unusable(text) == reason
