"""What a model must beat: the majority, and models that read only part of the pair."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from stance.features.glossary import english_text
from stance.features.pairs import check_pairs

__all__ = ["BASELINES", "baselines"]

BASELINES: dict[str, tuple[str, ...]] = {
    "majority": (),
    "term_only": ("term_name", "term_description"),
    "text_only": ("text",),
    "holder_only": ("holder", "side"),
}
"""The columns that each baseline reads."""


def baselines(seed: int = 0) -> dict[str, Any]:
    """Build the four baselines, unfitted; each takes a DataFrame of pairs.

    Examples
    --------
    >>> list(baselines())
    ['majority', 'term_only', 'text_only', 'holder_only']
    """
    return {name: _baseline(columns, seed) for name, columns in BASELINES.items()}


def _baseline(columns: tuple[str, ...], seed: int) -> Any:
    if not columns:
        return DummyClassifier(strategy="most_frequent")
    words = [(column, _words(), column) for column in columns]
    return Pipeline(
        [
            ("pairs", FunctionTransformer(check_pairs, kw_args={"columns": columns})),
            ("words", ColumnTransformer(words)),
            ("classifier", LogisticRegression(max_iter=1000, random_state=seed)),
        ]
    )


def _words() -> TfidfVectorizer:
    # Empty strings are kept as a word of their own: a table without holders must not fail.
    return TfidfVectorizer(analyzer=_analyse, sublinear_tf=True)


def _analyse(text: str) -> list[str]:
    words = english_text(text).lower().split()
    return [*words, *map(" ".join, pairwise(words))] or [""]
