"""Where the holders of an article stand: its statements, judged, as a table."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from stance.arrow import output_schema, to_batch
from stance.judging import Judge
from stance.reading.article import statements_from_text
from stance.records import Statement

__all__ = ["answer_article", "answers_schema"]

_READ = pa.schema(
    [
        ("article", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("holder", pa.string()),
        ("certain", pa.bool_()),
        ("candidates", pa.list_(pa.string())),
        ("cue", pa.string()),
        ("kind", pa.string()),
    ]
)


def answers_schema(*, label_set: bool = False) -> pa.Schema:
    """The columns of :func:`answer_article`.

    Parameters
    ----------
    label_set : bool
        Whether label sets are asked for.
    """
    return pa.schema([*_READ, *output_schema(label_set=label_set)])


def answer_article(
    article: str, name: str, judge: Judge, *, unrelated: bool = False
) -> pa.RecordBatch:
    """Find the attributed statements of an article, and judge each with every term.

    Parameters
    ----------
    article : str
    name : str
        What to call the article in the table.
    judge : Judge
        A model with the terms.
    unrelated : bool, default False
        Keep the pairs whose label is ``unrelated``.

    Returns
    -------
    pyarrow.RecordBatch
        A row for each statement and term, with :func:`answers_schema`; ``statement`` holds
        its text.

    Raises
    ------
    DataError
        If the article is not text.
    """
    found = statements_from_text(article)
    statements = [Statement(item.text, holder=item.holder) for item in found]
    batch = to_batch(judge, statements, [item.text for item in found])
    count = len(judge.terms)
    read = {
        "article": [name] * len(found),
        **{
            field: [getattr(item, field) for item in found]
            for field in ("start", "end", "holder", "certain", "candidates", "cue", "kind")
        },
    }
    columns = [
        pa.array([cell for cell in read[field.name] for _ in range(count)], field.type)
        for field in _READ
    ]
    schema = pa.schema([*_READ, *batch.schema])
    table = pa.RecordBatch.from_arrays([*columns, *batch.columns], schema=schema)
    if unrelated:
        return table
    return table.filter(pc.fill_null(pc.not_equal(table["label"], "unrelated"), True))
