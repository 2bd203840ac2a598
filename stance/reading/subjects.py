"""The noun phrase that a verb of speech belongs to: before it, or behind it."""

from __future__ import annotations

from collections.abc import Sequence

from stance.reading.mentions import mention_of
from stance.reading.nouns import singular
from stance.reading.phrases import (
    RELATIVES,
    Subject,
    anchored,
    beside_of,
    opens_clause,
    past_complement,
    past_joined,
    past_names,
)
from stance.reading.tokens import Token
from stance.reading.verbs import is_adverb
from stance.reading.words import (
    ADVERBS,
    AUXILIARIES,
    BLANKS,
    CONJUNCTIONS,
    DETERMINERS,
    GROUPS,
    INTRODUCTIONS,
    MODALS,
    PRONOUNS,
    ROLES,
    SUBORDINATORS,
    TIMES,
    VERBLIKE,
    word_set,
)

__all__ = ["antecedent", "leading", "subject_after", "subject_before"]

_BREAKS = word_set("but while whereas")
_BE = word_set("is are was were be been being")
_FINITE = VERBLIKE - word_set("may left lead led set cut hit needs stay stays lost need wants")
_LINKS = word_set(
    """
    of for from in at on with behind along near outside inside to between by
    """
)
_OPENERS = ADVERBS | INTRODUCTIONS | TIMES | BLANKS | word_set("indeed overall elsewhere abroad")
_ENDS = word_set(
    """
    in at on during after before to as by with when while late early last this
    """
)


def subject_before(tokens: Sequence[Token], low: int, high: int) -> Subject | None:
    """The subject of a verb that begins at ``high``, not reaching back before ``low``.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> text = "On Monday, Oss, the rebel commander, said no."
    >>> tokens = tokenise(text, 0, len(text), [])
    >>> found = subject_before(tokens, 0, 9)
    >>> [token.text for token in tokens[found.start:found.end]]
    ['Oss']
    """
    low = _after_introduction(tokens, low, high)
    high = _before_time(tokens, low, high)
    if low >= high:
        return None
    if tokens[high - 1].low != ",":
        return _unbroken(tokens, low, high)
    pieces = _pieces(tokens, low, high - 1)
    for start, end in pieces[:-1]:
        if _is_phrase(tokens, start, end):
            return Subject(start, end, (end + 1, high - 1))
    return anchored(tokens, pieces[-2][0], pieces[-2][1]) if len(pieces) > 1 else None


def _before_time(tokens: Sequence[Token], low: int, high: int) -> int:
    """Leave out "on Monday" or "last week" between a subject and its verb."""
    end = high
    while end > low and tokens[end - 1].low in TIMES:
        end -= 1
    if end == high:
        return high
    while end > low and tokens[end - 1].low in {"on", "in", "at", "late", "early", "last", "this"}:
        end -= 1
    return end


def leading(tokens: Sequence[Token]) -> Subject | None:
    """The noun phrase that a sentence opens with, if it is plainly a holder.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> leading(tokenise("The governor of Lower Ostra smiled.", 0, 35, []))
    Subject(start=0, end=5, beside=None)
    """
    if not tokens or not tokens[0].is_word:
        return None
    start = _after_introduction(tokens, 0, len(tokens))
    if start >= len(tokens):
        return None
    if tokens[start].low in PRONOUNS:
        return Subject(start, start + 1)
    plain = tokens[start].low not in DETERMINERS | INTRODUCTIONS | SUBORDINATORS
    end = past_joined(tokens, start)
    if end > start + 1 and plain:
        return Subject(start, end, beside_of(tokens, end))
    for at in range(start, min(start + 6, len(tokens))):
        if singular(tokens[at].low) in ROLES | GROUPS:
            while at + 1 < len(tokens) and singular(tokens[at + 1].low) in ROLES | GROUPS:
                at += 1
            found = anchored(tokens, start, at + 1)
            if found is None:
                return None
            end = past_names(tokens, past_complement(tokens, at + 1))
            return Subject(found.start, end, beside_of(tokens, end))
        if not tokens[at].is_word or (plain and at > start and tokens[at].low in DETERMINERS):
            break
    return (
        Subject(start, start + 1, beside_of(tokens, start + 1)) if end > start and plain else None
    )


def antecedent(tokens: Sequence[Token], low: int, high: int) -> Subject | None:
    """What "who" or "which" just before a verb refers to; None where neither stands there.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> antecedent(tokenise("It is the pride of the board, which says so.", 0, 44, []), 0, 9)
    Subject(start=5, end=7, beside=None)
    """
    if high - low < 2 or tokens[high - 1].low not in {"who", "which"}:
        return None
    end = high - 2 if tokens[high - 2].low == "," else high - 1
    found = anchored(tokens, low, end)
    if found is not None and tokens[high - 1].low == "which":
        links = [i for i in range(found.start, found.end) if tokens[i].low in _LINKS]
        return Subject(links[-1] + 1, found.end) if links else found
    return found


def _after_introduction(tokens: Sequence[Token], low: int, high: int) -> int:
    """Skip "but", "later", "on Monday," and the like."""
    while low < high:
        token = tokens[low]
        comma = next((i for i in range(low, high - 1) if tokens[i].low == ","), None)
        opens = token.low in INTRODUCTIONS or token.low.endswith("ing")
        if opens and comma is not None and comma < high - 1:
            low = comma + 1
        elif (
            token.low in CONJUNCTIONS or is_adverb(token) or not (token.is_word or token.quotation)
        ):
            low += 1
        else:
            break
    return low


def _pieces(tokens: Sequence[Token], low: int, high: int) -> list[tuple[int, int]]:
    found, start = [], low
    for at in range(low, high):
        if tokens[at].low == ",":
            found.append((start, at))
            start = at + 1
    return [*found, (start, high)]


def _unbroken(tokens: Sequence[Token], low: int, high: int) -> Subject | None:
    commas = [i for i in range(low, high) if tokens[i].low in {",", ";", ":", "—", "–", "-", "("}]
    if commas and (named := _named_piece(tokens, low, commas[-1], high)):
        return named
    start = commas[-1] + 1 if commas else low
    quotations = [i for i in range(start, high) if tokens[i].quotation]
    start = quotations[-1] + 1 if quotations else start
    joints = [i for i in range(start, high - 1) if tokens[i].low in _BREAKS]
    start = joints[-1] + 1 if joints else start
    relative = next((i for i in range(start, high) if tokens[i].low in RELATIVES), None)
    if (
        relative is not None
        and tokens[relative].low != "who"
        and opens_clause(tokens, relative + 1, high)
    ):
        return anchored(tokens, relative + 1, high)
    if relative is not None and relative > start:
        found = anchored(tokens, start, relative)
        return found and Subject(found.start, found.end, (relative, high))
    found = anchored(tokens, start, high)
    return found and Subject(_list_start(tokens, low, found), found.end)


def _list_start(tokens: Sequence[Token], low: int, found: Subject) -> int:
    """Where a list begins whose last names are found: "Israel, | Egypt and Qatar"."""
    start = found.start
    if start > low + 1 and tokens[start - 1].low == "and" and tokens[start - 2].low == ",":
        start -= 1  # "Israel, Egypt, and | Qatar"
    elif not any(tokens[at].low == "and" for at in range(start, found.end)):
        return start
    while start > low + 1 and tokens[start - 1].low == ",":
        comma = begin = start - 1
        while begin > low and tokens[begin - 1].is_name:
            begin -= 1
        named = begin < comma and not (comma - begin == 1 and _opens(tokens[begin]))
        begin -= begin > low and tokens[begin - 1].low == "the"
        if not named or (begin and tokens[begin - 1].is_word):
            break
        start = begin
    return found.start if tokens[start].low == "and" else start


def _opens(token: Token) -> bool:
    """Whether a word with a capital before a comma is none of a list: "Separately, …"."""
    return token.low in _OPENERS or token.low.endswith("ly")


def _named_piece(tokens: Sequence[Token], low: int, comma: int, high: int) -> Subject | None:
    """A name with an apposition that no comma closes: "Ada Brune, head of the party | told"."""
    if tokens[comma].low != "," or high - comma > 10:
        return None
    start = comma
    while start > low and tokens[start - 1].is_name:
        start -= 1
    if comma - start < 2 or not _begins(tokens, low, start):
        return None  # "out of the Sennet Pass, Foreign Minister Ada Brune | said"
    piece = tokens[comma + 1 : high]
    plain = all(token.is_word for token in piece) and any(token.low in ROLES for token in piece)
    if not plain or piece[0].low in DETERMINERS or _has_name(piece):
        return None  # "The Sennet Pass, the governor | said, is shut"
    return Subject(start, comma, (comma + 1, high))


def _begins(tokens: Sequence[Token], low: int, start: int) -> bool:
    """Whether a clause begins here, so that what begins it is no object of a verb before it."""
    before = tokens[start - 1]
    return start == low or not (before.is_word or before.low == ",") or before.low in _BREAKS


def _has_name(piece: Sequence[Token]) -> bool:
    mention = mention_of(piece)
    return mention is not None and bool(mention.name)


def _is_phrase(tokens: Sequence[Token], start: int, end: int) -> bool:
    if start >= end or end - start > 14 or tokens[start].low in INTRODUCTIONS | {"who", "which"}:
        return False
    if any(tokens[i].low in _FINITE and not _after_article(tokens, i) for i in range(start, end)):
        return False  # "A drone fell near Dun Hill, the mayor, Ada Brune, | said"
    found = anchored(tokens, start, end)
    return found is not None and found.start == start


def _after_article(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and (tokens[at - 1].low in DETERMINERS or tokens[at - 1].is_possessive)


def subject_after(tokens: Sequence[Token], at: int) -> Subject | None:
    """The noun phrase that begins at ``at``, behind a verb: "said | the mayor of Dun, …".

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> text = "said Ada Brune, a lawyer, on Monday."
    >>> tokens = tokenise(text, 0, len(text), [])
    >>> subject_after(tokens, 1)
    Subject(start=1, end=3, beside=(4, 6))
    """
    end = at
    while end < len(tokens):
        token = tokens[end]
        if token.quotation is not None or not (token.is_word or token.text == "&"):
            break
        if token.low in PRONOUNS:
            end += end == at
            break
        stops = token.low in RELATIVES or token.low in _ENDS or token.low in TIMES
        if end > at and (stops or is_adverb(token) or token.low in _BE | AUXILIARIES | MODALS):
            break
        end += 1
    if end == at:
        return None
    return Subject(at, end, beside_of(tokens, end))
