import json
import re

import pytest

from stance.datasets import definition, load
from stance.datasets.settlement import entries, read
from stance.errors import ConfigError, DataError

CARD = definition("settlement").card


def _edit(folder, line, **changes):
    """Change fields of one line of statements.jsonl; None drops the field."""
    path = folder / "statements.jsonl"
    lines = path.read_text().splitlines()
    row = {**json.loads(lines[line - 1]), **changes}
    lines[line - 1] = json.dumps({key: value for key, value in row.items() if value is not None})
    path.write_text("\n".join(lines) + "\n")


def test_rows_by_split(toy_folder):
    rows = read(toy_folder, CARD)
    assert {name: len(part) for name, part in rows.items()} == {
        "train": 50,
        "validation": 8,
        "test": 10,
    }
    first, second = rows["train"][:2]
    assert first["statement_id"] == second["statement_id"] == "t01"
    assert (first["term"], first["label"]) == ("valley_troops", "favor")
    assert (second["term"], second["label"]) == ("valley_prisoners", "unrelated")
    assert first["term_aliases"][0] == "troop withdrawal"
    assert (first["conflict"], first["register"], first["lang"]) == ("valley", "speech", "en")


def test_the_places_of_entries(toy_folder):
    places = [where for where, _ in entries(toy_folder / "statements.jsonl")]
    assert places[0].endswith("statements.jsonl:1")
    assert places[-1].endswith("statements.jsonl:34")


def test_only_id_text_and_pairs_are_needed(toy_copy):
    (toy_copy / "statements.jsonl").write_text(
        '\ufeff{"id": "a", "text": "We sign.", "pairs": [{"term": "river_dam", "label": "favor"}]}'
        "\n\n"
    )
    (row,) = read(toy_copy, CARD)["all"]
    assert (row["holder"], row["side"], row["lang"], row["conflict"]) == ("", "", "en", "river")


def test_line_separators_inside_a_text_do_not_end_a_line(toy_copy):
    _edit(toy_copy, 1, text="We\u2028will\x85sign.")
    path = toy_copy / "statements.jsonl"
    path.write_text(path.read_text().replace("\\u2028", "\u2028").replace("\\u0085", "\x85"))
    assert read(toy_copy, CARD)["train"][0]["text"] == "We\u2028will\x85sign."


@pytest.mark.parametrize("date", ["2026", "2026-02", "2026-02-28"])
def test_a_date_may_be_known_in_part(toy_copy, date):
    _edit(toy_copy, 1, date=date)
    assert len(read(toy_copy, CARD)["train"]) == 50


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": ""}, "field text: String should have at least 1 character, got ''"),
        ({"text": 5}, "field text: Input should be a valid string, got 5"),
        ({"id": None}, "field id is missing"),
        ({"pairs": None}, "field pairs is missing"),
        ({"holdr": "envoy"}, "unknown field holdr; did you mean 'holder'?"),
        ({"register": 5}, "field register: Input should be a valid string, got 5"),
        (
            {"pairs": [{"term": "river_dam", "label": "favour"}]},
            "field pairs.0.label: 'favour' is not a label; did you mean 'favor'?",
        ),
        (
            {"pairs": [{"term": "river_damm", "label": "favor"}]},
            "field pairs: unknown term 'river_damm'; did you mean 'river_dam'?",
        ),
        (
            {"pairs": [{"term": "river_dam", "label": "favor", "vote": []}]},
            "unknown field pairs.0.vote; did you mean 'votes'?",
        ),
        (
            {"pairs": [{"term": "river_dam", "label": "favor"}] * 2},
            "field pairs: the term 'river_dam' stands in it twice",
        ),
        ({"id": "t01"}, "field id: 't01' is also the id of line 1"),
        ({"date": "soon"}, "field date: expected a date such as 2026-02-28, 2026-02 or 2026"),
        ({"date": "2026-02-30"}, "field date: expected a date such as"),
    ],
)
def test_a_wrong_line_is_refused_with_file_line_and_field(toy_copy, changes, message):
    _edit(toy_copy, 3, **changes)
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        read(toy_copy, CARD)
    assert str(caught.value).startswith(f"{toy_copy / 'statements.jsonl'}:3: ")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not a JSON object: Expecting property name"),
        ("[1]", "expected a JSON object, got list"),
        ("[" * 100_000, "not a JSON object: "),
    ],
)
def test_a_line_that_is_not_an_object_is_refused(toy_copy, line, message):
    (toy_copy / "statements.jsonl").write_text(f"\n{line}\n")
    with pytest.raises(DataError, match=rf"statements\.jsonl:2: {message}"):
        read(toy_copy, CARD)


def test_a_missing_file_is_named(tmp_path, toy_copy):
    with pytest.raises(DataError, match=r"terms\.yaml: cannot read the terms"):
        read(tmp_path, CARD)
    (toy_copy / "statements.jsonl").unlink()
    with pytest.raises(DataError, match=r"statements\.jsonl: cannot read it: .*No such file"):
        read(toy_copy, CARD)


def test_the_terms_may_lie_in_json_lines(toy_copy, toy_terms, toy_data):
    path = toy_copy / "terms.jsonl"
    fields = ("id", "name", "description", "conflict", "aliases", "opposites")
    lines = [json.dumps({key: getattr(term, key) for key in fields}) for term in toy_terms.values()]
    path.write_text("\n".join(lines))
    (toy_copy / "terms.yaml").unlink()
    assert load("settlement", toy_copy)["test"][:] == toy_data["test"][:]
    path.write_text(path.read_text().replace('"aliases"', '"alias"', 1))
    with pytest.raises(DataError, match=r"terms\.jsonl:1: unknown field 'alias'; did you mean 'al"):
        read(toy_copy, CARD)


def test_a_further_folder_is_a_split_to_test_on(toy_copy, toy_folder):
    path = toy_copy / "statements.jsonl"
    lines = [line for line in path.read_text().splitlines() if '"split": "train"' in line][:2]
    path.write_text("\n".join(lines))
    there = read(toy_folder, CARD)
    found = read(toy_folder, CARD, tests={"field": str(toy_copy)})
    assert {name: rows for name, rows in found.items() if name != "test_field"} == there
    assert found["test_field"] == [row for row in there["train"] if row in found["test_field"]]
    assert len({row["statement_id"] for row in found["test_field"]}) == 2


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        ("toy", "dataset.options.tests: expected a folder under each name, got str 'toy'"),
        ({"a": "/no/such"}, "dataset.options.tests.a: str '/no/such' is not a folder"),
        ({"a": None}, "dataset.options.tests.a: NoneType None is not a folder"),
    ],
)
def test_what_is_tested_on_must_be_folders(toy_folder, tests, message):
    with pytest.raises(ConfigError) as caught:
        read(toy_folder, CARD, tests=tests)
    assert str(caught.value) == message


def test_a_further_folder_does_not_take_the_place_of_a_split(toy_copy, toy_folder):
    path = toy_copy / "statements.jsonl"
    path.write_text(path.read_text().replace('"split": "test"', '"split": "test_field"'))
    with pytest.raises(ConfigError, match="toy has a split test_field of its own"):
        read(toy_copy, CARD, tests={"field": str(toy_folder)})
