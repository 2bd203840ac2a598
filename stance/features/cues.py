"""Words that carry a stance whatever the term: support, refusal, condition, negation, doubt.

A learner that has seen "on condition that" six times and "so long as" never should still know
that both state a condition. The classes are those of the codebook's rules; the words were
collected from grammars of English modality and from negotiation language at large.
"""

from __future__ import annotations

from functools import cache

from stance.features.analysis import stem, tokens
from stance.features.lexicon import Analysed, Lexicon
from stance.features.ngrams import PairNgrams

__all__ = ["CUES", "LONGEST", "CueNgrams", "cue_phrases", "cue_sequence", "ends_something"]

CUES: dict[str, str] = {
    "CONDITION": """
        if, only if, unless, until, until such time, as long as, so long as, provided, provided
        that, providing, on condition, on the condition, under the condition, condition,
        conditional on, precondition, in exchange, in exchange for, in return, in return for,
        once, only after, only when, not before, before any, before a, subject to, contingent,
        depends on, depending on, first, in principle, without, as part of, tied to, linked to,
        in parallel, assuming, when the, in stages, phased, step by step, gradually, as soon as,
        after which, only then, but only, not afterwards, in which case, given that, except, at
        least, for now, temporary, limited, partial
    """,
    "SUPPORT": """
        support, supports, welcome, endorse, back, backs, favour, favor, agree, agreed, accept,
        call for, calls for, urge, appeal, demand, insist, want, need, propose, offer, ready,
        willing, prepared, committed, commitment, determined, hope, look forward, praise,
        commend, applaud, encourage, advocate, promote, pledge, promise, intend, plan, plans, in
        favour, vital, necessary, essential, important, right, obligation, reaffirm, reiterate,
        stand for, believe, key, solution, way forward, progress, achieve, ensure, guarantee,
        implement, fulfil, complete
    """,
    "REFUSE": """
        reject, refuse, oppose, rule out, unacceptable, never, no way, out of the question, red
        line, not negotiable, non-negotiable, nonnegotiable, off the table, not on the table,
        against, veto, block, deny, dismiss, condemn, impossible, illegal, unlawful,
        capitulation, surrender, betray, dangerous, mistake, wrong, threat, harm, undermine,
        disaster, unthinkable, resist, protest, denounce, object, objection, cannot accept, will
        not accept, no basis, no place, no right, won't, refuses, nonsense, absurd, illusion,
        blackmail, ultimatum, reward, appease
    """,
    "KEEP": """
        keep, maintain, remain, stay, continue, extend, prolong, tighten, strengthen, increase,
        preserve, retain, uphold, stand, hold, permanent, forever, indefinitely, in place, in
        force, expand, step up, intensify, impose, further, more, enforce, defend, protect
    """,
    "END": """
        end, stop, halt, lift, remove, withdraw, leave, pull out, pull back, give up, abandon,
        renounce, drop, cease, suspend, ease, relax, abolish, scrap, dismantle, disarm, hand
        over, release, free, return, open, reopen, lay down, put down, quit, terminate, cancel,
        waive, reduce, cut, unfreeze, evacuate, vacate
    """,
    "NEGATION": """
        not, no, nor, neither, none, nobody, nothing, cannot, can't, don't, doesn't, didn't,
        isn't, aren't, wasn't, won't, wouldn't, shouldn't, couldn't, hasn't, haven't, never,
        without, lack, fail, refuse, hardly, rather than, instead of, far from, anything but
    """,
    "DOUBT": """
        perhaps, maybe, may, might, could, possible, possibly, unlikely, likely, doubt, unclear,
        unknown, too early, premature, wait and see, we will see, we'll see, remains to be seen,
        uncertain, speculate, speculation, whether, question, hypothetical, depends, hard to
        say, difficult, complicated, no comment, not decided, no decision, undecided, no
        position, nothing to announce, under consideration, up to, decision for, for them to
        decide, ?
    """,
    "TALK": """
        discuss, discussion, talks, talk about, consult, consultation, consider, study, examine,
        review, raise, mention, topic, agenda, item, chapter, draft, proposal, text, paper,
        working group, meeting, session, round, exchange of views, explore, look at, report,
        describe, explain, ask, poll, survey, per cent, percent, %, according to, analyst,
        mediator, summary
    """,
    "OBLIGE": """
        must, should, have to, has to, need to, shall, ought, requires, require, obliged, duty
    """,
    "CONTRAST": """
        but, however, although, though, yet, while, whereas, nevertheless, even if, despite
    """,
    "PAST": """
        was, were, had, used to, formerly, in the past, at that time, years ago
    """,
}
"""For each class its words and phrases, separated by commas."""

LONGEST = 5
"""No phrase of more words is looked for."""


@cache
def cue_phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    """The classes of each cue, by its stems."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, listed in CUES.items():
        for phrase in listed.split(","):
            key = tuple(map(stem, tokens(phrase)))
            if name not in found.setdefault(key, []):
                found[key].append(name)
    return {key: tuple(names) for key, names in found.items()}


def cue_sequence(statement: Analysed, term: Lexicon) -> list[tuple[str, ...]]:
    """Reduce a statement to its cues and its marks of the term, in order.

    Returns
    -------
    list of tuple of str
        A mark (``‹P›`` …) or the classes of a cue at each step; a word of the term
        that is a cue too gives both.

    Examples
    --------
    >>> from stance.features.lexicon import analyse, lexicon
    >>> term = lexicon("Sanctions are lifted", "", (), ())
    >>> cue_sequence(analyse("No lifting of sanctions until they withdraw"), term)
    [('NEGATION',), ('END', '‹P›'), ('‹P›',), ('CONDITION',), ('END',)]
    """
    phrases, stems = cue_phrases(), statement.stems
    sequence: list[tuple[str, ...]] = []
    at = 0
    while at < len(stems):
        length = next((n for n in range(LONGEST, 0, -1) if stems[at : at + n] in phrases), 0)
        names = phrases[stems[at : at + length]] if length else ()
        words = statement.content[at : at + max(length, 1)]
        roles = (term.role.get(word, "N") for word in words if word is not None)
        marks = tuple(f"‹{role}›" for role in roles if role != "N")  # a name says nothing
        if names or marks:
            sequence.append((*names, *marks[:1]))
        at += max(length, 1)
    return sequence


class CueNgrams(PairNgrams):
    """N-grams of cue classes and marks, without any other word of the statement.

    What it learns is the grammar of stance: a negation before a support before the term, a
    condition after it. Each n-gram is given twice, once with the kind of the term: "keep" is
    against a clause that ends something, and mostly for one that begins something.

    Parameters
    ----------
    reach : int, default 4
        How many steps apart two members of a pair may stand.
    min_df : int, default 2
    """

    def __init__(self, reach: int = 4, min_df: int = 2) -> None:
        super().__init__(min_df)
        self.reach = reach

    def of_pair(self, statement: Analysed, term: Lexicon) -> list[str]:
        """N-grams of one pair."""
        sequence = cue_sequence(statement, term)
        grams = [name for names in sequence for name in names]
        for start, names in enumerate(sequence):
            for distance in range(1, self.reach + 1):
                if start + distance < len(sequence):
                    link = ">" if distance == 1 else ">>"
                    later = sequence[start + distance]
                    grams += [f"{a} {link} {b}" for a in names for b in later]
        grams += [
            f"{a} {b} {c}"
            for first, second, third in zip(sequence, sequence[1:], sequence[2:], strict=False)
            for a in first
            for b in second
            for c in third
        ]
        kind = "ends" if ends_something(term) else "begins"
        return [*grams, *(f"{kind}: {gram}" for gram in grams)]


@cache
def _ending_stems() -> frozenset[str]:
    return frozenset(
        key[0] for key, names in cue_phrases().items() if "END" in names and len(key) == 1
    )


def ends_something(term: Lexicon) -> bool:
    """Whether a term's name has a word for ending something, such as "lift" or "withdraw"."""
    return bool(term.pro) and any(word in _ending_stems() for word in term.pro[0])
