import json
from dataclasses import asdict
from hashlib import sha256

import pytest

from stance import Term, TermCatalogue, terms
from stance.errors import DataError, UnknownNameError
from stance.resources import shipped


def test_a_term_is_found_by_id_and_by_name_in_any_case(toy_terms):
    assert toy_terms["river_dam"].name == "Inspectors enter the upstream dam"
    assert toy_terms["inspectors enter the UPSTREAM dam"].id == "river_dam"
    assert "river_dam" in toy_terms
    assert "Inspectors enter the upstream dam" in toy_terms
    assert "river" not in toy_terms
    assert None not in toy_terms


def test_a_catalogue_is_a_mapping_in_the_order_of_its_file(toy_terms):
    assert list(toy_terms) == ["valley_troops", "valley_prisoners", "river_dam", "river_fishing"]
    assert len(toy_terms) == 4
    assert repr(toy_terms) == "TermCatalogue(4 terms)"
    assert toy_terms.get("nothing") is None


@pytest.mark.parametrize("wrong", ["river_dams", "Inspectors enter the dam"])
def test_a_miss_names_the_nearest(toy_terms, wrong):
    with pytest.raises(UnknownNameError, match=rf"unknown term '{wrong}'; did you mean '"):
        toy_terms[wrong]


def test_the_terms_of_one_conflict(toy_terms):
    assert list(toy_terms.of_conflict("river")) == ["river_dam", "river_fishing"]
    with pytest.raises(UnknownNameError, match="unknown conflict 'rivers'; did you mean 'river'"):
        toy_terms.of_conflict("rivers")


def test_two_terms_may_not_share_an_id():
    with pytest.raises(DataError, match="two terms share the id 'a_truce'; ids must differ"):
        TermCatalogue([Term("A truce"), Term("A truce!")])


def test_the_default_catalogue_is_read_once():
    assert TermCatalogue.default() is TermCatalogue.default()
    assert len(TermCatalogue.default()) > 50


def test_the_compiled_catalogue_is_that_of_the_yaml():
    source = shipped("data/settlement/terms.yaml")
    read = [term for term in terms._compiled(source) if isinstance(term, Term)]
    assert read == list(TermCatalogue.from_yaml(source).values()), "scripts/compile_terms.py"


@pytest.mark.parametrize(
    ("place", "new"),
    [("yaml", "- name: A truce holds"), ("json", "{"), ("json", "[]"), ("json", "{}")],
)
def test_a_compiled_catalogue_of_another_file_is_not_believed(tmp_path, monkeypatch, place, new):
    source = tmp_path / "terms.yaml"
    source.write_text("- name: A truce")
    digest = sha256(source.read_bytes()).hexdigest()
    compiled = {"sha256": digest, "terms": [{"name": "Compiled"}]}
    source.with_suffix(".json").write_text(json.dumps(compiled))
    monkeypatch.setattr(terms, "shipped", lambda name: source)
    assert list(terms._default.__wrapped__()) == ["compiled"]
    source.with_suffix(f".{place}").write_text(new)
    assert next(iter(terms._default.__wrapped__())).startswith("a_truce")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: A truce", "expected a list of terms, got dict"),
        ("", "expected a list of terms, got NoneType"),
        ("- A truce", "entry 1: expected a mapping of fields, got str"),
        ("- name: A\n  1: B", "entry 1: unknown field 1; expected one of"),
        ("- id: a", "entry 1: the field 'name' is missing"),
        ("- name: A\n  aliases: B", r"entry 1: Term\.aliases: expected a list of phrases, got str"),
        ("- name: 5", r"entry 1: Term\.name: expected text, got int 5"),
        ("- name: A\n- nome: B", "entry 2: unknown field 'nome'; did you mean 'name'"),
        (
            "- name: A\n- name: B\n- name: a.",
            "entry 3: the id 'a' is also that of .*, entry 1; ids ",
        ),
        (
            "- id: a\n  name: A\n  id: b\n  name: B\n- id: c\n  name: C\n",
            "line 3: the field 'id' stands in line 1 of the same entry already; a new entry "
            'begins with "- "',
        ),
        ("- name: A\n  aliases: [b]\n  aliases: [c]\n", "line 3: the field 'aliases' stands in li"),
        ("- {name: A, name: B}", "line 1: the field 'name' stands in line 1 of the same entry"),
        ("- name: !!int ''", "cannot read the terms: "),
        ("- name: !!bool foo", "cannot read the terms: "),
        ("- name: !!timestamp foo", "cannot read the terms: "),
        ("- name: [", "cannot read the terms: while parsing"),
        ("- name: 2001-99-99", "cannot read the terms: month must be in 1"),
        ("[" * 100_000, "cannot read the terms: while increasing flow level"),
        ("- !!python/object/apply:os.getcwd []", "cannot read the terms: could not determine"),
    ],
)
def test_a_wrong_file_is_refused_with_entry_and_field(tmp_path, text, message):
    path = tmp_path / "terms.yaml"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        TermCatalogue.from_yaml(path)
    assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(DataError, match=r"terms\.yaml: cannot read the terms: .*No such file"):
        TermCatalogue.from_yaml(tmp_path / "terms.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"- name: caf\xe9")
    with pytest.raises(DataError, match=r"latin\.yaml: cannot read the terms: 'utf-8' codec"):
        TermCatalogue.from_yaml(tmp_path / "latin.yaml")


def test_an_alias_bomb_costs_no_time(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    path = tmp_path / "terms.yaml"
    path.write_text("- name: A\n  " + "\n  ".join(lines) + "\n")
    with pytest.raises(DataError, match="unknown field 'a0'"):
        TermCatalogue.from_yaml(path)
    path.write_text(path.read_text().replace("- name: A\n  a0:", "- id:"))
    with pytest.raises(DataError, match="entry 1: "):
        TermCatalogue.from_yaml(path)


def test_json_lines_are_terms_too(tmp_path, toy_terms):
    path = tmp_path / "Terms.JSONL"
    lines = [json.dumps(asdict(term)) for term in toy_terms.values()]
    path.write_text("\ufeff" + "\n\n".join(lines) + "\r\n", encoding="utf-8")
    assert list(TermCatalogue.from_yaml(path).values()) == list(toy_terms.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "expected a term a line, got an empty file"),
        (b"\xe9", "cannot read the terms: 'utf-8' codec"),
        (b'{"name": "A"}\n{"name": ', r"terms\.jsonl:2: not a JSON object: Expecting value"),
        (b'\n{"nome": "A"}', r"terms\.jsonl:2: unknown field 'nome'; did you mean 'name'"),
        (b"[]", r"terms\.jsonl:1: expected a mapping of fields, got list"),
        (b"[" * 100_000, r"terms\.jsonl:1: not a JSON object: "),
        (
            b'{"name": "A"}\n{"name": "B", "id": "b", "name": "C"}',
            r"terms\.jsonl:2: the field 'name' stands twice; keep one of them",
        ),
        (b'{"name": "A"}\n{"name": "a."}', r":2: the id 'a' is also that of .*terms\.jsonl:1; ids"),
    ],
)
def test_a_wrong_line_of_terms_is_refused(tmp_path, text, message):
    path = tmp_path / "terms.jsonl"
    path.write_bytes(text)
    with pytest.raises(DataError, match=message) as caught:
        TermCatalogue.from_yaml(path)
    assert str(path) in str(caught.value)
