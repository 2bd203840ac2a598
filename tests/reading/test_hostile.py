"""Any text at all, in time that grows no faster than its length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance import statements_from_text

NEWS = (
    'Mara Venn, the foreign minister, rejected the offer. "We stay," she said.\n\n'
    "According to the army, the road is open. The council said talks would go on.\n\n"
)
MEGABYTE = 1_000_000
PIECES = {
    "quotation marks that nothing closes": "“",
    "straight marks": '"a. ',
    "apostrophes": "'a ",
    "brackets": "([",
    "verbs": "said ",
    "commas": "the minister, ",
    "names": "Mara Venn ",
    "control characters": "\x00\x1b[2J\u202e",
    "line ends": "\n",
    "blanks": " ",
    "full stops": ". ",
    "one word": "a",
    "of": "mayor of ",
    "joined cues": "he said and ",
    "initials": "A. ",
    "one sentence": "the mayor said that ",
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES.keys())
def test_a_megabyte_of_one_thing(piece: str) -> None:
    article = piece * (MEGABYTE // len(piece))
    begun = time.process_time()
    statements_from_text(article)
    assert time.process_time() - begun < 30


@pytest.mark.parametrize("blank", [" ", "\t", "\u2003"])
def test_a_capital_before_blanks(blank: str) -> None:
    article = f"The mayor left.\n\nA{blank * 30_000}x"
    begun = time.process_time()
    assert statements_from_text(article) == []
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "article", [". according to and", ". according to Venn and", "And said Venn."]
)
def test_an_and_that_joins_nothing(article: str) -> None:
    assert all(item.holder for item in statements_from_text(article))


def test_half_a_character() -> None:
    article = 'The mayor\ud800 left. The army said the road \udfff was open. "We\ud800," Venn said.'
    found = statements_from_text(article)
    assert [item.holder for item in found] == ["army", "Venn"]
    assert all(article[item.start : item.end] == item.text for item in found)


def test_twice_the_news_takes_about_twice_the_time() -> None:
    def seconds(times: int) -> float:
        begun = time.process_time()
        assert len(statements_from_text(NEWS * times)) == 4 * times
        return time.process_time() - begun

    seconds(10)
    assert seconds(600) < 4 * seconds(300) + 1


def test_many_of_one_name_and_role() -> None:
    article = "".join(
        f"A{index}a Venn, the minister, said it rained. Venn said it snowed. "
        "The minister said it hailed.\n\n"
        for index in range(600)
    )
    begun = time.process_time()
    found = statements_from_text(article)
    assert time.process_time() - begun < 30
    assert max(len(item.candidates) for item in found) <= 8


ALPHABET = st.sampled_from(
    [
        *".,:;?!\"“”‘’'«»()[]—-\n\r\t \x00\x1b\u202e🙂\ud800",
        *[
            "said",
            "told",
            "rejected",
            "that",
            "the",
            "a",
            "mayor",
            "Mara",
            "Venn",
            "he",
            "she",
            "it",
            "and",
            "but",
            ",",
            "to",
            "Q:",
            "called",
            "for",
        ],
        "\n\n",
        "according to",
    ]
)


@given(st.lists(ALPHABET, max_size=60), st.sampled_from(["", " "]))
@settings(max_examples=400, deadline=None)
def test_what_holds_of_any_text(words: list[str], blank: str) -> None:
    article = blank.join(words)
    found = statements_from_text(article)
    for item in found:
        assert item.text == article[item.start : item.end]
        assert item.text.strip()
        assert item.holder.strip()
        assert 0 <= item.cue_start < item.cue_end <= len(article)
        assert item.certain or len(set(item.candidates)) == len(item.candidates)
        assert not (item.certain and item.candidates)
    assert [item.start for item in found] == sorted(item.start for item in found)
    assert found == statements_from_text(article)
