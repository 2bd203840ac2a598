import pandas as pd
import pytest

from stance.models.few_holders import without_some_holders

PAIRS = pd.DataFrame({"holder": ["the mayor", "a clerk"] * 500, "side": ["town", "port"] * 500})


def test_half_of_those_without_a_holder_keep_their_side():
    found = without_some_holders(PAIRS, 0.6, 0)
    nameless = found["holder"] == ""
    assert nameless.mean() == pytest.approx(0.6, abs=0.05)
    assert (found.loc[nameless, "side"] == "").mean() == pytest.approx(0.5, abs=0.06)
    pd.testing.assert_frame_equal(found[~nameless], PAIRS[~nameless])
    sided = found["side"] != ""
    assert (found.loc[sided, "side"] == PAIRS.loc[sided, "side"]).all()


def test_the_pairs_given_stay_as_they_are():
    before = PAIRS.copy()
    without_some_holders(PAIRS, 1.0, 0)
    pd.testing.assert_frame_equal(PAIRS, before)
    assert without_some_holders(PAIRS, 0.0, 0) is PAIRS
    assert without_some_holders(PAIRS.head(0), 0.5, 0).empty


def test_the_seed_decides():
    one, again, other = (without_some_holders(PAIRS, 0.5, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)
