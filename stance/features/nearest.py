"""Which of a term's phrases are nearest to a statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stance.features.lexicon import Analysed, analyse
from stance.features.overlap import NAME_WEIGHT

__all__ = ["nearest_phrases"]


def nearest_phrases(
    statement: Analysed, phrases: Sequence[str], names: frozenset[str], count: int
) -> list[str]:
    """The phrases of which the statement takes up the largest share; of equals, the first.

    Parameters
    ----------
    statement : Analysed
    phrases : sequence of str
        A term's aliases, or its opposites.
    names : frozenset of str
        The stems that are proper names, which say little of which clause is meant
        (:attr:`stance.features.lexicon.Lexicon.names`).
    count : int
        How many phrases are wanted.

    Examples
    --------
    >>> from stance.features.lexicon import analyse
    >>> said = analyse("We will not leave before they lift the sanctions")
    >>> aliases = ["relief", "an end to sanctions", "lifting sanctions"]
    >>> nearest_phrases(said, aliases, names=frozenset(), count=2)
    ['lifting sanctions', 'an end to sanctions']
    """

    def weight(words: Iterable[str]) -> float:
        return sum(NAME_WEIGHT if word in names else 1.0 for word in words)

    def coverage(phrase: str) -> float:
        words = analyse(phrase).vocabulary
        # A phrase that is but a name is never covered whole.
        return weight(words & statement.vocabulary) / max(weight(words), 1.0)

    return sorted(phrases, key=coverage, reverse=True)[:count]
