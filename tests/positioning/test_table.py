"""Positions of small tables that can be worked out by hand."""

import pandas as pd
import pytest

import stance
from stance.labels import LABELS


def pairs(rows, **more):
    """A table of predictions: each row is (holder, term, label, how sure)."""
    cells = []
    for number, (holder, term, label, sure) in enumerate(rows):
        rest = (1 - sure) / 4
        shares = {f"p_{name}": sure if name == label else rest for name in LABELS}
        cells.append(
            {"statement": number, "term": term, "label": label, **shares, "holder": holder}
        )
    return pd.DataFrame(cells).assign(**more)


def test_certain_labels_give_their_plain_mean():
    labels = ["favor", "favor", "conditional", "against", "neutral", "unrelated"]
    found = stance.positions(pairs([("envoy", "truce", label, 1.0) for label in labels]))
    row = found.table.iloc[0]
    assert row["position"] == pytest.approx((1 + 1 + 0.5 - 1) / 5)
    assert row["mean"] == pytest.approx(row["position"])
    assert row["low"] < row["position"] < row["high"]
    assert row[["n", "n_favor", "n_unrelated"]].tolist() == [5, 2, 1]
    assert row["share_conditional"] == pytest.approx(0.2)


def test_what_is_not_known_is_blank_and_never_nought():
    few = [("envoy", "truce", "favor", 1.0)] * 2 + [("rebels", "vote", "against", 1.0)] * 3
    found = stance.positions(pairs(few))
    assert found.matrix().isna().to_numpy().tolist() == [[True, True], [True, False]]
    assert found.matrix("n").to_numpy().tolist() == [[2, 0], [0, 3]]
