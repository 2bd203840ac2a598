"""Every export reads back with the same numbers, says what it holds, and computes nothing."""

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

import stance
from stance.errors import DataError, UnknownNameError
from stance.labels import LABELS
from stance.positioning.cells import STANCES
from stance.positioning.describing import describe
from stance.positioning.table import NUMBERS

READERS = {"csv": pd.read_csv, "parquet": pd.read_parquet, "dta": pd.read_stata}


@pytest.fixture
def found(hostile):
    return stance.positions(hostile)


def same_numbers(back, table, names=NUMBERS, rel=0.0):
    for name in names:
        expected = table[name].astype(float).tolist()
        numbers = back[name].astype(float).tolist()
        assert numbers == pytest.approx(expected, rel=rel, abs=0, nan_ok=True)


@pytest.mark.parametrize("ending", READERS)
def test_positions_read_back(tmp_path, found, ending):
    file = tmp_path / f"positions.{ending}"
    found.export(file)
    back = READERS[ending](file)
    same_numbers(back, found.table)
    assert pd.to_datetime(back["last_date"]).tolist() == found.table["last_date"].tolist()
    stances = back["stance"].astype(object).where(back["stance"].notna(), None)
    assert stances.tolist() == found.table["stance"].tolist()
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("ending", READERS)
def test_the_matrix_reads_back(tmp_path, found, ending):
    found.export(tmp_path / f"m.{ending}", "matrix")
    back = READERS[ending](tmp_path / f"m.{ending}")
    assert back.shape == (3, 3)
    numbers = back.iloc[:, 1:].to_numpy(dtype=float).ravel().tolist()
    expected = found.matrix().to_numpy(dtype=float).ravel().tolist()
    assert numbers == pytest.approx(expected, rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize("ending", READERS)
def test_the_evidence_reads_back(tmp_path, found, ending):
    found.export(tmp_path / f"e.{ending}", "evidence")
    back = READERS[ending](tmp_path / f"e.{ending}")
    same_numbers(back, found.evidence, ["confidence", *(f"p_{label}" for label in LABELS)])
    assert back["label"].tolist() == found.evidence["label"].tolist()
    assert back["statement"].tolist() == found.evidence["statement"].tolist()


def test_the_workbook_reads_back_and_explains_itself(tmp_path, found):
    found.export(tmp_path / "p.xlsx")
    sheets = pd.read_excel(tmp_path / "p.xlsx", sheet_name=None)
    assert list(sheets) == ["notes", "positions", "matrix", "evidence"]
    same_numbers(sheets["positions"], found.table, rel=1e-15)  # as many digits as Excel has
    same_numbers(sheets["evidence"], found.evidence, ["confidence"], rel=1e-15)
    numbers = sheets["matrix"].iloc[:, 1:].to_numpy(dtype=float).ravel().tolist()
    expected = found.matrix().to_numpy(dtype=float).ravel().tolist()
    assert numbers == pytest.approx(expected, rel=1e-15, abs=0, nan_ok=True)
    explained = sheets["notes"].set_index(["about", "column"])["meaning"]
    for name in found.table.columns:
        assert explained["positions", name] == describe(name)
    assert explained["code in Stata", "label"].startswith("1 = favor, 2 = conditional")
    assert sheets["notes"]["meaning"].str.contains("fewer than 3 counted statements").any()


def test_hostile_text_computes_nothing(tmp_path, found):
    found.export(tmp_path / "p.xlsx")
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert "'=1+1" in texts
    assert "'@vote" in texts
    assert not any(
        text[:1] in "=+@" or "\x1b" in text or "\u202e" in text for text in texts if text
    )
    for name in ("positions", "matrix", "evidence"):
        found.export(tmp_path / "p.csv", name)
        text = (tmp_path / "p.csv").read_text(encoding="utf-8")
        assert not [
            cell
            for line in text.splitlines()
            for cell in line.split(",")
            if cell[:1] in "=+@" and cell
        ]
        assert "\x1b" not in text


def test_stata_has_labels_codes_and_notes(tmp_path, found):
    found.export(tmp_path / "e.dta", "evidence")
    with pd.io.stata.StataReader(tmp_path / "e.dta") as reader:
        raw = reader.read(convert_categoricals=False)
        assert reader.variable_labels()["checked"] == describe("checked")
        codes = reader.value_labels()
    assert codes["label"] == dict(enumerate(LABELS, start=1))
    assert codes["checked"] == {0: "no", 1: "yes"}
    assert raw["label"].tolist() == [LABELS.index(item) + 1 for item in found.evidence["label"]]
    content = (tmp_path / "e.dta").read_bytes()
    assert content.count(b"<ch>") == 8
    assert b"Blank means no data: fewer than 3 counted statements." in content
    found.export(tmp_path / "p.dta")
    with pd.io.stata.StataReader(tmp_path / "p.dta") as reader:
        reader.read()
        assert reader.value_labels()["stance"] == dict(enumerate(STANCES, start=1))


def test_parquet_describes_its_columns(tmp_path, found):
    found.export(tmp_path / "p.parquet")
    field = pq.read_schema(tmp_path / "p.parquet").field("low")
    assert field.metadata[b"description"].decode() == describe("low")


@pytest.mark.parametrize("ending", ["xlsx", *READERS])
def test_nothing_can_be_exported_too(tmp_path, hostile, ending):
    empty = stance.positions(hostile.iloc[:0])
    empty.export(tmp_path / f"p.{ending}")
    back = (READERS | {"xlsx": lambda path: pd.read_excel(path, sheet_name="positions")})[ending]
    assert back(tmp_path / f"p.{ending}").columns.tolist() == empty.table.columns.tolist()


def test_a_file_that_is_there_is_replaced_or_left(tmp_path, found):
    file = tmp_path / "p.csv"
    file.write_text("old")
    with pytest.raises(UnknownNameError, match="unknown table 'matrx'; did you mean 'matrix'"):
        found.export(file, "matrx")
    assert file.read_text() == "old"
    found.export(file)
    assert file.read_text().startswith("holder,term,")


def test_formats_that_are_not_there(tmp_path, found):
    with pytest.raises(DataError, match=r"unknown format '\.xls'; did you mean '\.xlsx'"):
        found.export(tmp_path / "p.xls")
    with pytest.raises(DataError, match="a workbook holds all tables; leave table= out"):
        found.export(tmp_path / "p.xlsx", "matrix")


def test_a_place_that_cannot_be_written(tmp_path, found):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"p\.csv: cannot write it"):
        found.export(tmp_path / "file" / "p.csv")


@pytest.fixture
def called_like_columns(table_of):
    """Terms whose ids are columns of the tables, or words that Stata keeps for itself."""
    ids = ["holder", "holder_2", "side", "n", "date", "statement", "label", "if", "str5", "_n"]
    rows = [(who, term, "favor", "2026-01-01") for who in ("a", "b") for term in ids * 3]
    return ids, table_of(rows, side="north")


@pytest.mark.parametrize("by", ["holder", "side"])
@pytest.mark.parametrize("ending", READERS)
def test_terms_called_like_columns(tmp_path, called_like_columns, ending, by):
    ids, pairs = called_like_columns
    found = stance.positions(pairs, by=by)
    found.export(tmp_path / f"m.{ending}", "matrix")
    back = READERS[ending](tmp_path / f"m.{ending}")
    renamed = {"holder": {"holder": "holder_3"}, "side": {"side": "side_2"}}[by]
    if ending == "dta":
        renamed |= {"if": "_if", "str5": "_str5", "_n": "__n"}
    assert back.columns.tolist() == [by, *(renamed.get(name, name) for name in ids)]
    numbers = back.iloc[:, 1:].to_numpy(dtype=float).ravel().tolist()
    assert numbers == pytest.approx(found.matrix().to_numpy(dtype=float).ravel().tolist())


def test_a_workbook_with_a_term_called_holder(tmp_path, called_like_columns):
    found = stance.positions(called_like_columns[1])
    found.export(tmp_path / "p.xlsx")
    matrix = pd.read_excel(tmp_path / "p.xlsx", sheet_name="matrix")
    assert matrix["holder"].tolist() == ["a", "b"]
    assert matrix["holder_3"].tolist() == pytest.approx(found.matrix()["holder"].tolist())


def test_columns_keep_their_meaning_beside_terms_of_the_same_name(tmp_path, called_like_columns):
    found = stance.positions(called_like_columns[1])
    for table in ("positions", "evidence", "matrix"):
        found.export(tmp_path / "p.parquet", table)
        found.export(tmp_path / "p.dta", table)
        schema = pq.read_schema(tmp_path / "p.parquet")
        said = [field.metadata[b"description"].decode() for field in schema]
        with pd.io.stata.StataReader(tmp_path / "p.dta") as reader:
            assert list(reader.variable_labels().values()) == said
        names = schema.names if table != "matrix" else ["holder"]
        assert said[: len(names)] == [describe(name) for name in names]
        assert all(text.startswith("Position: ") for text in said[len(names) :])
