import csv
import json
import unicodedata

import pytest
import yaml

from stance.datasets import load, to_frame
from stance.datasets.annotation import (
    export_pairs,
    import_labels,
    questions,
    votes_of,
    write_folder,
)
from stance.datasets.answers import read_answers
from stance.datasets.checks import check
from stance.datasets.naming import id_of
from stance.datasets.source import read_source
from stance.errors import DataError


def label_csv(path, choose):
    """Label an exported CSV file as a person would; ``choose`` gives the label of a row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"label": choose(row) or ""} for row in rows)


def label_studio(path, *readers):
    """Label exported tasks; each reader is a function from a task's data to a label."""
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for task in tasks:
        task["annotations"] = [
            {
                "completed_by": number,
                "result": [{"from_name": "label", "value": {"choices": [reader(task["data"])]}}],
            }
            for number, reader in enumerate(readers, start=1)
            if reader(task["data"])
        ]
    path.write_text(json.dumps(tasks), encoding="utf-8")


def answers_csv(path, *rows):
    path.write_text("\n".join(("statement,term,label", *rows)) + "\n")
    return path


def labels_of(source):
    return {(item.id, pair.term): pair.label for item, pair in source.pairs()}


def votes(source):
    return {(item.id, pair.term): list(pair.votes) for item, pair in source.pairs()}


def test_questions_show_the_term_and_hide_the_label(source_of, rows):
    asked = questions(source_of(rows))
    assert len(asked) == 11
    assert asked[0].term_name == "A truce takes effect"
    assert asked[0].term_description == "What a truce takes effect contains."
    assert not {"favor", "against"} & {cell for question in asked for cell in question}


def test_the_round_trip_through_csv(source_of, rows, tmp_path):
    rows[0]["text"] = "=cmd|' /C calc'!A0"
    rows[1]["text"] = "'Never', \"he\" said;\nnever."
    source = source_of(rows)
    out = tmp_path / "pairs.csv"
    assert export_pairs(source, out, "csv") == 11
    assert out.read_bytes().startswith(b"\xef\xbb\xbfstatement,term,")
    label_csv(out, lambda row: "neutral")
    assert [answer.question for answer in read_answers(out)] == questions(source)
    done = import_labels(out, source)
    assert (done.labels, done.ties, done.unlabelled) == (11, 0, 0)
    assert labels_of(done.source) == labels_of(source)
    assert votes(done.source)["s1", "truce"] == ["favor", "favor", "neutral"]


def test_the_round_trip_through_label_studio(source_of, rows, tmp_path):
    rows[0]["text"] = "<b>=Перемир'я</b>"
    source = source_of(rows)
    out = tmp_path / "tasks.json"
    assert export_pairs(source, out, "label-studio") == 11
    assert (tmp_path / "tasks.xml").read_text(encoding="utf-8").startswith("<View>")
    true = labels_of(source)
    label_studio(out, lambda data: true[data["statement"], data["term"]],
                 lambda data: "favor" if data["statement"] == "s2" else None)  # fmt: skip
    done = import_labels(out, source)
    assert done.labels == 12
    assert votes(done.source)["s1", "truce"] == ["favor"] * 3
    assert votes(done.source)["s2", "truce"] == ["against", "against", "against", "favor"]
    assert {answer.question.text for answer in read_answers(out)} >= {rows[0]["text"]}


def test_the_majority_becomes_the_label_where_that_is_asked_for(source_of, rows, tmp_path):
    out = tmp_path / "tasks.json"
    source = source_of(rows)
    export_pairs(source, out, "label-studio")
    label_studio(out, lambda data: "neutral", lambda data: "neutral", lambda data: "favor")
    assert set(labels_of(import_labels(out, source, "labels").source).values()) == {"neutral"}
    label_studio(out, lambda data: "neutral", lambda data: "favor")
    done = import_labels(out, source, "labels")
    assert done.ties == 11
    assert labels_of(done.source) == labels_of(source)


def test_the_copy_is_a_dataset_that_loads(source_of, rows, tmp_path):
    rows[0] |= {"date": "2026-02", "source": "town hall"}
    rows[1] |= {"text": rows[0]["text"], "side": "hills", "twin_of": "s1"}
    source = source_of(rows)
    path = answers_csv(tmp_path / "ann.csv", "s1,truce,conditional")
    out = tmp_path / "copy"
    write_folder(import_labels(path, source, "labels").source, out)
    copy = read_source(out)
    assert copy.faults == ()
    assert labels_of(copy) == labels_of(source) | {("s1", "truce"): "conditional"}
    assert copy.terms == source.terms
    fields = [json.loads(line) for line in (out / "statements.jsonl").read_text().splitlines()]
    assert fields[0] == rows[0] | {
        "pairs": [
            {"term": "truce", "label": "conditional", "votes": ["favor", "favor", "conditional"]}
        ]
    }
    assert fields[1]["twin_of"] == "s1"
    assert list(yaml.safe_load((out / "terms.yaml").read_text())[0])[:2] == ["id", "name"]
    frame = to_frame(load("settlement", out)["train"])
    assert list(frame["label"]) == ["conditional", "against", "conditional"]


ODD = [*"\x85\u2028\u2029\ufeff\r\n\t\x00\x7f\xa0\u200b", "\r\n"]


def test_whatever_a_term_holds_comes_back_and_can_be_read(source_of, rows, terms, tmp_path):
    odd = [text for mark in ODD for text in (f"both{mark}stop", f"мир {mark}: {mark}", f"{mark}a ")]
    terms[0] |= {"name": "Перемир'я\x85діє", "description": "Зараз 🕊.", "aliases": odd}
    source = source_of(rows, terms)
    assert source.terms["truce"].aliases == tuple(odd)
    write_folder(source, tmp_path / "copy")
    assert read_source(tmp_path / "copy").terms == source.terms
    written = (tmp_path / "copy/terms.yaml").read_text("utf-8")
    assert "Перемир'я\\Nдіє" in written
    assert "description: Зараз 🕊." in written


def test_a_table_without_labels_becomes_a_dataset(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(
        "text,side,term\nWe sign.,north,A dam is filled\nWe stay.,north,A dam is filled\n"
    )
    source = read_source(table, labelled=False)
    export_pairs(source, tmp_path / "ann.csv", "csv")
    label_csv(tmp_path / "ann.csv", lambda row: {"We sign.": "favor"}.get(row["text"]))
    done = import_labels(tmp_path / "ann.csv", source)
    assert (done.labels, done.unlabelled) == (1, 1)
    write_folder(done.source, tmp_path / "made")
    made = read_source(tmp_path / "made")
    assert [(item.text, pair.label) for item, pair in made.pairs()] == [("We sign.", "favor")]
    assert made.terms["a_dam_is_filled"].name == "A dam is filled"


def test_a_row_without_an_id_is_not_the_row_whose_id_is_its_number(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(
        "id,text,term\n2,We reject the truce.,A truce takes effect\n"
        ",We want the truce.,A truce takes effect\n"
    )
    source = read_source(table, labelled=False)
    export_pairs(source, tmp_path / "ann.csv", "csv")
    label_csv(tmp_path / "ann.csv", lambda row: "favor" if "want" in row["text"] else None)
    done = import_labels(tmp_path / "ann.csv", source)
    assert (done.labels, done.unlabelled) == (1, 1)
    assert [item.text for item, _ in done.source.pairs()] == ["We want the truce."]


CLAUSES = ["Tariffs are < 10 %", "Tariffs are > 10 %", "tariffs  are < 10 %"]


@pytest.mark.parametrize("turn", [1, -1])
def test_clauses_whose_names_make_one_id_stay_two_on_the_whole_way(tmp_path, turn):
    table = tmp_path / "mine.csv"
    rows = [f"We agree {number}.,{clause},{label}" for number, (clause, label) in
            enumerate(zip(CLAUSES, ("favor", "against", "favor"), strict=True))]  # fmt: skip
    rows.append("We agree 0.,Tariffs are > 10 %,against")
    table.write_text("\n".join(("text,term,label", *rows[::turn])) + "\n")
    source = read_source(table)
    assert [item for item in check(source).faults if item.check != "texts"] == []
    low, high = (f"tariffs_are_10_{id_of(name)[:6]}" for name in map(str.casefold, CLAUSES[:2]))
    assert sorted(source.terms) == sorted([low, high])
    assert {row["term_name"]: row["term"] for row in load("file", table)["all"]} == dict(
        zip(CLAUSES, (low, high, low), strict=True)
    )
    export_pairs(source, tmp_path / "ann.csv", "csv")
    label_csv(tmp_path / "ann.csv", lambda row: "against" if row["term"] == high else "favor")
    assert len({tuple(item.question) for item in read_answers(tmp_path / "ann.csv")}) == 4
    write_folder(import_labels(tmp_path / "ann.csv", source).source, tmp_path / "made")
    made = read_source(tmp_path / "made")
    assert labels_of(made) == labels_of(source)
    assert {made.terms[pair.term].name == CLAUSES[1] for _, pair in made.pairs()} == {True, False}
    assert {pair.votes[0] == pair.label for _, pair in made.pairs()} == {True}


TWO = "{id}text,holder,term\n{first}We sign.,army,Truce\n{second}We sign.,mayor,Road opens\n"


def test_one_id_of_two_holders_is_refused(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(TWO.format(id="id,", first="7,", second="7,"))
    with pytest.raises(DataError, match=r"row 3: statement '7' has another holder in .*row 2; ids"):
        export_pairs(read_source(table, labelled=False), tmp_path / "ann.csv", "csv")


def test_two_holders_of_one_text_come_back_as_a_sound_dataset(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(TWO.format(id="", first="", second=""))
    source = read_source(table, labelled=False)
    export_pairs(source, tmp_path / "ann.csv", "csv")
    label_csv(tmp_path / "ann.csv", lambda row: "favor")
    write_folder(import_labels(tmp_path / "ann.csv", source).source, tmp_path / "made")
    made = read_source(tmp_path / "made").statements
    assert [item.holder for item in made] == ["army", "mayor"]
    assert [item.twin_of for item in made] == [None, made[0].id]


@pytest.mark.parametrize(("field", "other"), [("text", "Never."), ("side", "hills")])
def test_statements_that_share_an_id_are_named(source_of, rows, tmp_path, field, other):
    rows[1] = {**rows[0], field: other}
    source = source_of(rows)
    message = f"jsonl:2: statement 's1' has another {field} in .*jsonl:1; ids must differ"
    with pytest.raises(DataError, match=message):
        export_pairs(source, tmp_path / "pairs.csv", "csv")
    with pytest.raises(DataError, match=message):
        import_labels(answers_csv(tmp_path / "ann.csv", "s1,truce,favor"), source)


def test_unknown_statements_and_terms_and_double_answers_are_all_named(source_of, rows, tmp_path):
    path = answers_csv(
        tmp_path / "ann.csv",
        "s1,truce,favor",
        "s99,truce,favor",
        "s1,truse,favor",
        "s1,truce,favor",
    )
    with pytest.raises(DataError) as caught:
        import_labels(path, source_of(rows))
    unknown, term, twice = str(caught.value).split("\n")
    assert unknown.startswith(
        f"{path}, row 3, column 'statement': unknown statement 's99'; expected"
    )
    assert term == (
        f"{path}, row 4, column 'term': 's1' has no pair with 'truse'; did you mean 'truce'?"
    )
    assert twice == f"{path}, row 5: 'ann' labels 's1' and 'truce' twice"


@pytest.mark.parametrize("form", ["csv", "label-studio"])
def test_labels_do_not_move_to_another_statement_where_ids_were_changed(tmp_path, form):
    table = tmp_path / "mine.csv"
    table.write_text("id,text,term\n001,We sign.,Truce\n1,We never sign.,Truce\n")
    source = read_source(table, labelled=False)
    out = tmp_path / ("ann.csv" if form == "csv" else "ann.json")
    export_pairs(source, out, form)
    if form == "csv":
        label_csv(out, lambda row: "favor" if row["statement"] == "001" else "")
    else:
        label_studio(out, lambda data: "favor" if data["statement"] == "001" else None)
    assert import_labels(out, source).labels == 1
    out.write_text(out.read_text("utf-8-sig").replace("001", "1"))
    with pytest.raises(DataError) as caught:
        import_labels(out, source)
    assert str(caught.value) == (
        f"{out}, {'row 2' if form == 'csv' else 'task 1'}, column 'text': it is not the text of "
        "statement '1', but of '001'; have ids been changed, as spreadsheets make 1 of 001?"
    )


SAID = "'Dès l’été, «мир»? Never.'  We\nsaid 🕊 so."


@pytest.mark.parametrize(
    "back",
    [
        "",
        " ",
        SAID,
        unicodedata.normalize("NFD", SAID),
        SAID.replace("\n", "\r\n").replace("  ", "\u00a0"),
        SAID.removeprefix("'"),
        SAID.encode("latin-1", "replace").decode("latin-1"),
        SAID.encode("ascii", "replace").decode(),
        SAID.encode("ascii", "replace").decode().replace("said ?", "said ??"),
    ],
)
def test_a_text_that_a_spreadsheet_has_changed_is_still_its_own(source_of, rows, tmp_path, back):
    rows[0]["text"] = SAID
    with (tmp_path / "ann.csv").open("w", encoding="utf-8", newline="") as file:
        cells = ["s1", "truce", f"'{back}" if back[:1] == "'" else back, "favor"]
        csv.writer(file).writerows([["statement", "term", "text", "label"], cells])
    assert import_labels(tmp_path / "ann.csv", source_of(rows)).labels == 1


@pytest.mark.parametrize("other", ["We sign.", "?", "????? Never.", f"{SAID}?!", SAID[:-8] + "?"])
def test_another_text_is_refused_whatever_was_lost_of_it(source_of, rows, tmp_path, other):
    rows[0]["text"] = SAID
    with (tmp_path / "ann.csv").open("w", encoding="utf-8", newline="") as file:
        rows_of = [["statement", "term", "text", "label"], ["s1", "truce", other, "favor"]]
        csv.writer(file).writerows(rows_of)
    with pytest.raises(
        DataError, match=r"row 2, column 'text': it is not the text of .* 's1'; hav"
    ):
        import_labels(tmp_path / "ann.csv", source_of(rows))


def test_of_many_wrong_rows_the_first_fifty_are_named(source_of, rows, tmp_path):
    path = answers_csv(tmp_path / "ann.csv", *(f"x{number},truce,favor" for number in range(1060)))
    with pytest.raises(DataError, match="… and 1,010 more") as caught:
        import_labels(path, source_of(rows))
    assert len(str(caught.value).split("\n")) == 51


def test_an_existing_folder_is_never_overwritten(source_of, rows, tmp_path):
    source = source_of(rows)
    with pytest.raises(DataError, match="mine: it is there already; choose another with --out"):
        write_folder(source, source.path)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file/copy: cannot write it"):
        write_folder(source, tmp_path / "file" / "copy")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "mine"]


@pytest.mark.parametrize(
    ("form", "taken"),
    [("csv", "out.json"), ("label-studio", "out.json"), ("label-studio", "out.xml")],
)
def test_an_export_overwrites_nothing(source_of, rows, tmp_path, form, taken):
    source = source_of(rows)
    (tmp_path / taken).write_text("labels of a week")
    with pytest.raises(DataError) as caught:
        export_pairs(source, tmp_path / "out.json", form)
    assert str(caught.value) == (
        f"{tmp_path / taken}: it is there already; choose another with --out"
    )
    assert (tmp_path / taken).read_text() == "labels of a week"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["mine", taken]


def test_tasks_do_not_take_the_place_of_their_interface(source_of, rows, tmp_path):
    with pytest.raises(DataError, match=r"tasks\.xml: the labelling interface goes there; choose"):
        export_pairs(source_of(rows), tmp_path / "tasks.xml", "label-studio")
    assert [item.name for item in tmp_path.iterdir()] == ["mine"]


def test_a_copy_that_fails_leaves_nothing_behind(source_of, rows, tmp_path, monkeypatch):
    source = source_of(rows)

    def fail(path, text):
        raise DataError("no space left")

    monkeypatch.setattr("stance.datasets.annotation.write_text", fail)
    with pytest.raises(DataError, match="no space left"):
        write_folder(source, tmp_path / "copy")
    assert [item.name for item in tmp_path.iterdir()] == ["mine"]


def test_a_faulty_dataset_is_neither_exported_nor_labelled(source_of, rows, tmp_path):
    rows[0]["pairs"][0]["label"] = "favour"
    source = source_of(rows)
    with pytest.raises(DataError, match="1 faults, the first"):
        export_pairs(source, tmp_path / "pairs.csv", "csv")
    with pytest.raises(DataError, match="1 faults, the first"):
        import_labels(answers_csv(tmp_path / "ann.csv", "s1,truce,favor"), source)
    assert not (tmp_path / "pairs.csv").exists()


def test_votes_of_several_files_name_their_readers(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    files = [answers_csv(tmp_path / "one" / "ann.csv", "s1,truce,favor"),
             answers_csv(tmp_path / "two" / "ann.csv", "s1,truce,against"),
             answers_csv(tmp_path / "bob.csv", "s1,truce,favor")]  # fmt: skip
    found = votes_of(files)
    assert [vote.reader for vote in found] == [str(files[0]), str(files[1]), "bob"]
    assert {vote.item for vote in found} == {"s1\ttruce"}


def test_a_reader_who_labels_a_pair_twice_is_named(tmp_path):
    path = answers_csv(tmp_path / "ann.csv", "s1,truce,favor", "s1,truce,against")
    with pytest.raises(DataError, match="row 3: 'ann' labels 's1' and 'truce' twice"):
        votes_of([path])
