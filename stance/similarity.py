"""Which texts are nearly the same: Jaccard similarity of their character 5-grams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from stance.text import normalise

__all__ = ["NEAR_DUPLICATE", "near_duplicates"]

NEAR_DUPLICATE = 0.6
"""Above this Jaccard similarity two texts count as one."""


_SHARED = 8
"""How many rare members two candidates share; more cost a longer search for fewer candidates."""


def near_duplicates(
    texts: Sequence[str], threshold: float = NEAR_DUPLICATE
) -> list[tuple[int, int, float]]:
    """Find all pairs of texts whose character 5-grams overlap above a threshold.

    Exact, yet without comparing all pairs: of two sets with a Jaccard similarity of at
    least t, the rarest ``n - ceil(t n) + l`` members of each share l (prefix filtering).

    Parameters
    ----------
    texts : sequence of str
    threshold : float, default 0.6
        Between 0 and 1.

    Returns
    -------
    list of (int, int, float)
        Positions ``i < j`` and the similarity, above ``threshold``.

    References
    ----------
    Chaudhuri, Ganti, Kaushik: A Primitive Operator for Similarity Joins in Data
    Cleaning. ICDE 2006. More than one shared member: Wang, Li, Feng: Can We Beat the Prefix
    Filtering? An Adaptive Framework for Similarity Join and Search. SIGMOD 2012.

    Examples
    --------
    >>> near_duplicates(["We will sign the treaty now.", "we will sign the treaty now!", "No."])
    [(0, 1, 0.92)]
    """
    grams = _grams(texts)
    if grams.shape[1] == 0:
        return []
    rows, columns = _candidates(grams, threshold)
    sizes = np.diff(grams.indptr)
    found = []
    for start in range(0, len(rows), 100_000):
        left, right = rows[start : start + 100_000], columns[start : start + 100_000]
        shared = np.asarray(grams[left].multiply(grams[right]).sum(axis=1)).ravel()
        jaccard = shared / (sizes[left] + sizes[right] - shared)
        found += [
            (int(i), int(j), round(float(value), 3))
            for i, j, value in zip(left, right, jaccard, strict=True)
            if value > threshold
        ]
    return sorted(found)


def _grams(texts: Sequence[str]) -> sparse.csr_array:
    """Binary matrix of the texts' 5-grams, columns sorted from the rarest to the commonest."""
    from sklearn.feature_extraction.text import CountVectorizer

    cleaned = [normalise(text).casefold() for text in texts]
    if not any(len(text) >= 5 for text in cleaned):
        return sparse.csr_array((len(texts), 0))
    vectorizer = CountVectorizer(analyzer="char", ngram_range=(5, 5), binary=True, lowercase=False)
    counts = sparse.csr_array(vectorizer.fit_transform(cleaned))
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    rank = np.empty_like(frequency)
    rank[np.argsort(frequency, kind="stable")] = np.arange(len(frequency))
    ranked = sparse.csr_array((counts.data, rank[counts.indices], counts.indptr), counts.shape)
    ranked.sort_indices()
    return ranked


def _candidates(grams: sparse.csr_array, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    sizes = np.diff(grams.indptr)
    least = np.ceil(threshold * sizes).astype(int)  # what a text shares with any that is near it
    prefix = sizes - least + _SHARED
    position = np.arange(grams.nnz) - np.repeat(grams.indptr[:-1], sizes)
    kept = position < np.repeat(prefix, sizes)
    row_of = np.repeat(np.arange(grams.shape[0]), sizes)
    prefixes = sparse.csr_array(
        (np.ones(int(kept.sum()), np.int32), (row_of[kept], grams.indices[kept])), grams.shape
    )
    meeting = sparse.coo_array(sparse.triu(prefixes @ prefixes.T, k=1))
    rows, columns = meeting.coords
    near = meeting.data >= np.minimum(_SHARED, np.maximum(least[rows], least[columns]))
    near &= np.maximum(least[rows], least[columns]) <= np.minimum(sizes[rows], sizes[columns])
    return rows[near], columns[near]
