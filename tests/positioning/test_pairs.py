"""Every shape that predictions and statements come in, and what is wrong with others."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

import stance
from stance.cli import main
from stance.errors import DataError

TERM = stance.Term("A truce takes effect", aliases=["truce", "ceasefire"], id="truce")
TEXTS = ["The truce must start today.", "We reject any truce.", "A ceasefire now.", "No truce."]


def said(**more):
    return [
        stance.Statement(text, holder="envoy", date=dt.date(2026, 1, day), **more)
        for day, text in enumerate(TEXTS, start=1)
    ]


def counts(found):
    return found.table[["holder", "term", "n", "last_date"]].values.tolist()


@pytest.fixture(scope="module")
def expected():
    many = stance.predict_many(said(), [TERM])
    return counts(stance.positions(many, statements=said()))


def test_statements_join_by_position(expected):
    assert expected == [["envoy", "truce", 4, pd.Timestamp("2026-01-04")]]


def test_statements_join_by_id(expected):
    named = [
        stance.Statement(item.text, item.holder, id=f"n{number}", date=item.date)
        for number, item in enumerate(said())
    ]
    found = stance.positions(stance.predict_many(named, [TERM]), statements=reversed(named))
    assert counts(found) == expected


def test_statements_of_which_some_have_an_id(expected):
    some = [replace(item, id="" if item.text == TEXTS[1] else "1") for item in said()[:2]]
    many = stance.predict_many(some, [TERM])
    assert many["statement"].tolist() == ["1", "row 1"]
    wanted = counts(stance.positions(stance.predict_many(said()[:2], [TERM]), statements=said()))
    assert counts(stance.positions(many, statements=some)) == wanted
    frame = pd.DataFrame({"text": TEXTS[:2], "holder": "envoy", "id": [1, None]})
    frame["date"] = [item.date for item in some]
    many = stance.predict_many(frame, [TERM])
    assert counts(stance.positions(many, statements=frame)) == wanted
    one = stance.predict(TEXTS[0], TERM, holder="envoy")
    singles = [replace(one, statement=item) for item in (replace(some[0], id="0"), some[1])]
    assert [row[2] for row in counts(stance.positions(singles))] == [2]


def test_statements_of_a_table(expected):
    frame = pd.DataFrame(
        {"text": TEXTS, "holder": "envoy", "date": pd.date_range("2026-01-01", periods=4)}
    )
    many = stance.predict_many(frame, [TERM])
    assert counts(stance.positions(many, statements=frame)) == expected
    frame["id"] = [10, 20, 30, 40]
    many = stance.predict_many(frame, [TERM])
    assert counts(stance.positions(many, statements=frame.iloc[::-1])) == expected


def test_single_predictions(expected):
    singles = [stance.predict(text, TERM, holder="envoy") for text in TEXTS]
    assert [row[:3] for row in counts(stance.positions(singles))] == [row[:3] for row in expected]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_ids_that_a_table_made_inert_still_join(tmp_path, expected, ending):
    frame = pd.DataFrame({"id": ["-1", "@b", "=c", "d\x07"], "text": TEXTS, "holder": "envoy"})
    frame["date"] = pd.date_range("2026-01-01", periods=4).astype(str)
    source, out = tmp_path / "said.jsonl", tmp_path / f"out.{ending}"
    frame.to_json(source, orient="records", lines=True)
    terms = tmp_path / "terms.yaml"
    terms.write_text("- {id: truce, name: A truce takes effect, aliases: [truce, ceasefire]}\n")
    assert main(["predict", str(source), "-t", str(terms), "-o", str(out), "-q"]) == 0
    assert counts(stance.positions(out, statements=source)) == expected


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_what_the_command_line_writes(tmp_path, expected, ending):
    frame = pd.DataFrame(
        {
            "id": ["a", "b", "c", "d"],
            "text": TEXTS,
            "holder": "envoy",
            "date": [f"2026-01-0{day}" for day in (1, 2, 3, 4)],
        }
    )
    source, out = tmp_path / "said.csv", tmp_path / f"out.{ending}"
    frame.to_csv(source, index=False)
    terms = tmp_path / "terms.yaml"
    terms.write_text("- {id: truce, name: A truce takes effect, aliases: [truce, ceasefire]}\n")
    assert main(["predict", str(source), "-t", str(terms), "-o", str(out), "-q"]) == 0
    assert counts(stance.positions(out, statements=source)) == expected
    assert counts(stance.positions(str(out), statements=frame)) == expected


def test_a_file_without_ids_joins_by_row(tmp_path):
    frame = pd.DataFrame({"text": TEXTS, "holder": ["a", "b", "c", "d"]})
    source, out = tmp_path / "said.csv", tmp_path / "out.csv"
    source.write_text("\n\n" + frame.to_csv(index=False))
    assert main(["predict", str(source), "-t", "A truce takes effect", "-o", str(out), "-q"]) == 0
    for statements in (source, frame):
        found = stance.positions(out, statements=statements).pairs
        labels = pd.read_csv(out)["label"].tolist()
        assert found["predicted"].tolist() == labels
        assert (
            found[["holder", "text"]].values.tolist() == frame[["holder", "text"]].values.tolist()
        )
    with pytest.raises(DataError, match="statements: 3 of them, but the predictions are of 4 rows"):
        stance.positions(out, statements=frame.iloc[:3])


OWN = """- id: valley
  name: Foreign troops leave the valley
  aliases: [troop withdrawal]
  opposites: [our soldiers stay]
"""
REJECT, STAY = "We reject any troop withdrawal.", "Our soldiers stay."


def evidence(tmp_path, source, ending="csv"):
    """What positions show of the statements in a file that was predicted on."""
    terms, out = tmp_path / "terms.yaml", tmp_path / f"out.{ending}"
    terms.write_text(OWN)
    assert main(["predict", str(source), "-t", str(terms), "-o", str(out), "-q"]) == 0
    found = stance.positions(out, statements=source).evidence
    return sorted(found[["holder", "text"]].values.tolist())


@pytest.mark.parametrize(
    "text",
    [
        f"text,holder\n{REJECT},envoy,\n{STAY},envoy,\n",
        f"text;holder\n{REJECT};envoy\n{STAY};envoy\n",
        f"id;text;holder\na;{REJECT};envoy\nb;{STAY};envoy\n",
        f"text,holder\n{REJECT},envoy\n,\n{STAY},envoy\n",
        f"Text , Holder\n{REJECT},envoy\n{STAY},envoy\n",
        f"sep=;\ntext;holder\n{REJECT};envoy\n{STAY};envoy\n",
        f"text,holder\n{REJECT},envoy,surplus\n{REJECT},envoy\n{STAY},envoy\n",
    ],
)
def test_a_file_is_read_as_predict_reads_it(tmp_path, text):
    source = tmp_path / "said.csv"
    source.write_text(text)
    expected = [["envoy", STAY], ["envoy", REJECT]]
    if "surplus" in text:
        with pytest.raises(AssertionError):  # predict says that a row is left out
            evidence(tmp_path, source)
        found = stance.positions(tmp_path / "out.csv", statements=source).evidence
        assert sorted(found[["holder", "text"]].values.tolist()) == expected
    else:
        assert evidence(tmp_path, source) == expected


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_names_in_a_workbook_are_text_as_they_stand(tmp_path, ending):
    frame = pd.DataFrame(
        {"id": ["001", "1"], "text": [REJECT, STAY], "holder": ["NA", "None"]}, dtype=object
    )
    frame.to_excel(tmp_path / "said.xlsx", index=False)
    expected = [["NA", REJECT], ["None", STAY]]
    assert evidence(tmp_path, tmp_path / "said.xlsx", ending) == expected


def test_numbers_in_a_workbook_are_names(tmp_path):
    frame = pd.DataFrame({"id": [1, 2], "text": [REJECT, STAY], "holder": [7, 8]})
    frame.to_excel(tmp_path / "said.xlsx", index=False)
    assert evidence(tmp_path, tmp_path / "said.xlsx") == [["7", REJECT], ["8", STAY]]


def written(table, path):
    table.to_csv(path, index=False)
    return path


def test_what_is_wrong_with_a_file_is_said_of_it(tmp_path, table_of):
    table, path = table_of([("envoy", "truce", "favor")] * 2), tmp_path / "p.csv"
    with pytest.raises(DataError, match=r"p\.csv: no column 'label' \(did you mean 'lable'\?\)$"):
        stance.positions(written(table.rename(columns={"label": "lable"}), path))
    with pytest.raises(DataError, match="predictions, row 3, column 'label': 'favour' is not a"):
        stance.positions(written(table.assign(label=["favor", "favour"]), path))
    written(table, path)
    path.write_text(path.read_text() + "a,b\n")
    with pytest.raises(DataError, match=r"p\.csv, row 4: 2 cells, but the header has"):
        stance.positions(path)


def test_a_statement_in_a_row_that_cannot_be_read(tmp_path, table_of):
    known = tmp_path / "s.csv"
    known.write_text("id,text,holder\ns0,We sign.,envoy\ns1,We, sign,envoy\n")
    message = r"'s1' is not among.*A row of them cannot be read: .*s\.csv, row 3: 4 cells, but"
    with pytest.raises(DataError, match=message):
        stance.positions(table_of([("envoy", "truce", "favor")] * 2), statements=known)


def test_positions_of_a_table_are_no_rows_of_a_file(tmp_path, table_of):
    known = tmp_path / "s.csv"
    known.write_text("text,holder\nWe sign.,envoy\nWe stay.,consul\n")
    table = table_of([("envoy", "truce", "favor")]).assign(statement=2)
    with pytest.raises(DataError, match="'2' is not among the statements"):
        stance.positions(table, statements=known)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="p_favor"), "no column 'p_favor'; expected one of 'date'"),
        (lambda t: t.drop(columns="label"), "predictions: no column 'label'"),
        (lambda t: t.drop(columns="holder"), "no column 'holder'.*statements="),
        (lambda t: t.rename(columns={"holder": "Holder"}), "'Holder'; did you mean 'holder'"),
        (lambda t: t.rename(columns={"date": " DATE"}), "' DATE'; did you mean 'date'"),
        (lambda t: pd.concat([t, t["label"]], axis=1), "two columns are called 'label'"),
        (lambda t: t.assign(label="favour"), "row 0, column 'label'.*did you mean 'favor'"),
        (lambda t: t.assign(checked="agianst"), "column 'checked': 'agianst'.*mean 'against'"),
        (lambda t: t.assign(p_favor=1.5), "row 0, column 'p_favor': expected a number from 0 to 1"),
        (lambda t: t.assign(p_favor="much"), "column 'p_favor'.*got str 'much'"),
        (lambda t: t.assign(p_favor=0.5), "row 0: p_favor … p_unrelated add up to 0.5; expected 1"),
        (
            lambda t: t.assign(holder=[3.5] * len(t)),
            "column 'holder': expected text, got float 3.5",
        ),
        (lambda t: t.assign(statement="s0"), "row 1: the statement 's0'.*'truce' twice"),
        (lambda t: t.assign(date="28.02.2026"), "column 'date'.*did you mean 2026-02-28"),
    ],
)
def test_faulty_predictions(table_of, change, message):
    table = table_of([("envoy", "truce", "favor")] * 3)
    with pytest.raises(DataError, match=message):
        stance.positions(change(table))


def test_a_statement_that_is_not_there(table_of):
    table = table_of([("envoy", "truce", "favor")] * 3)
    known = pd.DataFrame({"id": ["s0", "s1", "s22"], "holder": "envoy"})
    with pytest.raises(DataError, match=r"row 2, column 'statement': 's2' is not.*'s22'"):
        stance.positions(table, statements=known)


def test_the_same_words_judged_again_are_said_again():
    again = [stance.predict(TEXTS[0], TERM, holder="envoy") for _ in range(3)]
    assert [row[:3] for row in counts(stance.positions(again))] == [["envoy", "truce", 3]]


def test_statements_that_are_not_those_of_the_predictions(expected):
    many = stance.predict_many(said(), [TERM])
    many["text"] = [f"'{text}" for text in TEXTS]  # as before what would be a formula
    assert counts(stance.positions(many, statements=said())) == expected
    changed = [
        stance.Statement(f"{item.text}\n\x1b;=1", "envoy", date=item.date) for item in said()
    ]
    many["text"] = [f"{text} \\x1b;'=1" for text in TEXTS]  # as the command line writes it
    assert counts(stance.positions(many, statements=changed)) == expected
    with pytest.raises(DataError, match=r"row 0, .* today\..*', but .* '0' is 'No truce\.'; are"):
        stance.positions(many, statements=said()[::-1])


def test_two_statements_of_one_name(table_of):
    known = pd.DataFrame({"id": ["s0", "s0"], "holder": "envoy"})
    with pytest.raises(DataError, match="two of them have the id 's0'"):
        stance.positions(table_of([("envoy", "truce", "favor")]), statements=known)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "predictions: expected the table of predict_many.*got int 3"),
        (["favor"], r"predictions\[0\]: expected a Prediction, got str 'favor'"),
    ],
)
def test_what_is_no_prediction(given, message):
    with pytest.raises(DataError, match=message):
        stance.positions(given)


def test_what_is_no_statement(table_of):
    with pytest.raises(DataError, match=r"statements\[0\]: expected a Statement, got str"):
        stance.positions(table_of([("envoy", "truce", "favor")]), statements=["x"])


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "bad.xlsx").write_text("no workbook")
    with pytest.raises(DataError, match=r"bad\.xlsx: cannot read it"):
        stance.positions(tmp_path / "bad.xlsx")
    (tmp_path / "bad.doc").write_text("no table")
    with pytest.raises(DataError, match="unknown format"):
        stance.positions(tmp_path / "bad.doc")


def test_the_input_is_left_as_it_was(table_of):
    table = table_of([("envoy", "truce", "favor", "2026-01-01")] * 3)
    before = table.copy()
    stance.positions(table)
    pd.testing.assert_frame_equal(table, before)
