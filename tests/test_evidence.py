"""Evidence as it is shown: whole, escaped, inert."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from stance.evidence import Evidence, Span, print_lines

TEXT = "We <b>reject</b> it\x1b[31m if\u202e paid"
EVIDENCE = Evidence(
    TEXT,
    (Span(3, 16, 1.5, "<i>no</i>"), Span(25, 32, -0.25)),
    {"holder": 0.5, "intercept": -1.0},
    "log-odds",
    "linear",
    Span(25, 33, 0.0),
)


def plain() -> str:
    out = io.StringIO()
    Console(file=out, width=200).print(*EVIDENCE.lines(), sep="\n")
    return out.getvalue()


def test_it_is_a_collection_of_spans() -> None:
    assert [span.start for span in EVIDENCE] == [3, 25]
    assert len(EVIDENCE) == 2
    assert EVIDENCE.strongest(1) == [EVIDENCE.spans[0]]


def test_total_is_the_sum_of_everything() -> None:
    assert EVIDENCE.total == pytest.approx(0.75)


def test_lines_show_words_weights_and_the_phrase_touched() -> None:
    shown = plain()
    assert "+1.50  <b>reject</b>  ← <i>no</i>" in shown
    assert "-1.00  (intercept)" in shown
    assert "condition: if" in shown


def test_lines_hold_no_control_character() -> None:
    shown = plain()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b[31m" in shown


def test_a_terminal_shows_for_and_against_in_colour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "200")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    print_lines(EVIDENCE.lines())
    shown = capsys.readouterr().out
    green, red, plain = "\x1b[32m", "\x1b[31m", "\x1b[0m"
    assert f"{green}<b>reject</b>{plain}" in shown
    assert f"{green}  +1.50{plain}  <b>reject" in shown
    assert f"{red}  -0.25{plain}  " in shown


def test_html_escapes_the_statement_and_the_phrase() -> None:
    shown = EVIDENCE.html()
    assert "<b>" not in shown
    assert "<i>no" not in shown
    assert "&lt;b&gt;reject&lt;/b&gt;" in shown
    assert "+1.50 · &lt;i&gt;no" in shown
    assert "\u202e" not in shown


def test_printed_markup_stays_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(["[bold]not bold[/bold] \x1b[2J"])
    assert capsys.readouterr().out == "[bold]not bold[/bold] \\x1b[2J\n"
