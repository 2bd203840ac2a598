"""Speakers' labels: whose each paragraph is."""

from __future__ import annotations

from stance import statements_from_text

BRIEFING = """MODERATOR: Good afternoon.

THE FOREIGN MINISTER (Interpretation): We accept the plan.

We do not accept the list.

(Applause.)

Q: Why not?

Amb. Reyes-Holt: Because, as he said, "the list is wrong".
"""


def test_turns_and_their_paragraphs() -> None:
    found = statements_from_text(BRIEFING)
    assert [(item.holder, item.text) for item in found] == [
        ("MODERATOR", "Good afternoon."),
        ("THE FOREIGN MINISTER (Interpretation)", "We accept the plan."),
        ("THE FOREIGN MINISTER (Interpretation)", "We do not accept the list."),
        ("Q", "Why not?"),
        ("Amb. Reyes-Holt", 'Because, as he said, "the list is wrong".'),
    ]
    assert {item.kind for item in found} == {"transcript"}
    assert [item.cue for item in found[1:3]] == ["THE FOREIGN MINISTER (Interpretation)"] * 2
    assert all(BRIEFING[item.start : item.end] == item.text for item in found)


def test_one_turn_a_line() -> None:
    found = statements_from_text("HOST: Were you there?\nGUEST: I was.\nHOST: And then?")
    assert [item.holder for item in found] == ["HOST", "GUEST", "HOST"]


def test_questions_and_answers() -> None:
    found = statements_from_text("Q: Will you sign?\n\nA: Only if they sign.")
    assert [(item.holder, item.text) for item in found] == [
        ("Q", "Will you sign?"),
        ("A", "Only if they sign."),
    ]


def test_one_label_makes_no_transcript() -> None:
    article = "NOTE: The talks go on.\n\nThe mayor said the road was open.\n\nRain fell."
    assert [item.holder for item in statements_from_text(article)] == ["mayor"]


def test_what_stands_before_the_first_label_is_prose() -> None:
    article = "The mayor said the road was open.\n\nHOST: Is it?\n\nGUEST: It is."
    found = statements_from_text(article)
    assert [(item.holder, item.kind) for item in found] == [
        ("mayor", "reported"),
        ("HOST", "transcript"),
        ("GUEST", "transcript"),
    ]
