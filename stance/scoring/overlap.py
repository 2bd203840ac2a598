"""Scores of the overlap of statement and term."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from stance.features import TermOverlap
from stance.features.lexicon import Lexicon
from stance.features.overlap import MOST, NAME_WEIGHT, OVERLAPS, WHOLE
from stance.scoring.catalogue import Catalogue, Hits
from stance.scoring.numbering import MARKS, Numbering
from stance.scoring.ragged import Integers, begins, distinct, places, spread, starts_of
from stance.scoring.reading import PaddedWords

__all__ = ["OverlapScores", "Phrases"]

_TOP = 3


class Phrases:
    """The phrases of a catalogue's terms, and what each word adds to their coverage.

    Every term has the same places for phrases: its name and aliases first, then its
    opposites; places that it does not need stay empty.

    Attributes
    ----------
    pro, con : int
        How many places there are for phrases of either side.
    pro_count, con_count : ndarray of int, shape (n_terms,)
        How many phrases of either side a term has.
    total : ndarray of float, shape (n_terms, pro + con)
        The weight of each phrase; 1 for an empty one.
    key_total : ndarray of float, shape (n_terms,)
    weight, key : ndarray of float, shape (n_entries,)
        The weight of each entry's word, and in what share of its term's names and aliases it is.
    """

    def __init__(self, catalogue: Catalogue, block: TermOverlap) -> None:
        lexicons, known = catalogue.lexicons, block.weights()
        self.pro = max([1, *(len(item.pro) for item in lexicons)])
        self.con = max([1, *(len(item.con) for item in lexicons)])
        self.pro_count = np.array([len(item.pro) for item in lexicons], dtype=np.int64)
        self.con_count = np.array([len(item.con) for item in lexicons], dtype=np.int64)

        def weight(stem: str, term: Lexicon) -> float:
            factor = NAME_WEIGHT if stem in term.names else 1.0
            return known.get(stem, block.unseen_idf_) * factor

        entries = [
            (stem, lexicons[term])
            for stem, term in zip(catalogue.stems, catalogue.term.tolist(), strict=True)
        ]
        self.weight = np.array([weight(*entry) for entry in entries], dtype=float)
        self.key = np.array(
            [term.pro_count[stem] / max(1, len(term.pro)) for stem, term in entries], dtype=float
        )
        key = np.bincount(catalogue.term, self.key * self.weight, minlength=len(lexicons))
        self.key_total = np.where(key > 0, key, 1.0)
        self._coarse, self._fine = _halves(self.weight)
        places = [self._places(term) for term in lexicons]
        of_entry = [
            [place for place, phrase in places[term] if stem in phrase]
            for stem, term in zip(catalogue.stems, catalogue.term.tolist(), strict=True)
        ]
        self._count = np.array([len(item) for item in of_entry], dtype=np.int64)
        self._start = starts_of(self._count)
        self._place = np.array([place for item in of_entry for place in item], dtype=np.int64)
        entry = np.arange(len(of_entry))
        total = self.covered(catalogue.term, entry, len(lexicons))
        self.total = np.where(total > 0, total, 1.0)

    @property
    def width(self) -> int:
        """How many places for phrases each term has."""
        return self.pro + self.con

    def _places(self, term: Lexicon) -> list[tuple[int, frozenset[str]]]:
        phrases = [*enumerate(term.pro), *enumerate(term.con, self.pro)]
        return [(place, frozenset(phrase)) for place, phrase in phrases]

    def covered(self, row: Integers, entry: Integers, rows: int) -> NDArray[np.float64]:
        """The weight that entries cover of each phrase of their term.

        Parameters
        ----------
        row, entry : ndarray of int, shape (n,)
            Different entries, all of one term in each row.
        rows : int

        Returns
        -------
        ndarray, shape (rows, width)
        """
        owner, place = spread(self._count[entry])
        cell = row[owner] * self.width + self._place[self._start[entry][owner] + place]
        # Either sum is exact in any order, so that their sum is rounded once, as fsum's is.
        parts = [
            np.bincount(cell, half[entry][owner], minlength=rows * self.width)
            for half in (self._coarse, self._fine)
        ]
        return np.asarray((parts[0] + parts[1]).reshape(rows, self.width))


class OverlapScores:
    """:class:`stance.features.TermOverlap`, times the weights of a linear classifier.

    Parameters
    ----------
    block : TermOverlap
    coef : ndarray, shape (n_scores, 19)
    numbering : Numbering

    Attributes
    ----------
    unmarked : ndarray, shape (n_scores,)
        Of a text without any word of the term.
    """

    def __init__(self, block: TermOverlap, coef: NDArray[np.float64], numbering: Numbering) -> None:
        self.block = block
        self.unmarked = coef[:, OVERLAPS.index("no_word")]
        self._weights = np.ascontiguousarray(coef.T)
        weights = block.weights()
        words = [word for word in weights if word in numbering.numbers]
        idf = np.full(numbering.size, block.unseen_idf_)
        idf[[numbering.numbers[word] for word in words]] = [weights[word] for word in words]
        self._halves = _halves(idf)

    def scores(
        self,
        said: NDArray[np.float64],
        catalogue: Catalogue,
        phrases: Phrases,
        hits: Hits,
    ) -> NDArray[np.float64]:
        """Scores of each pair that has a word of the term.

        Parameters
        ----------
        said : ndarray, shape (n_texts,)
            As of :meth:`said`.

        Returns
        -------
        ndarray, shape (n_pairs, n_scores)
        """
        bits = max(1, len(catalogue.stems)).bit_length()
        keys, _ = distinct((hits.pair << bits) | hits.entry)
        pair, entry = keys >> bits, keys & ((1 << bits) - 1)
        covered = phrases.covered(pair, entry, len(hits)) / phrases.total[hits.term]
        columns = self._of_phrases(covered, phrases, hits.term)
        columns |= self._of_words(said[hits.text], catalogue, phrases, hits, pair, entry)
        columns["best_pro_with_names"] = columns.pop("named") * columns["best_pro"]
        measures = np.empty((len(hits), len(OVERLAPS)))
        for place, name in enumerate(OVERLAPS):
            measures[:, place] = columns[name]
        # Not by BLAS: on some processors it gives a row other last bits beside other rows.
        return np.asarray(np.einsum("ij,jk->ik", measures, self._weights))

    @staticmethod
    def _of_phrases(
        covered: NDArray[np.float64], phrases: Phrases, term: Integers
    ) -> dict[str, NDArray[np.float64]]:
        pro, con = covered[:, : phrases.pro], covered[:, phrases.pro :]
        top_pro, top_con = _highest(pro), _highest(con)
        best_pro, best_con = top_pro[:, 0], top_con[:, 0]
        return {
            "best_pro": best_pro,
            "second_pro": top_pro[:, 1],
            "mean_pro": np.add.reduce(top_pro.T) / np.clip(phrases.pro_count[term], 1, _TOP),
            "name": pro[:, 0],
            "best_con": best_con,
            "mean_con": np.add.reduce(top_con.T) / np.clip(phrases.con_count[term], 1, _TOP),
            "whole_pro": best_pro > WHOLE,
            "most_pro": best_pro > MOST,
            "most_con": best_con > MOST,
            "pro_minus_con": best_pro - best_con,
        }

    def _of_words(
        self,
        said: NDArray[np.float64],
        catalogue: Catalogue,
        phrases: Phrases,
        hits: Hits,
        pair: Integers,
        entry: Integers,
    ) -> dict[str, NDArray[np.float64]]:
        role, weight, count = catalogue.role[entry], phrases.weight[entry], len(hits)
        name = role == MARKS["N"]
        is_pro, is_con = ((role == MARKS[side]) | (role == MARKS["B"]) for side in ("P", "C"))
        first = begins(pair)  # every pair has an entry

        def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.asarray(np.bincount(pair, values, minlength=count), dtype=float)

        def highest(values: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.maximum.reduceat(values, first) if count else values

        rarest = self.block.unseen_idf_
        words = total(np.where(name, 0.0, 1.0))
        any_weight = total(weight * ~name)
        # All content words, those that are names of the term at the weight of names.
        said = said - total(weight * name) * (1 / NAME_WEIGHT - 1)
        return {
            "rarest_pro": highest(weight * is_pro) / rarest,
            "rarest_con": highest(weight * is_con) / rarest,
            "sum_pro": np.minimum(total(weight * is_pro) / (3 * rarest), 1.0),
            "sum_any": np.minimum(any_weight / (4 * rarest), 1.0),
            "key_pro": total(phrases.key[entry] * weight * is_pro) / phrases.key_total[hits.term],
            "share_of_statement": any_weight / said,
            "no_word": words == 0,
            "one_word": words == 1,
            "named": total(name.astype(float)) > 0,
        }

    def said(self, texts: PaddedWords) -> NDArray[np.float64]:
        """The weight of all different content words of each text, shape (n_texts,)."""
        place = places(texts.content)
        bits = len(texts.numbers).bit_length()
        keys, _ = distinct((texts.text_of(place) << bits) | texts.word[place])
        text, number = keys >> bits, texts.numbers[keys & ((1 << bits) - 1)]
        # The order is that in which a table met the words, so the sums have to be exact.
        coarse, fine = (np.bincount(text, half[number], len(texts)) for half in self._halves)
        return np.asarray(coarse + fine, dtype=float)


def _highest(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The three highest values of each row, falling; zeros where there are fewer."""
    found = np.zeros((len(values), _TOP))
    top = np.sort(values, axis=1)[:, : -_TOP - 1 : -1]
    found[:, : top.shape[1]] = top
    return found


def _halves(values: Iterable[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each value as a float of 32 bits and the rest."""
    whole = np.array(values, dtype=float)
    coarse = whole.astype(np.float32).astype(float)
    return coarse, whole - coarse
