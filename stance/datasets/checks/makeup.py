"""What a dataset is made of: counts, label shares, phrases of terms, repeated wording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from stance.datasets.checks.results import Finding, Measure
from stance.datasets.checks.words import content_stems, text_key, words
from stance.datasets.source import Source
from stance.labels import LABELS, UNRELATED
from stance.records import Term

__all__ = ["counts", "label_shares", "neighbours", "phrases", "repetition", "shares_a_stem"]

ALIASES, OPPOSITES = (6, 10), (4, 8)
"""How many phrases a term should have: fewer are not recognised, more are hardly kept apart."""

UNRELATED_SHARE = (0.40, 0.55)
LABEL_SHARE = 0.05
NEIGHBOUR_SHARE = 1 / 3
SIX_WORDS = 0.003
FIVE_WORDS = 0.05
MIN_TEXTS = 200
"""In fewer texts one repetition would already be a large share."""

FAVOURITE = 3
"""Texts in which a sequence must stand: in fewer it may be chance, however few texts there are."""


def counts(source: Source) -> dict[str, int]:
    """How many statements, pairs, terms and so on there are."""
    statements, pairs = source.statements, source.pairs()
    names = {"conflict": {source.conflict_of(s) for s in statements}}
    names |= {
        name: {getattr(s, name) for s in statements} for name in ("register", "lang", "split")
    }
    return {
        "statements": len(statements),
        "texts": len({text_key(s.text) for s in statements}),
        "pairs": len(pairs),
        "terms": len(source.terms),
        "terms with a pair": len({pair.term for _, pair in pairs}),
        "conflicts": len(names["conflict"] - {""}),
        "registers": len(names["register"] - {""}),
        "languages": len(names["lang"]),
        "splits": len(names["split"]),
    }


def label_shares(source: Source) -> Iterator[Measure]:
    """Every label has its share, ``unrelated`` about half as where a catalogue is scored."""
    given = Counter(str(pair.label) for _, pair in source.pairs() if pair.label is not None)
    for label in (label for label in LABELS if given[label]):
        low, high = UNRELATED_SHARE if label == UNRELATED else (LABEL_SHARE, None)
        value = given[label] / given.total()
        yield Measure("labels", f"share of pairs labelled {label}", value, low, high, "warning")


def neighbours(source: Source) -> Iterator[Measure]:
    """Many ``unrelated`` pairs share a content word with their term: hard cases, not easy ones.

    Counted where the statement is in English, as terms are, with the term's name, aliases and
    opposites.
    """
    unrelated = [
        shares_a_stem(statement.text, source.terms[pair.term])
        for statement, pair in source.pairs()
        if pair.label == UNRELATED and statement.lang == "en"
    ]
    if unrelated:
        yield Measure(
            "neighbours",
            f"share of {UNRELATED} pairs with a content stem of the term",
            sum(unrelated) / len(unrelated),
            low=NEIGHBOUR_SHARE,
            severity="warning",
        )


def shares_a_stem(text: str, term: Term) -> bool:
    """Whether a text has a content stem of the term's name, aliases or opposites."""
    phrases = (term.name, *term.aliases, *term.opposites)
    return not content_stems(text).isdisjoint(frozenset().union(*map(content_stems, phrases)))


def phrases(source: Source) -> Iterator[Finding]:
    """Each term has 6 to 10 aliases and 4 to 8 opposites, none of them twice."""
    for term in source.terms.values():
        if not source.is_folder and not (term.aliases or term.opposites):
            continue  # a name in a table's cell, without a catalogue
        for what, given, (low, high) in (
            ("aliases", term.aliases, ALIASES),
            ("opposites", term.opposites, OPPOSITES),
        ):
            if not low <= len(given) <= high:
                message = f"the term {term.id!r} has {len(given)} {what}; expected {low} to {high}"
                yield Finding("phrases", "warning", message)
        times = Counter(text_key(phrase) for phrase in (*term.aliases, *term.opposites))
        for phrase in (phrase for phrase, count in times.items() if count > 1):
            message = f"the term {term.id!r} has the phrase {phrase!r} twice"
            yield Finding("phrases", "warning", message)


def repetition(source: Source) -> Iterator[Measure]:
    """No favourite sequence of words runs through three texts or more; a text counts once."""
    texts = [words(text) for text in {text_key(s.text) for s in source.statements}]
    six, five = _sequences(texts, 6), _sequences(texts, 5)
    enough = len(texts) >= MIN_TEXTS
    small = "" if enough else f"not measured: it takes {MIN_TEXTS} texts"
    often = [item for item in six.items() if item[1] >= FAVOURITE]
    top, count = min(often, key=lambda item: (-item[1], item[0]), default=("", 0))
    yield Measure(
        "repetition",
        "share of texts with the most frequent 6-word sequence",
        count / len(texts) if enough else None,
        high=SIX_WORDS,
        note=small or (f"{top!r} in {count} texts" if top else f"none in {FAVOURITE} texts"),
    )
    again = sum(count for count in five.values() if count > 1)
    yield Measure(
        "repetition",
        "share of 5-word sequences that stand in two or more texts",
        again / max(five.total(), 1) if enough else None,
        high=FIVE_WORDS,
        severity="warning",
        note=small,
    )


def _sequences(texts: list[list[str]], size: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        found.update({" ".join(text[i : i + size]) for i in range(len(text) - size + 1)})
    return found
