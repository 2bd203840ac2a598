import numpy as np
import pytest
from datasets import Dataset, DatasetDict, concatenate_datasets

from stance.datasets import FEATURES, pair_row
from stance.errors import DataError, LeakageError, UnknownNameError
from stance.records import Statement, Term
from stance.splits import SPLITTERS, check_leakage, split


def _rows(*rows):
    """Rows of (statement id, text, term, label)."""
    return Dataset.from_list(
        [
            pair_row(Statement(text, id=key), Term(term, conflict=f"c_{term}"), label)
            for key, text, term, label in rows
        ],
        features=FEATURES,
    )


def _keys(rows):
    return set(zip(rows["statement_id"], rows["term"], strict=True))


def test_fixed_keeps_the_splits_of_the_dataset(toy_data):
    divided = split(toy_data, "fixed")
    assert {name: len(rows) for name, rows in divided.items()} == {
        "train": 50,
        "validation": 8,
        "test": 10,
    }


def test_fixed_cuts_a_validation_split_where_there_is_none(toy_data):
    del_validation = DatasetDict({"train": toy_data["train"], "test": toy_data["test"]})
    divided = split(del_validation, "fixed", validation_size=0.2, seed=3)
    assert _keys(divided["train"]) | _keys(divided["validation"]) == _keys(toy_data["train"])
    assert len(set(divided["validation"]["statement_id"])) == 5
    assert _keys(divided["test"]) == _keys(toy_data["test"])


@pytest.mark.parametrize("missing", ["train", "test"])
def test_fixed_needs_train_and_test(toy_data, missing):
    rest = DatasetDict({name: rows for name, rows in toy_data.items() if name != missing})
    with pytest.raises(DataError, match=f"no train and test of its own, only {', '.join(rest)}"):
        split(rest, "fixed")


def test_by_statement_keeps_the_pairs_of_a_statement_together(toy_data):
    divided = split(toy_data, "statement", test_size=0.25, validation_size=0.1)
    assert sorted(divided) == ["test", "train", "validation"]
    owners = {name: set(rows["statement_id"]) for name, rows in divided.items()}
    assert sum(map(len, owners.values())) == len(set.union(*owners.values())) == 34
    assert sum(map(len, divided.values())) == 68
    assert len(owners["test"]) == pytest.approx(0.25 * 34, abs=1)


@pytest.mark.parametrize(
    ("by", "column"), [("term", "term"), ("conflict", "conflict")], ids=["term", "conflict"]
)
def test_what_is_held_out_is_unseen(toy_data, by, column):
    divided = split(toy_data, by, test_size=0.3)
    unseen = divided[f"test_unseen_{by}s"]
    for name in ("train", "validation", "test"):
        assert not set(unseen[column]) & set(divided[name][column])
        assert not set(unseen["statement_id"]) & set(divided[name]["statement_id"])


@pytest.mark.parametrize("by", ["statement", "term", "conflict"])
def test_a_division_depends_on_its_seed_and_not_on_the_order_of_rows(toy_data, by):
    pooled = concatenate_datasets(list(toy_data.values()))
    order = np.random.default_rng(1).permutation(len(pooled))
    shuffled = DatasetDict({"all": pooled.select(order)})
    first, again, other = (
        {name: _keys(rows) for name, rows in split(data, by, seed=seed).items()}
        for data, seed in ((toy_data, 0), (shuffled, 0), (toy_data, 5))
    )
    assert first == again
    assert first != other


def test_near_duplicates_stay_on_one_side():
    said = "We will sign the treaty of the river before the end of the month, version {}."
    rows = [(f"a{n}", said.format(n), "T", "favor") for n in range(6)]
    rows += [("b", "Nobody asked the fishermen.", "T", "neutral")]
    rows += [("c", "They refuse every inspection!", "T", "against")]
    for seed in range(4):
        divided = split(DatasetDict({"all": _rows(*rows)}), "statement", seed=seed)
        sides = [name for name, part in divided.items() if "a0" in part["statement_id"]]
        assert len(sides) == 1
        assert {f"a{n}" for n in range(6)} <= set(divided[sides[0]]["statement_id"])


def test_a_pair_that_stands_in_two_splits_is_pooled_once(toy_data):
    doubled = DatasetDict({**toy_data, "test_grid": toy_data["test"]})
    divided = split(doubled, "statement")
    assert sum(map(len, divided.values())) == 68


def test_statements_that_share_an_id_by_accident_are_all_pooled():
    texts = ["We will sign today.", "They refuse every inspection!", "Nobody asked the fishermen."]
    train = _rows(*((str(n), text, "T", "favor") for n, text in enumerate(texts)))
    test = _rows(*((str(n), text[::-1], "T", "favor") for n, text in enumerate(texts)))
    divided = split(DatasetDict({"train": train, "test": test}), "statement")
    assert sum(map(len, divided.values())) == 6


def test_the_same_text_on_both_sides_is_refused_with_both_ids():
    train = _rows(("a1", "We will sign the treaty.", "T", "favor"))
    test = _rows(
        ("b0", "Nobody asked us.", "T", "neutral"),
        ("b1", "we  will SIGN the trea\u200bty.", "T", "favor"),
    )
    with pytest.raises(
        LeakageError,
        match=r"statement 'a1' in train and statement 'b1' in test are the same text; "
        r"put both into one split \(it begins 'we will sign the treaty\.'\)",
    ):
        check_leakage(DatasetDict({"train": train, "test": test}))


def test_nearly_the_same_text_is_refused_with_its_similarity():
    test = _rows(("b1", "We will sign the treaty of the river now.", "T", "favor"))
    train = _rows(("a1", "We will sign the treaty of the river today.", "T", "favor"))
    message = r"'b1' in test and statement 'a1' in train are nearly the same \(0\.76\)"
    with pytest.raises(LeakageError, match=message):
        check_leakage(DatasetDict({"test": test, "train": train}))


def test_one_text_in_two_test_splits_teaches_nothing():
    train = _rows(("a1", "Nobody asked the fishermen.", "T", "neutral"))
    test = _rows(("b1", "We will sign the treaty.", "T", "favor"))
    check_leakage(DatasetDict({"train": train, "test": test, "test_grid": test}))


def test_only_a_reason_on_the_card_lets_a_text_stand_on_both_sides():
    rows = _rows(("a1", "We will sign.", "T", "favor"), ("a2", "We never will.", "T", "against"))
    data = DatasetDict({"train": rows, "validation": rows, "test": rows})
    with pytest.raises(LeakageError, match="'a1'"):
        split(data, "fixed")
    assert split(data, "fixed", shared_texts="The official split is by claim.") == data


def test_an_unknown_way_to_divide_names_the_nearest(toy_data):
    with pytest.raises(UnknownNameError, match="unknown split 'terms'; did you mean 'term'"):
        split(toy_data, "terms")
    assert sorted(SPLITTERS) == ["conflict", "fixed", "statement", "term"]


@pytest.mark.parametrize(
    ("rows", "by", "message"),
    [
        ([("a", "We sign.", "T", "favor")], "statement", "hold out by statement: only 1 of them"),
        (
            [("a", "We sign.", "T", "favor"), ("b", "They refuse.", "T", "against")],
            "term",
            "cannot hold out by term: only 1 of them",
        ),
        (
            [("a", "We sign.", "T", "favor"), ("a", "We sign.", "S", "unrelated")],
            "term",
            "cannot hold out by term: every statement has a pair with one of them",
        ),
        (
            [("a", "We sign.", "T", "favor"), ("b", "They refuse.", "T", "against")],
            "statement",
            "hold out by statement: only 1 of them",
        ),
    ],
)
def test_a_dataset_that_is_too_small_is_refused(rows, by, message):
    with pytest.raises(DataError, match=message):
        split(DatasetDict({"all": _rows(*rows)}), by)


def test_an_empty_split_is_refused(toy_data):
    empty = DatasetDict({**toy_data, "test": toy_data["test"].select([])})
    with pytest.raises(DataError, match="split=fixed leaves test empty; the dataset is too small"):
        split(empty, "fixed")


def test_a_fold_that_is_not_there_is_named(toy_data):
    with pytest.raises(DataError, match="the dataset is too small for it, or has no fold 5"):
        split(toy_data, "statement", fold=5)


@pytest.mark.parametrize("learnt", ["train", "validation"])
def test_what_sets_thresholds_is_learnt_from_too(learnt):
    parts = {
        "train": [("a1", "Nobody asked the fishermen.", "T", "neutral")],
        "validation": [("b1", "They refuse every inspection!", "T", "against")],
        "test": [("c1", "The bridge stays open.", "T", "favor")],
        "test_grid": [("d1", "The bridge stays open.", "T", "favor")],
    }
    check_leakage(DatasetDict({name: _rows(*rows) for name, rows in parts.items()}))
    parts[learnt].append(("x1", "the bridge STAYS open", "T", "favor"))
    data = DatasetDict({name: _rows(*rows) for name, rows in parts.items()})
    with pytest.raises(LeakageError, match=rf"'x1' in {learnt} and .*'(c|d)1' in test") as caught:
        check_leakage(data)
    assert "nearly the same (0.9" in str(caught.value)


@pytest.mark.parametrize(("by", "column"), [("statement", "statement_id"), ("term", "term")])
def test_folds_hold_out_everything_once(by, column, toy_data):
    name = "test" if by == "statement" else "test_unseen_terms"
    share = 0.2 if by == "statement" else 0.25
    count = round(1 / share)
    held = [
        set(split(toy_data, by, test_size=share, seed=3, fold=fold)[name][column])
        for fold in range(count)
    ]
    assert sum(map(len, held)) == len(set().union(*held))
    everything = {value for rows in toy_data.values() for value in rows[column]}
    assert set().union(*held) == everything


def test_more_folds_than_terms_are_refused(toy_data):
    terms = len({term for rows in toy_data.values() for term in rows["term"]})
    share = 1 / (terms + 1)
    message = (
        f"split.fold: {terms} terms make no {terms + 1} folds; split.test_size=.* makes {terms}$"
    )
    for fold in range(1, terms + 1):
        with pytest.raises(DataError, match=message):
            split(toy_data, "term", test_size=share, fold=fold)
    assert split(toy_data, "term", test_size=share)["test_unseen_terms"]


def test_two_holders_of_one_text_are_two_pairs():
    rows = [
        (f"s{number}", f"The {name} opens at noon.", "T", label)
        for number, name in enumerate(("market", "harbour", "school", "bridge", "court", "bank"))
        for label in ("favor", "against")
    ]
    holders = ["army", "mayor"] * 6
    said = _rows(*rows).remove_columns("holder").add_column("holder", holders)
    divided = split(DatasetDict({"all": said}), "statement", test_size=0.3, validation_size=0.3)
    assert sum(map(len, divided.values())) == 12


def test_a_split_of_another_name_is_not_passed_over(toy_data):
    renamed = DatasetDict({"holdout": toy_data["validation"], **toy_data})
    with pytest.raises(
        DataError, match="a split 'holdout', which is neither train, validation nor"
    ):
        split(renamed, "fixed")


def test_the_first_fold_is_what_was_held_out_before_there_were_folds(toy_data):
    assert (
        split(toy_data, "statement", seed=3)["test"][:]
        == split(toy_data, "statement", seed=3, fold=0)["test"][:]
    )


def test_fixed_splits_have_no_folds(toy_data):
    with pytest.raises(DataError, match=r"split.fold: a dataset's own splits are not divided"):
        split(toy_data, "fixed", fold=1)
