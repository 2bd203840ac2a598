"""Verbs of speech in a sentence: which are finite, affirmed, active, and what they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from stance.reading.tokens import Token
from stance.reading.words import (
    ACTS,
    ADVERBS,
    AUXILIARIES,
    DETERMINERS,
    IRREGULAR,
    MODALS,
    NEGATIONS,
    PARTICLES,
    PREPOSITIONS,
    SAYING,
    SUBORDINATORS,
    word_set,
)

__all__ = ["Verb", "find_verbs", "is_adverb", "negated", "supposed"]

Form = Literal["base", "s", "past", "ing"]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of speech that is said to have happened.

    Attributes
    ----------
    lemma : str
    form : {"base", "s", "past", "ing"}
    first : int
        Index of the first token of its group: an auxiliary or an adverb, or the verb itself.
    at : int
        Index of the verb.
    last : int
        Index of the last token of the cue: the verb, or its particle.
    passive : bool
        "was rejected"; then the holder is behind "by".
    """

    lemma: str
    form: Form
    first: int
    at: int
    last: int
    passive: bool = False

    @property
    def says(self) -> bool:
        """Whether a clause or a quotation can follow."""
        return self.lemma in SAYING


@cache
def _forms() -> dict[str, tuple[str, Form]]:
    forms: dict[str, tuple[str, Form]] = {}
    for lemma in sorted(SAYING | set(ACTS)):
        s, past, ing = IRREGULAR.get(lemma) or _regular(lemma)
        forms |= {
            lemma: (lemma, "base"),
            ing: (lemma, "ing"),
            s: (lemma, "s"),
            past: (lemma, "past"),
        }
    return forms


def _regular(lemma: str) -> tuple[str, str, str]:
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    if lemma.endswith("e"):
        ing = lemma + "ing" if lemma.endswith("ee") else lemma[:-1] + "ing"
        return lemma + "s", lemma + "d", ing
    s = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x")) else "s")
    return s, lemma + "ed", lemma + "ing"


_SPOKEN = word_set("say speak tell add explain argue reply insist warn")
_LONE = word_set("all both many most several some one few each")
_INVERTED = word_set("had should were")
_BE = word_set("is are was were be been being am get gets got")


def is_adverb(token: Token) -> bool:
    """Whether a word may stand between a subject and its verb.

    Examples
    --------
    >>> [is_adverb(Token(word, word, 0, 1)) for word in ("later", "bluntly", "bridge")]
    [True, True, False]
    """
    return token.low in ADVERBS or (
        token.low.endswith("ly") and len(token.low) > 4 and not token.is_name
    )


def find_verbs(tokens: Sequence[Token]) -> list[Verb]:
    """The verbs of speech that a sentence affirms, in order.

    Left out are those that are negated, questioned or supposed ("did not say", "would say",
    "if he says"), infinitives, and words that only look like verbs ("the offer").

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> text = "The mayor did not say when, but the governor later ruled out the truce."
    >>> [item.lemma for item in find_verbs(tokenise(text, 0, len(text), []))]
    ['rule']
    """
    found = []
    for at, token in enumerate(tokens):
        if token.low == "quoted" and at and tokens[at - 1].low in _BE:
            quoted = _quoted(tokens, at)
            found += [quoted] if quoted else []
        known = _forms().get(token.low)
        if known is None or token.quotation is not None or (token.is_name and at > 0):
            continue
        verb = _affirmed(tokens, at, *known)
        if verb is not None:
            found.append(verb)
    return found


def _affirmed(tokens: Sequence[Token], at: int, lemma: str, form: Form) -> Verb | None:
    particle = PARTICLES.get(lemma)
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if particle and following != particle:
        return None
    if at == 0 and tokens[0].is_name and form in ("past", "ing"):
        return None  # "Asked for his view, he …"
    first = at
    while first > 0 and is_adverb(tokens[first - 1]):
        first -= 1
    before = tokens[first - 1].low if first else ""
    auxiliary = before in AUXILIARIES
    if auxiliary:
        first -= 1
        while first > 0 and is_adverb(tokens[first - 1]):
            first -= 1
    if form in ("base", "s") and before in (DETERMINERS - _LONE) | PREPOSITIONS:
        return None  # "a claim", "the demands", "in charge"
    if form == "past" and at and tokens[at - 1].low in DETERMINERS - _LONE:
        return None  # "the disputed border"
    if any(word.low in NEGATIONS for word in tokens[max(0, first - 2) : at]):
        return None
    passive = before in _BE
    if before in MODALS or before.endswith("n't") or (auxiliary and form != "past"):
        return None
    if passive:
        if form != "past" or (first > 1 and tokens[first - 2].low in MODALS):
            return None
    elif form == "past" and not auxiliary and following in ("by", "of") and lemma not in _SPOKEN:
        return None  # "the plan rejected by the council"
    last = at + 1 if particle else at
    return Verb(lemma, form, first, at, last, passive)


def _quoted(tokens: Sequence[Token], at: int) -> Verb | None:
    """Take "was quoted by the radio as saying" for "said"."""
    for place in range(at + 1, min(at + 10, len(tokens) - 1)):
        if tokens[place].low == "as" and tokens[place + 1].low == "saying":
            return Verb("say", "past", at - 1, place + 1, place + 1)
    return None


def negated(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a subject says that nobody spoke: "neither the army nor | the council".

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> negated(tokenise("Not one of the ministers said so", 0, 32, []), 1, 5)
    True
    >>> negated(tokenise("A party with no seats said so", 0, 29, []), 0, 5)
    False
    """
    first = max(0, start - 2)
    for at in range(first, end):  # what stands before a mark or "and" is of another clause
        if tokens[at].low in {"and", "but"} or not tokens[at].is_word:
            first = at + 1
    for at in range(first, end):
        if at >= start and tokens[at].low in PREPOSITIONS:
            return False  # "a party with no seats" may speak
        only = any(token.low in {"only", "just"} for token in tokens[at + 1 : at + 2])
        if tokens[at].low in NEGATIONS and not only:
            return True
    return False


def supposed(tokens: Sequence[Token], first: int) -> bool:
    """Whether the clause that ends before ``first`` opens with "if", "whether", "had" ….

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> supposed(tokenise("If the king says yes", 0, 20, []), 3)
    True
    """
    before = tokens[first - 1] if first else None
    if (
        before is not None
        and before.low in _INVERTED
        and (first == 1 or not tokens[first - 2].is_word)
    ):
        return True  # "Had | she rejected it, …"
    for token in reversed(tokens[max(0, first - 12) : first]):
        if token.quotation is not None or token.low in {",", ";", ":", "—", "–"}:
            return False
        if token.low in SUBORDINATORS:
            return True
    return False
