"""Hostile text on its way out: nothing that a terminal, a spreadsheet or a page would obey."""

from __future__ import annotations

import re
from html import escape

__all__ = [
    "FORMULA_FIRST",
    "FORMULA_LATER",
    "SEPARATED",
    "SIGNS",
    "cell",
    "markdown",
    "printable",
]

SEPARATED = r"""([;,|\t\r\n]"*)"""
"""The end of a cell for whom another character separates them, and what may stand behind it."""

SIGNS = r"=+\-@＝＋－＠"
"""What a formula begins with, for a class of characters."""

FORMULA_FIRST = rf"^([{SIGNS}\t\r\n])"
"""What a spreadsheet takes for the beginning of a formula, at the beginning of a cell."""

FORMULA_LATER = rf"{SEPARATED}([{SIGNS}])"
"""The same where a table is opened with another separator than it was written with."""

_FIRST, _LATER = re.compile(FORMULA_FIRST), re.compile(FORMULA_LATER)
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)
_LAYOUT = re.compile(r"[\t\n]+")
# Inside a word an underscore means nothing, and names are full of them.
_MARKDOWN = re.compile(r"[\\`*\[\]~|]|(?<!\w)_|_(?!\w)")


def printable(text: str) -> str:
    r"""Make control and direction characters visible, so that a terminal does not obey them.

    Examples
    --------
    >>> print(printable("\x1b[31mred\u202e"))
    \x1b[31mred\u202e
    """
    return _escaped(_LAYOUT.sub(" ", text))


def cell(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula.

    Also inside the text, behind what may be taken for a separator: half of Europe's
    spreadsheets divide a CSV file at semicolons, whatever its quotes say.

    References
    ----------
    OWASP: CSV Injection.

    Examples
    --------
    >>> cell("=1+1"), cell("We sign"), cell("yes;=1+1")
    ("'=1+1", 'We sign', "yes;'=1+1")
    """
    return _LATER.sub(r"\1'\2", _FIRST.sub(r"'\1", text))


def markdown(text: str) -> str:
    r"""Make text that a page shows as Markdown look as it is written: no tag, no picture, no link.

    Examples
    --------
    >>> print(markdown("two_stage"), markdown("<img src=x> ![x](/y)"))
    two_stage &lt;img src=x&gt; !\[x\](/y)
    """
    return _MARKDOWN.sub(r"\\\g<0>", escape(printable(text), quote=False))


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
