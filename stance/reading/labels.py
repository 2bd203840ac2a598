"""Speakers' labels in transcripts, and headlines: statements that no sentence attributes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stance.reading.tokens import tokenise
from stance.reading.verbs import find_verbs
from stance.reading.words import word_set

__all__ = ["Labelled", "headline", "is_headline", "transcript"]

_LABEL = re.compile(
    r"(?P<label>[^\W\d_](?:[^:.?!\n\"“”()]|(?<=\b\w)\.|(?<=\b\w\w)\.|(?<=\b\w\w\w)\.){0,60}(?:\([^()\n]{0,60}\))?)"
    r"\s?:\s+(?=\S)"
)
_SMALL = word_set("of the for and a an in on to de van von al from")
_ASIDE = re.compile(r"[(\[][^()\[\]]*[)\]]\.?$")
_ENDS = (".", "!", "?", "…", '."', ".”", '?"', "?”", '!"', "!”", ".’", ",", ";", ":")
_LONGEST_HEADLINE = 160
_DASH = re.compile(r"\s+[—–-]\s+")
_MARK = re.compile(r"[\"“”‘«»]|(?<!\w)'")
_LONGEST_HOLDER = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """A statement with the offsets of what names its holder."""

    holder: str
    start: int
    end: int
    cue_start: int
    cue_end: int


def transcript(text: str, paragraphs: Sequence[tuple[int, int]]) -> dict[int, Labelled | None]:
    """Whose each paragraph is, if the article is a transcript; empty if it is not.

    It is one where at least two paragraphs, and a third of them, open with a label. A
    paragraph without one goes on with the speaker before; "(Applause.)" is nobody's.

    Parameters
    ----------
    text : str
    paragraphs : sequence of (int, int)

    Returns
    -------
    dict of int to Labelled or None
        By paragraph, from the first that has a label.
    """
    labels = {i: m for i, (start, end) in enumerate(paragraphs) if (m := _label(text, start, end))}
    if len(labels) < 2 or 3 * len(labels) < len(paragraphs):
        return {}
    found: dict[int, Labelled | None] = {}
    speaker: re.Match[str] | None = None
    for index, (start, end) in enumerate(paragraphs):
        speaker = labels.get(index, speaker)
        if speaker is None:
            continue
        if _ASIDE.match(text[start:end]) and "\n" not in text[start:end]:
            found[index] = None
            continue
        begins = speaker.end() if index in labels else start
        label = speaker["label"].strip()
        found[index] = Labelled(label, begins, end, speaker.start(), speaker.start() + len(label))
    return found


def _label(text: str, start: int, end: int) -> re.Match[str] | None:
    found = _LABEL.match(text, start, end)
    if found is None:
        return None
    words = re.sub(r"\([^)]*\)", "", found["label"]).split()
    capitals = all(word[0].isupper() or word in _SMALL for word in words)
    return found if words and len(words) <= 8 and capitals and words[0][0].isupper() else None


def is_headline(text: str, start: int, end: int) -> bool:
    """Whether a paragraph is a line without a full stop.

    Examples
    --------
    >>> is_headline("President rules out vote", 0, 24)
    True
    """
    line = text[start:end]
    return len(line) <= _LONGEST_HEADLINE and "\n" not in line and not line.endswith(_ENDS)


def headline(text: str, start: int, end: int) -> Labelled | None:
    """The statement in a headline of the form "Holder: words" or "words – holder".

    Examples
    --------
    >>> found = headline("General: No retreat", 0, 19)
    >>> found.holder, found.start
    ('General', 9)
    """
    line = text[start:end]
    colon = re.search(r":\s+", line)
    dashes = list(_DASH.finditer(line))
    cut = colon or (dashes[-1] if dashes else None)
    if cut is None:
        return None
    left, right = (start, start + cut.start()), (start + cut.end(), end)
    holder, words = (left, right) if colon and _is_holder(text, *left) else (right, left)
    if not _is_holder(text, *holder) or words[1] - words[0] < 3:
        return None
    said = _without_marks(text, *words)
    return Labelled(text[slice(*holder)], *said, *holder)


def _is_holder(text: str, start: int, end: int) -> bool:
    words = text[start:end].split()
    tokens = tokenise(text, start, end, [])
    capital = text[start : start + 1].isupper()
    quoted = _MARK.search(text, start, end) is not None
    return 0 < len(words) <= _LONGEST_HOLDER and capital and not quoted and not find_verbs(tokens)


def _without_marks(text: str, start: int, end: int) -> tuple[int, int]:
    pairs = {'"': '"', "“": "”", "‘": "’", "'": "'"}
    first, last = text[start], text[end - 1]
    if pairs.get(first) == last and end - start > 2 and first not in text[start + 1 : end - 1]:
        return start + 1, end - 1
    return start, end
