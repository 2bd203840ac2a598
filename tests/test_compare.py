"""The paired test against an exact one, and what it refuses."""

import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from stance import compare
from stance.compare import compare_splits, main, paired_test
from stance.errors import DataError
from stance.labels import LABELS


def table(predicted, *, statements=None, label=None):
    size = len(predicted)
    label = label or [LABELS[index % 3] for index in range(size)]
    return pd.DataFrame(
        {
            "statement_id": statements or [f"s{index}" for index in range(size)],
            "term": [f"t{index}" for index in range(size)],
            "label": label,
            "predicted": predicted,
        }
    )


def macro(truth, predicted):
    return f1_score(truth, predicted, labels=sorted(set(truth)), average="macro", zero_division=0)


def exact(first, second):
    """The share of all swaps of whole statements that make as large a difference."""
    truth = first["label"].to_numpy()
    one, other = first["predicted"].to_numpy(), second["predicted"].to_numpy()
    names, member = np.unique(first["statement_id"], return_inverse=True)
    observed = abs(macro(truth, other) - macro(truth, one))
    extreme = 0
    for swap in itertools.product([False, True], repeat=len(names)):
        swapped = np.array(swap)[member]
        left, right = np.where(swapped, other, one), np.where(swapped, one, other)
        extreme += abs(macro(truth, right) - macro(truth, left)) >= observed - 1e-12
    return extreme / 2 ** len(names)


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_every_swap_counted(seed):
    rng = np.random.default_rng(seed)
    statements = [f"s{index // 2}" for index in range(18)]
    one, other = (table(list(rng.choice(LABELS[:3], 18)), statements=statements) for _ in range(2))
    found = paired_test(one, other, resamples=20_000)
    assert found.p_value == pytest.approx(exact(one, other), abs=0.015)
    assert found.first == pytest.approx(macro(one["label"], one["predicted"]))
    assert found.difference == pytest.approx(found.second - found.first)
    assert (found.pairs, found.statements) == (18, 9)


def test_order_of_rows_and_of_runs_does_not_matter():
    rng = np.random.default_rng(1)
    one, other = (table(list(rng.choice(LABELS[:3], 30))) for _ in range(2))
    found = paired_test(one, other)
    shuffled = paired_test(one.sample(frac=1, random_state=0), other.sample(frac=1, random_state=2))
    assert shuffled == found
    back = paired_test(other, one)
    assert back.difference == pytest.approx(-found.difference)
    assert back.p_value == pytest.approx(found.p_value, abs=0.02)


def test_a_pair_with_two_labels_is_compared_label_by_label():
    one = table(["favor", "against", "favor"], statements=["a", "a", "b"])
    one["term"] = "t"
    other = one.iloc[[1, 0, 2]]
    assert paired_test(one, other).difference == 0


def test_equal_runs_do_not_differ():
    same = table(["favor"] * 9)
    assert paired_test(same, same).p_value == 1


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (table(["favor"] * 8), "8 in common, 1 only in the first run, 0 only in the second"),
        (
            table(["favor"] * 9, label=["against"] + [LABELS[i % 3] for i in range(1, 9)]),
            "the true label of 1 pairs differs between the runs, such as statement 's0'",
        ),
        (table([]), "there are no pairs to compare"),
    ],
)
def test_refuses_what_is_not_about_the_same_pairs(second, message):
    with pytest.raises(DataError, match=message):
        paired_test(table(["favor"] * 9), second)


def test_a_split_that_cannot_be_compared_has_its_reason_and_the_others_their_test():
    whole, part = table(["favor"] * 9), table(["favor"] * 8)
    found = compare_splits({"a": whole, "b": whole}, {"a": part, "b": whole, "c": whole})
    assert isinstance(found["a"], DataError)
    assert found["b"].p_value == 1
    with pytest.raises(DataError, match="no split in common: a against c"):
        compare_splits({"a": whole}, {"c": whole})


def test_without_a_store_the_program_says_so(tmp_path, capsys):
    assert main(["a", "b", "--uri", f"sqlite:///{tmp_path / 'none.db'}"]) == 2
    assert "error: there is no store" in capsys.readouterr().err


@pytest.fixture
def compared(monkeypatch, capsys):
    """The program, on what two runs are said to have predicted."""

    def call(**runs):
        monkeypatch.setattr(compare, "open_store", lambda uri: None)
        monkeypatch.setattr(
            compare,
            "find_run",
            lambda client, name: SimpleNamespace(info=SimpleNamespace(run_id=name, run_name=name)),
        )
        monkeypatch.setattr(compare, "read_predictions", lambda client, name: runs[name])
        return main(["one", "two", "--uri", "sqlite://"]), *capsys.readouterr()

    return call


def test_runs_of_which_no_split_can_be_compared_are_an_error(compared):
    whole, part = table(["favor"] * 9), table(["favor"] * 8)
    code, out, err = compared(one={"test": whole}, two={"test": part})
    assert (code, out) == (2, "")
    assert err.startswith("error: no split of the runs can be compared. test: not tested on the ")


def test_splits_that_only_one_run_has_are_named(compared):
    whole = table(["favor"] * 9)
    code, out, _ = compared(
        one={"test": whole, "a": whole, "b": whole}, two={"test": whole, "[c]": whole}
    )
    assert code == 0
    assert out.endswith("\nnot compared, only in A: a, b; only in B: [c]\n")
    assert "not compared" not in compared(one={"test": whole}, two={"test": whole})[1]


def test_names_of_splits_cannot_move_the_cursor(compared):
    whole, part = table(["favor"] * 9), table(["favor"] * 8)
    splits = {"\x1b[2Jone": whole, "\x1b[2Jtwo": whole}
    _, out, _ = compared(one=splits, two={**splits, "\x1b[2Jtwo": part})
    assert "\x1b" not in out
    assert "not tested on the same pairs" in out
