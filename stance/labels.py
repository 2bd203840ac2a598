"""The five stance labels, in the one place that defines them."""

from __future__ import annotations

from typing import Final, Literal, get_args

from stance.errors import UnknownNameError

__all__ = ["LABELS", "RELATED", "UNRELATED", "Label", "check_label"]

Label = Literal["favor", "conditional", "against", "neutral", "unrelated"]

LABELS: Final[tuple[Label, ...]] = get_args(Label)
"""All labels, in the order of every table, array and file of this project."""

UNRELATED: Final[Label] = "unrelated"

RELATED: Final[tuple[Label, ...]] = tuple(label for label in LABELS if label != UNRELATED)
"""The labels of a statement that speaks of the term."""


def check_label(label: str) -> Label:
    """Return ``label`` if it is one of the five.

    Raises
    ------
    UnknownNameError
        If it is not; the message gives the nearest label.

    Examples
    --------
    >>> check_label("favor")
    'favor'
    >>> check_label("Favor ")
    Traceback (most recent call last):
    stance.errors.UnknownNameError: unknown label 'Favor '; did you mean 'favor'?
    """
    if label not in LABELS:
        raise UnknownNameError.of("label", str(label), LABELS)
    return label
