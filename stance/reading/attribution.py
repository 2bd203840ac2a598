"""What one sentence attributes to whom: subjects, cues and statements, as token indices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from stance.reading.complements import clause_start, coordinated, is_act, past_adverbials
from stance.reading.mentions import is_outlet, mention_of
from stance.reading.phrases import Subject
from stance.reading.spans import (
    before_comment,
    clause_end,
    only_introduces,
    quotations_at,
    quotations_in,
    trailing_quotations,
    trimmed,
)
from stance.reading.subjects import antecedent, leading, subject_after, subject_before
from stance.reading.tokens import Token
from stance.reading.verbs import Verb, find_verbs, is_adverb, negated, supposed
from stance.reading.words import (
    ACTS,
    ADDRESSING,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    PROMISES,
    TIMES,
    VERBLIKE,
    word_set,
)

__all__ = ["Attribution", "attributions"]

_ENDS = frozenset({".", "!", "?", "…", ","})
_LEADS = word_set("because that but and yet although though since as if")
_WHEN = word_set("on in at during after before last this late early")
_IFS = word_set("if when whether unless until where how why")
_ASIDES = word_set("which who whose where when as though although because")
_REMARKS = word_set(
    """
    brushing citing quoting shrugging waving speaking referring echoing responding replying
    signalling signaling hinting alluding contradicting repeating doubling
    """
)
_MEANWHILE = word_set("after amid despite while without")
_LATER = word_set("minutes hours days weeks months day week month year")


@dataclass(frozen=True, slots=True)
class Attribution:
    """One statement of a sentence.

    Attributes
    ----------
    subject : Subject or None
        Whose it is; None where it is that of the attribution before.
    cue : (int, int)
        The tokens of the cue.
    spans : tuple of (int, int)
        The tokens of the statements: several where a quotation is split, none where the cue
        stands without ("he said.").
    direct : bool
        Each span is one quotation.
    plural : bool
        The form of the verb ("say") needs a holder in the plural.
    """

    subject: Subject | None
    cue: tuple[int, int]
    spans: tuple[tuple[int, int], ...]
    direct: bool = False
    plural: bool = False


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
    elif stop + 1 < end and tokens[stop].low == "," and tokens[stop + 1].low not in _ASIDES:
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
    inverted = _inverted(tokens, verb, end)
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
    if tokens[first - 2].low in _LEADS and first > 1:
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
    if first in _ASIDES | _REMARKS:
        return True
    sign = first == "in" and after[:1] in (["a"], ["an"])
    if (sign or first in _MEANWHILE) and tokens[at - 2].low in TIMES:
        return True
    timed = first in _LATER or (first in DETERMINERS and not _LATER.isdisjoint(after[:1]))
    return timed and not {"after", "before"}.isdisjoint(after)


def _inverted(tokens: Sequence[Token], verb: Verb, end: int) -> tuple[Subject, int] | None:
    """The subject behind the verb: "…", said the mayor."""
    if verb.first != verb.at or verb.form not in ("past", "s") or not verb.says:
        return None
    if verb.at and tokens[verb.at - 1].low not in {",", '"', "—", "–", "-", "?", "!"}:
        return None
    subject = subject_after(tokens, verb.last + 1)
    if subject is None or tokens[subject.start].low in PREPOSITIONS or verb.last + 1 >= end:
        return None
    after = subject.end
    quoted = verb.at > 0 and tokens[verb.at - 1].quotation is not None
    quoted = quoted or (verb.at > 1 and tokens[verb.at - 2].quotation is not None)
    if not quoted:
        if is_act(tokens, verb, end) or verb.lemma in ADDRESSING - {"ask"}:
            return None
        rest = past_adverbials(tokens, after, end, verb)
        behind = after < end and tokens[after].low not in _WHEN | {","}
        if behind or (rest < end and tokens[rest].low != ","):
            return None
    return subject, after


def _from_left(
    tokens: Sequence[Token], verbs: Sequence[Verb], end: int, low: int = 0
) -> Iterator[Attribution]:
    known = low > 0
    queue = list(verbs)
    while queue:
        verb = queue.pop(0)
        if verb.first < low:
            continue
        found = _attribution(tokens, verb, queue, low, end, known)
        if found is None:
            continue
        if verb.form == "base":
            found = replace(found, plural=True)
        yield found
        known = True
        low = max([verb.last + 1, *(stop for _, stop in found.spans)])


def _attribution(
    tokens: Sequence[Token], verb: Verb, later: Sequence[Verb], low: int, end: int, known: bool
) -> Attribution | None:
    if verb.passive:
        return _passive(tokens, verb, low, end)
    inverted = _inverted(tokens, verb, end)
    subject: Subject | None
    if inverted is not None:
        subject, after = inverted
        head_end = verb.first
    elif verb.form == "ing":
        if verb.first == 0 or tokens[verb.first - 1].low not in {",", '"', "and", "—", "–"}:
            return None
        subject = None if known else leading(tokens)
        if subject is None and not known:
            return None
        after, head_end = verb.last + 1, low
    else:
        subject = antecedent(tokens, low, verb.first) or subject_before(tokens, low, verb.first)
        if subject is None and _is_aside(tokens, low, verb):
            return None
        if subject is None and not known:
            subject = leading(tokens)
        if subject is None and not known:
            return None
        if subject is not None and supposed(tokens, subject.start):
            return None
        after, head_end = verb.last + 1, subject.start if subject else low
        if tokens[verb.first - 1].low in {"who", "which"}:
            if verb.form != "past" and not verb.says:
                return None  # "Toruna, which backs the rebels" tells of no saying
            comma = (at for at in range(after, end) if tokens[at].low == ",")
            end = next(comma, end)
    if subject is not None and negated(tokens, subject.start, subject.end):
        return None
    head = (low, head_end)
    return _with(tokens, verb, later, subject, head, after, end, inverted is not None)


def _is_aside(tokens: Sequence[Token], low: int, verb: Verb) -> bool:
    """Whether a verb is of a clause without a subject: "When asked, Oss said no"."""
    return any(token.low in _IFS for token in tokens[max(low, verb.first - 3) : verb.first])


def _with(
    tokens: Sequence[Token],
    verb: Verb,
    later: Sequence[Verb],
    subject: Subject | None,
    head: tuple[int, int],
    after: int,
    end: int,
    inverted: bool,
) -> Attribution | None:
    cue = (verb.at, verb.last + 1)
    colons = [i for i in range(*head) if tokens[i].low in {":", ";"}]
    before = trimmed(tokens, colons[-1] + 1 if colons else head[0], head[1])
    if before is not None and verb.says:
        quoted = quotations_in(tokens, *before)
        if quoted and all(t.quotation or not t.is_word for t in tokens[slice(*before)]):
            rest = trailing_quotations(tokens, after, end)
            return Attribution(subject, cue, (*quoted, *rest), True)
    found = coordinated(tokens, later, after, verb.lemma in ACTS)
    stop = clause_end(tokens, after, found[0] if found else end, verb)
    if inverted:
        introduced = before is None or only_introduces(tokens, *before)
        return Attribution(subject, cue, () if introduced or before is None else (before,))
    if is_act(tokens, verb, stop) and not _promises(tokens, verb, stop):
        return Attribution(subject, (verb.at, _act_end(tokens, verb)), ((verb.at, stop),))
    if not verb.says:
        return None
    at = past_adverbials(tokens, after, stop, verb)
    quoted = quotations_at(tokens, at, stop)
    words = before is not None and any(token.is_word for token in tokens[slice(*before)])
    if quoted and not (words and tokens[at].low == "," and tokens[at + 1].text[1:2].islower()):
        return Attribution(subject, cue, quoted, True)
    led = head[1] > 1 and tokens[head[1] - 1].low == "," and tokens[head[1] - 2].low in _LEADS
    if led and at < stop and tokens[at].low == ",":
        return Attribution(subject, cue, ((at + 1, stop),))
    if (
        at < end
        and tokens[at].low == ","
        and before is not None
        and not only_introduces(tokens, *before)
    ):
        aside = at + 1 >= stop or tokens[at + 1].low in _ASIDES or stop <= at
        return Attribution(subject, cue, ((before[0], before[1] if aside else stop),))
    if at >= stop:
        if (
            before is not None
            and not only_introduces(tokens, *before)
            and tokens[before[1]].low == ","
        ):
            return Attribution(subject, cue, (before,))
        return Attribution(subject, cue, ()) if subject else None
    start = clause_start(tokens, at, stop, verb)
    if start is None:
        return None
    return Attribution(subject, cue, ((start, before_comment(tokens, start, stop)),))


def _promises(tokens: Sequence[Token], verb: Verb, stop: int) -> bool:
    at = verb.last + 1
    while at < stop and is_adverb(tokens[at]):
        at += 1
    return verb.lemma in PROMISES and at < stop and tokens[at].low in {"that", ":", '"'}


def _act_end(tokens: Sequence[Token], verb: Verb) -> int:
    at = verb.last + 1
    particles = {"for", "on", "upon", "out", "against", "to"}
    return at + 1 if at < len(tokens) and tokens[at].low in particles else at


def _passive(tokens: Sequence[Token], verb: Verb, low: int, end: int) -> Attribution | None:
    """Give "the plan was rejected by the council" to the council."""
    if verb.at + 2 >= end or tokens[verb.at + 1].low != "by" or not _is_plain_act(verb):
        return None
    agent = subject_after(tokens, verb.at + 2)
    patient = subject_before(tokens, low, verb.first - 1)
    if agent is None or patient is None or supposed(tokens, patient.start):
        return None
    if negated(tokens, agent.start, agent.end):
        return None
    if patient.end - patient.start == 1 and tokens[patient.start].low in {"it", "this", "that"}:
        return None
    return Attribution(agent, (verb.at, verb.at + 2), ((patient.start, verb.at + 1),))


def _is_plain_act(verb: Verb) -> bool:
    """Whether a verb does something by saying it, without a particle."""
    return ACTS.get(verb.lemma) == ()
