"""Read statements once, and keep what does not depend on a term."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np

from stance.errors import DataError
from stance.features.glossary import digest
from stance.index.storing import MANIFEST, Writer, digest_of
from stance.judging import foreign, gate
from stance.predict import find_model, load_model
from stance.records import REASONS, Statement
from stance.resources import user_path
from stance.scoring import Reader, Scorer, Texts, compiled
from stance.statements import each
from stance.version import __version__
from stance.writing import holds_only, move_folder

__all__ = ["build_index"]

_OWN = re.compile(r"index\.json|\w+\.bin")
"""The files of an index."""

_AT_ONCE = 2_000
_WORDS_AT_ONCE = 2_000_000
UNKNOWN = 100
"""Of a statement of which the model knows no word: a term may still know one."""


def build_index(
    statements: Iterable[str | Statement],
    folder: str | os.PathLike[str],
    model: str | os.PathLike[str] | None = None,
) -> Path:
    """Read statements once and keep them as vectors, in memory that does not grow with them.

    About 600 bytes a statement are written. What is kept in memory is each different word
    and holder.

    Parameters
    ----------
    statements : iterable of str or Statement
        One without an ``id`` is named by its position: "row 7" where others have one.
    folder : path-like
        Made beside its place and then moved there; an index that is there is replaced.
    model : path-like or str, optional
        As for :func:`stance.predict`; a model of linear classifiers.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    DataError
        If a statement is not one, they are a frame or a mapping, another thing is in the place,
        or the model is not linear.
    ModelFileError
        If the model cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from stance import Term
    >>> from stance.index import Index, build_index
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = build_index(["The truce must start today.", ""], f"{folder}/index")
    ...     table = Index.open(place).predict([Term("A truce takes effect")]).read_all()
    >>> table["reason"].to_pylist()
    [None, 'empty']
    """
    target = user_path(folder)
    ours = target.is_dir() and holds_only(target, _OWN, MANIFEST, b'"arrays": {')
    if target.exists() and not ours:
        raise DataError(f"{target}: there is something else in this place; not overwritten")
    made = compiled(load_model(model).estimator)
    if made.reader is None or made.scorer is None:
        raise DataError("an index needs a model of linear classifiers; this model is not one")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        with Writer(beside) as writer:
            _Builder(made.reader, made.scorer, writer).build(statements)
            writer.close(
                {
                    "model": digest_of(find_model(model) / "manifest.json"),
                    "glossary": digest(),
                    "stance": __version__,
                }
            )
        move_folder(beside, target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return target


class _Builder:
    """Writes one batch of statements after the other."""

    def __init__(self, reader: Reader, scorer: Scorer, writer: Writer) -> None:
        self._reader, self._scorer, self._writer = reader, scorer, writer
        self._table = reader.new_table()  # one for all, so that a word has one number
        self._name_end = 0
        self._words: IO[bytes]  # of all places, until it is known where each word stands

    def build(self, statements: Iterable[str | Statement]) -> None:
        """Read them all, then list where each word stands."""
        self._writer.add("name_ends", np.zeros(1, dtype=np.int64))
        rows = each(statements)
        more = True
        with tempfile.TemporaryFile(dir=self._writer.folder) as self._words:
            while more:  # also once without any, for the arrays to be there
                batch = list(islice(rows, _AT_ONCE))
                self._add(batch)
                more = len(batch) == _AT_ONCE
            self._end()
            self._add_postings()
        self._add_strings("stems", self._table.stems)
        self._writer.add("content", np.array(self._table.content, dtype=np.uint8))

    def _add(self, batch: Sequence[Statement]) -> None:
        # What cannot be judged is not read: its words can be of any length and number.
        withheld = gate(batch)
        read = [
            item if reason < 0 else Statement("", item.holder, item.side)
            for item, reason in zip(batch, withheld.tolist(), strict=True)
        ]
        texts = Texts.read(self._table, read)
        other, none = foreign(self._reader, texts)
        withheld[(withheld < 0) & other] = REASONS.index("no_known_words")
        withheld[(withheld < 0) & none] = UNKNOWN
        padded = texts.padded(self._scorer.gap)
        facts = self._scorer.facts(padded)
        of_holder = self._scorer.of_holders(texts)[texts.holder]
        of_text, alone = self._scorer.of_texts(padded, facts, of_holder)
        # What one without an id is called depends on all the others: it is said when it is read.
        names = [item.id.encode("utf-8", "replace") for item in batch]
        ends = self._name_end + np.cumsum([len(name) for name in names], dtype=np.int64)
        add = self._writer.add
        # Without the empty places at the end: those before the next text take their place.
        places = slice(len(padded.number) - padded.gap)
        self._words.write(padded.word[places].astype(np.int32).data)
        add("number", padded.number[places].astype(np.int32))
        add("lengths", texts.lengths.astype(np.int32))
        if facts.cues is not None:
            add("cue_back", facts.cues.back[places].astype(np.uint8))
            add("cue_symbol", facts.cues.symbol.astype(np.int8))
            add("cue_offset", facts.cues.offset.astype(np.int32))
            add("cue_counts", facts.cues.counts.astype(np.int32))
        if facts.said is not None:
            add("said", facts.said)
        add("withheld", withheld)
        add("of_text", of_text)
        add("probabilities", self._scorer.probabilities(alone))
        add("names", np.frombuffer(b"".join(names), dtype=np.uint8))
        add("name_ends", ends)
        self._name_end = int(ends[-1]) if len(ends) else self._name_end

    def _add_strings(self, name: str, strings: Sequence[str]) -> None:
        encoded = [item.encode("utf-8", "surrogatepass") for item in strings]
        self._writer.add(name, np.frombuffer(b"".join(encoded), dtype=np.uint8))
        ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        self._writer.add(f"{name}_ends", ends)

    def _end(self) -> None:
        """Add the empty places after the last text."""
        gap = np.zeros(self._scorer.gap, dtype=np.int32)
        self._words.write(gap.data)
        self._words.flush()
        self._writer.add("number", gap)
        if "cue_back" in self._writer:
            self._writer.add("cue_back", gap.astype(np.uint8))

    def _add_postings(self) -> None:
        """For each word that carries content, the places where it stands, rising."""
        words = np.memmap(self._words, dtype=np.int32, mode="r")
        content = np.array(self._table.content, dtype=bool)
        count = np.zeros(len(self._table), dtype=np.int64)
        for word, _ in _postings(words, content):
            count += np.bincount(word, minlength=len(count))
        start, size = np.cumsum(count) - count, int(count.sum())
        with tempfile.TemporaryFile(dir=self._writer.folder) as file:
            file.truncate(max(1, 8 * size))
            found = np.memmap(file, dtype=np.int64, mode="r+", shape=max(1, size))
            place = start.copy()
            for word, at in _postings(words, content):
                first = np.searchsorted(word, word)
                found[place[word] + np.arange(len(word)) - first] = at
                place += np.bincount(word, minlength=len(count))
            self._writer.add("posting_starts", np.append(start, size))
            self._writer.add("postings", found[:size])


def _postings(words: np.ndarray, content: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Words and their places, sorted, for so many places at a time."""
    for begin in range(0, len(words), _WORDS_AT_ONCE):
        part = np.asarray(words[begin : begin + _WORDS_AT_ONCE])
        at = np.flatnonzero(content[part])
        order = np.argsort(part[at], kind="stable")
        yield part[at][order], begin + at[order]
