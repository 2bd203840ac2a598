"""A linear model made ready for many pairs: a statement once, a term where its words occur."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from stance.features import BLOCKS, PairFeatures
from stance.labels import LABELS
from stance.records import Term
from stance.scoring.blocks import HolderScores, MarkedScores, StatementScores
from stance.scoring.catalogue import Catalogue, Hits, scan
from stance.scoring.cues import Cues, CueScores
from stance.scoring.heads import Heads
from stance.scoring.overlap import OverlapScores, Phrases
from stance.scoring.reader import Reader
from stance.scoring.reading import Padded, PaddedWords, Texts

__all__ = ["Facts", "Scorer"]

_WORK = 60_000
"""How many words and hits are treated at once: what the processor's cache holds."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What the scores of pairs need to know of texts, whatever the term.

    Attributes
    ----------
    cues : Cues or None
    said : ndarray or None, shape (n_texts,)
        The weight of the content words of each text.
    """

    cues: Cues | None = None
    said: NDArray[np.float64] | None = None


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

    Attributes
    ----------
    gap : int
        How many empty places have to stand between texts.
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
        self.gap = 2
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
                    self.gap = max(self.gap, block.window)
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
            of_holder = self.of_holders(texts)
            for rows in self.batches(texts, catalogue):
                part = texts.take(rows)
                scores = self._scores(part, catalogue, of_holder[part.holder])
                found[rows[0] : rows[-1] + 1] = self.probabilities(scores)
        return found

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """From scores, shape (..., n_scores), to probabilities of labels, shape (..., 5)."""
        found = np.zeros((*scores.shape[:-1], len(LABELS)))
        found[..., self._columns] = self.heads.probabilities(scores)
        return found

    def batches(self, texts: Texts, catalogue: Catalogue) -> Iterator[NDArray[np.int64]]:
        """Rows of texts that are best treated together."""
        hits = catalogue.weight(texts)
        work = np.cumsum(texts.lengths + 8 * hits + len(catalogue))
        ends = np.flatnonzero(np.diff(work // _WORK)) + 1
        yield from np.split(np.arange(len(texts)), ends)

    def of_holders(self, texts: Texts) -> NDArray[np.float64]:
        """What each holder's words score, shape (n_holders, n_scores)."""
        if self._holder:
            return self._holder.scores(texts.holders)
        return np.zeros((len(texts.holders), len(self.heads.coef)))

    def facts(self, texts: PaddedWords) -> Facts:
        """What the scores of pairs need to know of texts."""
        return Facts(
            self._cues.find(texts) if self._cues else None,
            self._overlap.said(texts) if self._overlap else None,
        )

    def of_texts(
        self, texts: Padded, facts: Facts, of_holder: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Scores of texts, whatever the term.

        Parameters
        ----------
        texts : Padded
            With :attr:`gap` empty places between them.
        facts : Facts
            Of these texts.
        of_holder : ndarray, shape (n_texts, n_scores)

        Returns
        -------
        of_text : ndarray, shape (n_texts, n_scores)
            The part of every pair's scores that comes from statement and holder.
        alone : ndarray, shape (n_texts, 2, n_scores)
            Scores with a term of which no word occurs: one that begins something, and one
            that ends something.
        """
        of_text = self._of_text(texts, of_holder)
        none, cues = Hits.none(), None
        if self._cues and facts.cues:
            cues = self._cues.scores(texts, facts.cues, none.entry, none)[1]
        return of_text, self._unmarked(of_text, cues, np.array([0, 1]))

    def of_pairs(
        self,
        texts: Padded,
        facts: Facts,
        catalogue: Catalogue,
        hits: Hits,
        of_text: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Scores of the pairs of which a word of the term stands in the text.

        Parameters
        ----------
        texts, facts
            As for :meth:`of_texts`.
        catalogue : Catalogue
        hits : Hits
            Of the catalogue's words in these texts.
        of_text : ndarray, shape (n_texts, n_scores)

        Returns
        -------
        ndarray, shape (n_pairs, n_scores)
        """
        return self._marked_pairs(texts, facts, catalogue, hits, of_text, alone=False)[0]

    def _scores(
        self,
        texts: Texts,
        catalogue: Catalogue,
        of_holder: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Features times weights, shape (n_texts, n_terms, n_scores)."""
        padded = texts.padded(self.gap)
        hits = scan(padded, texts.table, catalogue)
        of_text, facts = self._of_text(padded, of_holder), self.facts(padded)
        of_pair, cues = self._marked_pairs(padded, facts, catalogue, hits, of_text)
        found = self._unmarked(of_text, cues, catalogue.ends.astype(np.int64))
        found[hits.text, hits.term] = of_pair
        return found

    def _of_text(self, padded: Padded, of_holder: NDArray[np.float64]) -> NDArray[np.float64]:
        return of_holder + self._statement.scores(padded) if self._statement else of_holder

    def _unmarked(
        self,
        of_text: NDArray[np.float64],
        cues: NDArray[np.float64] | None,
        ends: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Scores of every pair as if no word of the term stood in the text."""
        found = np.repeat(of_text[:, None], len(ends), axis=1)
        if self._marked:
            found += self._marked.unmarked
        if cues is not None:
            found += cues[:, ends]
        if self._overlap:
            found += self._overlap.unmarked
        return found

    def _marked_pairs(
        self,
        padded: Padded,
        facts: Facts,
        catalogue: Catalogue,
        hits: Hits,
        of_text: NDArray[np.float64],
        *,
        alone: bool = True,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Scores of the pairs with a word of the term, and of the cues of each text without one."""
        found, unmarked = of_text[hits.text], None
        if self._marked or self._cues:
            patterns, which = hits.patterns(catalogue.role)
        if self._marked:
            found += self._marked.scores(padded, catalogue.role, patterns)[which]
        if self._cues and facts.cues:
            marked, unmarked = self._cues.scores(
                padded, facts.cues, catalogue.role, patterns, alone=alone
            )
            found += marked[which, catalogue.ends[hits.term].astype(np.int64)]
        if self._overlap and facts.said is not None:
            phrases = self._phrases.get(catalogue)
            if phrases is None:
                phrases = self._phrases[catalogue] = Phrases(catalogue, self._overlap.block)
            found += self._overlap.scores(facts.said, catalogue, phrases, hits)
        return found, unmarked
