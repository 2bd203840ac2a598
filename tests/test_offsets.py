"""Offsets point into the text as it was given, whatever normalising did to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.features.analysis import tokens
from stance.offsets import word_offsets
from stance.text import normalise


def shown(text: str) -> list[str]:
    return [text[start:end] for start, end in word_offsets(text, tokens(text))]


def test_words_of_plain_text() -> None:
    assert shown(" We  won't\tsign! ") == ["We", "won't", "sign", "!"]


def test_words_that_normalising_changed() -> None:
    text = "Cease\u00adfire \ufb01rst, cafe\u0301 \U0001f600 \uff2e\uff4f\u2019s İz"
    assert shown(text) == [
        "Cease\u00adfire",
        "\ufb01rst",
        "cafe\u0301",
        "\uff2e\uff4f\u2019s",
        "İ",
        "z",
    ]


@pytest.mark.parametrize("char", ["\ufe0f", "\u034f", "\u115f", "\U000e0100"])
def test_characters_that_are_shown_as_nothing(char: str) -> None:
    assert shown(f"We re{char}ject it \u2764{char}") == ["We", f"re{char}ject", "it"]


def test_look_alike_letters() -> None:
    assert shown("our se\u0441urity") == ["our", "se\u0441urity"]


@given(st.text(max_size=60))
def test_each_stretch_normalises_to_its_word(text: str) -> None:
    words = tokens(text)
    offsets = word_offsets(text, words)
    assert len(offsets) == len(words)
    for (start, end), word in zip(offsets, words, strict=True):
        assert 0 <= start < end <= len(text)
        assert word in normalise(text[start:end]).lower() or word in normalise(text).lower()
    assert offsets == sorted(offsets)
