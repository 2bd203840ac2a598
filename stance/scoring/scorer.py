"""A linear model made ready for many pairs: a statement once, a term where its words occur."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from stance.features import BLOCKS, PairFeatures
from stance.labels import LABELS
from stance.records import Term
from stance.scoring.blocks import HolderScores, MarkedScores, StatementScores
from stance.scoring.catalogue import Catalogue, Hits, scan
from stance.scoring.cues import CueScores
from stance.scoring.heads import Heads
from stance.scoring.overlap import OverlapScores, Phrases
from stance.scoring.reader import Reader
from stance.scoring.reading import Padded, Texts

__all__ = ["Scorer"]

_WORK = 60_000
"""How many words and hits are treated at once: what the processor's cache holds."""


class Scorer:
    """The scores of a pipeline of :class:`stance.features.PairFeatures` and linear classifiers.

    Parameters
    ----------
    reader : Reader
    features : PairFeatures
        Those of the reader.
    heads : Heads
    columns : sequence of int
        Where each class stands among :data:`stance.labels.LABELS`.
    """

    def __init__(
        self, reader: Reader, features: PairFeatures, heads: Heads, columns: Sequence[int]
    ) -> None:
        self.reader, self.heads, self._columns = reader, heads, list(columns)
        self._statement: StatementScores | None = None
        self._holder: HolderScores | None = None
        self._marked: MarkedScores | None = None
        self._cues: CueScores | None = None
        self._overlap: OverlapScores | None = None
        self._gap = 2
        self._phrases: WeakKeyDictionary[Catalogue, Phrases] = WeakKeyDictionary()
        for name, part in features.slices().items():
            block, coef = features.blocks_[name], heads.coef[:, part] * features.weight(name)
            match name:
                case "statement":
                    self._statement = StatementScores(block, coef, reader.numbering)
                case "holder":
                    self._holder = HolderScores(block, coef)
                case "marked":
                    self._marked = MarkedScores(block, coef, reader.numbering)
                    self._gap = max(self._gap, block.window)
                case "cues":
                    self._cues = CueScores(block, coef, reader.numbering)
                case "overlap":
                    self._overlap = OverlapScores(block, coef, reader.numbering)

    @staticmethod
    def can_hold(features: PairFeatures, classifier: Any, reader: Reader) -> bool:
        """Whether a scorer gives what the pipeline of both would give."""
        blocks = features.blocks_
        return (
            Heads.can_hold(classifier)
            and all(type(block) is BLOCKS.get(name) for name, block in blocks.items())
            and Heads(classifier).coef.shape[1]
            == max((part.stop for part in features.slices().values()), default=0)
            and reader.numbering.size < 1_000_000  # three of them are packed into 64 bits
        )

    def score(self, texts: Texts, terms: Sequence[Term]) -> NDArray[np.float64]:
        """Probability of each label; see :func:`stance.scoring.score`.

        Parameters
        ----------
        texts : Texts
            Read by this scorer's reader.
        terms : sequence of Term
        """
        catalogue = self.reader.catalogue(terms)
        found = np.zeros((len(texts), len(catalogue), len(LABELS)))
        if found.size:
            holders = self._of_holders(texts, catalogue)
            for rows in self._batches(texts, catalogue):
                scores = self._scores(texts.take(rows), catalogue, *holders)
                found[rows[0] : rows[-1] + 1, :, self._columns] = self.heads.probabilities(scores)
        return found

    def _of_holders(
        self, texts: Texts, catalogue: Catalogue
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """What each holder's words score, and which terms have one of them."""
        scores = np.zeros((len(texts.holders), len(self.heads.coef)))
        if self._holder:
            scores = self._holder.scores(texts.holders)
        named = np.zeros((len(texts.holders), len(catalogue)), dtype=bool)
        if self._overlap:
            table = texts.table
            words, lengths = table.read(f"{holder} {side}" for holder, side in texts.holders)
            named = catalogue.met(table, words, lengths, catalogue.pro)
        return scores, named

    def _batches(self, texts: Texts, catalogue: Catalogue) -> Iterator[NDArray[np.int64]]:
        hits = catalogue.weight(texts)
        work = np.cumsum(texts.lengths + 8 * hits + len(catalogue))
        ends = np.flatnonzero(np.diff(work // _WORK)) + 1
        yield from np.split(np.arange(len(texts)), ends)

    def _scores(
        self,
        texts: Texts,
        catalogue: Catalogue,
        of_holder: NDArray[np.float64],
        named: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Features times weights, shape (n_texts, n_terms, n_scores)."""
        padded = texts.padded(self._gap)
        hits = scan(padded, texts.table, catalogue)
        of_text = of_holder[texts.holder]
        if self._statement:
            of_text = of_text + self._statement.scores(padded)
        ends = catalogue.ends.astype(np.int64)
        found = np.repeat(of_text[:, None], len(catalogue), axis=1)
        of_pair = of_text[hits.text]
        if self._marked or self._cues:
            patterns, which = hits.patterns(catalogue.role)
        if self._marked:
            found += self._marked.unmarked
            of_pair += self._marked.scores(padded, catalogue.role, patterns)[which]
        if self._cues:
            marked, unmarked = self._cues.scores(padded, catalogue.role, patterns)
            found += unmarked[:, ends]
            of_pair += marked[which, ends[hits.term]]
        if self._overlap:
            of_pair += self._of_overlap(self._overlap, padded, catalogue, hits, named, texts, found)
        found[hits.text, hits.term] = of_pair
        return found

    def _of_overlap(
        self,
        block: OverlapScores,
        padded: Padded,
        catalogue: Catalogue,
        hits: Hits,
        named: NDArray[np.bool_],
        texts: Texts,
        found: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        of_text = named[texts.holder]
        found += block.unmarked(padded, of_text)
        phrases = self._phrases.get(catalogue)
        if phrases is None:
            phrases = self._phrases[catalogue] = Phrases(catalogue, block.block)
        return block.scores(padded, catalogue, phrases, hits, of_text[hits.text, hits.term])
