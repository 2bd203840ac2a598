"""The bar of `stance predict`: in terminals only, with rate and time left."""

import re
from types import SimpleNamespace

import pytest
import rich.progress

from stance.cli.progress import showing


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = SimpleNamespace(now=100.0)
    whole = rich.progress.Progress
    monkeypatch.setattr(
        rich.progress,
        "Progress",
        lambda *columns, **options: whole(
            *columns, **options, get_time=lambda: clock.now, auto_refresh=False
        ),
    )
    return clock


@pytest.fixture
def terminal(monkeypatch):
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "120")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)


def run(clock, **options):
    with showing(**options) as update:
        update(100, 1000, 5_000)  # 5,000 rows were answered by an earlier run
        clock.now += 10
        update(400, 1000, 25_000)
        clock.now += 10
        update(500, 1000, 45_000)


def test_a_terminal_shows_rows_rate_and_the_time_left(clock, terminal, capsys):
    run(clock)
    shown = capsys.readouterr()
    assert shown.out == ""  # the bar is on standard error
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.err).replace("\r", "\n").strip()
    last = last.splitlines()[-1]
    assert last.startswith("45,000 statements ")
    assert " 2,000 a second, left " in last
    # 400 of 1,000 places took 20 seconds: the 500 that are left take 25.
    assert re.search(r"left 0:00:25 0:00:20$", last), last


@pytest.mark.parametrize("options", [{}, {"quiet": True}], ids=str)
def test_elsewhere_and_when_quiet_nothing_is_shown(clock, options, request, capsys):
    if options:
        request.getfixturevalue("terminal")
    run(clock, **options)
    assert capsys.readouterr().err == ""
