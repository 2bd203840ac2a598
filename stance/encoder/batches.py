"""Put sequences of like length together, so that little is computed on padding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.encoder.tokens import Tokens

__all__ = ["Batch", "bucketed", "padded"]

_POOL = 50
"""Batches that are sorted by length together: more saves padding, fewer mixes better."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences side by side.

    Attributes
    ----------
    ids, segments, mask : ndarray of int64, shape (n_sequences, n_tokens)
    """

    ids: NDArray[np.int64]
    segments: NDArray[np.int64]
    mask: NDArray[np.int64]


def padded(sequences: Sequence[Tokens], pad: int) -> Batch:
    """Fill sequences up to the longest.

    Examples
    --------
    >>> padded([([5, 6], [0, 1]), ([7], [0])], pad=0).mask.tolist()
    [[1, 1], [1, 0]]
    """
    shape = len(sequences), max(len(ids) for ids, _ in sequences)
    batch = Batch(np.full(shape, pad), np.zeros(shape, int), np.zeros(shape, int))
    for row, (ids, segments) in enumerate(sequences):
        batch.ids[row, : len(ids)] = ids
        batch.segments[row, : len(ids)] = segments
        batch.mask[row, : len(ids)] = 1
    return batch


def bucketed(
    lengths: Sequence[int], size: int, generator: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Divide positions into batches of like length, in random order.

    Parameters
    ----------
    lengths : sequence of int
        Of each sequence.
    size : int
        Of a batch; the last may be smaller.
    generator : numpy.random.Generator

    Returns
    -------
    list of ndarray of int
        Each position once.

    Examples
    --------
    >>> [len(part) for part in bucketed([3, 9, 4, 8, 5], 2, np.random.default_rng(0))]
    [1, 2, 2]
    """
    known = np.asarray(lengths)
    order = generator.permutation(len(known))
    batches = []
    for start in range(0, len(order), size * _POOL):
        pool = order[start : start + size * _POOL]
        pool = pool[np.argsort(known[pool], kind="stable")]
        batches += [pool[first : first + size] for first in range(0, len(pool), size)]
    return [batches[index] for index in generator.permutation(len(batches))]
