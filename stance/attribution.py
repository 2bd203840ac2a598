"""Which words of a statement carried its label: exactly for linear models, else by leaving out.

For a linear model the score is a sum over features, and each n-gram's part of it is shared
equally by its occurrences and their words: the parts of all words, of the other feature
blocks and of the intercept add up to the model's score. What is chosen, not computed, is the
equal share; measures of the whole statement (``overlap``) and the holder stay undivided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.conditions import find_condition
from stance.evidence import Evidence, Span
from stance.features.lexicon import Analysed, analyse, lexicon
from stance.features.ngrams import HolderWords, NgramBlock
from stance.labels import LABELS, UNRELATED
from stance.models import TwoStageClassifier
from stance.offsets import word_offsets
from stance.records import Prediction, Statement, Term
from stance.scoring import pair_features, pairs_of, score

__all__ = ["attribute"]


def attribute(estimator: Any, prediction: Prediction) -> Evidence:
    """Compute the evidence for a prediction's label.

    Parameters
    ----------
    estimator : classifier over a DataFrame of pairs
        That made the prediction.
    prediction : Prediction
        With a label.

    Returns
    -------
    Evidence
        By method ``linear`` for a pipeline of :class:`stance.features.PairFeatures` and a
        logistic or two-stage classifier, by ``occlusion`` for any other.

    References
    ----------
    Occlusion: Li, Monroe, Jurafsky: Understanding Neural Networks through Representation
    Erasure. arXiv 1612.08220, 2016.
    """
    pair, label = _Pair(prediction.statement, prediction.term), str(prediction.label)
    evidence = _linear(estimator, pair, label)
    if evidence is None:
        evidence = _occluded(estimator, pair, label)
    if prediction.label == "conditional":
        clause = find_condition(prediction.statement.text)
        if clause:
            inside = [s for s in evidence if clause[0] <= s.start and s.end <= clause[1]]
            weight = sum(span.weight for span in inside)
            evidence = replace(evidence, condition=Span(*clause, weight))
    return evidence


@dataclass(frozen=True)
class _Pair:
    """A statement's words beside a term's."""

    statement: Statement
    term: Term

    @cached_property
    def said(self) -> Analysed:
        return analyse(self.statement.text)

    @cached_property
    def plain(self) -> list[tuple[str, list[int]]]:
        """Each stem with its place among the words."""
        return [(stem, [index]) for index, stem in enumerate(self.said.stems)]

    @cached_property
    def marked(self) -> list[tuple[str, list[int]]]:
        """The same with the term's words as marks; equal marks side by side are one."""
        term = self.term
        roles = lexicon(term.name, term.description, term.aliases, term.opposites).role
        sequence: list[tuple[str, list[int]]] = []
        for index, (stem, content) in enumerate(
            zip(self.said.stems, self.said.content, strict=True)
        ):
            role = roles.get(content) if content is not None else None
            item = f"‹{role}›" if role else stem
            if role and sequence and sequence[-1][0] == item:
                sequence[-1][1].append(index)
            else:
                sequence.append((item, [index]))
        return sequence

    def places(self, gram: str, window: int) -> list[list[int]]:
        """The words of each occurrence of an n-gram."""
        sequence = self.marked if "‹" in gram else self.plain
        if " < " in gram:
            return list(_apart(sequence, gram.split(" < "), window))
        wanted = gram.split(" ")
        return [
            [word for _, words in sequence[start : start + len(wanted)] for word in words]
            for start in range(len(sequence) - len(wanted) + 1)
            if all(sequence[start + step][0] == wanted[step] for step in range(len(wanted)))
        ]

    def phrases(self) -> list[str]:
        """For each word, the phrase of the term that it comes from, or an empty string."""
        term = self.term
        known = (term.name, *term.aliases, *term.opposites, term.description)
        stems = {phrase: analyse(phrase).vocabulary for phrase in known}

        def share(phrase: str) -> float:
            return len(stems[phrase] & self.said.vocabulary) / len(stems[phrase])

        return [
            max((phrase for phrase in known if content in stems[phrase]), key=share, default="")
            for content in self.said.content
        ]

    def spans(self, weights: Sequence[float] | NDArray[np.float64]) -> tuple[Span, ...]:
        """Words with their weights; neighbours of one phrase are one span."""
        offsets, phrases = word_offsets(self.statement.text, self.said.words), self.phrases()
        spans = []
        indices = range(len(offsets))
        for _, group in groupby(indices, key=lambda index: phrases[index] or index):
            words = list(group)
            weight = float(sum(weights[index] for index in words))
            if weight:
                start, end = offsets[words[0]][0], offsets[words[-1]][1]
                spans.append(Span(start, end, weight, phrases[words[0]]))
        return tuple(spans)


def _apart(
    sequence: Sequence[tuple[str, list[int]]], ends: Sequence[str], window: int
) -> Iterator[list[int]]:
    left, right = ends
    for index, (item, words) in enumerate(sequence):
        if item == left:
            for later, others in sequence[index + 1 : index + 1 + window]:
                if later == right:
                    yield [*words, *others]


def _linear(estimator: Any, pair: _Pair, label: str) -> Evidence | None:
    features = pair_features(estimator)
    pipeline = getattr(estimator, "estimator", estimator)
    weights = None if features is None else _weights(pipeline.steps[-1][1], label)
    if features is None or weights is None:
        return None
    row = pipeline[:-1].transform(pairs_of([pair.statement], [pair.term])).tocsr()
    weights = weights.against_the_next(row)
    if row.shape[1] != len(weights.vector) or row.shape[1] != _width(features):
        return None
    words = np.zeros(len(pair.said.words))
    rest: dict[str, float] = {}
    for name, columns in features.slices().items():
        block = features.blocks_[name]
        part = row[:, columns]
        given = part.data * weights.vector[columns][part.indices]
        if not isinstance(block, NgramBlock) or isinstance(block, HolderWords):
            rest[name] = float(given.sum())
            continue
        for column, weight in zip(part.indices, given.tolist(), strict=True):
            places = pair.places(str(block.vocabulary_[column]), getattr(block, "window", 0))
            if not any(places):
                rest[name] = rest.get(name, 0.0) + weight
            for place in places:
                words[place] += weight / len(places) / len(place)
    rest["intercept"] = weights.intercept
    return Evidence(pair.statement.text, pair.spans(words), rest, weights.question, "linear")


def _width(features: Any) -> int:
    return max(int(part.stop) for part in features.slices().values())


@dataclass(frozen=True)
class _Weights:
    """A linear score of a label, and of those that it may be compared with."""

    vector: NDArray[np.float64]
    intercept: float
    question: str
    rivals: tuple[tuple[str, NDArray[np.float64], float], ...] = ()

    def against_the_next(self, row: Any) -> _Weights:
        """Subtract the rival with the highest score."""
        if not self.rivals:
            return self
        name, vector, intercept = max(
            self.rivals, key=lambda item: float((row @ item[1])[0]) + item[2]
        )
        return _Weights(
            self.vector - vector,
            self.intercept - intercept,
            f"{self.question} over {name}",
        )


def _weights(classifier: Any, label: str) -> _Weights | None:
    if not isinstance(classifier, TwoStageClassifier):
        scores = _scores(classifier)
        return None if scores is None else _against(scores, label, f"log-odds of {label}")
    related, stance = _scores(classifier.related_), _scores(classifier.stance_)
    if related is None or stance is None:
        return None
    spoken, spoken_intercept = related["True"]
    if label == UNRELATED:
        return _Weights(-spoken, -spoken_intercept, "log-odds that it does not speak of the term")
    question = f"log-odds that it speaks of the term, plus those of {label}"
    found = _against(stance, label, question)
    return replace(
        found, vector=found.vector + spoken, intercept=found.intercept + spoken_intercept
    )


_Scores = dict[str, tuple[NDArray[np.float64], float]]


def _against(scores: _Scores, label: str, question: str) -> _Weights:
    rivals = tuple((name, *pair) for name, pair in scores.items() if name != label)
    return _Weights(*scores[label], question, rivals)


def _scores(classifier: Any) -> _Scores | None:
    """The weights and intercept of each class, or None where the classifier has none."""
    if not hasattr(classifier, "coef_") or not hasattr(classifier, "intercept_"):
        return None
    vectors = np.asarray(classifier.coef_, dtype=float)
    intercepts = np.asarray(classifier.intercept_, dtype=float)
    if len(classifier.classes_) == 2:  # one row: the second class against the first
        vectors, intercepts = np.vstack([vectors * 0, vectors]), np.array([0.0, intercepts[0]])
    return {
        str(name): (vector, float(intercept))
        for name, vector, intercept in zip(classifier.classes_, vectors, intercepts, strict=True)
    }


def _occluded(estimator: Any, pair: _Pair, label: str) -> Evidence:
    text = pair.statement.text
    offsets = word_offsets(text, pair.said.words)
    without = [replace(pair.statement, text=text[:start] + text[end:]) for start, end in offsets]
    found = score(estimator, [pair.statement, *without], [pair.term])[:, 0, LABELS.index(label)]
    logs = np.log(np.maximum(found, 1e-12))
    question = f"fall of the log-probability of {label} without the word"
    return Evidence(text, pair.spans(logs[0] - logs[1:]), {}, question, "occlusion")
