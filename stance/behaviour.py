"""Written cases by capability: what a model can read and what it cannot, beside how it scores.

A case is one statement toward one term, or two of which the second differs from the first in what
the case is about, with the labels that a reader gives. They lie in ``tests/behaviour``.

References
----------
Ribeiro, Wu, Guestrin, Singh: Beyond Accuracy: Behavioral Testing of NLP Models with CheckList.
ACL 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from scipy.stats import binomtest

from stance.datasets.jsonl import fault_message, json_lines
from stance.datasets.pairs import pair_row
from stance.errors import DataError, UnknownNameError, nearest
from stance.labels import LABELS, UNRELATED, Label
from stance.records import Statement, Term
from stance.resources import shipped
from stance.terms import TermCatalogue

__all__ = ["CAPABILITIES", "EXPECTATIONS", "Behaviour", "Case", "load_cases", "measure"]

Capability = Literal[
    "minimum_function",
    "negation",
    "condition",
    "reported_speech",
    "swapped_holder",
    "swapped_term",
    "paraphrase",
    "invariance",
]
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)
"""What cases are about, in the order of every table."""

Expectation = Literal["label", "same", "direction"]
EXPECTATIONS: tuple[Expectation, ...] = get_args(Expectation)
"""When a case passes: each pair gets its ``label``; both get the ``same`` label, whichever; or from
the first to the second the label moves in the ``direction`` in which the written labels move."""

_HEIGHT: dict[str, int] = {"against": 0, "neutral": 1, UNRELATED: 1, "conditional": 2, "favor": 3}

Filled = Annotated[str, StringConstraints(min_length=1)]


@dataclass(frozen=True)
class Case:
    """One case: what it is about, when it passes, and its one or two pairs."""

    id: str
    capability: Capability
    expect: Expectation
    pairs: tuple[tuple[Statement, Term, Label], ...]

    def passes(self, predicted: tuple[str, ...]) -> bool:
        """Whether the labels that a model gives to the pairs are as expected.

        Examples
        --------
        >>> pair = (Statement("We sign."), Term("A truce is signed"))
        >>> case = Case("one", "negation", "direction", ((*pair, "favor"), (*pair, "against")))
        >>> case.passes(("conditional", "neutral")), case.passes(("against", "against"))
        (True, False)
        """
        written = tuple(label for _, _, label in self.pairs)
        if self.expect == "label":
            return predicted == written
        if self.expect == "same":
            return len(set(predicted)) == 1
        return _move(predicted) == _move(written)


def _move(labels: tuple[str, ...]) -> int:
    """1 where the second label is nearer to favor than the first, -1 where it is further."""
    return int(np.sign(_HEIGHT[labels[-1]] - _HEIGHT[labels[0]]))


class _Entry(BaseModel):
    """One line of ``cases.jsonl``; ``then`` holds what is other in the second pair."""

    model_config = ConfigDict(extra="forbid")

    id: Filled
    capability: Capability
    expect: Expectation
    text: Filled
    holder: Filled
    side: Filled
    term: Filled
    label: Label
    then: _Then | None = None


class _Then(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Filled | None = None
    holder: Filled | None = None
    side: Filled | None = None
    term: Filled | None = None
    label: Label


def load_cases(folder: Path | None = None) -> list[Case]:
    """Read ``cases.jsonl`` and the terms beside it; terms of the settlement dataset are known too.

    Parameters
    ----------
    folder : pathlib.Path, optional
        By default the cases that ship with the package.

    Raises
    ------
    DataError
        If a line is not a case; the message gives file, line, field and the nearest valid value.

    Examples
    --------
    >>> len(load_cases()) >= 400
    True
    """
    folder = folder or shipped("tests/behaviour")
    own = TermCatalogue.from_yaml(folder / "terms.yaml")
    terms = TermCatalogue([*TermCatalogue.default().values(), *own.values()])
    cases: dict[str, Case] = {}
    for where, row in json_lines(folder / "cases.jsonl"):
        case = _case(row, terms, where)
        if case.id in cases:
            raise DataError(f"{where}: field id: {case.id!r} is the id of an earlier line too")
        cases[case.id] = case
    return list(cases.values())


def _case(row: dict[str, Any], terms: TermCatalogue, where: str) -> Case:
    try:
        entry = _Entry.model_validate(row)
    except ValidationError as error:
        raise DataError(f"{where}: {_message(error.errors()[0])}") from error
    first = entry.model_dump(include={"text", "holder", "side", "term", "label"})
    rows = [first]
    if entry.then is not None:
        rows.append({**first, **entry.then.model_dump(exclude_none=True)})
    if entry.expect != "label" and len(rows) == 1:
        raise DataError(f"{where}: {entry.expect!r} takes two pairs; the field then is missing")
    try:
        pairs = tuple(
            (Statement(row["text"], row["holder"], row["side"]), terms[row["term"]], row["label"])
            for row in rows
        )
    except UnknownNameError as error:
        raise DataError(f"{where}: field term: {error}") from error
    _check_labels(entry, [row["label"] for row in rows], where)
    return Case(entry.id, entry.capability, entry.expect, pairs)


def _check_labels(entry: _Entry, labels: list[str], where: str) -> None:
    moves = _HEIGHT[labels[0]] != _HEIGHT[labels[-1]] and UNRELATED not in labels
    if entry.expect == "same" and len(set(labels)) > 1:
        raise DataError(f"{where}: 'same' takes one label for both pairs, got {labels}")
    if entry.expect == "direction" and not moves:
        raise DataError(f"{where}: 'direction' takes two labels that differ in stance: {labels}")


def _message(fault: Any) -> str:
    field, given = ".".join(map(str, fault["loc"])), fault["input"]
    if fault["type"] == "literal_error":
        known = {"capability": CAPABILITIES, "expect": EXPECTATIONS}.get(field, LABELS)
        return f"field {field}: unknown {given!r}; {nearest(str(given), known)}"
    model = _Then if field.startswith("then.") else _Entry
    return fault_message(fault, field, model.model_fields)


@dataclass(frozen=True)
class Behaviour:
    """What a model does on the cases.

    Attributes
    ----------
    pairs : pandas.DataFrame
        A row for each pair: ``case``, ``capability``, ``expect``, ``text``, ``holder``, ``term``,
        ``label``, ``predicted``, and whether its case ``passed``.
    """

    pairs: pd.DataFrame

    def rates(self) -> pd.DataFrame:
        """Share of the cases that pass by capability, and of all.

        Returns
        -------
        pandas.DataFrame
            ``capability``, ``cases``, ``passed``, ``rate`` with its 95 % interval from ``low`` to
            ``high`` (Wilson's), and ``accuracy``, the share of pairs that get their written label.
        """
        of = self.pairs["capability"]
        rows = [_rate(name, self.pairs[of == name]) for name in CAPABILITIES if (of == name).any()]
        return pd.DataFrame([*rows, _rate("all", self.pairs)])

    def metrics(self) -> dict[str, float]:
        """Pass rates as flat numbers, ``behaviour/negation`` and so on, for a tracker."""
        rates = self.rates().set_index("capability")["rate"]
        return {f"behaviour/{name}": float(rate) for name, rate in rates.items()}


def _rate(name: str, pairs: pd.DataFrame) -> dict[str, Any]:
    passes = pairs.groupby("case")["passed"].first()
    interval = binomtest(int(passes.sum()), len(passes)).proportion_ci(0.95, method="wilson")
    return {
        "capability": name,
        "cases": len(passes),
        "passed": int(passes.sum()),
        "rate": float(passes.mean()),
        "low": float(interval.low),
        "high": float(interval.high),
        "accuracy": float((pairs["label"] == pairs["predicted"]).mean()),
    }


def measure(model: Any, cases: list[Case]) -> Behaviour:
    """Let a model label the pairs of the cases, and see which cases pass.

    Parameters
    ----------
    model : fitted classifier over a DataFrame of pairs
    cases : list of Case
        From :func:`load_cases`.

    Raises
    ------
    DataError
        If there are no cases.

    Examples
    --------
    >>> class Yes:
    ...     def predict(self, pairs):
    ...         return ["favor"] * len(pairs)
    >>> rates = measure(Yes(), load_cases()).rates().set_index("capability")["rate"]
    >>> float(rates["invariance"]), float(rates["minimum_function"])
    (1.0, 0.2)
    """
    if not cases:
        raise DataError("there are no cases to measure behaviour on")
    rows = [(case, *pair) for case in cases for pair in case.pairs]
    frame = pd.DataFrame([pair_row(said, term, label) for _, said, term, label in rows])
    for name in ("term_aliases", "term_opposites"):
        frame[name] = frame[name].map(tuple)
    frame["predicted"] = [str(label) for label in model.predict(frame)]
    frame["case"] = [case.id for case, *_ in rows]
    frame["capability"] = [case.capability for case, *_ in rows]
    frame["expect"] = [case.expect for case, *_ in rows]
    by_case = frame.groupby("case", sort=False)["predicted"].agg(tuple)
    passed = {case.id: case.passes(by_case[case.id]) for case in cases}
    frame["passed"] = frame["case"].map(passed)
    columns = ["case", "capability", "expect", "text", "holder", "term", "label", "predicted"]
    return Behaviour(frame[[*columns, "passed"]])
