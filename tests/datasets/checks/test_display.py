import io

import pytest
from rich.console import Console

from stance.datasets.checks.display import show
from stance.datasets.checks.results import Finding, Measure, Report


@pytest.fixture
def shown():
    def render(report):
        console = Console(file=io.StringIO(), width=120)
        show(report, console)
        return console.file.getvalue()

    return render


def test_counts_measures_and_findings_are_printed(shown):
    report = Report(
        "mine",
        {"statements": 1200, "pairs": 3},
        (Measure("sides", "macro F1", 0.5, high=0.45), Measure("x", "share", None, note="small")),
        (Finding("ids", "fault", "two lines"), Finding("cues", "warning", "a word")),
    )
    text = shown(report)
    assert "1,200 statements, 3 pairs" in text
    assert "macro F1  0.5000  at most 0.45" in text
    assert "share          –  small" in text
    assert "fault (ids) two lines" in text
    assert "warning (cues) a word" in text
    assert text.rstrip().endswith("1 fault, 1 warning")


def test_of_many_findings_the_first_twenty_are_printed_and_the_rest_counted(shown):
    text = shown(
        Report("mine", {}, (), tuple(Finding("ids", "fault", f"no. {n}.") for n in range(25)))
    )
    assert "no. 19." in text
    assert "no. 20." not in text
    assert "… and 5 more of ids; --json gives all" in text
    assert "25 faults" in text


def test_a_clean_dataset_is_called_clean(shown):
    assert shown(Report("mine", {}, (), ())).rstrip().endswith("clean")


def test_hostile_text_neither_styles_nor_moves_the_terminal(shown):
    text = shown(Report("mine", {}, (), (Finding("ids", "fault", "[red]x[/red] \x1b[2J\u202e"),)))
    assert r"[red]x[/red] \x1b[2J\u202e" in text
    assert "\x1b" not in text
