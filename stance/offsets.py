"""Where each word that a model sees lies in the text as it was given."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from stance.text import is_hidden, normalise

__all__ = ["word_offsets"]

_LONGEST_CLUSTER = 64


def word_offsets(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    r"""Character offsets of a text's words.

    Parameters
    ----------
    text : str
        As it was given.
    words : sequence of str
        All of its words in order, as :func:`stance.features.analysis.tokens` makes them.

    Returns
    -------
    list of (int, int), length n_words

    Examples
    --------
    >>> text = "Cease\u00adfire  NOW"
    >>> [text[start:end] for start, end in word_offsets(text, ["ceasefire", "now"])]
    ['Cease\xadfire', 'NOW']
    """
    seen = normalise(text).lower()
    sources = list(_sources(text))
    # Lower case may be longer than the letter (İ), white space is one blank or none.
    where = [source for char, source in _spaced(sources) for _ in char.lower()]
    if len(where) != len(seen):
        return [(0, len(text))] * len(words)
    found, at = [], 0
    for word in words:
        # Only separators lie between two words: the first match is the word itself.
        start = seen.index(word, at)
        at = start + len(word)
        found.append((where[start][0], where[at - 1][1]))
    return found


def _sources(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each character that passes the gate, with the stretch of the text that it comes from."""
    for start, end in _clusters(text):
        for char in unicodedata.normalize("NFKC", text[start:end]):
            if char.isspace():
                yield " ", (start, end)
            elif not is_hidden(char):
                yield char, (start, end)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Divide a text where composition does not reach across."""
    if text.isascii():
        yield from ((index, index + 1) for index in range(len(text)))
        return
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not _joins(text[start:index], text[index]):
            yield start, index
            start = index


def _joins(cluster: str, char: str) -> bool:
    if char.isascii() or len(cluster) >= _LONGEST_CLUSTER:
        return False
    apart = unicodedata.normalize("NFKC", cluster) + unicodedata.normalize("NFKC", char)
    return unicodedata.normalize("NFKC", cluster + char) != apart


def _spaced(
    sources: Sequence[tuple[str, tuple[int, int]]],
) -> Iterator[tuple[str, tuple[int, int]]]:
    pending = None
    begun = False
    for char, source in sources:
        if char == " ":
            pending = source
            continue
        if pending is not None and begun:
            yield " ", pending
        pending, begun = None, True
        yield char, source
