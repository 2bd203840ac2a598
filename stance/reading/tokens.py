"""The words of a sentence, each quotation taken as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stance.reading.quotations import Quotation

__all__ = ["Token", "tokenise"]

_WORD = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Gen|Col|Sen|Rep|Gov|Lt|Sgt|Capt|Adm|Prof|Rev|St|Amb|Maj)\.|(?:[A-Z]\.){2,}|"
    r"[^\W_]+(?:[-’'][^\W_]+)*(?:(?<=s)[’'](?!\w))?|[^\w\s]"
)


_OPENING, _CLOSING, _LONGEST_ASIDE = frozenset("(["), frozenset(")]"), 12


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark, or a whole quotation (``quotation`` is set).

    Attributes
    ----------
    text, low : str
        As written, and in lower case with plain apostrophes.
    start, end : int
        Offsets in the article; of a quotation with its marks.
    """

    text: str
    low: str
    start: int
    end: int
    quotation: Quotation | None = None

    @property
    def is_word(self) -> bool:
        """Whether it is a word or a number."""
        return self.quotation is None and self.text[0].isalnum()

    @property
    def is_name(self) -> bool:
        """Whether it has a capital."""
        return self.quotation is None and self.text[0].isupper()

    @property
    def is_possessive(self) -> bool:
        """Whether it ends like "council's" or "rebels'"."""
        return self.low.endswith(("'s", "s'"))

    @property
    def bare(self) -> str:
        """Without the ending of a possessive."""
        return self.low[:-2] if self.low.endswith("'s") else self.low.rstrip("'")


def tokenise(text: str, start: int, end: int, quotations: Sequence[Quotation]) -> list[Token]:
    """Divide a stretch of the article.

    Parameters
    ----------
    text : str
        The article.
    start, end : int
    quotations : sequence of Quotation
        Those within, in order.

    Examples
    --------
    >>> [token.text for token in tokenise("The council's aide, Mr. Oss, left.", 0, 34, [])]
    ['The', "council's", 'aide', ',', 'Mr.', 'Oss', ',', 'left', '.']
    """
    found: list[Token] = []
    at = start
    for item in quotations:
        found += _words(text, at, item.outer_start)
        quoted = text[item.outer_start : item.outer_end]
        found.append(Token(quoted, '"', item.outer_start, item.outer_end, item))
        at = item.outer_end
    return _without_asides([*found, *_words(text, at, end)])


def _without_asides(tokens: list[Token]) -> list[Token]:
    """Leave out what stands in brackets: "the Council (CHF) said"."""
    found: list[Token] = []
    opened: list[int] = []
    for token in tokens:
        found.append(token)
        if token.low in _OPENING:
            opened.append(len(found) - 1)
        elif token.low in _CLOSING and opened:
            begin = opened.pop()
            if len(found) - begin <= _LONGEST_ASIDE:
                del found[begin:]
    return found


def _words(text: str, start: int, end: int) -> list[Token]:
    return [
        Token(word.group(), word.group().lower().replace("’", "'"), word.start(), word.end())
        for word in _WORD.finditer(text, start, end)
    ]
