"""Where paragraphs and sentences lie in an article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sentencex import get_sentence_boundaries

from stance.reading.quotations import Quotation

__all__ = ["paragraphs", "sentences"]

_MARKS = str.maketrans(dict.fromkeys('"“”„«»‘’', " "))
_MARKS |= str.maketrans(dict.fromkeys(map(chr, range(0xD800, 0xE000)), "\ufffd"))
"""Quotation marks, and halves of characters, which the library refuses."""
_STRETCH = 5000
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n\s*")
_PLAIN_END = re.compile(
    r"(?<![\w.])(?!(?:approx|dept|est|etc|feat|fig|vol|art|sec|para|eds|misc|incl|max|min|ext|tel)\.)"
    r"[a-z]{3,}[.](?P<blank>\s+)(?=[A-Z])"
)
_LABEL_LINE = re.compile(r"\n(?=[A-Z][A-Z .,'’()-]{0,60}:\s)")


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    r"""Offsets of paragraphs: between blank lines, or lines where no line is blank.

    A line that opens with a speaker's label in capitals begins a paragraph in any case.

    Examples
    --------
    >>> list(paragraphs("One.\n\n Two\nlines."))
    [(0, 4), (7, 17)]
    """
    breaks = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE
    start = 0
    for end, following in [
        *((m.start(), m.end()) for m in breaks.finditer(text)),
        (len(text),) * 2,
    ]:
        yield from _blocks(text, start, end)
        start = following


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in [*_LABEL_LINE.finditer(text, start, end), None]:
        stop = end if found is None else found.start()
        block = text[start:stop]
        lead = len(block) - len(block.lstrip())
        if block.strip():
            yield start + lead, start + lead + len(block.strip())
        start = stop


def sentences(
    text: str, start: int, end: int, quotations: Sequence[Quotation]
) -> list[tuple[int, int]]:
    """Offsets of the sentences of a paragraph; none ends inside a quotation.

    Parameters
    ----------
    text : str
        The article.
    start, end : int
        The paragraph.
    quotations : sequence of Quotation
        Those of the paragraph, in order.

    Examples
    --------
    >>> text = "Gen. Oss left. He came back at 5 p.m. on Monday."
    >>> [text[slice(*item)] for item in sentences(text, 0, len(text), [])]
    ['Gen. Oss left.', 'He came back at 5 p.m. on Monday.']
    """
    masked = list(text[start:end].replace("\n", " "))
    for item in quotations:
        # A quotation becomes one long word, with the mark that ends its last sentence behind it.
        length = item.outer_end - item.outer_start
        mark = text[item.end - 1]
        word = "X" + "x" * (length - 2) + (mark if mark in ".?!" else "." if mark == "…" else "x")
        masked[item.outer_start - start : item.outer_end - start] = word
    found: list[tuple[int, int]] = []
    for first, last in _boundaries("".join(masked).translate(_MARKS)):
        inside = "".join(masked[first:last])
        first, last = start + first, start + last
        if found and text[first].islower():
            # '"Why?" asked the mayor.': the question does not end the sentence.
            found[-1] = (found[-1][0], last)
        else:
            found += _divided(first, last, inside)
    return found


def _boundaries(masked: str) -> Iterator[tuple[int, int]]:
    """What the library finds, a bounded stretch at a time: its time grows with the square."""
    at = 0
    while at < len(masked):
        end = min(at + _STRETCH, len(masked))
        if end < len(masked):
            cut = max(
                masked.rfind(". ", at + 1, end) + 2, masked.rfind(" ", at + _STRETCH // 2, end)
            )
            end = cut if cut > at + 1 else end
        for boundary in get_sentence_boundaries("en", masked[at:end]):
            first, last = at + boundary["start_index"], at + boundary["end_index"]
            piece = masked[first:last]
            first += len(piece) - len(piece.lstrip())
            last -= len(piece) - len(piece.rstrip())
            if first < last:
                yield first, last
        at = end


def _divided(start: int, end: int, masked: str) -> Iterator[tuple[int, int]]:
    """Divide behind plain words that the library takes for abbreviations, such as "ill."."""
    at = start
    for found in _PLAIN_END.finditer(masked):
        yield at, start + found.start("blank")
        at = start + found.end()
    yield at, end
