"""What reading an article yields: a statement, who holds it, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AttributedStatement", "Kind"]

Kind = Literal["direct", "reported", "transcript", "headline"]


@dataclass(frozen=True, slots=True)
class AttributedStatement:
    """A statement in an article, and the holder that the article ties it to.

    Attributes
    ----------
    holder : str
        The fullest name that the article has for the holder, or the words that stand for
        it ("he") where ``certain`` is False and there is no telling. Those who speak together
        are one holder: "Russia and China".
    text : str
        ``article[start:end]``, always.
    start, end : int
        Character offsets of the statement.
    cue : str
        The words that tie it to the holder: "said", "according to", "called for"; the label
        of a speaker in a transcript; empty where a quotation goes on from the one before.
    cue_start, cue_end : int
        Their offsets; of the first cue of a quotation that goes on.
    kind : {"direct", "reported", "transcript", "headline"}
        Direct speech stands in quotation marks, which are not part of ``text``.
    certain : bool
        False where the article leaves more than one holder possible, or none that is plain.
    candidates : tuple of str
        Who may be meant where ``certain`` is False, nearest first; otherwise empty.

    Examples
    --------
    >>> from stance import statements_from_text
    >>> [found] = statements_from_text("The mayor said the bridge would reopen.")
    >>> found.holder, found.text, found.cue, found.kind
    ('mayor', 'the bridge would reopen', 'said', 'reported')
    """

    holder: str
    text: str
    start: int
    end: int
    cue: str
    cue_start: int
    cue_end: int
    kind: Kind
    certain: bool = True
    candidates: tuple[str, ...] = ()
