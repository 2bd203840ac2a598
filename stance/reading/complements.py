"""What follows a verb of speech: adverbials to skip, where the clause begins and where it ends."""

from __future__ import annotations

from collections.abc import Sequence

from stance.reading.subjects import subject_before
from stance.reading.tokens import Token
from stance.reading.verbs import Verb, is_adverb
from stance.reading.words import (
    ACTS,
    ADDRESSING,
    AUXILIARIES,
    BLANKS,
    DAYS,
    DETERMINERS,
    EMPTY,
    MODALS,
    PREPOSITIONS,
    PRONOUNS,
    STRONG,
    TIMES,
    VERBLIKE,
    WEAK,
    word_set,
)

__all__ = ["clause_start", "coordinated", "is_act", "past_adverbials"]

_OBJECTS = word_set("me him her them us you it")
_QUESTIONS = word_set("whether if why who what how when where that which")
_BREAKS = word_set("but while whereas and though although yet")
_JOINS = word_set("and but yet then while or")
_KEPT = word_set("only just even so first there once no some too")
_REACH = 16


def past_adverbials(tokens: Sequence[Token], at: int, end: int, verb: Verb) -> int:
    """Skip who was told, where and when.

    Returns
    -------
    int
        The index where a clause, a quotation or the end of the sentence follows.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> from stance.reading.verbs import find_verbs
    >>> tokens = tokenise("He told reporters on Monday the bridge is shut.", 0, 47, [])
    >>> tokens[past_adverbials(tokens, 2, 9, find_verbs(tokens)[0])].text
    'the'
    """
    that = _that(tokens, at, end)
    if that is not None:
        return that
    if verb.lemma in ADDRESSING:
        at = _past_addressee(tokens, at, end)
    before = -1
    while at < end and at != before:
        before = at
        token = tokens[at]
        if token.low in {"last", "this", "next", "late", "early"} and at + 1 < end:
            late = token.low in {"late", "early"} and tokens[at + 1].low in {"on", "in"}
            at += 2 if tokens[at + 1].low in TIMES else int(late)
        elif (token.low in TIMES and token.low not in {"may", "day"}) or (
            is_adverb(token) and token.low not in _KEPT
        ):
            at += 1
        elif token.low in PREPOSITIONS - {"of", "until", "without", "upon"}:
            at = _past_phrase(tokens, at, end)
    return at


def _that(tokens: Sequence[Token], at: int, end: int) -> int | None:
    """The place of a "that" which only adverbials keep from the verb."""
    for place in range(at, min(at + _REACH, end)):
        token = tokens[place]
        if token.low == "that":
            return _behind_aside(tokens, at, place, end)
        if token.quotation or token.low in {";", ":", "—", "–", "?"} or token.low in _BE_OR_MODAL:
            return None
        if token.low in PRONOUNS and place > at:
            return None
    return None


def _behind_aside(tokens: Sequence[Token], at: int, place: int, end: int) -> int:
    """Pass over a "that" within an aside: "told the court, in a letter that …, | that"."""
    if any(token.low == "," for token in tokens[at:place]) and tokens[place - 1].low != ",":
        for later in range(place + 1, min(place + _REACH, end - 1)):
            if tokens[later].low == "," and tokens[later + 1].low == "that":
                return later + 1
    return place


_BE_OR_MODAL = AUXILIARIES | (MODALS - {"to"}) | word_set("is are was were be been")


def _past_addressee(tokens: Sequence[Token], at: int, end: int) -> int:
    if at < end and tokens[at].low in _OBJECTS:
        return at + 1
    start = at
    while at < end and tokens[at].low in DETERMINERS:
        at += 1
    has_article = at > start
    if at < end and tokens[at].low == "of":
        return start
    while at < end and tokens[at].is_word and not _ends_addressee(tokens[at]):
        token = tokens[at]
        at += 1
        follows = tokens[at] if at < end else None
        names = follows is not None and token.is_name and follows.is_name
        if follows is not None and not (has_article or names or follows.low in {"and", "of"}):
            break
    return at


def _ends_addressee(token: Token) -> bool:
    opens = token.low in DETERMINERS or token.low in PRONOUNS or token.low in _QUESTIONS
    placed = token.low in PREPOSITIONS and token.low != "of"
    return opens or placed or token.low in _BE_OR_MODAL or is_adverb(token)


def _past_phrase(tokens: Sequence[Token], at: int, end: int) -> int:
    """Skip a preposition with its noun."""
    at += 1
    while at < end and tokens[at].low in DETERMINERS:
        at += 1
    start = at
    while at < end and (tokens[at].is_word or tokens[at].low == "&"):
        token = tokens[at]
        if at > start and (
            token.low in DETERMINERS
            or token.low in PRONOUNS
            or token.low in PREPOSITIONS - {"of", "for"}
            or token.low in _QUESTIONS
            or token.low in _BE_OR_MODAL
            or (token.is_name and tokens[at - 1].low in DAYS and token.low not in TIMES)
        ):
            break
        if token.low in {"of", "for"} and at + 1 < end and tokens[at + 1].low in DETERMINERS:
            at += 1
        at += 1
    return at


def clause_start(tokens: Sequence[Token], at: int, end: int, verb: Verb) -> int | None:
    """Where the clause that was said begins, or None where there is none.

    Parameters
    ----------
    tokens : sequence of Token
    at : int
        Behind the adverbials.
    end : int
        Of the sentence.
    verb : Verb
    """
    if at >= end:
        return None
    first = tokens[at]
    if first.low == "to" or (
        verb.lemma in {"claim", "hope", "swear"} and _next(tokens, verb) == "to"
    ):
        return None
    if first.low == "that":
        # "Say that is unfair": there the word is the subject.
        own = at + 1 < end and tokens[at + 1].low in _BE_OR_MODAL
        return at if own else at + 1 if at + 1 < end else None
    if first.low == ":":
        return at + 1 if verb.says and at + 2 < end else None
    if first.low in _QUESTIONS:
        return at
    if verb.lemma in WEAK or verb.lemma in ADDRESSING - {"tell", "assure", "inform", "remind"}:
        return None
    words = [token.low for token in tokens[at:end] if token.is_word]
    if not words or (len(words) == 1 and words[0] in BLANKS):
        return None
    if len(words) <= 3 and words[0] in {"nothing", "little", "so", "much", "no"}:
        return None
    if not (first.is_word or first.quotation) or (
        words[0] in {"much", "nothing"} and len(words) < 5
    ):
        return None
    return at if _is_clause(tokens[at:end], verb) else None


def _is_clause(tokens: Sequence[Token], verb: Verb) -> bool:
    """Whether there is a verb: "noted the time" is no saying."""
    first = tokens[0].low
    if first in {"of", "about", "for", "with"}:
        return False
    if first in PRONOUNS or first in {"there", "we", "i", "you"}:
        return True
    verbal = any(
        token.low in VERBLIKE or token.low.endswith(("ed", "n't")) or token.quotation
        for token in tokens[1:]
    )
    return verbal or (verb.lemma in STRONG and len(tokens) > 2)


def _next(tokens: Sequence[Token], verb: Verb) -> str:
    return tokens[verb.last + 1].low if verb.last + 1 < len(tokens) else ""


def is_act(tokens: Sequence[Token], verb: Verb, end: int) -> bool:
    """Whether a verb does something by saying it here: "called for a truce", "rejected it all"."""
    if verb.lemma not in ACTS:
        return False
    wanted, at = ACTS[verb.lemma], verb.last + 1
    while at < end and is_adverb(tokens[at]) and tokens[at].low not in {"back"}:
        at += 1
    words = [token.low for token in tokens[at:end]]
    if not words or words[0] in {",", ".", ":", ";"} or words[0] in _BE_OR_MODAL - {"to"}:
        return False
    alone = len(words) == 1 and words[0] in BLANKS | PRONOUNS.keys()
    if alone or words[0] in {"nothing", "little"}:
        return False
    if verb.lemma == "refuse" and len(words) > 1 and words[1] in EMPTY:
        return False
    if not wanted:
        return words[0] not in PREPOSITIONS and (words[0] != '"' or len(words) > 1)
    if verb.lemma == "call" and words[0] not in wanted:
        return '"' in words[1:] or any(word in {"a", "an"} for word in words[2:8]) or _judges(words)
    if verb.lemma == "describe":
        return "as" in words
    if verb.lemma == "vow":
        return words[0] not in {"that", '"'}
    following = " ".join(words[:3])
    if any(following.startswith(f"{item} ") for item in wanted if item[0] != "*"):
        return True
    return "*to" in wanted and "to" in words[1:6] and words[0] not in _QUESTIONS


def _judges(words: Sequence[str]) -> bool:
    """Whether "called" is followed by an object and what it was called: "it premature"."""
    if words[0] in _OBJECTS:
        return len(words) == 2
    return words[0] == "the" and 3 <= len(words) <= 6 and not PREPOSITIONS.intersection(words)


def coordinated(
    tokens: Sequence[Token], verbs: Sequence[Verb], start: int, acts: bool
) -> tuple[int, Verb] | None:
    """Where a clause that begins at ``start`` ends since another verb of speech goes on.

    Parameters
    ----------
    tokens : sequence of Token
    verbs : sequence of Verb
        Those that come later.
    start : int
    acts : bool
        The clause is that of an act: acts may follow one another with commas between.

    Returns
    -------
    (int, Verb) or None
        The end of the clause, and the verb.
    """
    for verb in verbs:
        if verb.first <= start:
            continue
        before = tokens[verb.first - 1].low
        if verb.lemma in WEAK and not _takes(tokens, verb):
            continue
        if verb.form == "ing":
            if (before in {",", "—", "–"} and verb.says) or (
                before in {",", "and"} and verb.lemma in ACTS
            ):
                return verb.first - 1, verb
            continue
        if before in _JOINS and verb.form != "base":
            comma = verb.first > 1 and tokens[verb.first - 2].low == ","
            return verb.first - (2 if comma else 1), verb
        if acts and before == "," and verb.lemma in ACTS and verb.form == "past":
            return verb.first - 1, verb
        own = _own_subject(tokens, start, verb)
        if own is not None:
            return own, verb
    return None


def _takes(tokens: Sequence[Token], verb: Verb) -> bool:
    """Whether what a weak verb needs follows it."""
    if verb.lemma in ACTS and is_act(tokens, verb, len(tokens)):
        return True
    following = tokens[verb.last + 1 : verb.last + 3]
    return any(t.low in _QUESTIONS or t.quotation or t.low in {",", ".", ":"} for t in following)


def _own_subject(tokens: Sequence[Token], start: int, verb: Verb) -> int | None:
    for place in range(verb.first - 2, start, -1):
        token = tokens[place]
        opens = token.low in {";", "—", "–"}
        joined = token.low == "," and tokens[place + 1].low in _BREAKS
        if not (opens or joined):
            continue
        low = place + (2 if joined else 1)
        if opens and tokens[low].low in _BREAKS:
            low += 1
        subject = subject_before(tokens, low, verb.first)
        if subject is not None and subject.start == low:
            return place
        return None
    return None
