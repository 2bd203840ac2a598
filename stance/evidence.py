"""What carried a label: spans of the statement with weights, for people to read."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from stance.inert import printable

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["Evidence", "Span", "print_lines"]

_STRONGEST = 8


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a statement.

    Attributes
    ----------
    start, end : int
        Character offsets into the statement as it was given: ``text[start:end]``.
    weight : float
        Above 0 where it speaks for the label, below 0 where it speaks against it.
    phrase : str
        The phrase of the term that its words come from, or an empty string.
    """

    start: int
    end: int
    weight: float
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The spans that carried a label, in the order of the text, and what is not in the text.

    Iterating gives the spans.

    Attributes
    ----------
    text : str
        The statement.
    spans : tuple of Span
    rest : mapping of str to float
        Weight that belongs to no word: the holder, measures of the whole statement, the
        intercept.
    question : str
        What the weights add up to.
    method : {"linear", "occlusion"}
        ``linear``: ``total`` is exactly the score that the model computed, before its
        calibration. ``occlusion``: the change of the label's log-probability when the
        word is left out; such weights do not add up.
    condition : Span or None
        For ``conditional``, the clause that states the condition, where one was found.
    """

    text: str
    spans: tuple[Span, ...]
    rest: Mapping[str, float]
    question: str
    method: Literal["linear", "occlusion"]
    condition: Span | None = None

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def total(self) -> float:
        """All weights together."""
        return sum(span.weight for span in self.spans) + sum(self.rest.values())

    def strongest(self, count: int = _STRONGEST) -> list[Span]:
        """The spans of the largest absolute weight, largest first."""
        return sorted(self.spans, key=lambda span: -abs(span.weight))[:count]

    def lines(self) -> list[Text]:
        """The evidence for a terminal, a line each; the statement's control characters inert."""
        from rich.text import Text

        lines = [self._marked(), Text(f"weights: {self.question} ({self.method})", style="dim")]
        for span in self.strongest():
            touched = f"  ← {span.phrase}" if span.phrase else ""
            words = f"{self.text[span.start : span.end]}{touched}"
            lines.append(Text.assemble(_number(span.weight), f"  {printable(words)}"))
        for name, weight in self.rest.items():
            lines.append(Text.assemble(_number(weight), (f"  ({name})", "dim")))
        if self.condition is not None:
            clause = self.text[self.condition.start : self.condition.end]
            lines.append(Text(f"condition: {printable(clause)}"))
        return lines

    def html(self) -> str:
        """The evidence for a notebook, everything escaped."""
        parts, at = [], 0
        largest = max((abs(span.weight) for span in self.spans), default=1.0) or 1.0
        for span in self.spans:
            colour = "46,160,67" if span.weight > 0 else "248,81,73"
            title = f"{span.weight:+.2f}" + (f" · {span.phrase}" if span.phrase else "")
            parts += [
                html.escape(printable(self.text[at : span.start])),
                f'<span title="{html.escape(title)}" '
                f'style="background:rgba({colour},{abs(span.weight) / largest:.2f})">'
                f"{html.escape(printable(self.text[span.start : span.end]))}</span>",
            ]
            at = span.end
        parts.append(html.escape(printable(self.text[at:])))
        shown = f'<p dir="auto" style="unicode-bidi:isolate">{"".join(parts)}</p>'
        if self.condition is not None:
            clause = html.escape(printable(self.text[self.condition.start : self.condition.end]))
            shown += f'<p>condition: <i style="unicode-bidi:isolate">{clause}</i></p>'
        rest = ", ".join(f"{html.escape(name)} {value:+.2f}" for name, value in self.rest.items())
        note = f"{html.escape(self.question)} ({self.method}){': ' + rest if rest else ''}"
        return f"{shown}<p><small>{note}</small></p>"

    def _marked(self) -> Text:
        from rich.text import Text

        line, at = Text(), 0
        for span in self.spans:
            line.append(printable(self.text[at : span.start]))
            line.append(
                printable(self.text[span.start : span.end]),
                style="green" if span.weight > 0 else "red",
            )
            at = span.end
        line.append(printable(self.text[at:]))
        return line


def print_lines(lines: Iterable[str | Text]) -> None:
    """Print to the terminal, in colour where it has some; markup in the lines stays text."""
    from rich.console import Console

    console = Console(highlight=False)
    for line in lines:
        console.print(printable(line) if isinstance(line, str) else line, markup=False)


def _number(weight: float) -> tuple[str, str]:
    return f"{weight:+7.2f}", "green" if weight > 0 else "red"
