"""N-grams as integers: which are in a vocabulary, and what their TF-IDF adds to a score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from stance.scoring.ragged import Integers, distinct, places

__all__ = ["Codes", "Sequences", "TfIdf"]

_FEW = 2_000
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Codes:
    """A set of integers, each with a number: a hash table that looks up whole arrays.

    Parameters
    ----------
    codes : ndarray of int
        All different, each from 0.
    numbers : ndarray of int
        One each, at least 0.

    References
    ----------
    Multiplicative hashing and linear probing: Knuth: The Art of Computer Programming,
    volume 3, section 6.4, 1973.

    Examples
    --------
    >>> Codes(np.array([70, 30]), np.array([0, 1])).find(np.array([30, 31, 70])).tolist()
    [1, -1, 0]
    """

    def __init__(self, codes: NDArray[np.int64], numbers: Integers) -> None:
        bits = max(4, (8 * len(codes)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._last = (1 << bits) - 1
        self._codes = np.full(1 << bits, -1, dtype=np.int64)
        self._numbers = np.full(1 << bits, -1, dtype=numbers.dtype)
        waiting, given, slot = codes, numbers, self._slots(codes)
        while len(waiting):
            free = self._codes[slot] == -1
            self._codes[slot[free]] = waiting[free]
            placed = self._codes[slot] == waiting  # one of those that want the same slot
            self._numbers[slot[placed]] = given[placed]
            waiting, given, slot = waiting[~placed], given[~placed], slot[~placed]
            slot = (slot + 1) & self._last

    def find(self, codes: NDArray[np.int64]) -> Integers:
        """The number of each code, or −1."""
        slot = self._slots(codes)
        there = self._codes[slot]
        found = np.where(there == codes, self._numbers[slot], -1)
        waiting = places((there != codes) & (there != -1))
        slot = slot[waiting]
        while len(waiting):
            slot = (slot + 1) & self._last
            there, wanted = self._codes[slot], codes[waiting]
            hit = there == wanted
            found[waiting[hit]] = self._numbers[slot[hit]]
            further = ~hit & (there != -1)
            waiting, slot = waiting[further], slot[further]
        return found

    def _slots(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        return ((codes.view(np.uint64) * _GOLDEN) >> self._shift).view(np.int64)


class Sequences:
    """Sequences of word numbers, found wherever they stand: a trie, one level for each length.

    Parameters
    ----------
    sequences : ndarray of int, shape (n_sequences, longest)
        All different, each filled up with zeros; word numbers are above 0 and below ``words``.
    words : int
    """

    def __init__(self, sequences: NDArray[np.int64], words: int) -> None:
        self._words = words
        self._first = np.full(words, -1, dtype=np.int64)
        self._codes: list[Codes] = []
        # For each length and node, the sequence that ends there and whether any goes on.
        self._nodes: list[tuple[NDArray[np.int64], NDArray[np.bool_]]] = []
        number = np.flatnonzero(sequences[:, :1].any(axis=1))
        node = np.zeros(len(number), dtype=np.int64)
        for length in range(1, sequences.shape[1] + 1):
            codes = node * words + sequences[number, length - 1]
            codes, node = np.unique(codes, return_inverse=True)
            if length == 1:
                self._first[codes] = np.arange(len(codes))
            else:
                self._codes.append(Codes(codes, np.arange(len(codes))))
            further = np.zeros(len(number), dtype=bool)
            if length < sequences.shape[1]:
                further = sequences[number, length] > 0
            ends = np.full(len(codes), -1, dtype=np.int64)
            ends[node[~further]] = number[~further]
            goes_on = np.zeros(len(codes), dtype=bool)
            goes_on[node[further]] = True
            self._nodes.append((ends, goes_on))
            number, node = number[further], node[further]

    def find(self, words: Integers) -> Iterator[tuple[NDArray[np.int64], Integers]]:
        """For each length from 1, the places where sequences begin, and their numbers.

        Parameters
        ----------
        words : ndarray of int
            Texts end to end, with at least one 0 between them.
        """
        node: Integers = self._first[words]
        at = places(node >= 0)
        node = node[at]
        for step, (ends, goes_on) in enumerate(self._nodes, 1):
            found = ends[node]
            whole = places(found >= 0)
            yield at[whole], found[whole]
            if step < len(self._nodes):
                further = places(goes_on[node] & (at + step < len(words)))
                at, node = at[further], node[further]
                node = self._codes[step - 1].find(node * self._words + words[at + step])
                known = places(node >= 0)
                at, node = at[known], node[known]


class TfIdf:
    """Bags of n-grams times the weights of a linear classifier.

    The numbers are those of :class:`sklearn.feature_extraction.text.TfidfVectorizer` with
    sublinear counts and rows of unit length.

    Parameters
    ----------
    idf : ndarray, shape (n_grams, n_variants, n_features)
        A gram may stand for several features at once, and for others in another variant.
    coef : ndarray, shape (n_scores, n_grams, n_variants, n_features)
    """

    def __init__(self, idf: NDArray[np.float64], coef: NDArray[np.float64]) -> None:
        self._shape = idf.shape[1], coef.shape[0]
        weights = (coef * idf).sum(axis=3)  # scores, grams, variants
        # Products would copy weights that lie otherwise each time.
        self._weights = np.ascontiguousarray(weights.transpose(1, 2, 0).reshape(len(idf), -1))
        self._squares = (idf**2).sum(axis=2)
        self._bits = max(1, len(idf) - 1).bit_length()

    @classmethod
    def plain(cls, idf: NDArray[np.floating], coef: NDArray[np.float64]) -> TfIdf:
        """One feature a gram; ``idf`` of shape (n_grams,), ``coef`` (n_scores, n_grams)."""
        return cls(idf.astype(float)[:, None, None], coef[:, :, None, None])

    def scores(self, rows: Integers, grams: Integers, count: int) -> NDArray[np.float64]:
        """Score bags.

        Parameters
        ----------
        rows, grams : ndarray of int, shape (n_occurrences,)
            In which bag which gram occurs.
        count : int
            How many bags there are.

        Returns
        -------
        ndarray, shape (count, n_variants, n_scores)
            Zeros for a bag without grams.
        """
        if not len(rows):
            return np.zeros((count, *self._shape))
        # The products add up a bag's grams one after the other, in rising order, whatever else is
        # scored with it: numpy's sums take another order for longer bags.
        bags = (self._few if len(rows) < _FEW else self._many)(rows, grams, count)
        often = places(bags.data > 1)
        bags.data[often] = 1.0 + np.log(bags.data[often])
        total = bags @ self._weights
        bags.data[often] **= 2
        square = bags @ self._squares
        length = np.sqrt(np.where(square > 0, square, 1.0))
        return np.asarray(total.reshape(count, *self._shape) / length[..., None])

    def _few(self, rows: Integers, grams: Integers, count: int) -> Any:
        """How often which gram is in which bag, as a sparse matrix that is soon made."""
        keys, times = distinct((rows.astype(np.int64) << self._bits) | grams)
        row, gram = keys >> self._bits, keys & ((1 << self._bits) - 1)
        begin = np.searchsorted(row, np.arange(count + 1))
        shape = count, len(self._weights)
        return sparse.csr_array((times.astype(float), gram, begin), shape=shape)

    def _many(self, rows: Integers, grams: Integers, count: int) -> Any:
        """The same in less time for many."""
        shape = count, len(self._weights)
        cells = rows.astype(np.int32, copy=False), grams.astype(np.int32, copy=False)
        listed = sparse.coo_array((np.ones(len(rows)), cells), shape=shape)
        # By row and then by gram: either takes one pass, and sorting each row takes many. What
        # occurs again is still there, and is not looked for before it lies side by side.
        listed.has_canonical_format = True
        bags = listed.tocsr().tocsc()
        bags.sum_duplicates()
        return bags
