"""The one gate through which statement text reaches a model.

Records keep the raw text; models see the gate's. Characters that a reader
cannot see, or cannot tell from others, must not change a score.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from stance.records import Reason

__all__ = ["MAX_CHARACTERS", "normalise", "unusable"]

MAX_CHARACTERS = 20_000
"""Longer statements are not one statement; predictions abstain (``too_long``)."""

_BIDI_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LETTERS = re.compile(r"[^\W\d_]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "‛": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"'})
_SPACE = re.compile(r"\s+")

# Look-alikes of Latin letters (from Unicode's confusables, UTS #39), folded only inside
# words that also hold Latin letters: a word wholly in Cyrillic or Greek is a real word.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝАВЕКМНОРСТХІЈЅαοινκρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɑɡ",
    "aeopcyxijsdhqwABEKMHOPCTXIJSaoivkptuxABEZHIKMNOPTYXiag",
)
_MIXED_WORD = re.compile(
    r"\w*(?:[A-Za-z][\u0370-\u04ff\u0500-\u052f\u0131\u0251\u0261]"
    r"|[\u0370-\u04ff\u0500-\u052f\u0131\u0251\u0261][A-Za-z])\w*"
)
_SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "GREEK")


def normalise(text: str) -> str:
    """Bring a text to the form that models see.

    Compatibility forms are folded (NFKC), format and control characters dropped,
    look-alike letters inside Latin words replaced, quotes and white space made plain.

    Examples
    --------
    >>> normalise("cease\u00adfire  \uff4e\uff4f\uff57")
    'ceasefire now'
    >>> normalise("se\u0441urity")  # a Cyrillic letter inside
    'security'
    """
    if text.isascii():
        folded = text
    else:
        folded = unicodedata.normalize("NFKC", text).translate(_QUOTES)
        folded = "".join(char for char in folded if unicodedata.category(char) not in {"Cf", "Cn"})
        folded = _MIXED_WORD.sub(lambda match: match.group().translate(_LOOKALIKES), folded)
    return _SPACE.sub(" ", _drop_controls(folded)).strip()


def _drop_controls(text: str) -> str:
    return text if text.isprintable() else "".join(_printable(text))


def _printable(text: str) -> Iterator[str]:
    for char in text:
        if char.isspace():
            yield " "
        elif unicodedata.category(char) != "Cc":
            yield char


def unusable(text: str) -> Reason | None:
    """Say why a text cannot be judged at all, or None if it can.

    Examples
    --------
    >>> unusable("  ")
    'empty'
    >>> unusable("停火必须立即生效")
    'unsupported_script'
    """
    if not _LETTERS.search(text):
        return "empty"
    if len(text) > MAX_CHARACTERS:
        return "too_long"
    if _BIDI_OVERRIDES.search(text):
        return "bidi_override"
    if text.isascii():
        return None
    letters = _LETTERS.findall(text)
    known = sum(unicodedata.name(char, "").startswith(_SCRIPTS) for char in letters)
    return None if 2 * known >= len(letters) else "unsupported_script"
