import gzip

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stance.datasets.frames import read_table
from stance.errors import DataError


def test_the_index_names_rows_as_people_count_them(tmp_path):
    (tmp_path / "a.tsv").write_text("text\tlabel\nWe sign.\tNA\nWe stay.\t01\n")
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n\n{"text": "b"}\n')
    pd.DataFrame({"text": ["a", "b"]}).to_parquet(tmp_path / "a.parquet")
    table = read_table(tmp_path / "a.tsv")
    assert table["label"].to_dict() == {"row 2": "NA", "row 3": "01"}
    assert list(read_table(tmp_path / "a.jsonl").index) == ["line 1", "line 3"]
    assert list(read_table(tmp_path / "a.parquet").index) == ["row 1", "row 2"]


@pytest.mark.parametrize("end", [",", ",,", ", ,"])
def test_a_separator_at_the_end_of_rows_moves_no_column(tmp_path, end):
    (tmp_path / "a.csv").write_text(f"text,term\n001,a{end}\n,b{end}\nNA,c\n")
    if end == ", ,":
        with pytest.raises(
            DataError, match=r"a\.csv, row 2: more cells than the 2 of the header; is a"
        ):
            read_table(tmp_path / "a.csv")
        return
    table = read_table(tmp_path / "a.csv")
    assert table.to_dict("list") == {"text": ["001", "", "NA"], "term": ["a", "b", "c"]}
    assert list(table.index) == ["row 2", "row 3", "row 4"]


def test_a_cell_beyond_the_header_is_named_by_its_row(tmp_path):
    (tmp_path / "a.csv").write_text("text,term\nWe sign.,a,\nWe, stay,b\n")
    with pytest.raises(DataError, match=r"a\.csv, row 3: more cells than the 2 of the"):
        read_table(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "text;term\na, too;b\n"),
        ("a.csv", "text\tterm\na, too\tb\n"),
        ("a.csv", "text|term\na, too|b\n"),
        ("a.csv", 'text,term\n"a, too",b\n'),
    ],
)
def test_the_header_of_a_table_says_what_separates_its_cells(tmp_path, name, text):
    (tmp_path / name).write_text("\ufeff" + text, encoding="utf-8")
    assert read_table(tmp_path / name).to_dict("list") == {"text": ["a, too"], "term": ["b"]}
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert read_table(tmp_path / "a.csv.gz").to_dict("list") == {"text": ["a, too"], "term": ["b"]}


def test_a_tsv_with_commas_is_refused(tmp_path):
    (tmp_path / "a.tsv").write_text("text,term\na,b\n")
    with pytest.raises(
        DataError, match=r"separated by '\\t', but .* by ',': 'text,term'; save the"
    ):
        read_table(tmp_path / "a.tsv")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", b"x", r"a\.xlsx: unknown format; expected one of \.jsonl, "),
        ("a.csv", b"", r"a\.csv: cannot read it: No columns"),
        (
            "a.csv",
            b"text\nWe\nF\xfcr\n",
            r"a\.csv: cannot read it: the byte 0xfc in line 3 is not UTF-8; save it as UTF-8$",
        ),
        ("a.csv", b'text,term\na,"b\n', r"a\.csv: cannot read it: Error tokenizing [^\n]*$"),
        ("a.csv.gz", b"text", r"a\.csv\.gz: cannot read it: Not a gzipped file"),
        (
            "a.csv.gz",
            gzip.compress(b"text,term\n" * 99)[:-9],
            r"a\.csv\.gz: cannot read it: Compre",
        ),
        ("a.jsonl", b'{}\n{"text": ', r"a\.jsonl:2: not a JSON object: Expecting value"),
        ("a.parquet", b"PAR1", r"a\.parquet: cannot read it: "),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / name)


@pytest.mark.parametrize(
    "said", [b"{}", b"[", b'{"columns": [{}]}', b'{"index_columns": ["text"], "columns": []}']
)
def test_what_a_parquet_file_tells_pandas_changes_nothing(tmp_path, said):
    table = pa.table({"text": ["We sign."], "label": ["favor"]})
    pq.write_table(table.replace_schema_metadata({b"pandas": said}), tmp_path / "a.parquet")
    assert list(read_table(tmp_path / "a.parquet").columns) == ["text", "label"]
