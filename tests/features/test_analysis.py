import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from stance.features.analysis import FUNCTION_WORDS, stem, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We won't sign!", ["we", "won't", "sign", "!"]),
        ("WE WON’T sign…", ["we", "won't", "sign"]),
        ("50% of 5,000 troops?", ["50", "%", "of", "5", "000", "troops", "?"]),
        ("snake_case co-operation", ["snake", "case", "co", "operation"]),
        ("with\u00addrawal of se\u0441urity", ["withdrawal", "of", "security"]),
        ("Ніколи не підпишемо", ["ніколи", "не", "підпишемо"]),
        ("", []),
    ],
)
def test_words_of_a_text(text, expected):
    assert tokens(text) == expected


def test_forms_of_a_word_share_a_stem():
    assert {stem(word) for word in ("withdraw", "withdraws", "withdrawing")} == {"withdraw"}
    assert stem("army's") == stem("army")
    assert stem("підпишемо") == "підпишемо"


def test_function_words_are_words_as_the_tokens_make_them():
    assert all(tokens(word) == [word] for word in FUNCTION_WORDS)
    assert not FUNCTION_WORDS & {"never", "reject", "withdrawal", "accept"}


def test_threads_do_not_stem_one_anothers_words(monkeypatch):
    endings = ("ing", "ations", "fulness", "ied", "ly", "'s", "iveness", "")
    words = [
        f"{letter}orm{number % 9}al{end}"
        for letter in "bcdfgh"
        for number in range(60)
        for end in endings
    ]
    expected = [stem.__wrapped__(word) for word in words]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns as often as they can
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(stem.__wrapped__, words))
    finally:
        sys.setswitchinterval(interval)
    assert found == expected
