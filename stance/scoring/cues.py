"""Scores of the grammar of stance: cues and marks in the order in which they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.features import CUES, CueNgrams
from stance.features.cues import LONGEST, cue_phrases
from stance.scoring.catalogue import Hits
from stance.scoring.grams import Sequences, TfIdf
from stance.scoring.numbering import MARKS, Numbering, number_grams
from stance.scoring.ragged import (
    Integers,
    begins,
    lengths_between,
    places,
    sort,
    spread,
    starts_of,
)
from stance.scoring.reading import Padded

__all__ = ["CueScores", "Cues"]

_SYMBOLS = [*CUES, *(f"‹{role}›" for role in MARKS if role != "N")]
_KINDS = ("begins", "ends")
"""Of terms, in the order of the variants of a score."""

_ONE, _NEXT, _FAR, _THREE = range(4)


@dataclass(frozen=True, eq=False)
class Cues:
    """The cues of padded texts.

    Attributes
    ----------
    symbol : ndarray of int, shape (n_symbols,)
        What each is, by text and place; a cue may be several symbols.
    offset : ndarray of int, shape (n_symbols,)
        Where in its text the cue begins.
    counts : ndarray of int, shape (n_texts,)
        How many symbols each text has.
    back : ndarray of int, shape (n_places,)
        How far before each place the cue begins that the place is part of.
    """

    symbol: Integers
    offset: Integers
    counts: Integers
    back: Integers


class CueScores:
    """:class:`stance.features.CueNgrams`, times the weights of a linear classifier.

    Parameters
    ----------
    block : CueNgrams
    coef : ndarray, shape (n_scores, n_grams)
    numbering : Numbering
    """

    def __init__(self, block: CueNgrams, coef: NDArray[np.float64], numbering: Numbering) -> None:
        self._reach = block.reach
        phrases = {stems: names for stems, names in cue_phrases().items() if len(stems) <= LONGEST}
        sequences, _ = numbering.grams([" ".join(stems) for stems in phrases])
        self._phrases = Sequences(sequences, numbering.size)
        number = {symbol: place for place, symbol in enumerate(_SYMBOLS)}
        self._names = np.array([number[name] for item in phrases.values() for name in item])
        self._name_count = np.array([len(item) for item in phrases.values()])
        self._name_start = starts_of(self._name_count)
        self._grams, self._tfidf = _weigh(block, coef)

    def find(self, texts: Padded) -> Cues:
        """Find the cues of texts, whatever the term."""
        back = np.zeros(len(texts.number), dtype=np.int64)
        phrase = np.full(len(back), -1)
        long: dict[int, int] = {}
        for length, (at, found) in enumerate(self._phrases.find(texts.number), 1):
            phrase[at] = found  # a longer cue takes the place of a shorter one
            if length > 1:
                long.update(dict.fromkeys(at.tolist(), length))
        end = 0
        for begin in sorted(long):
            if begin >= end:
                end = begin + long[begin]
                back[begin:end] = range(long[begin])
                phrase[begin + 1 : end] = -1
        place = places(phrase >= 0)
        owner, step = spread(self._name_count[phrase[place]])
        symbol = self._names[self._name_start[phrase[place]][owner] + step]
        place = place[owner]
        text = texts.text_of(place)
        counts = np.bincount(text, minlength=len(texts))
        return Cues(symbol, place - texts.starts[text], counts, back)

    def scores(
        self, texts: Padded, cues: Cues, role: Integers, hits: Hits, *, alone: bool = True
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Score each pair that has a mark, and each text without one.

        Parameters
        ----------
        texts : Padded
        cues : Cues
            Of these texts.
        role : ndarray of int, shape (n_entries,)
        hits : Hits
        alone : bool, default True
            Whether the texts without a mark are wanted.

        Returns
        -------
        marked : ndarray, shape (n_pairs, 2, n_scores)
            For a term that begins something, and for one that ends something.
        unmarked : ndarray, shape (n_texts or 0, 2, n_scores)
        """
        # One sequence for each pair, then one for each text.
        text = np.concatenate([hits.text, np.arange(len(texts) if alone else 0)])
        row, step = spread(cues.counts[text])
        source = starts_of(cues.counts)[text][row] + step
        mark = role[hits.entry]
        kept = mark != MARKS["N"]
        mark, pair, place = mark[kept], hits.pair[kept], hits.place[kept]
        at = place - cues.back[place] - texts.starts[hits.text[pair]]
        # Of the marks within one cue the first counts.
        first = np.ones(len(at), dtype=bool)
        first[1:] = (at[1:] != at[:-1]) | (pair[1:] != pair[:-1])
        marks = mark[first] - 1 + len(CUES)
        rows, grams = self._ngrams(
            np.concatenate([row, pair[first]]),
            np.concatenate([cues.offset[source], at[first]]),
            np.concatenate([cues.symbol[source], marks]),
        )
        found = self._tfidf.scores(rows, grams, len(text))
        return found[: len(hits)], found[len(hits) :]

    def _ngrams(
        self, row: Integers, place: Integers, symbol: Integers
    ) -> tuple[Integers, Integers]:
        """The n-grams of sequences whose members may be several symbols at once."""
        bits, wide = len(_SYMBOLS).bit_length(), int(place.max(initial=0)).bit_length()
        keys = sort((((row << wide) | place) << bits) | symbol)
        symbol, member = (keys & ((1 << bits) - 1)).astype(np.int32), keys >> bits
        begin = begins(member)
        count = lengths_between(begin, len(member))
        several = count > 1
        item = np.arange(len(begin)).repeat(count)
        row = np.append(member[begin] >> wide, np.full(max(2, self._reach), -1)).astype(np.int32)

        def later(symbols: Integers, step: int) -> tuple[Integers, Integers]:
            """Each of some symbols with each symbol so many members later in its sequence."""
            at = item.take(symbols)
            kept = places((row[: len(begin)] == row[step : step + len(begin)]).take(at))
            at = at.take(kept) + step
            # Few members are several symbols: only those are spread.
            many = places(several.take(at))
            owner, place = spread(count[at[many]] - 1)
            many, first = many[owner], begin.take(at)
            return np.append(kept, kept[many]), np.append(first, first[many] + 1 + place)

        every = np.arange(len(symbol))
        of_symbol = row[item]
        rows, codes = [of_symbol], [_code(_ONE, symbol)]
        for step in range(1, self._reach + 1):
            left, right = later(every, step)
            rows.append(of_symbol.take(left))
            codes.append(_code(_NEXT if step == 1 else _FAR, symbol.take(left), symbol.take(right)))
        left, middle = later(every, 1)
        pair, right = later(middle, 1)
        left, middle = left[pair], middle[pair]
        rows.append(of_symbol.take(left))
        codes.append(_code(_THREE, symbol.take(left), symbol.take(middle), symbol.take(right)))
        return np.concatenate(rows), self._grams.take(np.concatenate(codes))


def _code(kind: int | Integers, *symbols: Integers) -> NDArray[np.int64]:
    """The place of an n-gram in a table of all that there can be."""
    code: Any = kind * len(_SYMBOLS) ** 3
    for step, symbol in enumerate(symbols):
        code = code + symbol * len(_SYMBOLS) ** (2 - step)
    return np.asarray(code)


def _weigh(block: CueNgrams, coef: NDArray[np.float64]) -> tuple[NDArray[np.int32], TfIdf]:
    """Number the n-grams whatever the kind of the term, and put their features together.

    Each stands for itself and for the same with the kind before it.
    """
    signs = [*_SYMBOLS, ">", ">>", *(f"{kind}:" for kind in _KINDS)]
    near, far, *kinds = range(len(_SYMBOLS), len(signs))
    words, counts = number_grams(
        block.vocabulary_.tolist(), {sign: number for number, sign in enumerate(signs, 1)}
    )
    words = np.pad(words - 1, ((0, 0), (0, 4)), constant_values=-1)
    kind = np.zeros(len(words), dtype=np.int64)  # 0 where there is none
    for number, sign in enumerate(kinds, 1):
        kind[words[:, 0] == sign] = number
    prefixed = kind > 0
    words[prefixed] = np.roll(words[prefixed], -1, axis=1)
    counts = counts - prefixed
    form = np.select(
        [counts == 1, words[:, 1] == near, words[:, 1] == far, counts == 3],
        [_ONE, _NEXT, _FAR, _THREE],
        default=-1,
    )
    linked = (form == _NEXT) | (form == _FAR)
    words[linked, 1], words[linked, 2] = words[linked, 2], -1
    symbols = words[:, :3]
    size = np.array([1, 2, 2, 3])[form]
    sound = ((symbols >= 0).sum(axis=1) == size) & (symbols.max(axis=1) < len(_SYMBOLS))
    sound &= (form >= 0) & (counts == size + linked)
    codes = _code(form[sound], *np.maximum(symbols[sound], 0).T)
    known, gram = np.unique(codes, return_inverse=True)
    # Nearly all are known: leaving the others out takes longer than a weight of 0 for them.
    grams = np.full(4 * len(_SYMBOLS) ** 3, len(known), dtype=np.int32)
    grams[known] = np.arange(len(known))
    idf = np.zeros((len(known) + 1, len(_KINDS), 2))
    weights = np.zeros((len(coef), *idf.shape))
    columns = places(sound)
    for variant in range(len(_KINDS)):
        for slot, wanted in enumerate((0, variant + 1)):
            these = kind[columns] == wanted
            idf[gram[these], variant, slot] = block.idf_[columns[these]]
            weights[:, gram[these], variant, slot] = coef[:, columns[these]]
    return grams, TfIdf(idf, weights)
