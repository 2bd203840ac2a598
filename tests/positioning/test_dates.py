import datetime as dt

import pandas as pd
import pytest

from stance.errors import DataError
from stance.positioning.dates import parse_dates


def read(*values):
    return parse_dates(pd.Series(list(values), dtype=object), "statements").tolist()


def test_all_ways_to_write_a_day():
    day = pd.Timestamp("2026-02-28")
    values = ["2026-02-28", " 2026-02-28 ", "2026-02-28T10:30:00", dt.date(2026, 2, 28)]
    values += [dt.datetime(2026, 2, 28, 23, 59), pd.Timestamp("2026-02-28 12:00")]
    assert read(*values) == [day] * 6


def test_what_is_not_known_to_the_day_is_no_date():
    assert all(pd.isna(value) for value in read("", None, float("nan"), pd.NaT, "2026", "2026-02"))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("28.02.2026", "row 1, column 'date'.*got '28.02.2026'; did you mean 2026-02-28"),
        ("03/04/2026", "did you mean 2026-03-04 or 2026-04-03"),
        ("2026-13", "expected a date such as 2026-02-28, got '2026-13'"),
        ("2026-02-30", "expected a date such as 2026-02-28, got '2026-02-30'"),
        (20260228, "got int 20260228"),
    ],
)
def test_what_is_no_date(value, message):
    with pytest.raises(DataError, match=message):
        read("2026-01-01", value)
