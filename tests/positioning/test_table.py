"""Positions of small tables that can be worked out by hand."""

import pandas as pd
import pytest

import stance
from stance.errors import DataError, UnknownNameError
from stance.positioning import cells as cells_of
from stance.positioning import table as tables

FIVE = ["favor", "favor", "conditional", "against", "neutral", "unrelated"]


def rows_of(labels, holder="envoy", term="truce"):
    return [(holder, term, label) for label in labels]


def test_certain_labels_give_their_plain_mean(table_of):
    found = stance.positions(table_of(rows_of(FIVE)))
    row = found.table.iloc[0]
    assert row["position"] == pytest.approx((1 + 1 + 0.5 - 1) / 5)
    assert row["mean"] == pytest.approx(row["position"])
    assert row["low"] < row["position"] < row["high"]
    assert row[["n", "n_favor", "n_unrelated"]].tolist() == [5, 2, 1]
    shares = row[["share_favor", "share_conditional", "share_against", "share_neutral"]]
    assert shares.tolist() == pytest.approx([0.4, 0.2, 0.2, 0.2])


def test_what_is_not_known_is_blank_and_never_nought(table_of):
    rows = rows_of(["favor"] * 2) + rows_of(["against"] * 3, "rebels", "vote")
    found = stance.positions(table_of(rows))
    assert found.matrix().isna().to_numpy().tolist() == [[True, True], [True, False]]
    assert found.matrix("n").to_numpy().tolist() == [[2, 0], [0, 3]]
    blank = found.table[found.table["n"] < 3]
    assert blank[["position", "low", "high", "mean", "share_favor"]].isna().all(axis=None)
    assert blank["stance"].tolist() == [None] * 3


def test_cells_that_stay_blank_cost_nothing(table_of, monkeypatch):
    asked = []

    def estimate(pairs, cells, *given, **named):
        asked.append(cells)
        return cells_of.estimate_cells(pairs, cells, *given, **named)

    monkeypatch.setattr(tables, "estimate_cells", estimate)
    rows = [(f"holder {number}", f"term {number}", "favor") for number in range(9)] * 3
    found = stance.positions(table_of(rows))
    assert len(found.table) == 81
    assert len(asked[0]) == 9
    known = found.table[found.table["position"].notna()]
    assert [f"holder {name[5:]}" for name in known["term"]] == known["holder"].tolist()


def test_missing_values_of_pandas_own_types_are_missing(table_of):
    table = table_of(rows_of(["favor"] * 3))
    more = {"checked": None, "abstained": None, "reason": None, "side": None}
    table = table.assign(**more).astype({"date": object})
    table.loc[0, "holder"] = None
    nullable = table.assign(**{name: table[name].astype("string") for name in more})
    nullable = nullable.assign(
        holder=table["holder"].astype("string"),
        date=pd.Series([pd.NA] * 3, dtype=object),
        abstained=pd.Series([pd.NA] * 3, dtype="boolean"),
    )
    found, wanted = stance.positions(nullable), stance.positions(table)
    pd.testing.assert_frame_equal(found.table, wanted.table)
    assert found.table["holder"].tolist() == ["(no holder)", "envoy"]


def test_least_number_is_kept(table_of):
    table = table_of(rows_of(["favor"] * 2))
    assert stance.positions(table, min_n=2).table["position"].tolist() == [1.0]
    assert stance.positions(table, min_n=3).table["position"].isna().all()


def test_equal_labels_reach_the_end_of_the_scale_and_stay_in_doubt(table_of):
    row = stance.positions(table_of(rows_of(["against"] * 5))).table.iloc[0]
    assert (row["position"], row["low"]) == (-1.0, -1.0)
    assert -0.9 < row["high"] < 0


def test_what_a_person_checked_overrides_and_is_marked(table_of):
    table = table_of(rows_of(["favor"] * 4), sure=0.6, checked=["against"] * 3 + [""])
    found = stance.positions(table)
    row = found.table.iloc[0]
    assert row[["n_checked", "n_against", "n_favor"]].tolist() == [3, 3, 1]
    assert row["mean"] == pytest.approx(-0.5)
    assert found.evidence["checked"].tolist() == [True, True, True, False]
    assert found.evidence["predicted"].tolist() == ["favor"] * 4
    assert found.evidence["label"].tolist() == ["against"] * 3 + ["favor"]


def test_a_person_answers_where_the_model_abstained(table_of):
    table = table_of(rows_of(["favor"] * 4), abstained=True, checked=["", "against", "neutral", ""])
    row = stance.positions(table, min_n=2).table.iloc[0]
    assert row[["n", "n_abstained", "position"]].tolist() == [2, 2, -0.5]


def test_checked_as_unrelated_is_left_out(table_of):
    table = table_of(rows_of(["favor"] * 4), checked=["unrelated", "", "", ""])
    row = stance.positions(table).table.iloc[0]
    assert row[["n", "n_unrelated", "position"]].tolist() == [3, 1, 1.0]


def test_what_was_abstained_on_is_left_out(table_of):
    table = table_of(rows_of(["favor"] * 3 + ["against"] * 3), abstained=[False] * 3 + [True] * 3)
    table.loc[3:, "p_favor"] = float("nan")
    row = stance.positions(table).table.iloc[0]
    assert row[["n", "n_abstained", "position"]].tolist() == [3, 3, 1.0]


def test_doubt_about_labels_widens_the_interval(table_of):
    widths = []
    for sure in (1.0, 0.8, 0.5):
        row = stance.positions(table_of(rows_of(["favor"] * 12), sure=sure)).table.iloc[0]
        widths.append(row["high"] - row["low"])
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_last_date_is_of_counted_statements(table_of):
    rows = [("a", "truce", "favor", f"2026-01-0{day}") for day in (3, 1, 2)]
    rows.append(("a", "truce", "unrelated", "2026-05-05"))
    found = stance.positions(table_of(rows))
    assert found.table["last_date"].tolist() == [pd.Timestamp("2026-01-03")]
    assert found.evidence["date"].is_monotonic_increasing


def test_by_side_pools_holders(table_of):
    table = table_of(rows_of(["favor"] * 2) + rows_of(["against"] * 2, "general"), side="kabul")
    found = stance.positions(table, by="side")
    assert found.table[["side", "n", "position"]].values.tolist() == [["kabul", 4, 0.0]]
    assert found.evidence["holder"].tolist() == ["envoy"] * 2 + ["general"] * 2


def test_a_statement_without_a_holder_is_not_lost(table_of):
    table = table_of(rows_of(["favor"] * 3, holder=" "))
    assert stance.positions(table).table["holder"].tolist() == ["(no holder)"]


def test_equal_seeds_give_equal_numbers(table_of):
    table = table_of(rows_of(FIVE * 3), sure=0.7)
    first, same, other = (stance.positions(table, seed=seed).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, same)
    assert not first["low"].equals(other["low"])


def test_nothing_given_is_an_empty_table(table_of):
    found = stance.positions(table_of(rows_of(["favor"])).iloc[:0])
    assert len(found.table) == len(found.evidence) == 0
    assert found.matrix().shape == (0, 0)
    assert len(found.shifts()) == len(found.gaps()) == len(found.agreement()) == 0
    assert stance.positions([]).table.columns.tolist() == found.table.columns.tolist()


def test_names_of_terms_come_from_the_catalogue(table_of):
    term = stance.Term("A truce takes effect", id="truce")
    table = table_of(rows_of(["favor"] * 3))
    assert stance.positions(table, terms=[term]).table["term_name"].tolist() == [term.name]
    assert stance.positions(table).table["term_name"].tolist() == ["truce"]


def test_it_shows_what_it_holds(table_of):
    found = stance.positions(table_of(rows_of(FIVE)))
    assert repr(found) == "Positions(1 holders × 1 terms, 1 known)"


def test_unknown_column_of_a_matrix(table_of):
    found = stance.positions(table_of(rows_of(FIVE)))
    with pytest.raises(UnknownNameError, match="unknown column 'postion'; did you mean 'position'"):
        found.matrix("postion")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_n": 0}, "min_n: expected a whole number of at least 1, got int 0"),
        ({"n_boot": 10}, "n_boot: expected a whole number of at least 100, got int 10"),
        ({"seed": 1.5}, "seed: expected a whole number of at least 0, got float 1.5"),
        ({"level": 95}, "level: expected a number between 0 and 1, got int 95"),
        ({"terms": ["truce"]}, r"terms\[0\]: expected a Term, got str 'truce'"),
    ],
)
def test_arguments_out_of_range(table_of, arguments, message):
    with pytest.raises(DataError, match=message):
        stance.positions(table_of(rows_of(FIVE)), **arguments)


def test_unknown_by(table_of):
    with pytest.raises(UnknownNameError, match="unknown by 'holders'; did you mean 'holder'"):
        stance.positions(table_of(rows_of(FIVE)), by="holders")
