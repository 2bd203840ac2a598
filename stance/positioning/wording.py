"""Numbers of a report in words, and values in a form that a script element can hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["Cell", "counted", "script_safe", "signed"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A holder on a term: what is shown of it.

    Attributes
    ----------
    n : int
        Counted statements.
    position, low, high : float or None
        None where there are too few of them.
    conditional : int
        How many of them are a yes with a condition.
    """

    n: int
    position: float | None
    low: float | None
    high: float | None
    conditional: int

    @property
    def text(self) -> str:
        """The cell's number, or why there is none."""
        if self.position is not None:
            return signed(self.position)
        return "too few" if self.n else "–"

    @property
    def note(self) -> str:
        """How many statements, and how many of them put a condition."""
        share = f" · {self.conditional} if" if self.conditional else ""
        return f"{self.n}{share}" if self.n else ""

    @property
    def shade(self) -> str:
        """The class of its colour."""
        if self.position is None:
            return "few" if self.n else "none"
        step = min(4, int(4.5 * abs(self.position) + 0.5))
        either = self.low is not None and self.high is not None and self.low < 0 < self.high
        side = "p" if self.position > 0 else "m"
        return f"{f'{side}{step}' if step else 'z0'}{' open' if either else ''}"

    @property
    def words(self) -> str:
        """All of it as a clause."""
        if not self.n:
            return "no statements"
        if self.position is None or self.low is None or self.high is None:
            return f"{counted(self.n, 'statement')}, too few to say"
        share = f", {self.conditional} with a condition" if self.conditional else ""
        return (
            f"{signed(self.position)}, between {signed(self.low)} and {signed(self.high)}, "
            f"{counted(self.n, 'statement')}{share}"
        )


def script_safe(value: Any) -> str:
    r"""JSON that a script element can hold: no character of it can end the element.

    Examples
    --------
    >>> print(script_safe("</script><!-- \u2028"))
    "\u003c/script\u003e\u003c!-- \u2028"
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def signed(value: float) -> str:
    """A position with its sign, of two decimals.

    Examples
    --------
    >>> signed(0.6), signed(-0.254), signed(-0.001)
    ('+0.60', '−0.25', '0.00')
    """
    if abs(value) < 0.005:
        return "0.00"
    return f"{'+' if value > 0 else '−'}{abs(value):.2f}"


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "term"), counted(1200, "term")
    ('1 term', '1,200 terms')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
