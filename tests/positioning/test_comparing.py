"""Who stands where, on what conditions, and who agrees with whom."""

import pandas as pd
import pytest

import stance
from stance.errors import DataError

ROWS = [
    *[("a", "truce", "favor")] * 6,
    *[("b", "truce", "against")] * 6,
    *[
        ("c", "truce", "conditional", f"2026-01-0{day}", text)
        for day, text in enumerate(
            ["We sign if they leave, now.", "Only after a vote.", "Yes, with a price."], start=1
        )
    ],
    *[("d", "truce", "favor")] * 3,
    *[("d", "truce", "against")] * 3,
    *[("a", "vote", "favor")] * 3,
    *[("b", "vote", "favor")] * 3,
    *[("c", "prisoners", "favor")] * 2,
]


def test_gaps_say_who_stands_where(table_of):
    found = stance.positions(table_of(ROWS)).gaps()
    truce = found[found["term"] == "truce"].set_index("stance")["holder"].to_dict()
    assert truce == {"for": "a", "conditional": "c", "against": "b", "unclear": "d"}
    assert found["term"].drop_duplicates().tolist() == ["truce", "vote", "prisoners"]
    gaps = found.drop_duplicates("term").set_index("term")["gap"]
    assert gaps["truce"] == 2
    assert gaps["vote"] == 0
    assert pd.isna(gaps["prisoners"])
    assert found.loc[found["term"] == "prisoners", "stance"].tolist() == [None] * 4


def test_conditions_are_quoted_the_latest_first(table_of):
    found = stance.positions(table_of(ROWS)).gaps().query("holder == 'c' and term == 'truce'")
    assert found["conditions"].tolist() == [("Only after a vote", "if they leave")]
    assert found["statements"].tolist() == [("s13", "s12")]


def test_agreement_over_shared_terms(table_of):
    found = stance.positions(table_of(ROWS)).agreement()
    assert found.loc["a", "b"] == pytest.approx(1 - (2 + 0) / 2 / 2)
    assert found.loc["a", "c"] == pytest.approx(1 - 0.5 / 2)
    assert found.loc["a", "a"] == 1
    assert found.equals(found.T.rename_axis("holder").rename_axis("with", axis=1))
    few = stance.positions(table_of(ROWS)).agreement(min_terms=2)
    assert few.loc["a", "b"] == pytest.approx(0.5)
    assert pd.isna(few.loc["a", "c"])


def test_too_few_terms_to_ask_for(table_of):
    with pytest.raises(DataError, match="min_terms: expected a whole number of at least 1, got"):
        stance.positions(table_of(ROWS)).agreement(min_terms=0)
