"""The one table that all datasets become: a row for each statement–term pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets import ClassLabel, Dataset, Features, List, Value

from stance.labels import LABELS
from stance.records import Statement, Term

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "FEATURES", "pair_row", "to_frame"]

_TEXT = Value("string")

FEATURES = Features(
    {
        "statement_id": _TEXT,
        "text": _TEXT,
        "holder": _TEXT,
        "side": _TEXT,
        "lang": _TEXT,
        "register": _TEXT,
        "conflict": _TEXT,
        "term": _TEXT,
        "term_name": _TEXT,
        "term_description": _TEXT,
        "term_aliases": List(_TEXT),
        "term_opposites": List(_TEXT),
        "label": ClassLabel(names=list(LABELS)),
    }
)
"""The features of every loaded dataset; ``label`` is one of the five."""

COLUMNS = tuple(FEATURES)


def pair_row(
    statement: Statement, term: Term, label: str, *, register: str = "", conflict: str = ""
) -> dict[str, Any]:
    """Build one row of a dataset.

    Examples
    --------
    >>> pair_row(Statement("We will sign."), Term("A treaty is signed"), "favor")["term"]
    'a_treaty_is_signed'
    """
    return {
        "statement_id": statement.id,
        "text": statement.text,
        "holder": statement.holder,
        "side": statement.side,
        "lang": statement.lang,
        "register": register,
        "conflict": conflict or term.conflict,
        "term": term.id,
        "term_name": term.name,
        "term_description": term.description,
        "term_aliases": list(term.aliases),
        "term_opposites": list(term.opposites),
        "label": label,
    }


def to_frame(dataset: Dataset) -> pd.DataFrame:
    """Turn one split into the DataFrame of pairs that models take.

    Parameters
    ----------
    dataset : datasets.Dataset
        With the columns of :data:`FEATURES`.

    Returns
    -------
    pandas.DataFrame, shape (n_pairs, 13)
        ``label`` holds label names, the phrase columns hold tuples.
    """
    import pandas as pd

    frame = pd.DataFrame({name: dataset[name][:] for name in COLUMNS})
    for name in ("term_aliases", "term_opposites"):
        frame[name] = [tuple(phrases) for phrases in frame[name]]
    frame["label"] = [LABELS[index] for index in frame["label"]]
    return frame
