"""Arrow in, Arrow out: the same answers as predict_many, whatever the batches."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from stance import Term, predict_many
from stance.arrow import output_schema, predict_batches, statements_at_once
from stance.errors import DataError

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
    assert given == pytest.approx(expected["p_against"].fillna(0.0).tolist())
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
    assert found["statement"].to_pylist() == ["7", "1"]


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


def test_unknown_field(model: Path, terms: list[Term]) -> None:
    with pytest.raises(DataError, match=r"columns: unknown field 'texts'; did you mean 'text'\?"):
        predict_batches([], terms, columns={"texts": "x"}, model=model)
