"""From statements to one array of word numbers: done once, whatever the terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.features.analysis import is_content, stem, tokens
from stance.features.glossary import is_plainly_english, read_words
from stance.records import Statement
from stance.scoring.ragged import Integers, spread, starts_of

__all__ = ["Padded", "PaddedWords", "Pieces", "Texts", "WordTable"]


_LONGEST_PIECE = 40
_MOST_PIECES = 200_000
_NO_NUMBERS: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
_NO_FLAGS: NDArray[np.bool_] = np.zeros(0, dtype=bool)


class Pieces(dict[str, tuple[int, ...]]):
    """Numbers for the tokens of texts, kept for each piece that stands between blanks.

    Texts repeat their pieces, and looking one up is ten times as fast as splitting it. Only
    what is split the same alone is looked up; the longest pieces and the oldest are not kept.

    Parameters
    ----------
    number : callable
        From a text to the numbers of its tokens.
    """

    def __init__(self, number: Callable[[str], Iterable[int]]) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, piece: str) -> tuple[int, ...]:
        found = tuple(self._number(piece))
        if len(piece) <= _LONGEST_PIECE:
            if len(self) >= _MOST_PIECES:
                self.clear()
            self[piece] = found
        return found

    def read(self, text: str) -> list[int]:
        """The numbers of a text's tokens, in order."""
        if text.isascii() and text.isprintable():
            return list(chain.from_iterable(map(self.__getitem__, text.split())))
        return list(self._number(text))


class WordTable:
    """Numbers for the words of texts; a word is a stem that carries content, or one that does not.

    Word 0 stands for no word. The table grows as texts are read, and can be used by threads.

    Parameters
    ----------
    numbers : mapping of str to int
        The model's number of each stem that it knows; see :class:`stance.scoring.Numbering`.

    Attributes
    ----------
    stems : list of str
    content : list of bool
    size : int
        How many characters all stems have.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.stems, self.content, self.size = [""], [False], 0
        self._numbers = numbers
        self._known = [0]
        self._words: dict[tuple[str, bool], int] = {("", False): 0}
        self._pieces = Pieces(lambda text: self._add_all(tokens(text)))
        self._columns = _NO_NUMBERS, _NO_FLAGS, _NO_FLAGS
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.stems)

    def __reduce__(self) -> tuple[Any, ...]:
        return WordTable, (self._numbers,)

    def read(self, texts: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Number the words of texts.

        Returns
        -------
        words : ndarray of int32, shape (n_words,)
            Of all texts, end to end.
        lengths : ndarray of int64, shape (n_texts,)
        """
        words: list[int] = []
        lengths: list[int] = []
        with self._lock:
            for text in texts:
                found = self._numbers_of(text)
                words += found
                lengths.append(len(found))
        return np.array(words, dtype=np.int32), np.array(lengths, dtype=np.int64)

    def _numbers_of(self, text: str) -> list[int]:
        # As stance.features.lexicon.analyse does it. No piece tells the language of the text.
        if is_plainly_english(text):
            return self._pieces.read(text)
        return list(self._add_all(read_words(text)[1]))

    def _add_all(self, words: Iterable[str]) -> Iterator[int]:
        return (self.add(stem(word), is_content(word)) for word in words)

    def add(self, root: str, content: bool) -> int:
        """The number of a word, new or not."""
        number = self._words.setdefault((root, content), len(self.stems))
        if number == len(self.stems):
            self.content.append(content)
            self.size += len(root)
            self._known.append(self._numbers.get(root, 0))
            # Last: another thread that counts the stems finds the rest of each.
            self.stems.append(root)
        return number

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
        """What is known of each word.

        Returns
        -------
        number : ndarray of int, shape (n_words,)
            The model's number of the stem, 0 where the model does not know it.
        content : ndarray of bool, shape (n_words,)
        letters : ndarray of bool, shape (n_words,)
            Whether the stem is of letters only.
        """
        with self._lock:
            have, size = self._columns[0], len(self.stems)
            if len(have) < size:
                new = slice(len(have), size)
                rest = (
                    np.array(self._known[new], dtype=np.int64),
                    np.array(self.content[new], dtype=bool),
                    np.array([root.isalpha() for root in self.stems[new]], dtype=bool),
                )
                joined = zip(self._columns, rest, strict=True)
                number, content, letters = (np.concatenate(pair) for pair in joined)
                self._columns = number, content, letters
            return self._columns


@dataclass(frozen=True, eq=False)
class Texts:
    """Statements that were read.

    Attributes
    ----------
    table : WordTable
        That numbered their words.
    words : ndarray of int32, shape (n_words,)
        Of all texts, end to end.
    lengths : ndarray of int64, shape (n_texts,)
    holders : sequence of (str, str)
        Each different holder and side.
    holder : ndarray of int, shape (n_texts,)
        Whose text it is.
    """

    table: WordTable
    words: NDArray[np.int32]
    lengths: NDArray[np.int64]
    holders: Sequence[tuple[str, str]]
    holder: Integers

    def __len__(self) -> int:
        return len(self.lengths)

    @classmethod
    def read(cls, table: WordTable, statements: Sequence[Statement]) -> Texts:
        """Read statements."""
        words, lengths = table.read(item.text for item in statements)
        holders: dict[tuple[str, str], int] = {}
        holder = [holders.setdefault((item.holder, item.side), len(holders)) for item in statements]
        return cls(table, words, lengths, list(holders), np.array(holder, dtype=np.int64))

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each text begins among the words."""
        return starts_of(self.lengths)

    def take(self, rows: Integers) -> Texts:
        """Some of the texts."""
        lengths = self.lengths[rows]
        owner, place = spread(lengths)
        words = self.words[self.starts[rows][owner] + place]
        return Texts(self.table, words, lengths, self.holders, self.holder[rows])

    def count(self, flags: Integers | NDArray[np.bool_]) -> NDArray[np.int64]:
        """The sum over each text's words; ``flags`` of shape (n_words,)."""
        ends = np.zeros(len(flags) + 1, dtype=np.int64)
        np.cumsum(flags, out=ends[1:])
        return np.asarray(ends[self.starts + self.lengths] - ends[self.starts])

    def padded(self, gap: int) -> PaddedWords:
        """The same with ``gap`` empty places before, between and after the texts."""
        owner, place = spread(self.lengths)
        starts = self.starts + gap * np.arange(1, len(self) + 1)
        word = np.zeros(len(self.words) + gap * (len(self) + 1), dtype=np.int64)
        word[starts[owner] + place] = self.words
        number, content, _ = self.table.columns()
        return PaddedWords(gap, number[word], starts, self.lengths, word, content[word], number)


@dataclass(frozen=True, eq=False)
class Padded:
    """Texts end to end, with empty places between them, so that no n-gram runs across.

    Attributes
    ----------
    gap : int
    number : ndarray of int, shape (n_places,)
        The model's number of the word; 0 in an empty place.
    starts, lengths : ndarray of int64, shape (n_texts,)
    """

    gap: int
    number: Integers
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lengths)

    def text_of(self, places: Integers) -> NDArray[np.int64]:
        """The text that each place belongs to."""
        return np.asarray(np.searchsorted(self.starts, places, side="right") - 1)


@dataclass(frozen=True, eq=False)
class PaddedWords(Padded):
    """The same, and which words of a table they are.

    Attributes
    ----------
    word : ndarray of int64, shape (n_places,)
        0 in an empty place.
    content : ndarray of bool, shape (n_places,)
    numbers : ndarray of int64, shape (n_words of the table,)
        The model's number of each word.
    """

    word: NDArray[np.int64]
    content: NDArray[np.bool_]
    numbers: NDArray[np.int64]
