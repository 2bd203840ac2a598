import pandas as pd
from datasets import ClassLabel, Dataset, List

from stance import Statement, Term
from stance.datasets import COLUMNS, FEATURES, pair_row, to_frame
from stance.features import check_pairs
from stance.labels import LABELS

STATEMENT = Statement("We will sign.", "envoy", "delta", "s1", lang="fr")
TERM = Term("A treaty is signed", "Both sign.", ["treaty"], ["no treaty"], "treaty", "river")


def test_a_row_holds_all_of_statement_and_term():
    assert pair_row(STATEMENT, TERM, "favor", register="speech") == {
        "statement_id": "s1",
        "text": "We will sign.",
        "holder": "envoy",
        "side": "delta",
        "lang": "fr",
        "register": "speech",
        "conflict": "river",
        "term": "treaty",
        "term_name": "A treaty is signed",
        "term_description": "Both sign.",
        "term_aliases": ["treaty"],
        "term_opposites": ["no treaty"],
        "label": "favor",
    }
    assert pair_row(STATEMENT, TERM, "favor", conflict="delta")["conflict"] == "delta"


def test_features_are_explicit():
    assert tuple(FEATURES) == COLUMNS
    assert FEATURES["label"] == ClassLabel(names=list(LABELS))
    assert isinstance(FEATURES["term_aliases"], List)


def test_a_frame_has_label_names_and_tuples_of_phrases():
    rows = [pair_row(STATEMENT, TERM, "favor"), pair_row(STATEMENT, Term("Other"), "unrelated")]
    frame = to_frame(Dataset.from_list(rows, features=FEATURES))
    assert list(frame.columns) == list(COLUMNS)
    assert frame["label"].tolist() == ["favor", "unrelated"]
    assert frame["term_aliases"].tolist() == [("treaty",), ()]
    assert check_pairs(frame) is frame


def test_an_empty_split_is_an_empty_frame():
    rows = [pair_row(STATEMENT, TERM, "favor")]
    frame = to_frame(Dataset.from_list(rows, features=FEATURES).select([]))
    assert frame.shape == (0, len(COLUMNS))
    assert isinstance(frame, pd.DataFrame)
