"""What one sentence attributes to whom: subjects, cues and statements, as token indices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from stance.reading.complements import past_adverbials
from stance.reading.mentions import is_outlet, mention_of
from stance.reading.phrases import Subject
from stance.reading.saying import Attribution, attributed, subject_behind
from stance.reading.spans import only_introduces, quotations_in, trimmed
from stance.reading.subjects import leading, subject_after, subject_before
from stance.reading.tokens import Token
from stance.reading.verbs import Verb, find_verbs, negated, supposed
from stance.reading.words import (
    ASIDES,
    CONJUNCTIONS,
    DETERMINERS,
    LEADS,
    TIMES,
    VERBLIKE,
    word_set,
)

__all__ = ["attributions"]

_ENDS = frozenset({".", "!", "?", "…", ","})
_REMARKS = word_set(
    """
    brushing citing quoting shrugging waving speaking referring echoing responding replying
    signalling signaling hinting alluding contradicting repeating doubling
    """
)
_MEANWHILE = word_set("after amid despite while without")
_LATER = word_set("minutes hours days weeks months day week month year")


def attributions(tokens: Sequence[Token]) -> list[Attribution]:
    """Find what a sentence attributes.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> text = "The mayor rejected the plan but said talks would go on."
    >>> tokens = tokenise(text, 0, len(text), [])
    >>> [" ".join(t.text for t in tokens[slice(*found.spans[0])]) for found in attributions(tokens)]
    ['rejected the plan', 'talks would go on']
    """
    found = _attributions(tokens)
    return _relayed(tokens, found) or found


def _relayed(tokens: Sequence[Token], found: Sequence[Attribution]) -> list[Attribution]:
    """What an outlet tells of others is theirs: "Oss said he would go, Reuters reported"."""
    told = found[0] if len(found) == 1 else None
    if told is None or told.subject is None or told.direct or len(told.spans) != 1:
        return []
    if not is_outlet(tokens[told.subject.start : told.subject.end]):
        return []
    start, end = told.spans[0]
    return [_shifted(item, start) for item in _attributions(tokens[start:end])]


def _shifted(found: Attribution, by: int) -> Attribution:
    """An attribution in a part of a sentence as one in the whole."""
    subject = found.subject
    if subject is not None:
        beside = subject.beside and (subject.beside[0] + by, subject.beside[1] + by)
        subject = Subject(subject.start + by, subject.end + by, beside)
    cue = found.cue[0] + by, found.cue[1] + by
    spans = tuple((start + by, end + by) for start, end in found.spans)
    return replace(found, subject=subject, cue=cue, spans=spans)


def _attributions(tokens: Sequence[Token]) -> list[Attribution]:
    end = len(tokens)
    while end and tokens[end - 1].low in _ENDS:
        end -= 1
    source = _according(tokens, end)
    if source is not None and not _is_document(tokens, source.subject):
        return [source]
    verbs = [verb for verb in find_verbs(tokens) if verb.at < end]
    behind = _behind(tokens, verbs, end)
    if behind is not None:
        return [behind]
    if followed := _before_remark(tokens, verbs, end):
        return followed
    found = list(_from_left(tokens, verbs, end))
    return found or _introduced(tokens, end)


def _introduced(tokens: Sequence[Token], end: int) -> list[Attribution]:
    """A quotation behind a colon is whose the sentence is about: 'Oss was blunt: "No."'."""
    subject = leading(tokens)
    colon = next((at for at in range(1, end - 1) if tokens[at].low == ":"), None)
    if subject is None or colon is None or colon < subject.end:
        return []
    if tokens[subject.end - 1].is_possessive or any(t.is_word for t in tokens[colon:end]):
        return []
    spans = quotations_in(tokens, colon, end)
    return [Attribution(subject, (colon, colon + 1), spans, True)] if spans else []


def _is_document(tokens: Sequence[Token], subject: Subject | None) -> bool:
    """Whether a source is a document that nobody signed: "according to a statement"."""
    if subject is None:
        return True
    mention = mention_of(tokens[subject.start : subject.end])
    return mention is None or mention.kind == "thing"


def _according(tokens: Sequence[Token], end: int) -> Attribution | None:
    for at in range(end - 2):
        if tokens[at].low == "according" and tokens[at + 1].low == "to":
            break
    else:
        return None
    subject = subject_after(tokens, at + 2)
    if subject is None:
        return None
    stop = subject.end
    if subject.beside and (at > 0 or tokens[subject.end + 1].is_name):
        stop = min(subject.beside[1], end)
    while stop < end and tokens[stop].is_word:
        stop += 1
    cue = (at, at + 2)
    if at == 0:
        span = (stop + 1, end) if stop + 1 < end else None
    elif stop + 1 < end and tokens[stop].low == "," and tokens[stop + 1].low not in ASIDES:
        span = (0, end)
    else:
        span = (0, at)
    return Attribution(subject, cue, (span,)) if span else None


def _behind(tokens: Sequence[Token], verbs: Sequence[Verb], end: int) -> Attribution | None:
    """A cue that ends the sentence: "…, two officials said on Monday"."""
    if not verbs:
        return None
    verb = verbs[-1]
    if not verb.says or verb.form == "ing" or verb.passive:
        return None
    inverted = subject_behind(tokens, verb, end)
    if inverted is not None:
        subject, after = inverted
        first = verb.first
    else:
        found = subject_before(tokens, 0, verb.first)
        if found is None:
            return None
        subject, after, first = found, verb.last + 1, found.start
        if past_adverbials(tokens, after, end, verb) < end or supposed(tokens, first):
            return None
    if negated(tokens, subject.start, subject.end):
        return None
    if first == 0 or tokens[first - 1].low not in {",", '"', "—", "–"}:
        return None
    if tokens[first - 2].low in LEADS and first > 1:
        return None
    head = trimmed(tokens, 0, first)
    if head is None or only_introduces(tokens, *head):
        return None
    if after < end and any(token.quotation for token in tokens[after:end]):
        return None
    if all(token.quotation or token.low in CONJUNCTIONS | {","} for token in tokens[slice(*head)]):
        return Attribution(subject, (verb.at, verb.last + 1), quotations_in(tokens, *head), True)
    return Attribution(subject, (verb.at, verb.last + 1), (head,))


def _before_remark(tokens: Sequence[Token], verbs: Sequence[Verb], end: int) -> list[Attribution]:
    """A cue behind a clause where more follows: "…, the mayor said on Monday, adding that …"."""
    for comma in range(1, end - 1):
        if tokens[comma].low != ",":
            continue
        earlier = [verb for verb in verbs if verb.at < comma]
        if not earlier or earlier[-1].form == "ing":
            continue
        later = verbs[len(earlier) :]
        goes_on = bool(later) and later[0].first == comma + 1 and later[0].form == "ing"
        if not goes_on and not _is_remark(tokens, comma + 1, end):
            continue
        found = _behind(tokens, earlier, comma)
        if found is not None and not found.direct:
            rest = _from_left(tokens, later, end, comma + 1) if goes_on else ()
            return [found, *rest]
    return []


def _is_remark(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether the writer goes on: "said, | citing the cost", "said, | a day after talks failed"."""
    if any(tokens[i - 1].low == "," and tokens[i].low in VERBLIKE for i in range(at + 1, end)):
        return False  # "The bridge, he said, citing an engineer, | was shut"
    first, after = tokens[at].low, [token.low for token in tokens[at + 1 : min(at + 4, end)]]
    if first in ASIDES | _REMARKS:
        return True
    sign = first == "in" and after[:1] in (["a"], ["an"])
    if (sign or first in _MEANWHILE) and tokens[at - 2].low in TIMES:
        return True
    timed = first in _LATER or (first in DETERMINERS and not _LATER.isdisjoint(after[:1]))
    return timed and not {"after", "before"}.isdisjoint(after)


def _from_left(
    tokens: Sequence[Token], verbs: Sequence[Verb], end: int, low: int = 0
) -> Iterator[Attribution]:
    known = low > 0
    queue = list(verbs)
    while queue:
        verb = queue.pop(0)
        if verb.first < low:
            continue
        found = attributed(tokens, verb, queue, low, end, known)
        if found is None:
            continue
        if verb.form == "base":
            found = replace(found, plural=True)
        yield found
        known = True
        low = max([verb.last + 1, *(stop for _, stop in found.spans)])
