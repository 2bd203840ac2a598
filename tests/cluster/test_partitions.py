"""predict_many on a Dask DataFrame: lazy, the same answers, right types."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import dask.dataframe as dd
import distributed
import pandas as pd
import pytest

from stance import Term, predict_many
from stance.errors import DataError
from stance.predict import _judge_frame

FRAME = pd.DataFrame(
    {
        "text": ["We reject the truce", None, "Wheat prices rose", "We welcome a withdrawal"] * 10,
        "id": [f"s{number}" for number in range(40)],
        "holder": ["minister", None] * 20,
        "year": range(40),
    }
)


def test_the_same_answers_as_pandas(model: Path, terms: list[Term]) -> None:
    frame = dd.from_pandas(FRAME, npartitions=4)
    lazy = predict_many(frame, terms, model=model, max_error=0.9, label_set=0.9)
    expected = predict_many(FRAME, terms, model=model, max_error=0.9, label_set=0.9)
    assert isinstance(lazy, dd.DataFrame)
    assert (lazy.npartitions, lazy.known_divisions) == (4, False)
    found = lazy.compute(scheduler="sync")
    assert found.index.tolist() == list(range(len(terms) * 10)) * 4
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected)
    assert lazy.dtypes.to_dict() == expected.dtypes.to_dict()


@pytest.mark.parametrize("kind", ["float64", "Int64", "int64"])
def test_a_missing_number_among_the_ids(kind: str, model: Path, terms: list[Term]) -> None:
    lacks = kind != "int64"
    table = FRAME.assign(id=pd.Series([*range(39), None if lacks else 39], dtype=kind))
    found = predict_many(dd.from_pandas(table, npartitions=2), terms[:1], model=model)
    names = found.compute(scheduler="sync")["statement"].tolist()
    assert names == [*range(39), "row 39" if lacks else 39]


def test_nothing_is_judged_before_it_is_asked_for(
    model: Path, terms: list[Term], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []
    real = predict_many

    def counted(frame: pd.DataFrame, *rest: object, **options: object) -> pd.DataFrame:
        judged.append(len(frame))
        return real(frame, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setitem(_judge_frame.__globals__, "predict_many", counted)
    lazy = predict_many(dd.from_pandas(FRAME, npartitions=4), terms, model=model)
    assert sum(judged) <= 2  # rows that Dask makes up to know the types
    lazy["label"].value_counts().compute(scheduler="sync")
    assert sum(judged[1:]) == 40


def test_an_empty_partition_has_the_types_of_the_others(model: Path, terms: list[Term]) -> None:
    frame = dd.from_pandas(FRAME, npartitions=2)
    frame = frame[frame["year"] < 5]
    found = predict_many(frame, terms, model=model).compute(scheduler="sync")
    expected = predict_many(FRAME[:5], terms, model=model)
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected)


def test_statements_without_an_id_bear_their_index(model: Path, terms: list[Term]) -> None:
    frame = dd.from_pandas(FRAME[["text"]].set_axis(range(100, 140)), npartitions=2)
    found = predict_many(frame, terms[:1], model=model).compute(scheduler="sync")
    assert found["statement"].tolist() == list(range(100, 140))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": "txt"}, "the statements have no column 'text'; did you mean 'txt'"),
        ({"text": "words", "year": "text"}, "column 'text': expected text, got int"),
    ],
)
def test_a_wrong_frame_is_refused_before_anything_runs(
    columns: dict[str, str], message: str, model: Path, terms: list[Term]
) -> None:
    frame = dd.from_pandas(FRAME.rename(columns=columns), npartitions=2)
    with pytest.raises(DataError, match=message):
        predict_many(frame, terms, model=model)


def test_on_workers_of_which_one_is_killed(model: Path, terms: list[Term], scheduler: str) -> None:
    frame = dd.from_pandas(pd.concat([FRAME] * 5, ignore_index=True), npartitions=20)
    lazy = predict_many(frame, terms, model=model)
    with distributed.Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=180)
        victim = next(iter(client.run(os.getpid).values()))
        answers = client.compute(lazy)
        os.kill(victim, signal.SIGKILL)
        found = answers.result(timeout=120)
    expected = predict_many(frame.compute(), terms, model=model)
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected)
