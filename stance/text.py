"""The one gate through which statement text reaches a model.

Records keep the raw text; models see the gate's. Characters that a reader
cannot see, or cannot tell from others, must not change a score.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from stance.lookalikes import LOOKALIKES
from stance.records import Reason

__all__ = ["MAX_CHARACTERS", "normalise", "unusable"]

MAX_CHARACTERS = 20_000
"""Longer statements are not one statement; predictions abstain (``too_long``)."""

_BIDI_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LETTERS = re.compile(r"[^\W\d_]")
_BEYOND_ASCII = re.compile(r"[^\W\d_\x00-\x7f]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "‛": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"'})

# Folded only inside words that also hold Latin letters, and in words that hold nothing else but
# stand in Latin text: any other word in Cyrillic or Greek is a real word.
_LOOKALIKES = str.maketrans(
    {char: letter for letter, chars in LOOKALIKES.items() for char in chars}
)
_LOOKALIKE = "".join(LOOKALIKES.values())
_MIXED = re.compile(f"[A-Za-z]'?[{_LOOKALIKE}]|[{_LOOKALIKE}]'?[A-Za-z]")
_DISGUISED = re.compile(rf"(?<!\w)[{_LOOKALIKE}]+(?!\w)")
_LATIN = re.compile("[A-Za-z]")
_WORD = re.compile(r"\w+(?:'\w+)*")
# Shown as nothing, though Unicode does not call them format characters: joiners, fillers,
# variation selectors (Default_Ignorable_Code_Point, UAX #44).
_IGNORABLE = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, 0xFFA0))
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "GREEK")


def normalise(text: str) -> str:
    """Bring a text to the form that models see.

    Format, control and other invisible characters are dropped, compatibility forms
    folded (NFKC), look-alike letters inside Latin words replaced, quotes and white
    space made plain. The normal form of a normal form is itself.

    Examples
    --------
    >>> normalise("cease\u00adfire  \uff4e\uff4f\uff57")
    'ceasefire now'
    >>> normalise("se\u0441urity")  # a Cyrillic letter inside
    'security'
    """
    if not (text.isascii() and text.isprintable()):
        # Before NFKC: a letter and its accent meet only when nothing hides between them.
        text = unicodedata.normalize("NFKC", text.translate(_VISIBLE)).translate(_QUOTES)
        text = _without_lookalikes(text)
    return " ".join(text.split())


def _without_lookalikes(text: str) -> str:
    if _MIXED.search(text):
        text = unicodedata.normalize("NFC", _WORD.sub(_fold_lookalikes, text))
    if _DISGUISED.search(text) and 2 * len(_LATIN.findall(text)) > len(_LETTERS.findall(text)):
        plain = _DISGUISED.sub(lambda word: word.group().translate(_LOOKALIKES), text)
        text = unicodedata.normalize("NFC", plain)
    return text


def _fold_lookalikes(word: re.Match[str]) -> str:
    text = word.group()
    return text.translate(_LOOKALIKES) if _MIXED.search(text) else text


def is_hidden(char: str) -> bool:
    """Whether a character is shown as nothing, or is none; white space aside."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cn"} or char in _IGNORABLE


class _Visible(dict[int, str | None]):
    """A table for ``str.translate`` that drops what cannot be seen, filled as it is used."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        self[code] = " " if char.isspace() else None if is_hidden(char) else char
        return self[code]


_VISIBLE = _Visible()


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
    if text.isascii():
        return None
    if _BIDI_OVERRIDES.search(text):
        return "bidi_override"
    text = normalise(text)  # full-width and mathematical letters are Latin to a reader
    strange = sum(map(_strange, _BEYOND_ASCII.findall(text)))
    if not strange or 2 * strange <= len(_LETTERS.findall(text)):
        return None
    return "unsupported_script"


@cache
def _strange(char: str) -> bool:
    """Whether a letter is of a script that no model here reads."""
    return not unicodedata.name(char, "").startswith(_SCRIPTS)
