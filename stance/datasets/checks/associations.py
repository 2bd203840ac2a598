"""What a model could read instead of the stance: cue words, length, the speaker's side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stance.datasets.checks.results import Finding, Measure
from stance.datasets.checks.words import text_key, words
from stance.datasets.source import Source
from stance.labels import UNRELATED

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin

__all__ = ["CUE_LIMIT", "LENGTH_LIMIT", "MIN_PAIRS", "SIDE_LIMIT", "cues", "length", "sides"]

CUE_LIMIT = 0.7
"""A word predicts too well where even the low end of its label's share is above this."""

CUE_STATEMENTS = 20
"""Statements that a word must occur in before it is judged."""

LENGTH_LIMIT = 0.05
"""Accuracy that length and punctuation alone may have above the majority baseline.

Accuracy, not macro F1: drawing labels at random beats the macro F1 of a baseline that names
one label, so a gain there would not tell of a leak.
"""

SIDE_LIMIT = 0.45
"""Macro F1 that term and side alone may reach where all five labels occur.

Of fewer labels chance alone reaches more: of ``k`` the limit lies 0.25 above ``1 / k``.
"""

MIN_PAIRS = 200
"""Fewer pairs are too few to cross-validate on."""

_FOLDS = 5
_MARKS = ".,;:?!\"'()%#@-–—…“”’/"


def cues(source: Source) -> Iterator[Finding]:
    """No word tells the label of the clauses that its statement speaks of.

    Counted over the pairs that are not ``unrelated``. The share of a label among a word's
    pairs is judged by the low end of its 95 % interval (Wilson), so that rare words and
    chance raise no alarm. Where one label dominates the dataset the limit is half-way
    between its share and 1.
    """
    totals: Counter[str] = Counter()
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    texts: dict[str, set[str]] = defaultdict(set)
    for statement in source.statements:
        given = [pair.label for pair in statement.pairs if pair.label not in (None, UNRELATED)]
        totals.update(map(str, given))
        for word in set(words(statement.text)) if given else ():
            labels[word].update(map(str, given))
            texts[word].add(statement.text)
    if len(totals) < 2:
        return
    for word in sorted(labels):
        label, count = labels[word].most_common(1)[0]
        pairs = labels[word].total()
        limit = max(CUE_LIMIT, (1 + totals[label] / totals.total()) / 2)
        if len(texts[word]) >= CUE_STATEMENTS and _low_end(count, pairs) > limit:
            message = (
                f"the word {word!r} predicts {label}: {count} of its {pairs} pairs that are not "
                f"{UNRELATED} have this label, in {len(texts[word])} statements; the low end of "
                f"that share is above the limit of {limit:.2f}"
            )
            yield Finding("cues", "warning", message)


def _low_end(hits: int, total: int, z: float = 1.96) -> float:
    share = hits / total
    centre = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (centre - spread) / (1 + z * z / total)


def length(source: Source) -> Iterator[Measure]:
    """A classifier on length and punctuation alone is no better than the majority baseline.

    Measured on all pairs, and on those that are not ``unrelated``, whose labels a large share
    of ``unrelated`` would hide. Random forest, cross-validated by text.
    """
    from sklearn.ensemble import RandomForestClassifier

    marks = {statement.text: _marks(statement.text) for statement in source.statements}
    labelled = [(s.text, pair.label) for s, pair in source.pairs() if pair.label is not None]
    related = [item for item in labelled if item[1] != UNRELATED]
    for pairs, which in ((labelled, "all pairs"), (related, f"without {UNRELATED}")):
        what = f"accuracy of length and punctuation alone above the majority baseline ({which})"
        labels = np.array([label for _, label in pairs], dtype=str)
        texts = [text for text, _ in pairs]
        table = np.array([marks[text] for text in texts], dtype=float)
        forest = RandomForestClassifier(30, min_samples_leaf=20, random_state=0)
        predicted = _cross_validated(forest, table, labels, texts)
        if predicted is None:
            yield Measure("length", what, None, high=LENGTH_LIMIT, note=_TOO_SMALL)
            continue
        majority = max(Counter(labels).values()) / len(labels)
        gain = float((predicted == labels).mean() - majority)
        note = f"majority baseline {majority:.3f}"
        yield Measure("length", what, gain, high=LENGTH_LIMIT, note=note)


def _marks(text: str) -> list[float]:
    pieces = text.split()
    counts = [text.count(mark) for mark in _MARKS]
    shape = [
        len(text),
        len(pieces),
        len(text) / max(len(pieces), 1),
        sum(char.isdigit() for char in text),
        sum(char.isupper() for char in text) / max(len(text), 1),
        text[-1:] in ".!?",
    ]
    return [float(value) for value in (*shape, *counts)]


def sides(source: Source) -> Iterator[Measure]:
    """A classifier on term and side alone stays far from knowing the label.

    Naive Bayes over term, side and both together, all labels equally likely beforehand;
    cross-validated by text. The limit is ``SIDE_LIMIT``, and with fewer than five labels higher,
    as chance is: ``0.25 + 1 / k`` with ``k`` of them, 0.75 with two.
    """
    from sklearn.metrics import f1_score
    from sklearn.naive_bayes import BernoulliNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    what = "macro F1 of term and side alone"
    pairs = [(statement, pair) for statement, pair in source.pairs() if pair.label is not None]
    keys = [(pair.term, s.side, f"{pair.term}\t{s.side}") for s, pair in pairs]
    labels = np.array([pair.label for _, pair in pairs], dtype=str)
    limit = max(SIDE_LIMIT, 0.25 + 1 / max(len(set(labels)), 2))
    model = make_pipeline(
        OneHotEncoder(handle_unknown="ignore", dtype=np.int8), BernoulliNB(fit_prior=False)
    )
    predicted = _cross_validated(
        model, np.array(keys, dtype=object), labels, [statement.text for statement, _ in pairs]
    )
    if predicted is None:
        yield Measure("sides", what, None, high=limit, note=_TOO_SMALL)
    else:
        value = float(f1_score(labels, predicted, average="macro"))
        yield Measure("sides", what, value, high=limit)


_TOO_SMALL = f"not measured: it takes {MIN_PAIRS} labelled pairs, {_FOLDS} texts and two labels"


def _cross_validated(
    model: ClassifierMixin, table: NDArray[Any], labels: NDArray[Any], texts: Sequence[str]
) -> NDArray[Any] | None:
    """Predict each pair from those of other texts; None where there are too few."""
    from sklearn.model_selection import GroupKFold, cross_val_predict

    groups = np.unique([text_key(text) for text in texts], return_inverse=True)[1]
    if len(labels) < MIN_PAIRS or len(set(groups)) < _FOLDS or len(set(labels)) < 2:
        return None
    folds = GroupKFold(_FOLDS)
    return np.asarray(cross_val_predict(model, table, labels, groups=groups, cv=folds))
