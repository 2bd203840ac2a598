"""Where a statement states a condition."""

from __future__ import annotations

import re

__all__ = ["find_condition"]

# The surest first: "if" states a condition more often than "after" does.
_CUES = (
    r"on (?:the )?condition that|provided (?:that)?|only (?:if|when|after|once)|as long as|"
    r"so long as|in (?:exchange|return) for|subject to|contingent on|conditional on|"
    r"a condition que|à condition (?:que|de)|siempre que|a condición de que|"
    r"unter der Bedingung|vorausgesetzt|nur (?:wenn|falls)|es sei denn|"
    r"за умови|лише якщо|тільки якщо|при условии|только если|بشرط|إلا إذا",
    # "falls" opens a clause in German; in English it is a verb.
    r"if|unless|si|sauf si|a menos que|wenn|(?:^|(?<=[,;:] ))falls|sofern|якщо|если|إذا",
    r"until|till|once|without|before|after|when|jusqu['’]à ce que|avant|sans|hasta que|antes de|"
    r"sin|solange|bis|bevor|ohne|поки|доки|без|пока|до тех пор|حتى|قبل",
)
_PATTERNS = tuple(re.compile(rf"(?<!\w)(?:{cues})(?!\w)", re.IGNORECASE) for cues in _CUES)
# No mark inside a number, and none behind the letters of an abbreviation such as U.S.
_END = re.compile(r"[;:!?…—،؛؟\n]|,(?!\d)|(?<!\b[A-Z])\.(?!\w)|$|\s[–-]\s")


def find_condition(text: str) -> tuple[int, int] | None:
    """Character offsets of the clause that states a condition, by its opening words.

    The clause runs from a word such as "if" or "until" to the next punctuation mark. It is
    found by a list of such words in the languages that are read, not by the model: a condition
    in other words is not found, and a clause of time may be taken for one.

    Examples
    --------
    >>> text = "We sign, if the guns fall silent, tomorrow."
    >>> text[slice(*find_condition(text))]
    'if the guns fall silent'
    """
    for pattern in _PATTERNS:
        cue = pattern.search(text)
        if cue:
            end = _END.search(text, cue.end())
            return cue.start(), end.start() if end else len(text)
    return None
