"""What one verb of saying or doing attributes to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stance.reading.complements import clause_start, coordinated, is_act, past_adverbials
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
from stance.reading.verbs import Verb, is_adverb, negated, supposed
from stance.reading.words import ACTS, ADDRESSING, ASIDES, LEADS, PREPOSITIONS, PROMISES, word_set

__all__ = ["Attribution", "attributed", "subject_behind"]

_WHEN = word_set("on in at during after before last this late early")
_IFS = word_set("if when whether unless until where how why")


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


def attributed(
    tokens: Sequence[Token], verb: Verb, later: Sequence[Verb], low: int, end: int, known: bool
) -> Attribution | None:
    """What one verb attributes; ``later`` are those behind it, and ``low`` is where it may begin.

    Where the holder of what stands before is ``known``, the verb may go without a subject.
    """
    if verb.passive:
        return _passive(tokens, verb, low, end)
    inverted = subject_behind(tokens, verb, end)
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


def subject_behind(tokens: Sequence[Token], verb: Verb, end: int) -> tuple[Subject, int] | None:
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
        told = _told(tokens, before)
        return Attribution(subject, cue, () if told is None else (told,))
    if is_act(tokens, verb, stop) and not _promises(tokens, verb, stop):
        return Attribution(subject, (verb.at, _act_end(tokens, verb)), ((verb.at, stop),))
    if not verb.says:
        return None
    return _said(tokens, verb, subject, head, before, (after, stop), end)


def _said(
    tokens: Sequence[Token],
    verb: Verb,
    subject: Subject | None,
    head: tuple[int, int],
    before: tuple[int, int] | None,
    behind: tuple[int, int],
    end: int,
) -> Attribution | None:
    """What a verb of saying has behind it, or, where that is nothing, before it."""
    cue = (verb.at, verb.last + 1)
    after, stop = behind
    at = past_adverbials(tokens, after, stop, verb)
    quoted = quotations_at(tokens, at, stop)
    words = before is not None and any(token.is_word for token in tokens[slice(*before)])
    if quoted and not (words and tokens[at].low == "," and tokens[at + 1].text[1:2].islower()):
        return Attribution(subject, cue, quoted, True)
    led = head[1] > 1 and tokens[head[1] - 1].low == "," and tokens[head[1] - 2].low in LEADS
    if led and at < stop and tokens[at].low == ",":
        return Attribution(subject, cue, ((at + 1, stop),))
    told = _told(tokens, before)
    if told is not None and at < end and tokens[at].low == ",":
        aside = at + 1 >= stop or tokens[at + 1].low in ASIDES or stop <= at
        return Attribution(subject, cue, ((told[0], told[1] if aside else stop),))
    if at >= stop:
        if told is not None and tokens[told[1]].low == ",":
            return Attribution(subject, cue, (told,))
        return Attribution(subject, cue, ()) if subject else None
    start = clause_start(tokens, at, stop, verb)
    if start is None:
        return None
    return Attribution(subject, cue, ((start, before_comment(tokens, start, stop)),))


def _told(tokens: Sequence[Token], before: tuple[int, int] | None) -> tuple[int, int] | None:
    """What stands before a cue, where that is a statement and no mere introduction."""
    return None if before is None or only_introduces(tokens, *before) else before


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
