"""From rows to answers, a stretch at a time: the part of a job that takes the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from stance.arrow import CHARACTERS_AT_ONCE, to_batch
from stance.streaming.parts import Reject

if TYPE_CHECKING:
    from stance.judging import Judge
    from stance.records import Statement
    from stance.streaming.rows import Row

__all__ = ["Answers", "Stretch", "answered", "here", "stretches"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of the input that make one part of the output.

    Attributes
    ----------
    rows : int
        How many were read.
    numbers, names, statements : list
        Of the rows that hold a statement.
    rejects : list of Reject
        The others.
    """

    rows: int
    numbers: list[int]
    names: list[str]
    statements: list[Statement]
    rejects: list[Reject]


Answers = Callable[[Iterable[Stretch]], Iterator[tuple[Stretch, pa.RecordBatch]]]
"""Something that answers stretches, in their order."""


def stretches(rows: Iterable[Row], most: int, repeats: int) -> Iterator[Stretch]:
    """Divide rows into stretches of bounded size, the same each time.

    Parameters
    ----------
    rows : iterable of Row
    most : int
        Rows in a stretch.
    repeats : int
        How often each text will be in the output.
    """
    part: list[Row] = []
    characters, limit = 0, CHARACTERS_AT_ONCE // max(1, repeats)
    for row in rows:
        part.append(row)
        if row.statement is not None:
            characters += len(row.statement.text)
        if len(part) == most or characters >= limit:
            yield _stretch(part)
            part, characters = [], 0
    if part:
        yield _stretch(part)


def _stretch(rows: list[Row]) -> Stretch:
    good = [row for row in rows if row.statement is not None]
    return Stretch(
        rows=len(rows),
        numbers=[row.number for row in good],
        names=[row.name for row in good],
        statements=[row.statement for row in good if row.statement is not None],
        rejects=[Reject(row.number, row.fault) for row in rows if row.statement is None],
    )


def here(judge: Judge) -> Answers:
    """Answer in this process."""

    def answers(found: Iterable[Stretch]) -> Iterator[tuple[Stretch, pa.RecordBatch]]:
        for stretch in found:
            yield stretch, to_batch(judge, stretch.statements, stretch.names)

    return answers


def answered(
    stretch: Stretch, batch: pa.RecordBatch, schema: pa.Schema, *, with_text: bool
) -> pa.RecordBatch:
    """Add to the answers of a stretch the numbers of its rows, and their texts if wanted."""
    count = batch.num_rows // max(1, len(stretch.numbers))
    each = np.repeat(np.arange(len(stretch.numbers)), count)
    numbers = np.array(stretch.numbers, dtype=np.int64)
    columns = [pa.array(numbers[each]), *batch.columns]
    if with_text:
        texts = pa.array([item.text for item in stretch.statements], pa.string())
        columns.append(texts.take(pa.array(each)))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
