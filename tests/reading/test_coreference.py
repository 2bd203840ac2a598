"""Whom "he" and "the minister" stand for; and that it is said where nobody can know."""

from __future__ import annotations

import pytest

from stance import statements_from_text

PLAIN = {
    "surname": ("Mara Venn left. Venn said it was late.", "Mara Venn"),
    "full name comes later": ("Venn said it was late. Mara Venn is the mayor.", "Mara Venn"),
    "title": ("Foreign Minister Mara Venn left. The minister said it was late.", "Mara Venn"),
    "role beside a name": (
        "Mara Venn, the foreign minister, left. The minister said it was late.",
        "Mara Venn",
    ),
    "role before a name": ("The mayor, Mara Venn, left. The mayor said it was late.", "Mara Venn"),
    "pronoun": ("Mara Venn opened the fair. She said it was late.", "Mara Venn"),
    "pronoun after an object in speech": (
        "Mara Venn said that Ilo Brask had lied. She said it was late.",
        "Mara Venn",
    ),
    "gender by role": (
        "Mara Venn, a widow, met Ilo Brask on Monday. He said it was late.",
        "Ilo Brask",
    ),
    "body": ("The ministry closed the road. It said it was late.", "ministry"),
    "role without a name": (
        "A spokesman for the rebels left. The spokesman said it was late.",
        "spokesman for the rebels",
    ),
    "the last two names": (
        "Ismail Ould Amir Saleh left. Amir Saleh said it was late.",
        "Ismail Ould Amir Saleh",
    ),
    "not the country": (
        "Ambassador Ada Brune of Toruna, the chief of the team, left. She said it was late.",
        "Ada Brune",
    ),
    "not the newspaper": (
        "Speaking to QRB News, Ada Brune left. She said it was late.",
        "Ada Brune",
    ),
    "adjective behind the noun": (
        "An official source said it rained. A source close to the king said it snowed. "
        "The source said it was late.",
        "source close to the king",
    ),
    "king": ("King Osric opened the fair. He said it was late.", "King Osric"),
    "Mr": ("Mr Fenn said it was late.", "Fenn"),
    "plural": ("The rebels left. They said it was late.", "rebels"),
    "together": ("Mara Venn and Oss Tal left. They said it was late.", "Mara Venn and Oss Tal"),
    "together, surnames": (
        "Mara Venn and Oss Tal left. Venn and Tal said it was late.",
        "Mara Venn and Oss Tal",
    ),
    "one of two who spoke together": (
        "Mara Venn and Oss Tal said it rained. Tal said it was late.",
        "Oss Tal",
    ),
    "within its own sentence": ("The fund will not pay, it said.", "fund"),
    "a firm": ("The grid operator denied any fault. It said it was late.", "grid operator"),
    "party by its kind": (
        "The Party of the Plain won. The party said it was late.",
        "Party of the Plain",
    ),
}
UNCLEAR = {
    "two men": (
        "Viktor Almas met Lio Marchand on Friday. He said it was late.",
        "He",
        ("Viktor Almas", "Lio Marchand"),
    ),
    "two ministers": (
        "Mara Venn, the foreign minister, met Ilo Brask, the interior minister. "
        "The minister said it was late.",
        "minister",
        ("Mara Venn", "Ilo Brask"),
    ),
    "brothers": (
        "Ada Brune and Ivo Brune left. Brune said it was late.",
        "Brune",
        ("Ada Brune", "Ivo Brune"),
    ),
    "together, one of two brothers": (
        "Ada Brune, Ivo Brune and Oss Tal left. Brune and Tal said it was late.",
        "Brune and Oss Tal",
        ("Ada Brune", "Ivo Brune", "Oss Tal"),
    ),
    "nobody before": ("He said it was late.", "He", ()),
}


@pytest.mark.parametrize(("article", "holder"), PLAIN.values(), ids=PLAIN.keys())
def test_plain(article: str, holder: str) -> None:
    found = statements_from_text(article)[-1]
    assert (found.holder, found.certain, found.candidates) == (holder, True, ())


@pytest.mark.parametrize(("article", "words", "candidates"), UNCLEAR.values(), ids=UNCLEAR.keys())
def test_unclear(article: str, words: str, candidates: tuple[str, ...]) -> None:
    found = statements_from_text(article)[-1]
    assert not found.certain
    assert found.holder == words
    assert set(found.candidates) == set(candidates)


def test_more_words_tell_two_ministers_apart() -> None:
    article = (
        "Mara Venn, the foreign minister, met Ilo Brask, the interior minister. "
        "The interior minister said it was late. The foreign minister said it was not late."
    )
    assert [item.holder for item in statements_from_text(article)] == ["Ilo Brask", "Mara Venn"]


NAMESAKES = {
    "Mr and Mrs": (
        "Mr. Venn said he would leave. Mrs. Venn said she would stay.",
        ["Mr. Venn", "Mrs. Venn"],
    ),
    "both at once": (
        "Mrs. Venn left. Mr. and Mrs. Venn said it rained.",
        ["Venn"],
    ),
    "a widow and Mr": (
        "Mara Venn, a widow, said it rained. Mr. Venn said it was late.",
        ["Mara Venn", "Mr. Venn"],
    ),
    "titles": (
        "President Oss said it rained. General Oss rejected the plan. Gen. Oss said it was late.",
        ["President Oss", "General Oss", "General Oss"],
    ),
    "titles of one": (
        "Premier Oss said it rained. Prime Minister Oss said it was late.",
        ["Premier Oss", "Premier Oss"],
    ),
    "no title, only a word for him": (
        "President Oss said it rained. On Monday, rebel leader Oss said it was late.",
        ["President Oss", "President Oss"],
    ),
    "title tells two full names apart": (
        "President Oss Tal said it rained. General Ivo Tal rejected it all. "
        "President Tal said it was late.",
        ["Oss Tal", "Ivo Tal", "Oss Tal"],
    ),
    "a new title of a full name": (
        "Speaker Oss Tal said it rained. Senator Tal said it was late.",
        ["Oss Tal", "Oss Tal"],
    ),
}


@pytest.mark.parametrize(("article", "holders"), NAMESAKES.values(), ids=NAMESAKES.keys())
def test_namesakes(article: str, holders: list[str]) -> None:
    found = statements_from_text(article)
    assert [item.holder for item in found] == holders
    assert all(item.certain for item in found)


def test_who_is_spoken_of_is_not_the_speaker() -> None:
    article = 'Marta Sund left. "They lie," she said. The minister, she charged, had lied.'
    assert [item.holder for item in statements_from_text(article)] == ["Marta Sund"] * 2


def test_once_shown_gender_is_remembered() -> None:
    article = (
        "Mara Venn opened the fair. She said it was late. Ilo Brask spoke after Venn. "
        "He said it was early."
    )
    assert [item.holder for item in statements_from_text(article)] == ["Mara Venn", "Ilo Brask"]
