"""Scores of the blocks that read a statement or its holder, whatever the term."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from stance.features import HolderWords, MarkedNgrams, StatementNgrams
from stance.scoring.catalogue import Hits
from stance.scoring.grams import Codes, Sequences, TfIdf
from stance.scoring.numbering import MARKS, Numbering
from stance.scoring.ragged import Integers, begins, lengths_between, spread, starts_of
from stance.scoring.reading import Padded, Pieces

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
        column = {word: number for number, word in enumerate(block.vocabulary_.tolist())}

        def known(words: Iterable[str]) -> list[int]:
            return [column[word] for word in words if word in column]

        self._holders = Pieces(lambda text: known(HolderWords.of_holder(text, "")))
        self._sides = Pieces(lambda text: known(HolderWords.of_holder("", text)))
        self._tfidf = TfIdf.plain(block.idf_, coef)

    def scores(self, holders: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Scores of each holder, shape (n_holders, n_scores)."""
        found = [[*self._holders.read(holder), *self._sides.read(side)] for holder, side in holders]
        owner, _ = spread(np.array(list(map(len, found)), dtype=np.int64))
        grams = np.array(list(chain.from_iterable(found)), dtype=np.int64)
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
        sound = ((words > 0).sum(axis=1) == np.where(apart, 2, counts)) & (counts <= _APART)
        three = np.flatnonzero(sound & (counts == 3))
        self._threes = Codes(self._code(*words[three].T), three.astype(np.int32))
        self._alone = np.full(_MARKS, -1, dtype=np.int32)
        alone = np.flatnonzero(sound & (counts == 1) & (words[:, 0] < _MARKS))
        self._alone[words[alone, 0]] = alone
        # Of two words at least one is a mark, so that all there can be fit into a table.
        self._twos = np.full((2, 2, _MARKS, self._words), -1, dtype=np.int32)
        for kind, counted in ((_BESIDE, 2), (_FAR, _APART)):
            for side, (mark, word) in enumerate(((1, 0), (0, 1))):
                two = np.flatnonzero(sound & (counts == counted) & (words[:, mark] < _MARKS))
                self._twos[kind, side, words[two, mark], words[two, word]] = two
        self._tfidf = TfIdf.plain(block.idf_, coef)

    def scores(self, texts: Padded, role: Integers, hits: Hits) -> NDArray[np.float64]:
        """Scores of each pair that has a word of the term, shape (n_pairs, n_scores)."""
        sequence, at, pair = self._sequences(texts, role, hits)
        reach, window = texts.gap, self._window
        near = sequence.take(at[:, None] + np.arange(-reach, reach + 1))  # the mark in the middle
        mark = near[:, reach, None]
        row = mark * self._words
        # Three words of which the mark is the last, the middle or the first.
        threes = self._code(*(near[:, reach - 2 + step : reach + 1 + step] for step in range(3)))
        columns = np.concatenate(
            [
                self._alone.take(mark),
                self._twos[_FAR, 0].take(row + near[:, reach - window : reach]),
                self._twos[_FAR, 1].take(row + near[:, reach + 1 : reach + 1 + window]),
                self._twos[_BESIDE, 0].take(row + near[:, reach - 1, None]),
                self._twos[_BESIDE, 1].take(row + near[:, reach + 1, None]),
                self._threes.find(threes.ravel()).reshape(threes.shape),
            ],
            axis=1,
        )
        known = np.flatnonzero(columns >= 0)
        grams = columns.ravel()[known]
        found = self._tfidf.scores(pair[known // columns.shape[1]], grams, len(hits))[:, 0]
        found[np.bincount(pair, minlength=len(hits)) == 0] = self.unmarked
        return found

    def _sequences(
        self, texts: Padded, role: Integers, hits: Hits
    ) -> tuple[Integers, NDArray[np.int64], NDArray[np.int64]]:
        """What stands around the marks of each pair; where the marks stand, and in which pair."""
        # From so many words before a pair's first mark to so many after its last one.
        first = begins(hits.pair)
        last = first + lengths_between(first, len(hits.pair)) - 1
        rooms = hits.place[last] - hits.place[first] + 2 * texts.gap + 1
        shift = hits.place[first] - texts.gap - starts_of(rooms)
        sequence = texts.number[np.arange(rooms.sum()) + shift.repeat(rooms)]
        at = hits.place - shift[hits.pair]
        sequence[at] = role[hits.entry]
        # Neighbours with the same mark are one mark.
        again = sequence[at] == sequence[at - 1]
        if again.any():
            kept = np.ones(len(sequence), dtype=bool)
            kept[at[again]] = False
            sequence = sequence[kept]
            at = (at - np.cumsum(again))[~again]
        marks = sequence[at] != MARKS["N"]  # names stand for themselves only beside marks
        return sequence, at[marks], hits.pair[~again][marks]

    def _code(self, *words: Integers) -> NDArray[np.int64]:
        """Three words as one integer."""
        return (words[0].astype(np.int64) * self._words + words[1]) * self._words + words[2]


_BESIDE, _FAR = range(2)
_MARKS = max(MARKS.values()) + 1
_APART = 4
_UNMARKED = "‹none›"
_NONE = np.zeros(0, dtype=np.int64)
