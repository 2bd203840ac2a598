"""The evaluator finds the failures that are planted, and no others; the study gives its figures."""

import importlib
import json
from pathlib import Path

import pytest

from stance.behaviour import CAPABILITIES, load_cases, measure
from stance.errors import DataError
from stance.predict import load_model

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "experiments" / "behaviour"


@pytest.fixture(scope="module")
def cases():
    return load_cases()


class Reader:
    """Gives the written labels, but for the pairs that are planted."""

    def __init__(self, cases, planted=()):
        self.labels = {
            (said.text, said.holder, term.name): label
            for case in cases
            for said, term, label in case.pairs
        }
        self.labels.update(planted)

    def predict(self, pairs):
        keys = zip(pairs["text"], pairs["holder"], pairs["term_name"], strict=True)
        return [self.labels[key] for key in keys]


def pairs_of(cases, name):
    case = next(case for case in cases if case.id == name)
    return [(said.text, said.holder, term.name) for said, term, _ in case.pairs]


def test_who_reads_as_the_writer_passes_everything(cases):
    rates = measure(Reader(cases), cases).rates()
    assert list(rates["capability"]) == [*CAPABILITIES, "all"]
    assert (rates[["rate", "accuracy", "high"]] == 1).all(axis=None)
    assert rates["low"].between(0.9, 1, inclusive="left").all()  # n is finite


@pytest.mark.parametrize("name", ["negation-01", "negation-42", "swapped_term-01"])
def test_one_planted_failure_is_found_where_it_was_planted(cases, name):
    case = next(case for case in cases if case.id == name)
    *_, second = pairs_of(cases, name)
    (*_, first_label), *_ = case.pairs
    wrong = first_label if len(case.pairs) == 2 else "unrelated"
    found = measure(Reader(cases, {second: wrong}), cases)
    assert set(found.pairs.loc[~found.pairs["passed"], "case"]) == {name}
    rates = found.rates().set_index("capability")
    lost = rates["cases"] - rates["passed"]
    assert lost[lost > 0].to_dict() == {case.capability: 1, "all": 1}


def test_invariance_asks_for_the_same_label_be_it_wrong(cases):
    one, two = pairs_of(cases, "invariance-01")
    both = measure(Reader(cases, {one: "against", two: "against"}), cases)
    assert both.pairs["passed"].all()
    assert both.rates().set_index("capability").loc["invariance", "accuracy"] < 1
    half = measure(Reader(cases, {one: "against"}), cases)
    assert set(half.pairs.loc[~half.pairs["passed"], "case"]) == {"invariance-01"}


def test_a_direction_asks_for_the_move_and_not_for_the_labels(cases):
    case = next(case for case in cases if case.expect == "direction")
    assert [label for *_, label in case.pairs] == ["favor", "against"]
    first, second = pairs_of(cases, case.id)
    passes = {
        ("favor", "neutral"): True,
        ("conditional", "unrelated"): True,
        ("neutral", "against"): True,
        ("neutral", "unrelated"): False,
        ("against", "favor"): False,
        ("favor", "favor"): False,
    }
    for (one, two), expected in passes.items():
        found = measure(Reader(cases, {first: one, second: two}), cases)
        assert found.pairs["passed"].all() == expected, (one, two)


def test_metrics_are_the_rates(cases, toy_model):
    behaviour = measure(toy_model, cases)
    metrics = behaviour.metrics()
    assert set(metrics) == {f"behaviour/{name}" for name in (*CAPABILITIES, "all")}
    part = behaviour.pairs.drop_duplicates("case")
    assert metrics["behaviour/all"] == pytest.approx(part["passed"].mean())


def test_capabilities_without_a_case_are_left_out(cases):
    few = [case for case in cases if case.capability == "condition"][:5]
    assert list(measure(Reader(few), few).rates()["capability"]) == ["condition", "all"]


def test_no_cases_are_an_error(toy_model):
    with pytest.raises(DataError, match="there are no cases to measure behaviour on"):
        measure(toy_model, [])


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("score_behaviour")


def test_the_study_gives_what_the_default_model_does(cases):
    kept = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
    rates = measure(load_model().estimator, cases).rates().set_index("capability")
    assert list(kept["rates"]) == list(rates.index)
    for name, row in kept["rates"].items():
        assert row["cases"] == rates.loc[name, "cases"], f"run {kept['command']}"
        # Another processor may tip one case that stands on the edge.
        assert abs(row["passed"] - rates.loc[name, "passed"]) <= 1, f"run {kept['command']}"
        assert row["rate"] == pytest.approx(row["passed"] / row["cases"], abs=1e-4)


def test_the_readme_of_the_study_gives_its_figures(script):
    kept = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
    readme = (STUDY / "README.md").read_text(encoding="utf-8")
    assert script.table(kept) in readme
    assert f"`{kept['command']}`" in readme
