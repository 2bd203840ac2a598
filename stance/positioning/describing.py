"""What the columns and codes of exported positions mean, in words."""

from __future__ import annotations

from stance.labels import LABELS

__all__ = ["CODES", "STANCES", "describe", "notes"]

STANCES = ("for", "conditional", "against", "unclear")
"""How a position can be read."""

CODES: dict[str, dict[int, str]] = {
    "label": dict(enumerate(LABELS, start=1)),
    "predicted": dict(enumerate(LABELS, start=1)),
    "stance": dict(enumerate(STANCES, start=1)),
    "checked": {0: "no", 1: "yes"},
}
"""Columns that Stata holds as numbers, and what each number stands for."""

_COLUMNS = {
    "holder": "Who holds the position",
    "side": "The party that the holder speaks for",
    "term": "Id of the term",
    "term_name": "The clause that a settlement could contain",
    "stance": "Reading of the position; blank: too few statements",
    "position": "Position, -1 against to +1 in favour, corrected for model errors",
    "low": "Lower limit of the position's interval",
    "high": "Upper limit of the position's interval",
    "share_favor": "Share in favour, corrected for model errors",
    "share_conditional": "Share in favour on a condition, corrected for model errors",
    "share_against": "Share against, corrected for model errors",
    "share_neutral": "Share that takes no side, corrected for model errors",
    "mean": "Plain mean of the labels as given, without correction",
    "n": "Counted statements: answered, and not unrelated",
    "n_favor": "Counted statements labelled favor",
    "n_conditional": "Counted statements labelled conditional",
    "n_against": "Counted statements labelled against",
    "n_neutral": "Counted statements labelled neutral",
    "n_checked": "Counted statements whose label a person gave",
    "n_unrelated": "Statements left out: they do not speak of the term",
    "n_abstained": "Statements left out: the model was not sure",
    "last_date": "Date of the last counted statement",
    "date": "Date of the statement",
    "statement": "Id of the statement",
    "text": "The statement",
    "label": "Label that counts: the checked one, or else the model's",
    "checked": "Whether a person gave the label",
    "predicted": "Label that the model gave",
    "confidence": "Calibrated probability of the model's label",
    **{f"p_{label}": f"Calibrated probability of {label}" for label in LABELS},
}


def describe(column: str) -> str:
    """What a column holds, in at most 80 characters, as Stata allows.

    Examples
    --------
    >>> describe("n_abstained")
    'Statements left out: the model was not sure'
    """
    return _COLUMNS[column]


def notes(level: float, min_n: int, n_boot: int, seed: int) -> list[str]:
    """What a reader has to know before the numbers."""
    return [
        "Positions run from -1 (against) to +1 (in favour). A statement labelled favor counts +1, "
        "conditional +0.5, neutral 0, against -1. Statements that do not speak of the term "
        "(unrelated) and those that the model was not sure of are left out.",
        f"Blank means no data: fewer than {min_n} counted statements. It never means 0.",
        "position and the shares are corrected for what the model gets wrong on pairs kept from "
        "its training; mean and the counts are of the labels as given. Labels that a person gave "
        "(checked) stand in the place of the model's and count as certain.",
        f"low and high are the {100 * level:g}% interval of the position of all that the holder "
        "says: it carries the doubt of the sample of statements, of each label, and of the model's "
        f"reliability ({n_boot} draws, seed {seed}).",
        "stance: conditional where that is the largest share; else for or against where the "
        "interval lies on one side of 0; else unclear.",
        "Text that a spreadsheet would run as a formula begins with an apostrophe.",
        "A position says what was stated, not what a party wants or will do. Read the statements "
        "behind it (evidence) before you publish it.",
    ]
