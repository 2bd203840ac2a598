"""Bags of n-grams: of the statement, around the term's words in it, and of its holder."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.validation import check_is_fitted

from stance.features.analysis import tokens
from stance.features.lexicon import Analysed, Lexicon, analyse, lexicon
from stance.features.pairs import check_pairs

__all__ = [
    "HolderWords",
    "MarkedNgrams",
    "NgramBlock",
    "PairNgrams",
    "StatementNgrams",
    "marked_ngrams",
]


class NgramBlock(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """TF-IDF over the n-grams that a subclass makes of each pair.

    The vocabulary is kept as one sorted array, so that a model folder holds arrays only.

    Parameters
    ----------
    min_df : int, default 2
        N-grams of fewer pairs are left out.

    Attributes
    ----------
    vocabulary_ : ndarray of str, shape (n_features,)
    idf_ : ndarray of float, shape (n_features,)
    """

    def __init__(self, min_df: int = 2) -> None:
        self.min_df = min_df

    @abstractmethod
    def documents(self, pairs: pd.DataFrame) -> Iterator[Sequence[str]]:
        """Yield the n-grams of each row."""

    def fit(self, pairs: pd.DataFrame, y: object = None) -> Self:
        """Learn the n-grams that occur, and how rare they are."""
        documents = list(self.documents(check_pairs(pairs)))
        # Counted over distinct documents: a statement paired with ten terms is not ten texts.
        distinct = list(dict.fromkeys(map(tuple, documents)))
        least = min(self.min_df, max(1, len(distinct) // 2))
        vectorizer = self._vectorizer(min_df=least)
        try:
            vectorizer.fit(distinct)
        except ValueError:
            if _any_occurs(distinct, least):
                raise
            # No n-gram is left, such as in a dataset without holders.
            vectorizer = self._vectorizer(min_df=1).fit([("",)])
        self.vocabulary_ = vectorizer.get_feature_names_out().astype(str)
        self.idf_ = np.asarray(vectorizer.idf_, dtype=np.float32)
        return self

    def transform(self, pairs: pd.DataFrame) -> sparse.csr_matrix:
        """Weigh each row's n-grams; rows have unit length."""
        check_is_fitted(self)
        return self.transform_documents(self.documents(check_pairs(pairs)))

    def transform_documents(self, documents: Iterable[Sequence[str]]) -> sparse.csr_matrix:
        """Weigh n-grams that were already made."""
        made = list(documents)
        if not made:  # scikit-learn refuses an empty batch
            return sparse.csr_matrix((0, len(self.vocabulary_)), dtype=np.float32)
        return self._fitted().transform(made)

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Names of the columns: the n-grams."""
        check_is_fitted(self)
        return np.asarray(self.vocabulary_, dtype=object)

    def _fitted(self) -> TfidfVectorizer:
        cached = self.__dict__.get("_vectorizer_cache")
        if cached is None or cached[0] is not self.vocabulary_:
            # A dict, as scikit-learn hashes it: a list would be copied at each call.
            index = {str(gram): number for number, gram in enumerate(self.vocabulary_)}
            vectorizer = self._vectorizer(vocabulary=index)
            vectorizer.idf_ = self.idf_
            cached = (self.vocabulary_, vectorizer)
            self._vectorizer_cache = cached
        return cached[1]

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {key: value for key, value in state.items() if key != "_vectorizer_cache"}

    @staticmethod
    def _vectorizer(**options: Any) -> TfidfVectorizer:
        return TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32, **options)


def _any_occurs(documents: Iterable[Sequence[str]], least: int) -> bool:
    counts = Counter(gram for document in documents for gram in set(document))
    return max(counts.values(), default=0) >= least


class StatementNgrams(NgramBlock):
    """N-grams of the statement's stems, whatever the term.

    Parameters
    ----------
    max_n : int, default 2
        Longest n-gram.
    min_df : int, default 2

    Examples
    --------
    >>> import pandas as pd
    >>> from stance.features import StatementNgrams
    >>> pairs = pd.DataFrame({"text": ["We sign", "We wait"], "holder": "", "side": "",
    ...     "term_name": "A treaty is signed", "term_description": "",
    ...     "term_aliases": [(), ()], "term_opposites": [(), ()]})
    >>> StatementNgrams(min_df=1).fit_transform(pairs).shape
    (2, 5)
    """

    def __init__(self, max_n: int = 2, min_df: int = 2) -> None:
        super().__init__(min_df)
        self.max_n = max_n

    def documents(self, pairs: pd.DataFrame) -> Iterator[Sequence[str]]:
        """Yield the n-grams of each row."""
        return (self.of_statement(analyse(text)) for text in pairs["text"])

    def of_statement(self, statement: Analysed) -> list[str]:
        """N-grams of one analysed statement."""
        stems = statement.stems
        return [
            " ".join(stems[start : start + n])
            for n in range(1, self.max_n + 1)
            for start in range(len(stems) - n + 1)
        ]


class PairNgrams(NgramBlock):
    """N-grams that depend on statement and term together."""

    @abstractmethod
    def of_pair(self, statement: Analysed, term: Lexicon) -> list[str]:
        """N-grams of one pair."""

    def documents(self, pairs: pd.DataFrame) -> Iterator[Sequence[str]]:
        """Yield the n-grams of each row."""
        columns = zip(
            pairs["text"],
            pairs["term_name"],
            pairs["term_description"],
            map(tuple, pairs["term_aliases"]),
            map(tuple, pairs["term_opposites"]),
            strict=True,
        )
        for text, *phrases in columns:
            yield self.of_pair(analyse(text), lexicon(*phrases))


class MarkedNgrams(PairNgrams):
    """N-grams around the term's words, with those words replaced by what they are to it.

    "We reject the withdrawal" becomes "we reject the ‹P›" for a term with the alias
    "withdrawal" and "we reject the ‹C›" for one with that opposite: what was learnt of
    one term then holds for another. The term's proper names become ‹N›, which is no mark:
    all clauses of a conflict share them, and real statements are full of them.

    Parameters
    ----------
    window : int, default 5
        How far from a mark words are paired with it.
    min_df : int, default 2

    References
    ----------
    Delexicalisation: Zeman, Resnik: Cross-Language Parser Adaptation between Related
    Languages. IJCNLP 2008 workshop.
    """

    def __init__(self, window: int = 5, min_df: int = 2) -> None:
        super().__init__(min_df)
        self.window = window

    def of_pair(self, statement: Analysed, term: Lexicon) -> list[str]:
        """N-grams of one pair."""
        return marked_ngrams(statement, term, self.window)


def marked_ngrams(statement: Analysed, term: Lexicon, window: int) -> list[str]:
    """N-grams of one pair that hold at least one mark; a name for "no mark" where none does.

    Examples
    --------
    >>> pair = analyse("we reject the withdrawal"), lexicon("Withdrawal", "", (), ())
    >>> marked_ngrams(*pair, window=1)
    ['‹P›', 'the < ‹P›', 'the ‹P›', 'reject the ‹P›']
    """
    sequence = _marked(statement, term)
    marks = [index for index, item in enumerate(sequence) if item in _MARKS]
    if not marks:
        return ["‹none›"]
    grams: list[str] = []
    for index in marks:
        mark = sequence[index]
        grams.append(mark)
        before = sequence[max(0, index - window) : index]
        after = sequence[index + 1 : index + 1 + window]
        grams += [f"{word} < {mark}" for word in reversed(before)]
        grams += [f"{mark} < {word}" for word in after]
        for n in (2, 3):
            starts = range(max(0, index - n + 1), min(index, len(sequence) - n) + 1)
            grams += [" ".join(sequence[start : start + n]) for start in starts]
    return grams


_MARKS = {f"‹{role}›" for role in "PCBD"}
"""Not ‹N›: a proper name says what conflict is spoken of, and not which clause."""


def _marked(statement: Analysed, term: Lexicon) -> list[str]:
    sequence: list[str] = []
    for root, content in zip(statement.stems, statement.content, strict=True):
        role = term.role.get(content) if content is not None else None
        item = f"‹{role}›" if role else root
        if not (role and sequence and sequence[-1] == item):
            sequence.append(item)
    return sequence


class HolderWords(NgramBlock):
    """Words of the holder's description and of the side.

    Parameters
    ----------
    min_df : int, default 2
    """

    def documents(self, pairs: pd.DataFrame) -> Iterator[Sequence[str]]:
        """Yield the words of each row's holder and side."""
        for holder, side in zip(pairs["holder"], pairs["side"], strict=True):
            yield self.of_holder(holder, side)

    @staticmethod
    def of_holder(holder: str, side: str) -> list[str]:
        """Words of one holder and side."""
        return [*tokens(holder), *(f"side:{word}" for word in tokens(side.replace("_", " ")))]
