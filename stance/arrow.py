"""Arrow record batches in, Arrow record batches out: for Spark, Ray, DuckDB and files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stance.errors import DataError, nearest
from stance.judging import Judge, Judged
from stance.labels import LABELS
from stance.predict import choose_terms, load_model
from stance.records import REASONS, Statement, Term
from stance.statements import id_text, unnamed

__all__ = [
    "CHARACTERS_AT_ONCE",
    "answers",
    "is_bytes",
    "output_schema",
    "predict_batches",
    "statements_at_once",
    "to_batch",
    "uncategorised",
    "values",
]

CHARACTERS_AT_ONCE = 16_000_000
"""Texts of at most about this length together are held at once."""

_PAIRS_AT_ONCE = 48_000
_FIELDS = ("text", "id", "holder", "side")


def predict_batches(
    batches: Iterable[pa.RecordBatch],
    terms: Iterable[str | Term],
    *,
    columns: dict[str, str] | None = None,
    model: str | os.PathLike[str] | None = None,
    max_error: float | None = None,
    coverage: float | None = None,
    label_set: float | None = None,
) -> pa.RecordBatchReader:
    """Say where holders stand, for a stream of statements, in bounded memory.

    Batches are judged as they are asked for; a large one gives several small ones. With
    ``functools.partial`` it is a function for Spark's ``mapInArrow``; a DuckDB relation's
    ``to_arrow_reader()`` can be given to it, and another connection can query what it returns.

    Parameters
    ----------
    batches : pyarrow.RecordBatchReader or iterable of pyarrow.RecordBatch
        Each with a text column ``text``, and ``id``, ``holder`` and ``side`` where there
        are any. Without ``id``, a statement is named by its position in the stream; "row 7" is
        one of which the column ``id`` says nothing.
    terms : iterable of str or Term
        As for :func:`stance.predict`.
    columns : dict, optional
        Other names for the columns, such as ``{"text": "quote"}``.
    model, max_error, coverage, label_set
        As for :func:`stance.predict`.

    Returns
    -------
    pyarrow.RecordBatchReader
        A row for each statement and term, with :func:`output_schema`; the terms vary fastest.

    Raises
    ------
    DataError
        If a column is missing, is there twice or is not text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from stance import Term
    >>> from stance.arrow import predict_batches
    >>> batch = pa.record_batch({"text": ["The truce must start today.", ""]})
    >>> found = predict_batches([batch], [Term("A truce takes effect", aliases=["truce"])])
    >>> found.read_all()["reason"].to_pylist()
    [None, 'empty']
    """
    names = {field: (columns or {}).get(field, field) for field in _FIELDS}
    for field in columns or {}:
        if field not in _FIELDS:
            raise DataError(f"columns: unknown field {field!r}; {nearest(field, _FIELDS)}")
    chosen = choose_terms(terms)
    judge = Judge(
        load_model(model), chosen, max_error=max_error, coverage=coverage, label_set=label_set
    )
    given = set(columns or {})
    schema = output_schema(label_set=label_set is not None)
    return pa.RecordBatchReader.from_batches(schema, _judged(batches, judge, names, given))


def statements_at_once(terms: Sequence[Term]) -> int:
    """How many statements make a batch of bounded size."""
    return max(1, _PAIRS_AT_ONCE // max(1, len(terms)))


def output_schema(*, label_set: bool = False) -> pa.Schema:
    """The columns of an answer, as in :func:`stance.predict_many`."""
    fields = [
        ("statement", pa.string()),
        ("term", pa.string()),
        ("label", pa.string()),
        ("confidence", pa.float64()),
        *((f"p_{label}", pa.float64()) for label in LABELS),
        ("abstained", pa.bool_()),
        ("reason", pa.string()),
    ]
    if label_set:
        fields.append(("label_set", pa.list_(pa.string())))
    return pa.schema(fields)


def to_batch(judge: Judge, statements: Sequence[Statement], names: Sequence[str]) -> pa.RecordBatch:
    """Judge one batch of statements; answers as with :func:`output_schema`."""
    return answers(judge(statements), pa.array(names, pa.string()), judge.terms)


def answers(judged: Judged, names: pa.Array, terms: Sequence[Term]) -> pa.RecordBatch:
    """Put answers into a table with :func:`output_schema`, without a Python object for each.

    Parameters
    ----------
    judged : Judged
    names : pyarrow.Array, length n_statements
        What to call each statement.
    terms : sequence of Term, length n_terms
    """
    each = np.repeat(np.arange(len(names)), len(terms))
    every = np.tile(np.arange(len(terms)), len(names))
    ids = pa.array([term.id for term in terms], pa.string())
    columns = [
        names.take(pa.array(each)),
        ids.take(pa.array(every)),
        _named(judged.best, LABELS),
        _numbers(judged.confidence),
        *(_numbers(judged.probabilities[..., index]) for index in range(len(LABELS))),
        pa.array(judged.why.ravel() >= 0),
        _named(judged.why, REASONS),
    ]
    if judged.in_set is not None:
        columns.append(_sets(judged.in_set))
    schema = output_schema(label_set=judged.in_set is not None)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _numbers(values: NDArray[np.float64]) -> pa.Array:
    """NaN, a number that was not computed, becomes a null."""
    return pa.array(values.ravel(), from_pandas=True)


def _named(places: NDArray[np.int8], names: Sequence[str]) -> pa.Array:
    flat = places.ravel()
    return pa.array(names, pa.string()).take(pa.array(flat, mask=flat < 0))


def _sets(in_set: NDArray[np.bool_]) -> pa.Array:
    rows = in_set.reshape(-1, len(LABELS))
    ends = np.concatenate([[0], rows.sum(axis=1).cumsum()])
    labels = pa.array(LABELS, pa.string()).take(pa.array(rows.nonzero()[1]))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), labels)


def _judged(
    batches: Iterable[pa.RecordBatch], judge: Judge, names: dict[str, str], given: set[str]
) -> Iterator[pa.RecordBatch]:
    done, most = 0, statements_at_once(judge.terms)
    for batch in batches:
        cells = _cells(batch, names, given)
        for start, end in _bounds(cells["text"], most):
            part = {field: column.slice(start, end - start) for field, column in cells.items()}
            blank = [""] * (end - start)
            texts, holders, sides = (
                [item or "" for item in part[field].to_pylist()] if field in part else blank
                for field in ("text", "holder", "side")
            )
            ids = _ids(part["id"], names["id"]) if "id" in part else blank
            yield to_batch(
                judge,
                list(map(Statement, texts, holders, sides)),
                [
                    name or unnamed(row, ids="id" in part)
                    for row, name in enumerate(ids, done + start)
                ],
            )
        done += batch.num_rows


def _bounds(text: pa.Array, most: int) -> Iterator[tuple[int, int]]:
    """Cut a column into stretches of bounded size."""
    values = text.dictionary if pa.types.is_dictionary(text.type) else text
    lengths = pa.array(pc.binary_length(values.cast(pa.large_string())), pa.int64())
    if values is not text:
        lengths = lengths.take(text.indices)
    ends = np.cumsum(lengths.fill_null(0).to_numpy(zero_copy_only=False))
    start = 0
    while start < len(text):
        before = ends[start - 1] if start else 0
        end = int(np.searchsorted(ends, before + CHARACTERS_AT_ONCE)) + 1
        end = min(end, start + most, len(text))
        yield start, end
        start = end


def _cells(batch: pa.RecordBatch, names: dict[str, str], given: set[str]) -> dict[str, Any]:
    have = batch.schema.names
    cells = {}
    for field, name in names.items():
        if have.count(name) > 1:
            raise DataError(f"the batches have two columns {name!r}; rename one of them")
        if name in have:
            column = batch.column(name)
            cells[field] = column if field == "id" else _text(column, name)
        elif field == "text" or field in given:
            raise DataError(
                f"the batches have no column {name!r} for {field}; {nearest(name, have)}"
            )
    return cells


def _text(column: pa.Array, name: str) -> pa.Array:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    textual = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    if not (pa.types.is_null(kind) or any(check(kind) for check in textual)):
        raise DataError(f"column {name!r}: expected text, got {kind}")
    return column


def _ids(column: pa.Array, name: str) -> list[str]:
    """Ids as text, as ``stance predict`` makes it; a missing one is empty."""
    column = uncategorised(column)
    if is_bytes(column.type):
        try:
            column = column.cast(pa.string())
        except pa.ArrowInvalid as error:
            raise DataError(f"column {name!r}: expected text, got bytes that are not it") from error
    ids = []
    for value in values(column):
        found = id_text(value)
        if found is None:
            raise DataError(f"column {name!r}: expected text or numbers, got {column.type}")
        ids.append(found)
    return ids


def uncategorised(column: pa.Array) -> pa.Array:
    """A column of categories as one of their values; others as they are."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def is_bytes(kind: pa.DataType) -> bool:
    """Whether a column holds bytes: Hive and Impala write text so."""
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def values(column: pa.Array) -> list[Any]:
    """The cells of a column; one that Python cannot hold, of the year 20000, as Arrow writes it."""
    try:
        return list(column.to_pylist())
    except OverflowError:
        return [_value(item) for item in column]


def _value(item: pa.Scalar) -> Any:
    try:
        return item.as_py()
    except OverflowError:
        return item.cast(pa.string()).as_py()
