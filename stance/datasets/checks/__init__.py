"""Checks of a dataset: what is broken in it, and what a model could cheat with.

``python -m stance.datasets check PATH`` runs them all and prints the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from stance.datasets.checks import associations, identity, leakage, makeup
from stance.datasets.checks.results import Finding, Measure, Report
from stance.datasets.source import Source

__all__ = ["CHECKS", "Finding", "Measure", "Report", "check"]

Check = Callable[[Source], Iterable[Finding | Measure]]


def _schema(source: Source) -> Iterable[Finding]:
    return [Finding(fault.check, "fault", fault.message) for fault in source.faults]


CHECKS: Mapping[str, tuple[Check, ...]] = {
    "schema": (_schema,),
    "ids": (identity.ids,),
    "texts": (identity.same_texts, identity.similar_texts, identity.twins),
    "contradictions": (identity.contradictions,),
    "leakage": (leakage.shared_texts, leakage.held_out),
    "grid": (leakage.grid,),
    "labels": (makeup.label_shares,),
    "neighbours": (makeup.neighbours,),
    "phrases": (makeup.phrases,),
    "repetition": (makeup.repetition,),
    "cues": (associations.cues,),
    "length": (associations.length,),
    "sides": (associations.sides,),
}
"""All checks by name; unknown terms and label typos are found by ``schema``."""


def check(source: Source) -> Report:
    """Run all checks on a dataset.

    Parameters
    ----------
    source : Source
        From :func:`stance.datasets.source.read_source`.

    Returns
    -------
    Report

    Examples
    --------
    >>> from pathlib import Path
    >>> from stance.datasets.source import Source, SourcePair, SourceStatement
    >>> from stance.records import Term
    >>> pairs = (SourcePair("truce", "favor"), SourcePair("truce", "against"))
    >>> said = SourceStatement("line 1", "s1", "We accept the truce.", pairs=pairs)
    >>> terms = {"truce": Term("A truce takes effect", id="truce")}
    >>> report = check(Source(Path("mine"), (), (said,), terms, (), is_folder=True))
    >>> print(report.faults[0].message)
    line 1: statement 's1' has 2 pairs with the term 'truce'
    """
    results = [result for checks in CHECKS.values() for run in checks for result in run(source)]
    measures = tuple(item for item in results if isinstance(item, Measure))
    findings = [item if isinstance(item, Finding) else item.finding() for item in results]
    found = sorted(filter(None, findings), key=lambda item: item.severity)
    return Report(str(source.path), makeup.counts(source), measures, tuple(found))
