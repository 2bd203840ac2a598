"""Arrow in, Arrow out: the same answers as predict_many, whatever the batches."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from stance import Statement, Term, predict_many
from stance.arrow import output_schema, predict_batches, statements_at_once
from stance.errors import DataError
from stance.judging import Judge, Judged
from stance.streaming import Layout, open_source

TEXTS = ["We reject the truce", "", "We welcome the pull-out", None, "Wheat prices rose again"]


def test_equal_to_predict_many(
    model: Path, terms: list[Term], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.arrow._PAIRS_AT_ONCE", 6)
    table = pa.table({"text": TEXTS, "side": ["north"] * 5})
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=3))
    found = predict_batches(reader, terms, model=model, label_set=0.9).read_all()
    frame = table.to_pandas()
    expected = predict_many(frame, terms, model=model, label_set=0.9)
    assert found.schema == output_schema(label_set=True)
    assert found["statement"].to_pylist() == [str(name) for name in expected["statement"]]
    for name in ("term", "label", "reason", "abstained"):
        wanted = [None if value != value else value for value in expected[name]]
        assert found[name].to_pylist() == wanted
    assert [tuple(item) for item in found["label_set"].to_pylist()] == list(expected["label_set"])
    given = [value or 0.0 for value in found["p_against"].to_pylist()]
    assert given == expected["p_against"].fillna(0.0).tolist()
    assert found["confidence"].null_count == 6


def test_batches_stay_bounded(
    model: Path, terms: list[Term], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.arrow._PAIRS_AT_ONCE", 6)
    batch = pa.record_batch({"text": TEXTS})
    sizes = [item.num_rows for item in predict_batches([batch], terms, model=model)]
    assert sizes == [6, 6, 3]
    assert statements_at_once([]) == 6


def test_other_column_names_and_ids(model: Path, terms: list[Term]) -> None:
    batch = pa.record_batch({"quote": ["We reject the truce"] * 2, "n": [7, None]})
    columns = {"text": "quote", "id": "n"}
    found = predict_batches([batch], terms[:1], columns=columns, model=model).read_all()
    assert found["statement"].to_pylist() == ["7", "row 1"]


@pytest.mark.parametrize(
    ("batch", "columns", "message"),
    [
        ({"txt": ["a"]}, None, "the batches have no column 'text' for text; did you mean 'txt'?"),
        ({"text": [1]}, None, "column 'text': expected text, got int64"),
        ({"text": ["a"]}, {"holder": "by"}, "the batches have no column 'by' for holder"),
    ],
)
def test_batches_of_another_shape(
    batch: dict[str, list[object]],
    columns: dict[str, str] | None,
    message: str,
    model: Path,
    terms: list[Term],
) -> None:
    reader = predict_batches([pa.record_batch(batch)], terms, columns=columns, model=model)
    with pytest.raises(DataError, match=message):
        reader.read_all()


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        ([1.0, None], ["1", "row 1"]),
        (["1", ""], ["1", "row 1"]),
        ([b"a", None], ["a", "row 1"]),
        ([dt.datetime(2026, 1, 2), None], ["2026-01-02", "row 1"]),
        (pa.array([None, None]), ["row 0", "row 1"]),
        (pa.array([b"a", b"a"]).dictionary_encode(), ["a", "a"]),
        (pa.array([10**8, 1], pa.date32()), ["<value out of range: 100000000>", "1970-01-02"]),
        (
            pa.array([569 * 10**12, 0], pa.timestamp("ms")),
            ["20000-11-22 03:33:20.000", "1970-01-01"],
        ),
    ],
)
def test_ids_are_those_of_the_command_line(
    ids: Any, names: list[str], model: Path, terms: list[Term], tmp_path: Path
) -> None:
    batch = pa.record_batch({"text": TEXTS[:2], "id": ids})
    found = predict_batches([batch], terms[:1], model=model).read_all()
    assert found["statement"].to_pylist() == names
    pq.write_table(pa.table(batch), tmp_path / "in.parquet")
    with open_source(str(tmp_path / "in.parquet"), Layout()) as source:
        rows = [row.name for row in source]
    counted = {"row 0": "row 1", "row 1": "row 2"}  # files are counted from 1
    assert rows == [counted.get(name, name) for name in names]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([b"\xff"], "column 'id': expected text, got bytes that are not it"),
        ([[1]], "column 'id': expected text or numbers, got list<item: int64>"),
    ],
)
def test_ids_that_are_none(ids: Any, message: str, model: Path, terms: list[Term]) -> None:
    batch = pa.record_batch({"text": TEXTS[:1], "id": ids})
    with pytest.raises(DataError, match=re.escape(message)):
        predict_batches([batch], terms, model=model).read_all()


def test_a_column_that_stands_twice(model: Path, terms: list[Term]) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    with pytest.raises(DataError, match="the batches have two columns 'text'; rename one of them"):
        predict_batches([batch], terms, model=model).read_all()


def test_unknown_field(model: Path, terms: list[Term]) -> None:
    with pytest.raises(DataError, match=r"columns: unknown field 'texts'; did you mean 'text'\?"):
        predict_batches([], terms, columns={"texts": "x"}, model=model)


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """Forty statements in row groups of seven."""
    path = tmp_path / "in.parquet"
    texts = ["We reject the truce", None, "We welcome the pull-out", "Wheat prices rose"] * 10
    pq.write_table(pa.table({"text": texts, "id": range(40)}), path, row_group_size=7)
    return path


def expected(path: Path, model: Path, terms: list[Term]) -> list[tuple[str, str, object]]:
    table = predict_many(pq.read_table(path).to_pandas(), terms, model=model)
    labels = [label if isinstance(label, str) else None for label in table["label"]]
    return list(zip(map(str, table["statement"]), table["term"], labels, strict=True))


def triples(table: pa.Table) -> list[tuple[str, str, object]]:
    return list(zip(*(table[name].to_pylist() for name in ("statement", "term", "label"))))  # noqa: B905


@pytest.mark.parametrize("source", ["file", "dataset", "stream", "duckdb"])
def test_readers_of_others(
    source: str, parquet: Path, model: Path, terms: list[Term], tmp_path: Path
) -> None:
    batches: object
    if source == "file":
        batches = pq.ParquetFile(parquet).iter_batches(batch_size=5)
    elif source == "dataset":
        batches = ds.dataset(parquet).scanner(batch_size=5).to_reader()
    elif source == "stream":
        table = pq.read_table(parquet)
        with pa.ipc.new_stream(tmp_path / "in.arrows", table.schema) as writer:
            writer.write_table(table, max_chunksize=5)
        batches = pa.ipc.open_stream(pa.memory_map(str(tmp_path / "in.arrows")))
    else:
        batches = duckdb.sql(f"from '{parquet}' order by id").to_arrow_reader(5)
    found = predict_batches(batches, terms, model=model)  # type: ignore[arg-type]
    assert triples(found.read_all()) == expected(parquet, model, terms)


def test_duckdb_reads_the_answers(parquet: Path, model: Path, terms: list[Term]) -> None:
    reader = duckdb.sql(f"from '{parquet}'").to_arrow_reader()
    answers = predict_batches(reader, terms, model=model)
    # A connection runs one query at a time, and the first is still read from.
    with duckdb.connect() as other:
        query = "select label, count(*) from answers where term = 'truce' group by label"
        found = dict(other.sql(query).fetchall())
    wanted = [label for _, term, label in expected(parquet, model, terms) if term == "truce"]
    assert found == {label: wanted.count(label) for label in set(wanted)}
    assert answers.schema == output_schema()


def test_a_function_from_batches_to_batches_for_spark(model: Path, terms: list[Term]) -> None:
    import pickle
    from functools import partial

    work = pickle.loads(pickle.dumps(partial(predict_batches, terms=terms, model=model)))
    batch = pa.record_batch({"text": TEXTS})
    made = list(work(iter([batch, batch])))
    assert all(isinstance(item, pa.RecordBatch) for item in made)
    assert sum(item.num_rows for item in made) == 2 * len(TEXTS) * len(terms)


def test_one_huge_batch_gives_small_ones_as_they_are_asked_for(
    model: Path, terms: list[Term], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.arrow._PAIRS_AT_ONCE", 300)
    judged: list[int] = []
    judge = Judge.__call__

    def counting(self: Judge, statements: Sequence[Statement]) -> Judged:
        judged.append(len(statements))
        return judge(self, statements)

    monkeypatch.setattr(Judge, "__call__", counting)
    texts = pa.array(["We reject the truce"] * 1_000_000)
    reader = predict_batches([pa.record_batch({"text": texts})], terms, model=model)
    assert [reader.read_next_batch().num_rows for _ in range(3)] == [300] * 3
    assert sum(judged) <= 500


def test_long_texts_are_not_taken_all_at_once(
    model: Path, terms: list[Term], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.arrow.CHARACTERS_AT_ONCE", 100)
    batch = pa.record_batch({"text": ["We reject the truce", "We " * 60, "We sign", "We sign"]})
    sizes = [item.num_rows for item in predict_batches([batch], terms[:1], model=model)]
    assert sizes == [2, 2]
