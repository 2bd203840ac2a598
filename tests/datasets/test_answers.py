import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stance.datasets.answers import COLUMNS, INTERFACE, Question, read_answers, render
from stance.errors import DataError
from stance.labels import LABELS

ASKED = [
    Question("s1", "truce", '=LINK("x")', "mayor", "town", "A truce takes effect", "Both stop."),
    Question("s2", "exit", "'Go home', she said;\nnow.", "@chief", "+hills", "Troops leave", "-"),
    Question("s3", "exit", "Перемир'я, \"зараз\"", "", "", "Troops leave", ""),
]  # fmt: skip


def filled(text, labels):
    """What a spreadsheet saves when the labels were typed in."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for row, label in zip(rows[1:], labels, strict=True):
        row[-1] = label
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def test_csv_comes_back_as_it_went(tmp_path):
    path = tmp_path / "ann.csv"
    path.write_text(filled(render(ASKED, "csv"), ["favor", "", "neutral"]), "utf-8-sig", newline="")
    answers = read_answers(path)
    assert [answer.question for answer in answers] == [ASKED[0], ASKED[2]]
    assert [answer.label for answer in answers] == ["favor", "neutral"]
    assert {answer.reader for answer in answers} == {"ann"}
    assert [answer.where for answer in answers] == [f"{path}, row 2", f"{path}, row 4"]


def test_no_cell_of_csv_is_a_formula():
    rows = list(csv.reader(io.StringIO(render(ASKED, "csv"), newline="")))
    assert rows[0] == list(COLUMNS)
    assert rows[1][2] == '\'=LINK("x")'
    assert not [
        cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}
    ]


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=7, max_size=7))
@example(["", "", ";@", "x;'=1", "'x\t\"=1", "\n=1", "''=1"])
def test_any_text_comes_back_from_csv(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("csv") / "ann.csv"
    question = Question(*cells)
    path.write_text(filled(render([question], "csv"), ["favor"]), encoding="utf-8", newline="")
    assert [answer.question for answer in read_answers(path)] == [question]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_spreadsheets_may_save_with_other_separators(tmp_path, mark):
    path = tmp_path / "ann.csv"
    path.write_text(mark.join(("statement", "term", "label")) + f"\ns1{mark}truce{mark} favor \n")
    (answer,) = read_answers(path)
    assert (answer.question.statement, answer.question.term, answer.label) == (
        "s1",
        "truce",
        "favor",
    )


def test_label_studio_tasks_come_back_with_their_readers(tmp_path):
    tasks = json.loads(render(ASKED, "label-studio"))
    assert tasks[0]["data"]["text"] == ASKED[0].text

    def annotation(reader, *labels, **more):
        result = {"from_name": "label", "type": "choices", "value": {"choices": list(labels)}}
        return {"completed_by": reader, "result": [result], **more}

    tasks[0]["annotations"] = [annotation(7, "favor"), annotation({"email": "ann@x"}, "neutral")]
    tasks[1]["annotations"] = [annotation(7, "against", was_cancelled=True)]
    tasks[2]["annotations"] = [{"completed_by": 7, "result": []}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    answers = read_answers(path)
    assert [(item.reader, item.label) for item in answers] == [("7", "favor"), ("ann@x", "neutral")]
    assert all(item.question == ASKED[0] for item in answers)


def test_the_interface_offers_all_labels_for_the_fields_of_a_task():
    for label in LABELS:
        assert f'<Choice value="{label}"/>' in INTERFACE
    for field in ("term_name", "term_description", "holder", "side", "text"):
        assert f'"${field}"' in INTERFACE


def test_label_typos_are_all_named_by_row_and_column(tmp_path):
    path = tmp_path / "ann.csv"
    path.write_text("statement,term,label\ns1,truce,favour\ns2,truce,favor\ns3,exit,nuetral\n")
    with pytest.raises(DataError) as caught:
        read_answers(path)
    first, second = str(caught.value).split("\n")
    assert first == f"{path}, row 2, column 'label': 'favour' is not a label; did you mean 'favor'?"
    assert second.endswith(
        "row 4, column 'label': 'nuetral' is not a label; did you mean 'neutral'?"
    )


def test_a_label_typo_of_label_studio_is_named_by_task(tmp_path):
    result = {"from_name": "label", "value": {"choices": ["Favor"]}}
    task = {"data": {"statement": "s1", "term": "truce"},
            "annotations": [{"result": [result], "completed_by": 1}]}  # fmt: skip
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task]))
    with pytest.raises(DataError, match="task 1, column 'label': 'Favor' is not a label; did you"):
        read_answers(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "statement,trem,label\n", "no column 'term'; did you mean 'trem'"),
        ("a.csv", "", "no column 'statement'; none is known"),
        ("a.csv", "statement,term,label,label\n", "a.csv: two columns are called 'label'; rename"),
        ("a.json", "{", "not JSON: "),
        ("a.json", "{}", "expected the list of tasks that Label Studio exports as JSON"),
        ("a.json", "[{}]", "task 1, field data: Field required; export as JSON"),
        ("a.json", "[7]", "task 1, field itself: Input should be .*; export as JSON"),
        ("a.json", '[{"data": {"statement": "s"}}]', "task 1, field data.term: Field required"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        read_answers(path)


@pytest.mark.parametrize(
    "annotations",
    ['[{"result": ["x"]}]', '"x"', "[7]",
     '[{"result": [{"from_name": "label", "value": {"choices": "favor"}}]}]'],
)  # fmt: skip
def test_annotations_of_another_shape_are_refused(tmp_path, annotations):
    path = tmp_path / "a.json"
    task = f'{{"data": {{"statement": "s", "term": "t"}}, "annotations": {annotations}}}'
    path.write_text(f"[{task}]")
    with pytest.raises(DataError, match=r"task 1, field annotations.*: Input should be"):
        read_answers(path)


def test_long_cells_come_back(tmp_path):
    path = tmp_path / "ann.csv"
    long = "We sign. " * 30_000
    path.write_text(f"statement,term,text,label\na,T,{long},favor\n")
    assert read_answers(path)[0].question.text == long


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none.csv: cannot read it"):
        read_answers(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"\xe9")
    with pytest.raises(DataError, match=r"latin.csv: cannot read it: .*utf-8"):
        read_answers(tmp_path / "latin.csv")
