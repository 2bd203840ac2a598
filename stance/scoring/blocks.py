"""Scores of the blocks that read a statement or its holder, whatever the term."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.features import HolderWords, MarkedNgrams, StatementNgrams
from stance.scoring.catalogue import Catalogue, Hits
from stance.scoring.grams import Codes, Sequences, TfIdf
from stance.scoring.numbering import Numbering
from stance.scoring.ragged import Integers, spread, starts_of
from stance.scoring.reading import Padded

__all__ = ["HolderScores", "MarkedScores", "StatementScores"]


class StatementScores:
    """:class:`stance.features.StatementNgrams`, times the weights of a linear classifier.

    Parameters
    ----------
    block : StatementNgrams
    coef : ndarray, shape (n_scores, n_grams)
    numbering : Numbering
    """

    def __init__(
        self, block: StatementNgrams, coef: NDArray[np.float64], numbering: Numbering
    ) -> None:
        sequences, counts = numbering.grams(block.vocabulary_.tolist())
        whole = (counts <= block.max_n) & ((sequences > 0).sum(axis=1) == counts)
        self._sequences = Sequences(sequences[whole, : block.max_n], numbering.size)
        self._tfidf = TfIdf.plain(block.idf_[whole], coef[:, whole])

    def scores(self, texts: Padded) -> NDArray[np.float64]:
        """Scores of each text, shape (n_texts, n_scores)."""
        found = list(self._sequences.find(texts.number))
        places = np.concatenate([at for at, _ in found] or [_NONE])
        grams = np.concatenate([gram for _, gram in found] or [_NONE])
        return self._tfidf.scores(texts.text_of(places), grams, len(texts))[:, 0]


class HolderScores:
    """:class:`stance.features.HolderWords`, times the weights of a linear classifier."""

    def __init__(self, block: HolderWords, coef: NDArray[np.float64]) -> None:
        self._column = {word: column for column, word in enumerate(block.vocabulary_.tolist())}
        self._tfidf = TfIdf.plain(block.idf_, coef)

    def scores(self, holders: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Scores of each holder, shape (n_holders, n_scores)."""
        column = self._column
        found = [
            [column[word] for word in HolderWords.of_holder(*holder) if word in column]
            for holder in holders
        ]
        owner, _ = spread(np.array([len(item) for item in found], dtype=np.int64))
        grams = np.array([gram for item in found for gram in item], dtype=np.int64)
        return self._tfidf.scores(owner, grams, len(holders))[:, 0]


class MarkedScores:
    """:class:`stance.features.MarkedNgrams`, times the weights of a linear classifier.

    Parameters
    ----------
    block : MarkedNgrams
    coef : ndarray, shape (n_scores, n_grams)
    numbering : Numbering

    Attributes
    ----------
    unmarked : ndarray, shape (n_scores,)
        Scores of a pair without a mark.
    """

    def __init__(
        self, block: MarkedNgrams, coef: NDArray[np.float64], numbering: Numbering
    ) -> None:
        self._window = block.window
        self._words = numbering.size
        grams = block.vocabulary_.tolist()
        self.unmarked = coef[:, grams.index(_UNMARKED)] if _UNMARKED in grams else coef[:, 0] * 0
        words, counts = numbering.grams(grams)
        words = np.pad(words, ((0, 0), (0, 3)))[:, :3]
        # "a < b" looks like three words of which the second is "<".
        apart = (counts == 3) & (words[:, 1] == numbering.numbers.get("<", -1))
        words[apart, 1], words[apart, 2] = words[apart, 2], 0
        counts[apart] = _APART
        length = np.where(apart, 2, counts)
        whole = np.flatnonzero(((words > 0).sum(axis=1) == length) & (counts <= _APART))
        self._codes = Codes(self._code(counts[whole], *words[whole].T), whole)
        self._tfidf = TfIdf.plain(block.idf_, coef)

    def scores(self, texts: Padded, catalogue: Catalogue, hits: Hits) -> NDArray[np.float64]:
        """Scores of each pair that has a mark, shape (n_pairs, n_scores)."""
        sequence, at, pair = self._sequences(texts, catalogue, hits)
        reach = texts.gap
        near = sequence[at[:, None] + np.arange(-reach, reach + 1)]  # the mark in the middle
        mark = near[:, reach : reach + 1]
        before = near[:, reach - self._window : reach]
        after = near[:, reach + 1 : reach + 1 + self._window]
        codes = [
            self._code(1, mark),
            self._code(_APART, before, mark),
            self._code(_APART, mark, after),
        ]
        for n in (2, 3):  # whose first word is the mark, or one of the n - 1 words before it
            words = (near[:, reach - n + 1 + step : reach + 1 + step] for step in range(n))
            codes.append(self._code(n, *words))
        joined = np.concatenate(codes, axis=1)
        columns = self._codes.find(joined.ravel())
        known = np.flatnonzero(columns >= 0)
        rows = pair[known // joined.shape[1]]
        return self._tfidf.scores(rows, columns[known], len(hits))[:, 0]

    def _sequences(
        self, texts: Padded, catalogue: Catalogue, hits: Hits
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """A copy of its text for each pair, with marks; where these stand, and in which pair."""
        rooms = texts.lengths[hits.text] + texts.gap
        owner, place = spread(np.append(rooms, texts.gap))
        first = texts.starts[hits.text] - texts.gap
        sequence = texts.number[np.append(first, 0)[owner] + place]
        at = starts_of(rooms)[hits.pair] + hits.place - first[hits.pair]
        sequence[at] = catalogue.role[hits.entry]
        # Neighbours with the same mark are one mark.
        again = sequence[at] == sequence[at - 1]
        if again.any():
            kept = np.ones(len(sequence), dtype=bool)
            kept[at[again]] = False
            sequence = sequence[kept]
            at = (at - np.cumsum(again))[~again]
        return sequence, at, hits.pair[~again]

    def _code(self, kind: int | Integers, *words: NDArray[np.int64]) -> NDArray[np.int64]:
        """An n-gram and its kind (how many words, or that they stand apart) in one integer."""
        code: Any = kind
        for step in range(3):
            code = code * self._words + (words[step] if step < len(words) else 0)
        return np.asarray(code)


_APART = 4
_UNMARKED = "‹none›"
_NONE = np.zeros(0, dtype=np.int64)
