import numpy as np
import pytest

from stance.errors import DataError
from stance.features import PAIR_COLUMNS
from stance.models import BASELINES, baselines

PHRASES = ("term_aliases", "term_opposites")


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_reads_its_columns_and_no_other(toy_pairs, name):
    model = baselines()[name].fit(toy_pairs, toy_pairs["label"])
    before = model.predict_proba(toy_pairs)
    blind = toy_pairs.copy()
    for column in PAIR_COLUMNS:
        if column not in BASELINES[name]:
            blind[column] = [()] * len(blind) if column in PHRASES else "x"
    assert np.allclose(model.predict_proba(blind), before)


def test_the_majority_is_the_most_frequent_label(toy_pairs):
    model = baselines()["majority"].fit(toy_pairs, toy_pairs["label"])
    assert set(model.predict(toy_pairs)) == {toy_pairs["label"].mode()[0]}


@pytest.mark.parametrize("name", ["text_only", "holder_only", "term_only"])
def test_a_partial_reader_learns_what_its_part_tells(toy_pairs, name):
    column = BASELINES[name][0]
    labels = np.where(toy_pairs[column] == toy_pairs[column].iloc[0], "favor", "against")
    model = baselines()[name].fit(toy_pairs, labels)
    assert (model.predict(toy_pairs) == labels).mean() > 0.9


@pytest.mark.parametrize("name", BASELINES)
def test_a_table_without_holders_or_words_is_no_error(toy_pairs, name):
    for column in ("text", "holder", "side", "term_name", "term_description"):
        toy_pairs[column] = ""
    model = baselines()[name].fit(toy_pairs, toy_pairs["label"])
    assert len(model.predict(toy_pairs)) == len(toy_pairs)


@pytest.mark.parametrize("name", sorted(set(BASELINES) - {"majority"}))
def test_a_missing_column_is_named_with_the_nearest(toy_pairs, name):
    column = BASELINES[name][-1]
    model = baselines()[name].fit(toy_pairs, toy_pairs["label"])
    wrong = toy_pairs.rename(columns={column: f"{column}s"})
    message = f"the DataFrame of pairs has no column '{column}'; did you mean '{column}s'"
    with pytest.raises(DataError, match=message):
        model.predict_proba(wrong)
    with pytest.raises(DataError, match=message):
        baselines()[name].fit(wrong, wrong["label"])
    with pytest.raises(DataError, match=r"expected a DataFrame of pairs .* got list"):
        model.predict(["We sign."])
