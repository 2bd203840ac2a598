"""Terms as arrays: which words they have, and what each word is to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from stance.features.cues import ends_something
from stance.features.lexicon import lexicon
from stance.records import Term
from stance.scoring.numbering import MARKS
from stance.scoring.ragged import (
    Integers,
    begins,
    distinct,
    lengths_between,
    places,
    sort,
    spread,
    starts_of,
)
from stance.scoring.reading import Padded, PaddedWords, Texts, WordTable

__all__ = ["Catalogue", "Hits", "scan"]


class Catalogue:
    """The words of terms, to be looked for in one pass over a text.

    An *entry* is a word of a term: entries of one stem lie side by side.

    Parameters
    ----------
    terms : sequence of Term

    Attributes
    ----------
    lexicons : list of Lexicon, length n_terms
    ends : ndarray of bool, shape (n_terms,)
        Whether a term ends something; see :func:`stance.features.cues.ends_something`.
    stems : list of str, length n_entries
    term, role : ndarray of int, shape (n_entries,)
        The term of each entry, and its mark, as in :data:`stance.scoring.numbering.MARKS`.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        self.lexicons = [
            lexicon(term.name, term.description, term.aliases, term.opposites) for term in terms
        ]
        self.ends = np.array([ends_something(item) for item in self.lexicons], dtype=bool)
        rows: dict[str, int] = {}
        entries = [
            (rows.setdefault(stem, len(rows) + 1), number, stem, role)
            for number, item in enumerate(self.lexicons)
            for stem, role in item.role.items()
        ]
        entries.sort(key=lambda entry: entry[:2])
        self.stems = [stem for _, _, stem, _ in entries]
        self.term = np.array([number for _, number, _, _ in entries], dtype=np.int64)
        self.role = np.array([MARKS[role] for *_, role in entries], dtype=np.int64)
        self._rows = rows
        count = np.bincount([row for row, *_ in entries], minlength=len(rows) + 1)
        self._count, self._start = count, starts_of(count)
        self._of_table: WeakKeyDictionary[WordTable, NDArray[np.int64]] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self.lexicons)

    def rows(self, table: WordTable) -> NDArray[np.int64]:
        """For each word of a table, where the terms have it; 0 where none does."""
        have = self._of_table.get(table, np.zeros(0, dtype=np.int64))
        size = len(table)
        if len(have) < size:
            new = slice(len(have), size)
            pairs = zip(table.stems[new], table.content[new], strict=True)
            rest = [self._rows.get(stem, 0) if content else 0 for stem, content in pairs]
            have = np.concatenate([have, np.array(rest, dtype=np.int64)])
            self._of_table[table] = have
        return have

    def weight(self, texts: Texts) -> NDArray[np.int64]:
        """How many entries the words of each text meet."""
        return texts.count(self._count[self.rows(texts.table)[texts.words]])

    def met(self, table: WordTable, words: Integers, lengths: Integers) -> NDArray[np.bool_]:
        """Whether a word of each term stands in each text.

        Parameters
        ----------
        table : WordTable
        words, lengths : ndarray of int
            As :meth:`WordTable.read` gives them.

        Returns
        -------
        ndarray of bool, shape (n_texts, n_terms)
        """
        owner, entry = self.entries(self.rows(table)[words])
        text = np.repeat(np.arange(len(lengths)), lengths)[owner]
        found = np.zeros((len(lengths), len(self)), dtype=bool)
        found[text, self.term[entry]] = True
        return found

    def entries(self, rows: Integers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All entries of rows: which of ``rows`` each is of, and its number."""
        owner, place = spread(self._count[rows])
        return owner, self._start[rows][owner] + place


@dataclass(frozen=True, eq=False)
class Hits:
    """Where words of terms stand in texts, sorted by pair and place.

    A *pair* here is a text and a term of which at least one word stands in it.

    Attributes
    ----------
    text, term : ndarray of int, shape (n_pairs,)
        Sorted by text, then by term.
    pair : ndarray of int, shape (n_marks,)
        The number of each mark's pair.
    place : ndarray of int, shape (n_marks,)
        Among the places of the padded texts.
    entry : ndarray of int, shape (n_marks,)
        The catalogue's entry.
    """

    text: NDArray[np.int64]
    term: NDArray[np.int64]
    pair: NDArray[np.int64]
    place: NDArray[np.int64]
    entry: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.text)

    @classmethod
    def at(cls, texts: Padded, place: Integers, row: Integers, catalogue: Catalogue) -> Hits:
        """Hits from the places of words that the catalogue has, and its rows of these words."""
        owner, entry = catalogue.entries(row)
        place = place[owner]
        pair = texts.text_of(place) * max(1, len(catalogue)) + catalogue.term[entry]
        # Sorting integers is many times faster than sorting their order: both go into one.
        bits = max(1, len(pair)).bit_length()
        order = sort((pair << bits) | np.arange(len(pair))) & ((1 << bits) - 1)
        pair = pair[order]
        pairs, marks = distinct(pair)
        text, term = np.divmod(pairs, max(1, len(catalogue)))
        numbered = np.repeat(np.arange(len(pairs)), marks)
        return cls(text, term, numbered, place[order], entry[order])

    @classmethod
    def none(cls) -> Hits:
        """No hit at all."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, empty, empty, empty)

    def patterns(self, role: Integers) -> tuple[Hits, NDArray[np.int64]]:
        """The pairs of which the marks are not just like those of a pair before them.

        Terms of one settlement share words: what a statement is to them is then the same.
        Pairs of up to two marks are compared; of those with more, few are alike.

        Parameters
        ----------
        role : ndarray of int, shape (n_entries,)

        Returns
        -------
        hits : Hits
        which : ndarray of int, shape (n_pairs,)
            For each pair, which of ``hits`` has its marks.
        """
        if len(self) and (self.text[1:] != self.text[:-1]).all():
            return self, np.arange(len(self))  # one term for each text: there are no two alike
        count = np.bincount(self.pair, minlength=len(self))
        mark = self.place << 3 | role[self.entry]
        first = starts_of(count)
        second = np.where(count == 2, mark[np.minimum(first + 1, len(mark) - 1)], 0)
        key = np.where(count > 2, -1 - np.arange(len(self)), mark[first] << 31 | second)
        order = np.argsort(key, kind="stable")
        begin = begins(key[order])
        kept = order[begin]  # of each pattern the first pair
        rank = np.empty_like(order)
        rank[order] = np.arange(len(begin)).repeat(lengths_between(begin, len(order)))
        turn = np.argsort(kept)
        kept = kept[turn]
        number = np.full(len(self), -1)
        number[kept] = np.arange(len(kept))
        marks = places(number[self.pair] >= 0)
        hits = Hits(
            self.text[kept],
            self.term[kept],
            number[self.pair[marks]],
            self.place[marks],
            self.entry[marks],
        )
        return hits, np.argsort(turn)[rank]


def scan(texts: PaddedWords, table: WordTable, catalogue: Catalogue) -> Hits:
    """Find every word of every term."""
    row = catalogue.rows(table)[texts.word]
    place = places(row)
    return Hits.at(texts, place, row[place], catalogue)
