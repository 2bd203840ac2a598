"""Predictions as they are handed in: a table, a file, or one after the other."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from stance.errors import DataError, shown
from stance.labels import LABELS
from stance.positioning.files import read_predictions
from stance.records import Prediction, Statement
from stance.statements import unnamed

__all__ = ["ABOUT", "NEEDED", "PROBABILITIES", "predictions_table"]

PROBABILITIES = [f"p_{label}" for label in LABELS]
NEEDED = ("statement", "term", "label", *PROBABILITIES)
ABOUT = ("text", "holder", "side", "date")
"""What is known of a statement."""

_MORE = ("row", "checked", "abstained", "reason")


def predictions_table(given: Any) -> pd.DataFrame:
    """Predictions of any shape as a table, not yet checked.

    Raises
    ------
    DataError
        If they are no predictions, or their file cannot be read.
    """
    if isinstance(given, pd.DataFrame):
        return given
    if isinstance(given, (str, os.PathLike)):
        return read_predictions(Path(given), NEEDED, (*ABOUT, *_MORE))
    if isinstance(given, Prediction):
        given = [given]
    if not isinstance(given, Iterable):
        raise DataError(
            "predictions: expected the table of predict_many, Predictions, or the path of what "
            f"`stance predict` wrote; got {shown(given)}"
        )
    return _from_predictions(list(given))


def _from_predictions(given: list[Any]) -> pd.DataFrame:
    # The same words are said again where they are judged again: a statement of its own.
    names: dict[tuple[Statement, int], int] = {}
    times: Counter[tuple[Statement, str]] = Counter()
    rows = []
    for index, item in enumerate(given):
        if not isinstance(item, Prediction):
            raise DataError(f"predictions[{index}]: expected a Prediction, got {shown(item)}")
    ids = any(item.statement.id for item in given)
    for item in given:
        said = item.statement
        time = times[said, item.term.id]
        times[said, item.term.id] += 1
        number = names.setdefault((said, time), len(names))
        rows.append(
            {
                "statement": said.id or (unnamed(number, ids=True) if ids else number),
                "term": item.term.id,
                "label": item.label,
                **{f"p_{label}": item.probabilities[label] for label in LABELS},
                "abstained": item.abstained,
                "reason": item.reason,
                **{name: getattr(said, name) for name in ABOUT},
            }
        )
    return pd.DataFrame(rows, columns=[*NEEDED, "abstained", "reason", *ABOUT], dtype=object)
