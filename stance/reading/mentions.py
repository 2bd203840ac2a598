"""Noun phrases that may stand for a holder: names, roles, bodies, pronouns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stance.reading.nouns import in_name, past_office, singular
from stance.reading.tokens import Token
from stance.reading.words import (
    DETERMINERS,
    DOCUMENTS,
    FEMALE,
    GROUPS,
    HONORIFICS,
    INANIMATE,
    MALE,
    OUTLET_INITIALS,
    OUTLETS,
    PLACES,
    PRONOUNS,
    ROLES,
    word_set,
)

__all__ = ["Mention", "is_outlet", "mention_of"]

Gender = Literal["male", "female"]
_LINKS = word_set("of for")
_POSTMODIFIERS = word_set(
    """
    of for from in at on with behind along by to between near outside inside about under
    across
    """
)
_PLACING = _POSTMODIFIERS - {"of", "for", "from", "to"}
_ABSTRACT = ("tion", "sion", "ment", "ness", "ity", "ence", "ance", "ism", "ship", "ing")
_ORIGINS = ("-based", "-backed", "-led", "-run", "-born", "-controlled")
_NOBODY = word_set("me him them us you i we")
_SOMEBODY = word_set("one all many some several most both")
_BEHIND = word_set("close involved present general elect designate familiar")
_WIRES = word_set("agency agencies service press")
_STYLES = word_set("prime foreign lord sir acting former deputy vice chief")


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase.

    Attributes
    ----------
    text : str
        As written, without a leading "the" or "a".
    name : str
        The proper name in it, without titles; empty where there is none.
    title : str
        What stands before the name: "Foreign Minister".
    head : str
        The noun that it is built on, singular, lower case; of a name, its last word.
    words : frozenset of str
        All its words, lower case.
    kind : {"person", "group", "pronoun", "thing"}
    plural : bool
    definite : bool
        With "the", or with no article before a title.
    gender : {"male", "female"} or None
    parts : tuple of Mention
        Those that speak together: of "Russia and China", both.
    """

    text: str
    name: str
    title: str
    head: str
    words: frozenset[str]
    kind: Literal["person", "group", "pronoun", "thing"]
    plural: bool = False
    definite: bool = False
    gender: Gender | None = None
    parts: tuple[Mention, ...] = ()


def is_outlet(tokens: Sequence[Token]) -> bool:
    """Whether a noun phrase is a news outlet, which mostly tells what others say.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> for text in ("the Tass agency", "state media", "the water agency", "a Reuters reporter"):
    ...     print(is_outlet(tokenise(text, 0, len(text), [])))
    True
    True
    False
    False
    """
    if not tokens:
        return False
    named = [item.low in OUTLETS or item.text in OUTLET_INITIALS for item in tokens]
    news = any(named) or any(item.low in {"news", "associated"} for item in tokens)
    return named[-1] or (tokens[-1].low in _WIRES and news)


def mention_of(tokens: Sequence[Token]) -> Mention | None:
    """Understand a noun phrase, or give None where it stands for nobody.

    Parameters
    ----------
    tokens : sequence of Token
        The phrase and no more.

    Examples
    --------
    >>> from stance.reading.tokens import tokenise
    >>> text = "Foreign Minister Mara Venn"
    >>> found = mention_of(tokenise(text, 0, len(text), []))
    >>> found.name, found.title, found.kind
    ('Mara Venn', 'Foreign Minister', 'person')
    """
    if not tokens or not all(token.quotation is None for token in tokens):
        return None
    if len(tokens) == 1 and tokens[0].low in PRONOUNS:
        return _pronoun(tokens[0])
    lead = 0
    while lead < len(tokens) - 1 and _leads(tokens, lead):
        lead += 1
    body = tokens[lead:]
    if not body[0].is_word and body[0].quotation is None:
        return None
    articles = {token.low for token in tokens[:lead]}
    owner = _writer(body)
    if owner is not None:
        return owner
    split = next((i for i, item in enumerate(body) if i and item.low in _POSTMODIFIERS), len(body))
    main = body[:split]
    name = past_office(body, split)
    if name > split and (held := mention_of(body[name:])) is not None and held.name:
        title = " ".join(filter(None, (_text(body[:name]), held.title)))
        gender = held.gender or _gender(body[:name])
        return replace(held, title=title, kind="person", plural=False, gender=gender)
    if main[-1].is_name and main[-1].low not in DETERMINERS:
        named = _named(body, main, "the" in articles)
        if named is not None:
            return named
    return _common(tokens, lead, main, body)


def _leads(tokens: Sequence[Token], at: int) -> bool:
    """Whether a determiner leads to a noun, unlike in "one of them"."""
    return tokens[at].low in DETERMINERS and tokens[at + 1].low not in _POSTMODIFIERS


def _pronoun(token: Token) -> Mention:
    kind = PRONOUNS[token.low]
    gender: Gender | None = "male" if kind == "male" else "female" if kind == "female" else None
    return Mention(
        token.text,
        "",
        "",
        token.low,
        word_set(""),
        "pronoun",
        kind == "plural",
        True,
        gender,
    )


def _writer(body: Sequence[Token]) -> Mention | None:
    """Of "the council's statement" and "a statement by the council", the council."""
    heads = [i for i, token in enumerate(body) if token.low in DOCUMENTS]
    if not heads:
        return None
    at = heads[0]
    if at and body[at - 1].is_possessive:
        return _unpossessed(body[:at])
    if at + 2 < len(body) and body[at + 1].low in {"by", "from", "of", "issued", "sent", "signed"}:
        start = at + 3 if body[at + 2].low in {"by", "from"} else at + 2
        return mention_of(body[start:])
    return None


def _unpossessed(tokens: Sequence[Token]) -> Mention | None:
    last = tokens[-1]
    cut = 2 if last.low.endswith("'s") else 1
    bare = Token(last.text[:-cut], last.low[:-cut], last.start, last.end - cut)
    return mention_of([*tokens[:-1], bare])


def _named(body: Sequence[Token], main: Sequence[Token], with_the: bool) -> Mention | None:
    first = len(main)
    while first and in_name(main, first - 1):
        first -= 1
    capitals = list(main[first:])
    while len(capitals) > 1 and capitals[0].low.endswith(_ORIGINS):
        capitals, first = capitals[1:], first + 1
    # Of the words before the name, those up to the last title belong to the title.
    titles = [
        i
        for i, token in enumerate(capitals)
        if token.low in ROLES or token.low in HONORIFICS or token.low in _STYLES
    ]
    cut = titles[-1] + 1 if titles else 0
    name, title = capitals[cut:], [*main[:first], *capitals[:cut]]
    if not name:
        return None
    named_after = any(token.is_name for token in body[len(main) : len(main) + 3])
    if len(name) == 1 and singular(name[0].low) in ROLES | GROUPS and not named_after:
        return None
    words = frozenset(token.bare for token in body)
    body_heads = {singular(token.low) for token in name}
    acronym = any(len(token.text) > 1 and token.text.isupper() for token in name)
    is_group = (bool(body_heads & GROUPS) or acronym) and not titles
    text = " ".join(token.text for token in name)
    if is_group:
        linked = list(name)
        for token in body[len(main) :]:
            if not (token.is_name or token.low in _LINKS or token.low == "the"):
                break
            linked.append(token)
        while not linked[-1].is_name:
            linked.pop()
        text = " ".join(token.text for token in linked)
        return Mention(text, text, "", singular(name[-1].low), words, "group", definite=True)
    person = bool(title and not with_the) or len(name) > 1 or bool(titles)
    person = person and name[0].low not in PLACES
    plural = not person and name[-1].low.endswith("s") and with_the
    gender = _gender(title)
    kind: Literal["person", "group"] = "person" if person else "group"
    shown = " ".join(token.text for token in title)
    return Mention(text, text, shown, name[-1].low, words, kind, plural, True, gender)


def _common(
    tokens: Sequence[Token], lead: int, main: Sequence[Token], body: Sequence[Token]
) -> Mention | None:
    if main[-1].is_possessive and len(main) == 1:
        return None
    word = _head_word(main)
    head = singular(word)
    first = tokens[0].low
    if head in INANIMATE or head in DOCUMENTS or main[-1].low.isdigit() or _is_abstract(head):
        return Mention(_text(body), "", "", head, frozenset(), "thing")
    if word in _NOBODY or word in DETERMINERS - _SOMEBODY:
        return None
    plural = head != word or first in {"two", "three", "several", "some", "many", "both", "most"}
    kind: Literal["person", "group"] = (
        "group" if plural or (head in GROUPS and head not in ROLES) else "person"
    )
    possessed = lead > 0 and tokens[lead - 1].low in {"his", "her", "its", "their", "our"}
    cut = next((i for i, token in enumerate(body) if i and token.low in _PLACING), len(body))
    if cut > 1 and cut < len(body) and body[cut - 1].low == "familiar":
        cut -= 1  # "officials | familiar with the talks"
    # "his party" is another party than "the party": keep what tells them apart.
    shown = tokens[lead - 1 : lead + cut] if possessed else body[:cut]
    words = frozenset(token.bare for token in body if token.low not in DETERMINERS)
    definite = "the" in {token.low for token in tokens[:lead]} or (
        lead == 0 and main[0].is_name and not plural
    )
    return Mention(_text(shown), "", "", head, words, kind, plural, definite, _gender([main[-1]]))


def _head_word(main: Sequence[Token]) -> str:
    """The last noun; an adjective may stand behind it: "a source close to the king"."""
    known = ROLES | GROUPS
    if len(main) > 1 and singular(main[-1].low) not in known and not main[-1].low.endswith("s"):
        earlier = main[-2].low
        if singular(earlier) in known and main[-1].low in _BEHIND:
            return earlier
    return main[-1].low


def _is_abstract(head: str) -> bool:
    """Whether the ending says that it is no person and no body: "violence", "agreement"."""
    return head.endswith(_ABSTRACT) and head not in GROUPS and head not in ROLES


def _gender(tokens: Sequence[Token]) -> Gender | None:
    words = {singular(token.low) for token in tokens}
    male, female = bool(words & MALE), bool(words & FEMALE)
    if male == female:  # "Mr. and Mrs. Venn" tells neither
        return None
    return "male" if male else "female"


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)
