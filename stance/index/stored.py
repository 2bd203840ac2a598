"""The arrays of an index as what the scores of pairs are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.scoring import Facts
from stance.scoring.catalogue import Catalogue, Hits
from stance.scoring.cues import Cues
from stance.scoring.ragged import begins, starts_of
from stance.scoring.reading import Padded, WordTable

__all__ = ["Stored", "Touched"]

_PLACES = 3_000
"""How many words of terms are treated at once: what the processor's cache holds."""


class Touched(NamedTuple):
    """A stretch of statements in which words of terms stand.

    Attributes
    ----------
    rows : slice
        Among the statements of the index.
    texts : Padded
    facts : Facts
    hits : Hits
        Where the words stand, in these texts.
    """

    rows: slice
    texts: Padded
    facts: Facts
    hits: Hits


class Stored:
    """What an index holds of its statements, any stretch of them without a copy.

    Parameters
    ----------
    arrays : mapping of str to ndarray
    gap : int
        How many empty places stand between statements.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], gap: int) -> None:
        self._arrays, self._gap = arrays, gap
        self._lengths = np.asarray(arrays["lengths"], dtype=np.int64)
        self._starts = starts_of(self._lengths + gap) + gap
        self._cues = None
        if "cue_counts" in arrays:
            counts = arrays["cue_counts"]
            self._cues = np.append(starts_of(counts), counts.sum(dtype=np.int64))

    def __len__(self) -> int:
        return len(self._lengths)

    def stretch(self, rows: slice) -> tuple[Padded, Facts]:
        """Statements from ``rows.start`` to before ``rows.stop``, of which there is one."""
        starts, lengths = self._starts[rows], self._lengths[rows]
        first = int(starts[0]) - self._gap
        places = slice(first, int(starts[-1] + lengths[-1]) + self._gap)
        texts = Padded(self._gap, self._arrays["number"][places], starts - first, lengths)
        said = self._arrays["said"][rows] if "said" in self._arrays else None
        return texts, Facts(self._of_cues(rows, places), said)

    def _of_cues(self, rows: slice, places: slice) -> Cues | None:
        if self._cues is None:
            return None
        symbols = slice(self._cues[rows.start], self._cues[rows.stop])
        return Cues(
            self._arrays["cue_symbol"][symbols],
            self._arrays["cue_offset"][symbols],
            self._arrays["cue_counts"][rows],
            self._arrays["cue_back"][places],
        )

    def touched(
        self, table: WordTable, catalogue: Catalogue, step: int
    ) -> Iterator[tuple[slice, Iterator[Touched]]]:
        """Look for the words of a catalogue, ``step`` statements at a time.

        Yields
        ------
        rows : slice
        stretches : iterator of Touched
            All of ``rows`` in which there are such words.
        """
        starts, postings = self._arrays["posting_starts"], self._arrays["postings"]
        entries = catalogue.rows(table)
        words = np.flatnonzero(entries)
        places = [postings[starts[word] : starts[word + 1]] for word in words.tolist()]
        begin = range(0, len(self), step)
        bounds = np.append(self._starts[begin], len(self._arrays["number"]))
        # The type is named for when the index holds none of the words: an empty list is floats.
        cuts = np.array([each.searchsorted(bounds) for each in places], dtype=np.int64)
        cuts = cuts.reshape(-1, len(bounds))
        for number, first in enumerate(begin):
            ends = cuts[:, number : number + 2]
            found = [each[a:b] for each, (a, b) in zip(places, ends.tolist(), strict=True)]
            place = np.concatenate([*found, np.zeros(0, dtype=np.int64)])
            entry = entries[words].repeat(ends[:, 1] - ends[:, 0])
            order = place.argsort(kind="stable")  # faster, as those of each word rise
            rows = slice(first, min(first + step, len(self)))
            yield rows, self._stretches(place[order], entry[order], catalogue)

    def _stretches(
        self, place: NDArray[np.int64], entry: NDArray[np.int64], catalogue: Catalogue
    ) -> Iterator[Touched]:
        """Divide places, which rise, between statements."""
        text = self._starts.searchsorted(place, side="right") - 1
        first = begins(text)
        cuts = [*first[begins(first // _PLACES)].tolist(), len(place)]
        for a, b in pairwise(cuts):
            rows = slice(int(text[a]), int(text[b - 1]) + 1)
            texts, facts = self.stretch(rows)
            near = place[a:b] - (self._starts[rows.start] - texts.starts[0])
            yield Touched(rows, texts, facts, Hits.at(texts, near, entry[a:b], catalogue))
