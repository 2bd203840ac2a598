"""What a spreadsheet or a terminal would obey stays text."""

from __future__ import annotations

import pytest

from stance.inert import cell, markdown, printable


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_formula_becomes_text(start: str) -> None:
    assert cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize("text", ["We sign", "", "a=1", "5 - 3"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    "char", ["\x1b", "\x07", "\x9b", "\x00", "\r", "\u202e", "\u2066", "\uffff"]
)
def test_no_control_character_reaches_a_terminal(char: str) -> None:
    shown = printable(f"a{char}b")
    assert char not in shown
    assert shown.isprintable()


def test_line_breaks_become_blanks() -> None:
    assert printable("one\n\ttwo") == "one two"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("two_stage", "two_stage"),
        ("_a_ *b* `c` ~~d~~", r"\_a\_ \*b\* \`c\` \~\~d\~\~"),
        ("![x](https://evil.example)", r"!\[x\](https://evil.example)"),
        ("<img src=x> &lt;", "&lt;img src=x&gt; &amp;lt;"),
        ("a|b\n\n# c", r"a\|b # c"),
        ("\\[x]", r"\\\[x\]"),
    ],
)
def test_a_description_shows_markdown_as_it_is_written(text: str, written: str) -> None:
    assert markdown(text) == written
