import gzip
import json
from hashlib import sha256

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stance.datasets import DEFINITIONS, definition, load
from stance.datasets.tables import FIELDS, read_file, read_folder
from stance.errors import DataError, UnknownNameError
from stance.terms import TermCatalogue

CARD = definition("file").card
ROWS = [
    {"text": "We welcome the truce.", "term": "A truce holds", "label": "favor"},
    {"text": '«Ніколи», he said,\n"never".', "term": "A truce holds", "label": "against"},
]


def _write(path, rows=ROWS):
    frame = pd.DataFrame(rows)
    name = path.name.lower()
    if ".csv" in name or ".tsv" in name:
        frame.to_csv(path, index=False, sep="\t" if ".tsv" in name else ",")
    elif ".jsonl" in name:
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        path.write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
    else:
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize(
    "name",
    ["a.csv", "a.csv.gz", "a.tsv", "a.tsv.gz", "a.jsonl", "a.jsonl.gz", "a.parquet", "A.CSV"],
)
def test_every_format_gives_the_same_rows(tmp_path, name):
    rows = read_file(_write(tmp_path / name), CARD)["all"]
    assert [row["text"] for row in rows] == [row["text"] for row in ROWS]
    assert [row["label"] for row in rows] == ["favor", "against"]
    assert [row["term"] for row in rows] == ["a_truce_holds"] * 2
    assert [row["statement_id"] for row in rows] == [
        sha256(row["text"].encode()).hexdigest()[:16] for row in ROWS
    ]


def test_an_own_file_with_own_columns_and_labels(toy_table, toy_folder):
    columns = {"text": "quote", "term": "clause", "id": "number"}
    labels = {"pro": "favor", "con": "against", "conditional": "conditional"}
    labels |= {"neutral": "neutral", "unrelated": "unrelated"}
    data = load(
        "file",
        toy_table,
        columns=columns,
        label_map=labels,
        terms=str(toy_folder / "terms.yaml"),
    )["all"]
    toy = load("settlement", toy_folder)["train"]
    for name in ("statement_id", "text", "holder", "side", "term", "term_aliases", "label"):
        assert data[name][:] == toy[name][:]


def test_a_term_of_the_shipped_catalogue_is_completed(tmp_path):
    term = next(iter(TermCatalogue.default().values()))
    rows = [{**ROWS[0], "term": term.id}, {**ROWS[1], "term": term.name}]
    found = read_file(_write(tmp_path / "a.csv", rows), CARD)["all"]
    assert [row["term_aliases"] for row in found] == [list(term.aliases)] * 2
    assert [row["conflict"] for row in found] == [term.conflict] * 2


def test_a_name_that_makes_the_id_of_a_known_term_is_another_clause(tmp_path):
    term = next(iter(TermCatalogue.default().values()))
    rows = [{**ROWS[0], "term": term.id}, {**ROWS[1], "term": f"{term.id}?"}]
    known, other = read_file(_write(tmp_path / "a.csv", rows), CARD)["all"]
    assert known["term"] == term.id
    assert other["term"].startswith(f"{term.id}_")


def test_every_field_can_be_a_column(tmp_path):
    row = {name: name for name in FIELDS} | {"label": "neutral", "text": "We wait."}
    (found,) = read_file(_write(tmp_path / "a.csv", [row]), CARD)["split"]
    assert found["statement_id"] == "id"
    for name in ("holder", "side", "lang", "register", "conflict", "term"):
        assert found[name] == name


def test_cells_that_look_like_missing_values_are_text(tmp_path):
    rows = [{"text": "NA", "term": "null", "label": "None"}]
    path = _write(tmp_path / "a.csv", rows)
    (row,) = read_file(path, CARD, label_map={"None": "neutral"})["all"]
    assert (row["text"], row["term_name"], row["label"]) == ("NA", "null", "neutral")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_labels_may_be_numbers(tmp_path, name):
    rows = [{**ROWS[0], "label": 1}, {**ROWS[1], "label": -1}]
    path = _write(tmp_path / name, rows)
    found = read_file(path, CARD, label_map={1: "favor", "-1": "against"})["all"]
    assert [row["label"] for row in found] == ["favor", "against"]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, ""])
def test_a_missing_holder_is_empty(tmp_path, missing):
    frame = pd.DataFrame([{**ROWS[0], "holder": "envoy"}, {**ROWS[1], "holder": missing}])
    frame.to_parquet(tmp_path / "a.parquet")
    rows = read_file(tmp_path / "a.parquet", CARD)["all"]
    assert [row["holder"] for row in rows] == ["envoy", ""]


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([{**ROWS[0], "label": "Favor"}], {}, "row 2, column 'label': 'Favor' is not a label; did"),
        ([ROWS[0], {**ROWS[1], "text": " "}], {}, "row 3, column 'text': the cell is empty"),
        ([{**ROWS[0], "term": None}], {}, "row 2, column 'term': the cell is empty"),
        (
            [{"txt": "a", "term": "b", "label": "c"}],
            {},
            "no column 'text' for text; did you mean '",
        ),
        (ROWS, {"columns": {"label": "stance"}}, "no column 'stance' for label; expected one of "),
        (ROWS, {"columns": {"holder": "who"}}, "no column 'who' for holder; expected one of "),
        (ROWS, {"label_map": {"pro": "favor"}}, "'favor' is not a label; expected one of 'pro'"),
    ],
)
def test_a_wrong_table_is_refused_with_row_and_column(tmp_path, rows, options, message):
    path = _write(tmp_path / "a.csv", rows)
    with pytest.raises(DataError, match=message) as caught:
        read_file(path, CARD, **options)
    assert str(caught.value).startswith(f"{path}")


def test_rows_of_json_lines_are_counted_from_the_first_line(tmp_path):
    path = _write(tmp_path / "a.jsonl", [ROWS[0], {**ROWS[1], "label": "no"}])
    path.write_text("\n" + path.read_text())
    with pytest.raises(DataError, match=r"a\.jsonl, line 3, column 'label': 'no' is not a label"):
        read_file(path, CARD)


def test_a_label_map_leads_to_the_five_labels(tmp_path):
    with pytest.raises(
        DataError, match=r"label_map\.pro: unknown label 'favour'; did you mean 'favor'"
    ):
        read_file(_write(tmp_path / "a.csv"), CARD, label_map={"pro": "favour"})


def test_an_unknown_field_in_columns_names_the_nearest(tmp_path):
    with pytest.raises(
        UnknownNameError, match=r"unknown field in dataset\.options\.columns 'texts'; did"
    ):
        read_file(_write(tmp_path / "a.csv"), CARD, columns={"texts": "text"})


def test_terms_of_an_own_catalogue_are_all_in_it(tmp_path, toy_folder):
    rows = [{**ROWS[0], "term": "river_damm"}]
    with pytest.raises(
        DataError, match="row 2, column 'term': 'river_damm' is not a term of the catalogue; did"
    ):
        read_file(_write(tmp_path / "a.csv", rows), CARD, terms=str(toy_folder / "terms.yaml"))


def test_one_id_stands_for_one_text(tmp_path):
    rows = [{**row, "id": "s1"} for row in ROWS]
    with pytest.raises(DataError, match="row 3, column 'id': 's1' has another text in row 2"):
        read_file(_write(tmp_path / "a.csv", rows), CARD)


def test_rows_with_one_text_are_one_statement(tmp_path):
    rows = [ROWS[0], ROWS[1], {**ROWS[0], "term": "Prisoners return", "label": "unrelated"}]
    found = read_file(_write(tmp_path / "a.csv", rows), CARD)["all"]
    first, second, third = [row["statement_id"] for row in found]
    assert first == third != second


def test_one_text_of_two_holders_is_two_statements(tmp_path):
    rows = [{**ROWS[0], "holder": holder} for holder in ("the army", "the mayor", "the army")]
    found = read_file(_write(tmp_path / "a.csv", rows), CARD)["all"]
    first, second, third = [row["statement_id"] for row in found]
    assert first == third != second


@pytest.mark.parametrize("name", ["dev", "Val", "validation"])
def test_a_split_may_have_another_name(tmp_path, name):
    rows = [{**ROWS[0], "split": "train"}, {**ROWS[1], "split": name}]
    assert list(read_file(_write(tmp_path / "a.csv", rows), CARD)) == ["train", "validation"]


def test_blank_lines_count_as_a_spreadsheet_counts_them(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('text,term,label\n\n"We\n\nsign",T,favor\n\n\nNever.,T,favour\n')
    with pytest.raises(DataError, match=r"a\.csv, row 6, column 'label': 'favour'"):
        read_file(path, CARD)


def test_without_ids_a_statement_keeps_its_name_wherever_it_stands(tmp_path):
    there = read_file(_write(tmp_path / "a.csv"), CARD)["all"]
    turned = read_file(_write(tmp_path / "b.csv", ROWS[::-1]), CARD)["all"]
    assert there == turned[::-1]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.csv.gz", "a.parquet"])
@pytest.mark.parametrize("twice", ["text", "label", "holder"])
def test_a_column_that_is_read_stands_once(tmp_path, name, twice):
    path = tmp_path / name
    names = ["text", "term", "label", twice, "note", "note"]
    cells = ["We sign.", "A truce", "favor", "against", "one", "two"]
    if twice == "holder":
        names, cells = [*names, twice], [*cells, "mayor"]
    if name.endswith("parquet"):
        pq.write_table(pa.Table.from_arrays([pa.array([cell]) for cell in cells], names), path)
    else:
        lines = "\n".join(("\t" if "tsv" in name else ",").join(row) for row in (names, cells))
        path.write_bytes(gzip.compress(lines.encode()) if "gz" in name else lines.encode())
    with pytest.raises(DataError) as caught:
        read_file(path, CARD)
    assert str(caught.value) == f"{path}: two columns are called {twice!r}; rename one of them"


def test_columns_that_are_not_read_may_share_a_name(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,,term,note,label,note,\nWe sign.,x,A truce,y,favor,z,\n")
    (row,) = read_file(path, CARD)["all"]
    assert (row["text"], row["term"], row["label"]) == ("We sign.", "a_truce", "favor")


def test_a_path_may_hold_braces(tmp_path):
    assert len(read_file(_write(tmp_path / "{a}.csv"), CARD)["all"]) == 2


def test_a_cell_that_is_a_list_is_refused(tmp_path):
    pd.DataFrame([{**ROWS[0], "text": ["We", "sign"]}]).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match="row 1, column 'text': expected text, got ndarray"):
        read_file(tmp_path / "a.parquet", CARD)


KINDS = {
    "binary": pa.binary(),
    "large": pa.large_binary(),
    "dictionary": pa.dictionary(pa.int32(), pa.binary()),
}


def _bytes_table(path, texts, kind):
    cells = pa.array([None if text is None else text.encode("latin-1") for text in texts])
    cells = cells.dictionary_encode() if kind == "dictionary" else cells
    columns = {"text": ["We sign.", "We stay."], "term": ["a", "b"], "label": ["favor", "against"]}
    pq.write_table(pa.table({**columns, "holder": cells.cast(KINDS[kind])}), path)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_text_in_parquet_bytes_is_read_as_text(tmp_path, kind):
    path = _bytes_table(tmp_path / "a.parquet", ["\xc3\xa9lu", None], kind)
    assert [row["holder"] for row in read_file(path, CARD)["all"]] == ["élu", ""]


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_that_are_no_text_are_named_by_row_and_column(tmp_path, kind):
    path = _bytes_table(tmp_path / "a.parquet", ["mayor", "F\xfcr"], kind)
    with pytest.raises(DataError) as caught:
        read_file(path, CARD)
    assert str(caught.value) == (
        f"{path}, row 2, column 'holder': the byte 0xfc is not UTF-8; save the text as UTF-8"
    )


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
def test_parquet_text_that_is_not_utf8_is_named_where_it_is_read(tmp_path, kind):
    wrong = pa.array([b"mayor", b"F\xfcr"]).cast(pa.binary() if kind == pa.string()
                                                 else pa.large_binary()).view(kind)  # fmt: skip
    table = pa.table({**{name: [row[name] for row in ROWS] for name in ROWS[0]}, "who": wrong})
    pq.write_table(table, tmp_path / "a.parquet")
    assert len(read_file(tmp_path / "a.parquet", CARD)["all"]) == 2
    with pytest.raises(DataError, match=r"row 2, column 'who': the byte 0xfc is not UTF-8; save"):
        read_file(tmp_path / "a.parquet", CARD, columns={"holder": "who"})


def test_whole_numbers_beside_missing_ones_stay_whole(tmp_path):
    table = pa.table(
        {
            "text": ["We sign.", "We stay.", "We wait."],
            "term": ["A", "A", "A"],
            "label": [1, 2, 1],
            "id": pa.array([2**60, 2**60 + 1, None]),
            "holder": pa.array([17, None, 18]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    found = read_file(tmp_path / "a.parquet", CARD, label_map={1: "favor", 2: "against"})["all"]
    assert [row["holder"] for row in found] == ["17", "", "18"]
    assert [row["statement_id"] for row in found[:2]] == [str(2**60), str(2**60 + 1)]


PUBLIC = [name for name, found in DEFINITIONS.items() if found.read is read_folder]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_corpus_loads_from_its_folder(tmp_path, name):
    card = definition(name).card
    for split in card.splits:
        rows = [
            {"text": f"{split} {label} text", "target": "A claim", "label": label}
            for label in card.label_map
        ]
        _write(tmp_path / f"{split}.csv", rows)
    loaded = load(name, tmp_path)
    kept = [split for split in card.splits if split != "trial"]
    assert list(loaded) == [split.replace("dev", "validation") for split in kept]
    for split, rows in loaded.items():
        names = [rows.features["label"].int2str(index) for index in rows["label"]]
        tables = 2 if split == "train" and "trial" in card.splits else 1
        assert names == list(card.label_map.values()) * tables
        assert set(rows["term_name"]) == {"A claim"}
        assert rows["statement_id"][0].startswith(split.replace("validation", "dev"))


def test_trial_pairs_are_training_pairs(tmp_path):
    for split in ("trial", "train"):
        rows = [{"text": f"We win the {split}.", "target": "A claim", "label": "FAVOR"}]
        _write(tmp_path / f"{split}.csv", rows)
    loaded = load("semeval2016_t6", tmp_path)
    assert list(loaded) == ["train"]
    assert loaded["train"]["text"][:] == ["We win the train.", "We win the trial."]
    assert [name.partition("-")[0] for name in loaded["train"]["statement_id"]] == [
        "train",
        "trial",
    ]


def test_a_corpus_column_can_be_the_register_of_its_pairs(tmp_path):
    rows = [{"text": "We win.", "target": "A claim", "label": "1", "seen": 0}]
    _write(tmp_path / "test.jsonl", rows)
    loaded = load("argkp", tmp_path, columns={"register": "seen"})
    assert loaded["test"]["register"][:] == ["0"]
    with pytest.raises(DataError, match="no column 'sen' for register; did you mean 'seen'"):
        load("argkp", tmp_path, columns={"register": "sen"})


def test_a_corpus_may_lie_in_one_split_only(tmp_path):
    rows = [{"text": "We win.", "target": "A claim", "label": "1", "split": "odd", "id": "x"}]
    _write(tmp_path / "train.jsonl.gz", rows)
    (tmp_path / "dev.csv").write_text("text,target,label\n")
    assert {name: len(part) for name, part in load("argkp", tmp_path).items()} == {"train": 1}


def test_a_wrong_corpus_folder_says_what_should_be_there(tmp_path):
    card = definition("argkp").card
    with pytest.raises(DataError, match=r"found none of train, dev, test \(\.jsonl, .*From IBM's"):
        load("argkp", tmp_path)
    file = _write(tmp_path / "a.csv")
    with pytest.raises(DataError, match=r"a\.csv: expected a folder with the tables of ArgKP-2021"):
        read_folder(file, card)
    _write(tmp_path / "train.csv")
    with pytest.raises(DataError, match=r"train\.csv: no column 'target' for term; "):
        read_folder(tmp_path, card)
