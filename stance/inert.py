"""Hostile text on its way out: no escape sequence for a terminal, no formula for a spreadsheet."""

from __future__ import annotations

import re

__all__ = ["cell", "printable"]

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_LAYOUT = re.compile(r"[\t\n]+")


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

    References
    ----------
    OWASP: CSV Injection.

    Examples
    --------
    >>> cell("=1+1"), cell("We sign")
    ("'=1+1", 'We sign')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
