import pandas as pd
import pytest

from stance.errors import DataError
from stance.features import PAIR_COLUMNS, check_pairs


def test_a_frame_of_pairs_is_returned_as_it_is(toy_pairs):
    assert check_pairs(toy_pairs) is toy_pairs
    only = toy_pairs[list(PAIR_COLUMNS)]
    assert check_pairs(only) is only
    assert check_pairs(only.iloc[:0]).empty


@pytest.mark.parametrize("column", PAIR_COLUMNS)
def test_a_missing_column_is_named(toy_pairs, column):
    rest = toy_pairs.drop(columns=column).rename(columns={"register": f"{column}s"})
    with pytest.raises(DataError, match=f"has no column '{column}'; did you mean '{column}s'"):
        check_pairs(rest)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("text", None, "row 3, column 'text': expected text, got (NoneType|float)"),
        ("holder", 5, "row 3, column 'holder': expected text, got int 5"),
        ("term_aliases", "truce", "row 3, column 'term_aliases': expected a tuple of phrases, got"),
        ("term_opposites", None, "row 3, column 'term_opposites': expected a tuple of phrases"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(toy_pairs, column, value, message):
    cells = toy_pairs[column].astype(object).tolist()
    cells[3] = value
    toy_pairs[column] = pd.Series(cells, dtype=object, index=toy_pairs.index)
    with pytest.raises(DataError, match=message):
        check_pairs(toy_pairs)


@pytest.mark.parametrize("wrong", [["We sign."], {"text": ["We sign."]}, "We sign.", None])
def test_anything_but_a_frame_is_refused(wrong):
    kind = type(wrong).__name__
    with pytest.raises(DataError, match=f"expected a DataFrame of pairs .*; got {kind}"):
        check_pairs(wrong)
