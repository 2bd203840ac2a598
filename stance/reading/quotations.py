"""Where quotation marks open and close, over paragraphs too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Quotation", "find_quotations"]

_OPENING = re.compile(r"[\"“„«]|(?<![\w,.?!])[‘'](?=\w|[“\"]|…)|``")
_CLOSING = {
    '"': re.compile(r'"(?!\w)'),
    "“": re.compile("”"),
    "„": re.compile("[“”]"),
    "«": re.compile("»"),
    "‘": re.compile(r"(?<=[^\s‘])’(?!\w)"),
    "'": re.compile(r"(?<=[^\s'])'(?!\w)"),
    "``": re.compile("''"),
}


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands between two quotation marks.

    Attributes
    ----------
    start, end : int
        Offsets of the words, without the marks.
    outer_start, outer_end : int
        With the marks.
    open : bool
        True where the mark is not closed in this paragraph since the next one goes on.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    open: bool = False


def find_quotations(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[list[Quotation]]:
    """The quotations of each paragraph; marks within a quotation are part of it.

    A mark that no mark closes is a character like others, unless the next paragraph opens with
    the same mark: then the quotation goes on.

    Parameters
    ----------
    text : str
    paragraphs : sequence of (int, int)

    Returns
    -------
    list of list of Quotation, length n_paragraphs

    Examples
    --------
    >>> text = 'The "old" mayor said: "Go."'
    >>> [text[item.start:item.end] for item in find_quotations(text, [(0, len(text))])[0]]
    ['old', 'Go.']
    """
    found = []
    for index, (start, end) in enumerate(paragraphs):
        following = paragraphs[index + 1][0] if index + 1 < len(paragraphs) else len(text)
        found.append(_of_paragraph(text, start, end, text[following : following + 2]))
    return found


def _of_paragraph(text: str, start: int, end: int, following: str) -> list[Quotation]:
    found: list[Quotation] = []
    closed: dict[str, int] = {}  # a mark that nothing closes from here on: do not look again
    at = start
    while mark := _OPENING.search(text, at, end):
        kind = mark.group()
        at = mark.end()
        if closed.get(kind, -1) >= 0:
            continue
        closing = _CLOSING[kind].search(text, at, end)
        if closing is not None:
            if text[at : closing.start()].strip():
                found.append(Quotation(at, closing.start(), mark.start(), closing.end()))
            at = closing.end()
        elif following.startswith(kind):
            found.append(Quotation(at, end, mark.start(), end, open=True))
            break
        else:
            closed[kind] = at
    return found
