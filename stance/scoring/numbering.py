"""Numbers for the stems that a model has learnt something of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from stance.features import CueNgrams, MarkedNgrams, PairFeatures, StatementNgrams, TermOverlap
from stance.features.cues import cue_phrases
from stance.scoring.ragged import spread

__all__ = ["MARKS", "Numbering", "number_grams"]

MARKS = {"P": 1, "C": 2, "B": 3, "D": 4, "N": 5}
"""Numbers of the marks by role; 0 is any stem that the model does not know."""


class Numbering:
    """Each stem of a model's vocabularies by a number above those of the marks.

    Parameters
    ----------
    features : PairFeatures
        Fitted.

    Attributes
    ----------
    numbers : dict of str to int
        Marks, as ``‹P›``, and stems; and whatever else stands between blanks in an n-gram.
    known : ndarray of bool, shape (size,)
        By number, stems whose presence shows that a text is in the model's language.
    """

    def __init__(self, features: PairFeatures) -> None:
        marks = (f"‹{role}›" for role in MARKS)
        blocks = features.blocks_.values()
        words = chain(marks, chain.from_iterable(map(_words, blocks)))
        self.numbers = {word: number for number, word in enumerate(dict.fromkeys(words), 1)}
        self.numbers[""] = 0  # not a word
        self.known: NDArray[np.bool_] = np.zeros(self.size, dtype=bool)
        for block in blocks:
            self.known[[self.numbers[word] for word in _known(block)]] = True
        self.known[[self.numbers.get(mark, 0) for mark in ("", *"?!%")]] = False

    @property
    def size(self) -> int:
        """One more than the highest number."""
        return len(self.numbers) + 1

    def grams(self, grams: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """N-grams as rows of numbers; see :func:`number_grams`."""
        return number_grams(grams, self.numbers)


def number_grams(
    grams: Sequence[str], numbers: Mapping[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What stands between the blanks of each n-gram, by its number.

    Returns
    -------
    found : ndarray of int, shape (n_grams, longest)
        Filled up with zeros, and 0 for what has no number.
    counts : ndarray of int, shape (n_grams,)
        How many words each has.

    Examples
    --------
    >>> [array.tolist() for array in number_grams(["b", "a b"], {"a": 1, "b": 2})]
    [[[2, 0], [1, 2]], [1, 2]]
    """
    counts = np.array([gram.count(" ") + 1 for gram in grams], dtype=np.int64)
    words = " ".join(grams).split(" ") if len(grams) else []
    found = np.zeros((len(grams), int(counts.max(initial=1))), dtype=np.int64)
    found[spread(counts)] = [numbers.get(word, 0) for word in words]
    return found, counts


def _words(block: object) -> Iterable[str]:
    if isinstance(block, (StatementNgrams, MarkedNgrams)):
        return " ".join(block.vocabulary_.tolist()).split(" ")
    if isinstance(block, TermOverlap):
        return list(block.words_.tolist())
    return chain.from_iterable(cue_phrases()) if isinstance(block, CueNgrams) else ()


def _known(block: object) -> list[str]:
    if isinstance(block, StatementNgrams):
        return [gram for gram in block.vocabulary_.tolist() if " " not in gram]
    return block.words_.tolist() if isinstance(block, TermOverlap) else []
