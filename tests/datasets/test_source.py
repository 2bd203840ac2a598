import json
import re

import pandas as pd
import pytest

from stance.datasets import settlement
from stance.datasets.source import read_source
from stance.errors import DataError


def messages(source):
    return [fault.message for fault in source.faults]


def test_a_sound_folder_is_read_whole(source_of, rows):
    source = source_of(rows)
    assert source.faults == ()
    assert [statement.id for statement in source.statements] == [row["id"] for row in rows]
    assert source.statements[3].pairs[0].votes == ("neutral", "neutral")
    assert source.statements[0].where.endswith("statements.jsonl:1")
    assert source.statements[0].register == "speech"
    assert list(source.terms) == ["truce", "exit", "toll", "quota", "patrol"]


def test_the_file_of_statements_stands_for_its_folder(build, rows):
    folder = build(rows)
    assert read_source(folder / "statements.jsonl").path == folder


def test_every_fault_of_a_line_and_of_a_file_is_named(source_of, rows):
    rows[0]["pairs"][0]["label"] = "favour"
    rows[0]["hodler"] = "mayor"
    rows[1]["pairs"][0]["term"] = "truse"
    del rows[2]["text"]
    found = messages(source_of(rows))
    assert len(found) == 4
    assert any("jsonl:1: field pairs.0.label: 'favour' is not a label; did you mean 'favor'?" in m
               for m in found)  # fmt: skip
    assert any("jsonl:1: unknown field hodler; did you mean 'holder'?" in m for m in found)
    assert any("jsonl:2: field pairs: unknown term 'truse'; did you mean 'truce'?" in m
               for m in found)  # fmt: skip
    assert any("jsonl:3: field text is missing" in m for m in found)


def test_sound_parts_of_a_faulty_line_are_kept(source_of, rows):
    rows[3]["pairs"][0]["label"] = "favour"
    kept = next(item for item in source_of(rows).statements if item.id == "s4")
    assert [pair.term for pair in kept.pairs] == ["toll"]


def test_lines_that_are_no_objects_are_named(source_of, rows):
    text = f"{json.dumps(rows[0])}\n{{broken\n\n[1]"
    found = messages(source_of(text))
    assert re.search(r"jsonl:2: not a JSON object: ", found[0])
    assert found[1].endswith("jsonl:4: expected a JSON object, got list")


def test_faults_of_the_catalogue_are_named(source_of, rows, terms):
    terms.append({"id": "x", "naem": "A dam is filled"})
    terms.append(dict(terms[0]))
    found = messages(source_of(rows, terms))
    assert any("entry 6: unknown field 'naem'; did you mean 'name'?" in m for m in found)
    assert any("entry 7: the id 'truce' is also that of " in m for m in found)


def test_terms_may_lie_in_json_lines(build, rows, terms):
    folder = build(rows)
    (folder / "terms.yaml").unlink()
    lines = [*map(json.dumps, terms), json.dumps({"id": "x", "naem": "A dam is filled"})]
    (folder / "terms.jsonl").write_text("\n".join(lines))
    source = read_source(folder)
    assert len(source.terms) == 5
    assert source.files[1].name == "terms.jsonl"
    assert messages(source)[0].endswith("unknown field 'naem'; did you mean 'name'?")


def test_terms_of_one_id_are_named_with_both_lines(build, rows, terms):
    folder = build(rows)
    (folder / "terms.yaml").unlink()
    path = folder / "terms.jsonl"
    path.write_text("\n".join(map(json.dumps, [*terms, {"name": "Dam", "id": terms[0]["id"]}])))
    wanted = f"{path}:6: the id 'truce' is also that of {path}:1; ids must differ"
    assert messages(read_source(folder)) == [wanted]
    with pytest.raises(DataError) as caught:
        settlement.terms_of(folder)
    assert str(caught.value) == wanted


@pytest.mark.parametrize("name", ["pairs.csv", "pairs.tsv", "pairs.jsonl", "pairs.parquet"])
def test_tables_of_every_format_are_read(tmp_path, name):
    table = pd.DataFrame(
        {"id": ["a", "a", "b"], "text": ["We sign.", "We sign.", "We stay."],
         "term": ["A truce takes effect", "Troops leave", "Troops leave"],
         "label": ["favor", "unrelated", "against"]}
    )  # fmt: skip
    path = tmp_path / name
    if name.endswith("parquet"):
        table.to_parquet(path)
    elif name.endswith("jsonl"):
        table.to_json(path, orient="records", lines=True)
    else:
        table.to_csv(path, index=False, sep="\t" if name.endswith("tsv") else ",")
    source = read_source(path)
    assert source.faults == ()
    assert [(item.id, len(item.pairs)) for item in source.statements] == [("a", 2), ("b", 1)]
    assert source.terms["troops_leave"].name == "Troops leave"
    assert not source.is_folder


def test_a_cell_that_is_a_list_is_a_fault_of_its_row(tmp_path):
    row = {"text": "We sign.", "term": "A truce", "label": "favor"}
    pd.DataFrame([{**row, "term": ["A", "B"]}]).to_parquet(tmp_path / "a.parquet")
    (message,) = messages(read_source(tmp_path / "a.parquet"))
    assert "a.parquet, row 1, column 'term': expected text, got ndarray" in message


def test_a_wrong_date_is_a_fault_and_the_rest_of_its_line_is_kept(source_of, rows):
    rows[0]["date"] = "soon"
    rows[1]["date"] = "2026-02"
    source = source_of(rows)
    (message,) = messages(source)
    assert "jsonl:1: field date: expected a date such as 2026-02-28, 2026-02 or 2026" in message
    assert message.endswith(", got 'soon'")
    assert [statement.date for statement in source.statements[:2]] == [None, "2026-02"]


def test_rows_without_ids_are_one_statement_where_text_and_speaker_are_the_same(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text(
        "text,side,term,label\n"
        "We sign.,north,A,favor\nWe sign.,north,B,favor\nWe sign.,south,A,against\n"
    )
    assert [len(item.pairs) for item in read_source(path).statements] == [2, 1]


def test_every_faulty_cell_is_named_by_row_and_column(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("text,term,label\nWe sign.,A truce,favour\n,A truce,favor\nWe stay.,,agianst\n")
    found = messages(read_source(path))
    assert any("row 2, column 'label': 'favour' is not a label; did you mean 'favor'?" in m
               for m in found)  # fmt: skip
    assert any("row 3, column 'text': the cell is empty" in m for m in found)
    assert any("row 4, column 'term': the cell is empty" in m for m in found)
    assert any("row 4, column 'label': 'agianst'" in m for m in found)


def test_rows_of_json_lines_are_named_by_their_line(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"text": "We sign.", "term": "A truce", "label": "favour"}\n')
    assert "pairs.jsonl, line 1, column 'label'" in messages(read_source(path))[0]


def test_cells_that_look_like_missing_values_are_text(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("text,term,label\nNone,NA,favor\n")
    source = read_source(path)
    assert source.faults == ()
    assert source.statements[0].text == "None"
    assert source.terms["na"].name == "NA"


def test_a_table_with_a_catalogue_names_unknown_terms(build, rows, tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("text,term,label\nWe sign.,truse,favor\nWe sign.,A truce takes effect,favor\n")
    source = read_source(path, terms=build(rows) / "terms.yaml")
    assert "'truse' is not a term of the catalogue; did you mean 'truce'?" in messages(source)[0]
    assert source.statements[0].pairs[0].term == "truce"


def test_columns_and_labels_may_have_other_names(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("body,clause,vote\nWe sign.,A truce,PRO\n")
    columns = {"text": "body", "term": "clause", "label": "vote"}
    source = read_source(path, columns=columns, label_map={"PRO": "favor"})
    assert source.statements[0].pairs[0].label == "favor"
    with pytest.raises(
        DataError, match=r"label_map\.PRO: unknown label 'favour'; did you mean 'favor'"
    ):
        read_source(path, columns=columns, label_map={"PRO": "favour"})
    with pytest.raises(DataError, match="no column 'label' for label; expected one of 'body'"):
        read_source(path, columns={"text": "body", "term": "clause"})


def test_pairs_to_be_labelled_need_no_label(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("text,term\nWe sign.,A truce\n")
    assert read_source(path, labelled=False).statements[0].pairs[0].label is None


def test_what_cannot_be_read_is_refused(tmp_path, build, rows):
    with pytest.raises(DataError, match="nowhere: no such file or folder"):
        read_source(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"terms.yaml: cannot read the terms"):
        read_source(tmp_path)
    folder = build("\n")
    with pytest.raises(DataError, match="mine: no statements found in it"):
        read_source(folder)
    (folder / "statements.jsonl").unlink()
    with pytest.raises(DataError, match=r"statements.jsonl: cannot read it: .*No such file"):
        read_source(folder)
    (folder / "statements.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"statements.jsonl: cannot read it: .*utf-8"):
        read_source(folder)
    (tmp_path / "pairs.docx").write_text("x")
    with pytest.raises(DataError, match=r"pairs.docx: unknown format; expected one of .jsonl"):
        read_source(tmp_path / "pairs.docx")


def test_a_source_with_faults_is_not_sound(source_of, rows):
    rows[0]["pairs"][0]["label"] = "favour"
    with pytest.raises(DataError, match=r"1 faults, the first: .*favour.*check shows all"):
        source_of(rows).sound()


def test_the_conflict_is_the_terms_where_the_statement_names_none(source_of, rows):
    rows[0]["conflict"] = ""
    source = source_of(rows)
    assert source.conflict_of(source.statements[0]) == "valley"
