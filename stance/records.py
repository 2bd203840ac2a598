"""The three records that everything else speaks of: statement, term, prediction."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from stance.errors import DataError, shown
from stance.evidence import Evidence, print_lines
from stance.labels import LABELS, Label

__all__ = ["REASONS", "Prediction", "Reason", "Statement", "Term"]

Reason = Literal[
    "empty", "too_long", "bidi_override", "unsupported_script", "no_known_words", "low_confidence"
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a prediction may be withheld; the first that applies is given.

``no_known_words``: the model has learnt none of the words and the term has none of them, or
the model knows less than half of a text of six words or more, as in another language."""


def _text(value: object, what: str, *, required: bool = False) -> str:
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise DataError(f"{what}: expected text, got {shown(value)}")
    if required and not value.strip():
        raise DataError(f"{what}: expected text, got an empty string")
    return value


def _phrases(value: object, what: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise DataError(f"{what}: expected a list of phrases, got {shown(value)}")
    return tuple(_text(item, f"{what}[{index}]", required=True) for index, item in enumerate(value))


@dataclass(frozen=True, slots=True)
class Statement:
    """What one holder said, or is reported to have said.

    Parameters
    ----------
    text : str
        One to four sentences. May be empty: predictions then abstain.
    holder : str, optional
        Who holds the position: a person, office, government or movement.
    side : str, optional
        The party that the holder speaks for.
    id : str, optional
        A name of the statement, for joining results.
    date : datetime.date, optional
        When it was said.
    lang : str, default "en"
        Language code of the text.

    Raises
    ------
    DataError
        If a field is not text.

    Examples
    --------
    >>> Statement("No withdrawal before a treaty.", holder="chief negotiator").holder
    'chief negotiator'
    """

    text: str
    holder: str = ""
    side: str = ""
    id: str = ""
    date: dt.date | None = None
    lang: str = "en"

    def __post_init__(self) -> None:
        for name in ("text", "holder", "side", "id", "lang"):
            value = getattr(self, name)
            if type(value) is not str:  # archives hold millions that need no more
                object.__setattr__(self, name, _text(value, f"Statement.{name}"))


@dataclass(frozen=True, slots=True)
class Term:
    """One clause that a settlement could contain, as an action that would happen.

    Parameters
    ----------
    name : str
        The clause in the present tense: "Foreign troops leave the valley".
    description : str, optional
        One sentence that says what the clause contains.
    aliases : sequence of str, optional
        How people speak of it being done.
    opposites : sequence of str, optional
        How people speak of its contrary, or of the state that it ends.
    id : str, optional
        A short name; made from ``name`` where it is not given.
    conflict : str, optional
        The conflict or dispute that it belongs to.

    Raises
    ------
    DataError
        If the name is empty, or a field has the wrong type.

    Examples
    --------
    >>> Term("Foreign troops leave the valley", aliases=["withdrawal"]).id
    'foreign_troops_leave_the_valley'
    """

    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()
    opposites: tuple[str, ...] = ()
    id: str = ""
    conflict: str = ""

    def __post_init__(self) -> None:
        _text(self.name, "Term.name", required=True)
        for name in ("description", "id", "conflict"):
            object.__setattr__(self, name, _text(getattr(self, name), f"Term.{name}"))
        for name in ("aliases", "opposites"):
            object.__setattr__(self, name, _phrases(getattr(self, name), f"Term.{name}"))
        if not self.id:
            slug = re.sub(r"\W+", "_", self.name.lower()).strip("_")
            object.__setattr__(self, "id", slug or "term")


@dataclass(frozen=True, slots=True)
class Prediction:
    """Where a holder stands on a term, by one model, with what there is to doubt.

    Attributes
    ----------
    label : str or None
        One of :data:`stance.labels.LABELS`; the best guess when ``reason`` is
        ``"low_confidence"``, and None when the text could not be judged at all.
    confidence : float
        Calibrated probability of ``label``, from 0 to 1; NaN when ``label`` is None.
    probabilities : mapping of str to float
        Calibrated probability of each label; they sum to 1, or are NaN when ``label`` is None.
    statement : Statement
    term : Term
    abstained : bool
        True when the prediction should not be counted on.
    reason : str or None
        Why it abstained: one of :data:`REASONS`.
    label_set : tuple of str, or None
        The labels that hold the true one at the level asked for, if one was.
    explainer : callable, or None
        What ``evidence`` is computed by; left behind when a prediction is pickled.

    Examples
    --------
    >>> from stance import predict
    >>> prediction = predict("", "Foreign troops leave the valley")
    >>> prediction.label, prediction.abstained, prediction.reason
    (None, True, 'empty')
    """

    label: Label | None
    confidence: float
    probabilities: Mapping[str, float] = field(repr=False)
    statement: Statement = field(repr=False)
    term: Term = field(repr=False)
    abstained: bool = False
    reason: Reason | None = None
    label_set: tuple[Label, ...] | None = field(default=None, repr=False)
    explainer: Callable[[Prediction], Evidence] | None = field(
        default=None, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if self.label is not None and self.label not in LABELS:
            raise DataError(f"Prediction.label: expected one of {LABELS}, got {self.label!r}")

    def __str__(self) -> str:
        if self.label is None:
            return f"no label ({self.reason})"
        doubt = f", not sure: {self.reason}" if self.abstained else ""
        return f"{self.label} ({self.confidence:.2f}{doubt})"

    def __reduce__(self) -> tuple[Any, ...]:
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return Prediction, tuple(values[name] for name in values if name != "explainer")

    @property
    def evidence(self) -> Evidence:
        """The parts of the statement that carried the label, computed when asked for.

        Raises
        ------
        DataError
            If there is no label to explain, or the prediction was pickled.
        """
        if self.label is None:
            raise DataError(f"there is no evidence for a label that was not given: {self.reason}")
        if self.explainer is None:
            raise DataError("this prediction came without its model; predict again for evidence")
        return self.explainer(self)

    def explain(self) -> None:
        """Print the label and its evidence; in colour where the terminal has it."""
        print_lines([self._title(), *(() if self.label is None else self.evidence.lines())])

    def _title(self) -> str:
        return f"{self} · {self.term.name}"

    def _repr_html_(self) -> str:
        shown = "" if self.label is None or self.explainer is None else self.evidence.html()
        return f"<div><p><b>{html.escape(self._title())}</b></p>{shown}</div>"
