"""Shifts: found where there is one, not where there is none, with the right numbers."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import stance
from stance.errors import DataError, UnknownNameError
from stance.labels import LABELS


def days(month, number):
    return [f"2026-{month:02}-{day:02}" for day in range(1, number + 1)]


def turning(number=8):
    """An envoy who was for a truce in January and is against it in May; rebels who are calm."""
    rows = [("envoy", "truce", "favor", day) for day in days(1, number)]
    rows += [("envoy", "truce", "against", day) for day in days(5, number)]
    rows += [
        ("rebels", "truce", label, day)
        for month in (1, 5)
        for day in days(month, 4)
        for label in ("favor", "against")
    ]
    return rows


def test_a_shift_is_found_and_a_calm_holder_is_not(table_of):
    found = stance.positions(table_of(turning())).shifts("120D").set_index("holder")
    envoy, rebels = found.loc["envoy"], found.loc["rebels"]
    assert envoy[["before", "after", "change"]].tolist() == [1, -1, -2]
    assert envoy["low"] == -2
    assert -2 < envoy["high"] < -1
    assert bool(envoy["shift"])
    assert (rebels["change"], rebels["p_value"], bool(rebels["shift"])) == (0, 1, False)
    assert envoy["date"] == pd.Timestamp("2026-05-01")
    assert envoy[["n_before", "n_after"]].tolist() == [8, 8]


def test_p_value_is_that_of_all_divisions(table_of):
    table = table_of(turning(4)[:8])
    found = stance.positions(table).shifts("120D")
    values = np.array([1.0] * 4 + [-1.0] * 4)
    splits = [list(chosen) for chosen in itertools.combinations(range(8), 4)]
    differences = [2 * values[chosen].mean() - 2 * values.mean() for chosen in splits]
    assert found["p_value"].tolist() == [np.mean(np.abs(differences) >= 2 - 1e-9)]


def test_many_tests_are_corrected(table_of):
    found = stance.positions(table_of(turning())).shifts("120D")
    for name in ("bh", "by"):
        again = stance.positions(table_of(turning())).shifts("120D", correction=name)
        expected = stats.false_discovery_control(found["p_value"], method=name)
        assert again["q_value"].tolist() == pytest.approx(expected.tolist())


def test_events_are_named(table_of):
    found = stance.positions(table_of(turning()))
    marks = [("2026-04-01", "talks fail"), ("2030-01-01", "much later"), "2026-03-01"]
    assert set(found.shifts("120D", events=marks)["event"]) == {"talks fail"}
    for missing in (None, float("nan"), pd.NA):
        assert set(found.shifts("120D", events=[("2026-04-01", missing)])["event"]) == {""}
    frame = pd.DataFrame({"date": ["2026-04-01"], "name": ["talks fail"]})
    shifts = found.shifts(frame)
    assert set(shifts["event"]) == {"talks fail"}
    assert set(shifts["date"]) == {pd.Timestamp("2026-04-01")}


def test_labels_count_where_the_probabilities_say_nothing_of_them(table_of):
    table = table_of(turning())
    table[[f"p_{label}" for label in LABELS]] = 0.0
    table["p_unrelated"] = 1.0
    found = stance.positions(table).shifts().set_index("holder")
    assert np.isfinite(found["p_value"]).all()
    assert found.loc["envoy", "p_value"] < 0.001
    assert found.loc["rebels", "p_value"] > 0.5


def test_a_window_with_too_few_statements_is_skipped(table_of):
    rows = [*turning(), ("envoy", "truce", "favor", "2026-03-05")]
    found = stance.positions(table_of(rows)).shifts([*["2026-03-01"], "2026-04-01"])
    envoy = found[found["holder"] == "envoy"]
    assert envoy[["n_before", "n_after"]].values.tolist() == [[8, 8]]


def test_statements_without_a_day_are_left_out(table_of):
    rows = [*turning(), *[("envoy", "truce", "against", "2026-01")] * 5]
    found = stance.positions(table_of(rows)).shifts("120D")
    assert found.loc[found["holder"] == "envoy", "n_before"].tolist() == [8]


def test_seeds_give_equal_shifts(table_of):
    table = table_of(turning(), sure=0.7)
    first, second = (stance.positions(table).shifts("120D") for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": "90 moons"}, "window: expected a length of time such as '90D'.*'90 moons'"),
        ({"window": "-5D"}, "a window must have a length"),
        ({"window": ["soon"]}, "window, row 0, column 'date': expected a date.*'soon'"),
        ({"window": ["2026"]}, "window, row 0.*expected a day such as 2026-02-28, got str '2026'"),
        ({"events": 3}, "events: expected dates, or pairs of a date and a name; got int 3"),
        ({"events": pd.DataFrame({"date": [], "nam": []})}, "events: no column 'name'; did you"),
        ({"alpha": 5}, "alpha: expected a number between 0 and 1, got int 5"),
        ({"n_permutations": 5}, "n_permutations: expected at least 99, got int 5"),
    ],
)
def test_arguments_that_are_wrong(table_of, arguments, message):
    with pytest.raises(DataError, match=message):
        stance.positions(table_of(turning())).shifts(**arguments)


def test_unknown_correction(table_of):
    with pytest.raises(UnknownNameError, match="unknown correction 'bonferroni'"):
        stance.positions(table_of(turning())).shifts(correction="bonferroni")


def test_no_dates_at_all(table_of):
    found = stance.positions(table_of([("envoy", "truce", "favor")] * 4))
    with pytest.raises(DataError, match="no statement has a date; give a column 'date'"):
        found.shifts()
