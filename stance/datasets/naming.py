"""Ids for the statements and terms of a table that gives them none."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from stance.records import Term
from stance.terms import TermCatalogue

__all__ = ["apart", "id_of"]

_DIGITS = 6


def id_of(text: str) -> str:
    """A name for what has none, the same wherever it stands."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def apart(terms: Iterable[Term | None], catalogue: TermCatalogue) -> list[Term | None]:
    """Give an id of its own to each clause of a table whose name makes the id of another.

    Names that differ in capitals, white space and a full stop at the end are one clause. The ids
    depend on what names there are, not on their order; terms of the catalogue keep theirs.

    Examples
    --------
    >>> names = ["Tariffs are < 10 %", "Tariffs are > 10 %", "tariffs are  < 10 %."]
    >>> [term.id for term in apart(map(Term, names), TermCatalogue([]))]
    ['tariffs_are_10_26b666', 'tariffs_are_10_d54777', 'tariffs_are_10_26b666']
    """
    found = list(terms)
    clauses: dict[str, set[str]] = defaultdict(set)
    for term in filter(None, found):
        clauses[term.id].add(_clause(term))
    return [
        term
        if term is None or len(clauses[term.id]) == 1 or catalogue.get(term.id) is term
        else replace(term, id=f"{term.id}_{id_of(_clause(term))[:_DIGITS]}")
        for term in found
    ]


def _clause(term: Term) -> str:
    return " ".join(term.name.split()).casefold().rstrip(" .")
