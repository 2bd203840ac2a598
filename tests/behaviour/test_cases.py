"""The written cases: many, distinct, well-formed, and none of them training data."""

import json
from collections import Counter
from pathlib import Path

import pytest

from stance.behaviour import CAPABILITIES, EXPECTATIONS, load_cases
from stance.datasets.settlement import default_path, entries
from stance.errors import DataError
from stance.labels import LABELS
from stance.similarity import near_duplicates

HERE = Path(__file__).parent
LINE = {
    "id": "one",
    "capability": "negation",
    "expect": "label",
    "text": "We will not sign.",
    "holder": "herder",
    "side": "north",
    "term": "bh_pasture",
    "label": "against",
}


@pytest.fixture(scope="module")
def cases():
    return load_cases()


def test_there_are_enough_of_each_capability(cases):
    counts = Counter(case.capability for case in cases)
    assert len(cases) >= 400
    assert set(counts) == set(CAPABILITIES)
    assert min(counts.values()) >= 40
    assert {case.expect for case in cases} == set(EXPECTATIONS)
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    assert readme.splitlines()[2].startswith(
        f"{len(cases)} cases, {sum(len(case.pairs) for case in cases)} pairs"
    )
    for name, count in counts.items():
        assert f"| `{name}` | {count} |" in readme


def test_every_label_is_asked_for_under_every_capability(cases):
    asked = {(case.capability, label) for case in cases for _, _, label in case.pairs}
    assert asked == {(name, label) for name in CAPABILITIES for label in LABELS}


def test_they_are_about_many_conflicts_and_about_terms_that_the_dataset_lacks(cases):
    terms = {term.id: term.conflict for case in cases for _, term, _ in case.pairs}
    assert len(set(terms.values())) >= 15
    assert sum(name.startswith("bh_") for name in terms) == 12


def test_a_second_pair_is_another_pair(cases):
    for case in cases:
        assert len(set(case.pairs)) == len({pair[:2] for pair in case.pairs}) == len(case.pairs)


def test_swapped_cases_swap_one_thing(cases):
    for case in cases:
        if case.capability.startswith("swapped"):
            (one, term, _), (two, other, _) = case.pairs
            assert one.text == two.text
            assert (term == other) == (case.capability == "swapped_holder")
            assert ((one.holder, one.side) == (two.holder, two.side)) == (term != other)


def test_no_text_stands_twice_nor_nearly_in_the_dataset(cases):
    first = [case.pairs[0][0].text for case in cases]
    of_case = list({(case.id, said.text): said.text for case in cases for said, *_ in case.pairs})
    own = [text for _, text in of_case]
    shipped = list({entry.text for _, entry in entries(default_path() / "statements.jsonl")})
    near = near_duplicates([*own, *shipped])
    assert len(set(first)) == len(first)
    between = [(i, j) for i, j, _ in near if i < len(own) and j >= len(own)]
    assert [(own[i], shipped[j - len(own)]) for i, j in between] == []
    among = [(i, j) for i, j, _ in near if j < len(own) and of_case[i][0] != of_case[j][0]]
    assert [(own[i], own[j]) for i, j in among] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"capability": "negations"}, "field capability: unknown 'negations'; did you mean 'negat"),
        ({"expect": "lable"}, "field expect: unknown 'lable'; did you mean 'label'"),
        ({"label": "favour"}, "field label: unknown 'favour'; did you mean 'favor'"),
        ({"term": "bh_pastures"}, "field term: unknown term 'bh_pastures'; did you mean 'bh_past"),
        ({"hodler": "x"}, "unknown field hodler; did you mean 'holder'"),
        ({"text": ""}, "field text: String should have at least 1 character, got ''"),
        ({"holder": None}, "field holder: Input should be a valid string, got None"),
        ({"expect": "same"}, "'same' takes two pairs; the field then is missing"),
        ({"then": {"text": "No."}}, "field then.label is missing"),
        ({"then": {"txt": "No.", "label": "favor"}}, "unknown field then.txt; did you mean 'text'"),
        ({"then": {"text": "No.", "label": "con"}}, "field then.label: unknown 'con'"),
        (
            {"expect": "same", "then": {"text": "Yes.", "label": "favor"}},
            r"'same' takes one label for both pairs, got \['against', 'favor'\]",
        ),
        (
            {"expect": "direction", "then": {"text": "Rain.", "label": "unrelated"}},
            "'direction' takes two labels that differ in stance",
        ),
    ],
)
def test_a_broken_line_is_named(tmp_path, change, message):
    (tmp_path / "terms.yaml").write_text((HERE / "terms.yaml").read_text("utf-8"), "utf-8")
    lines = [LINE, {**LINE, "id": "two", **change}]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with pytest.raises(DataError, match=r"cases\.jsonl:2: " + message):
        load_cases(tmp_path)


def test_an_id_that_stands_twice_is_named(tmp_path):
    (tmp_path / "terms.yaml").write_text((HERE / "terms.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "cases.jsonl").write_text(f"{json.dumps(LINE)}\n" * 2, encoding="utf-8")
    with pytest.raises(DataError, match=r":2: field id: 'one' is the id of an earlier line too"):
        load_cases(tmp_path)
