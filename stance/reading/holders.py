"""Who is who in an article: full names, and the roles that they are given."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from stance.reading.mentions import Gender, Mention, mention_of
from stance.reading.names import appositions, names, title_start
from stance.reading.nouns import singular
from stance.reading.tokens import Token
from stance.reading.words import (
    GROUPS,
    HONORIFICS,
    ROLES,
    word_set,
)

__all__ = ["Holder", "Holders"]

_WHERE = word_set("in at from to near into across around of on outside inside over")
_ALIKE = (word_set("minister premier secretary"), word_set("envoy ambassador negotiator mediator"))
_MOST = 50
"""How many holders of one surname or role are told apart; more are not an article."""


@dataclass(eq=False)
class Holder:
    """A person or body that the article speaks of.

    Attributes
    ----------
    name : str
        The fullest form.
    kind : {"person", "group", "either"}
    plural : bool
    gender : {"male", "female"} or None
        Where a title or a pronoun shows it.
    roles : set of str
        Words of the roles that it is given: "foreign", "minister".
    heads : set of str
        The nouns among them that say what it is: "minister".
    titled : str
        The name with its first title, to tell it from a namesake: "Mr. Venn".
    """

    name: str
    kind: Literal["person", "group", "either"]
    plural: bool = False
    gender: Gender | None = None
    roles: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    titled: str = ""

    def admits(self, pronoun: str) -> bool:
        """Whether "he", "she", "it" or "they" can stand for it."""
        if pronoun == "they":
            return self.plural or self.kind == "group"
        if pronoun == "it":
            return self.kind != "person" and not self.plural
        wanted: Gender = "male" if pronoun == "he" else "female"
        return self.kind != "group" and self.gender in (None, wanted)


class Holders:
    """The holders of one article.

    Parameters
    ----------
    sentences : iterable of sequence of Token
        All of it: a full name may come after the first mention.
    """

    def __init__(self, sentences: Iterable[Sequence[Token]]) -> None:
        self._named: dict[str, list[Holder]] = defaultdict(list)
        self._by_last: dict[str, list[Holder]] = defaultdict(list)
        self._by_head: dict[str, list[Holder]] = defaultdict(list)
        sentences = list(sentences)
        lower = Counter(t.low for s in sentences for t in s if t.is_word and not t.is_name)
        for tokens in sentences:
            for start, end in names(tokens, lower):
                self._learn(tokens, start, end)

    def mentioned(self, tokens: Sequence[Token]) -> Iterator[Holder]:
        """Persons and bodies whose names stand in a sentence."""
        at = 0
        while at < len(tokens):
            end = at + 1
            if tokens[at].is_name:
                within = at > 0 and tokens[at - 1].low in _WHERE
                while (
                    end < len(tokens) and tokens[end].is_name and not tokens[end - 1].is_possessive
                ):
                    end += 1
                last = tokens[end - 1]
                word = last.text[: len(last.bare)]
                known = self._by_last.get(word, [])
                whole = " ".join([*(token.text for token in tokens[at : end - 1]), word])
                exact = [holder for holder in known if whole.endswith(holder.name)]
                for holder in exact or (known if len(known) == 1 else []):
                    if holder.kind == "person" or not within:
                        yield holder
            at = end

    def known(self, name: str) -> Holder | None:
        """The holder whose full name it is."""
        found = self._named.get(name) or self._by_last.get(name, [])
        return found[0] if len(found) == 1 else None

    def named(self, mention: Mention) -> list[Holder]:
        """Holders that a proper name can stand for."""
        exact = self._named.get(mention.name, [])
        known = self._by_last.get(mention.name.rpartition(" ")[2], [])
        if " " in mention.name:  # another first name, another person
            ending = f" {mention.name}".lower()  # "Von der Leyen" opens a sentence
            known = [item for item in known if item.name.lower().endswith(ending)]
            return exact or known or [self._add(mention)]
        full = [item for item in known if item not in exact]
        return (
            _fitting(mention, exact, strict=True)
            or _fitting(mention, full, strict=False)
            or [self._add(mention)]
        )

    def in_role(self, mention: Mention) -> list[Holder]:
        """Holders to whom the article gives this role, or whose name says it."""
        return [
            holder
            for holder in self._by_head.get(mention.head, [])
            if mention.words <= holder.roles and holder.plural == mention.plural
        ]

    def unnamed(self, mention: Mention) -> Holder:
        """A holder that is known by its role alone."""
        kind: Literal["person", "group", "either"] = "person"
        if mention.kind == "group":
            kind = "group"
        elif mention.head not in ROLES:
            kind = "either"  # "the grid operator" may be a firm
        holder = Holder(mention.text, kind)
        holder.plural, holder.gender = mention.plural, mention.gender
        self._give_role(holder, mention)
        return holder

    def _learn(self, tokens: Sequence[Token], start: int, end: int) -> None:
        lead = title_start(tokens, start)
        mention = mention_of(tokens[lead:end])
        if mention is None or not mention.name:
            return
        placed = lead > 0 and tokens[lead - 1].low in _WHERE
        if placed and " " not in mention.name:
            return  # "the envoy of Toruna, the chief of the mission": not Toruna
        beside = list(appositions(tokens, lead, end))
        tells = bool(beside) or bool(mention.title)
        if " " not in mention.name and not tells and mention.kind != "group":
            return
        new = " " not in mention.name and not self._by_last.get(mention.name)
        if new and mention.kind == "group" and not beside:
            return
        known = self.named(mention)
        if len(known) != 1:
            return
        [holder] = known
        holder.gender = holder.gender or mention.gender
        if mention.title:
            self._add_roles(holder, mention.title.lower().split())
        for role in beside:
            self._give_role(holder, role)

    def _add(self, mention: Mention) -> Holder:
        name = titled = mention.name
        same_name = self._by_last[name.rpartition(" ")[2]]
        if " " not in name and mention.title and mention.kind == "person":
            titles = [word for word in mention.title.split() if word[0].isupper()]
            titled = " ".join([*titles, name])
            name = " ".join([*[word for word in titles if _roles(word)][-1:], name])
            if same_name:  # whom the title contradicts
                name = titled
                for namesake in self._named[mention.name]:
                    namesake.name = namesake.titled
        kind: Literal["person", "group"] = "person" if mention.kind == "person" else "group"
        holder = Holder(name, kind, mention.plural, mention.gender, titled=titled)
        if len(self._named[mention.name]) < _MOST:
            self._named[mention.name].append(holder)
        if len(same_name) < _MOST:
            same_name.append(holder)
        if kind == "group":
            self._add_roles(holder, [word.lower() for word in mention.name.split()])
        return holder

    def _give_role(self, holder: Holder, role: Mention) -> None:
        holder.gender = holder.gender or role.gender
        if role.head in ROLES and not role.plural:
            holder.kind = "person"
        self._add_roles(holder, role.words, role.head)

    def _add_roles(self, holder: Holder, words: Iterable[str], head: str | None = None) -> None:
        words = list(words)
        holder.roles.update(words)
        heads = {head} if head else {singular(word) for word in words} & (ROLES | GROUPS)
        for item in heads:
            holder.roles.add(item)
            if item not in holder.heads and len(self._by_head[item]) < _MOST:
                holder.heads.add(item)
                self._by_head[item].append(holder)


def _fitting(mention: Mention, known: Sequence[Holder], *, strict: bool) -> list[Holder]:
    """Those whom the title before a surname does not contradict; best, those who bear it.

    Whoever is introduced by a full name may get a new title later. Where no full name tells who is
    meant (``strict``), another title is another person: "President Oss", "General Oss".
    """
    genders = (None, mention.gender) if mention.gender else (None, "male", "female")
    fitting = [item for item in known if item.gender in genders]
    roles = _roles(mention.title) if mention.kind == "person" else set()
    bearing = [item for item in fitting if any(_same(a, b) for a in roles for b in item.heads)]
    if strict and roles:
        fitting = [item for item in fitting if not item.heads]
    return bearing or fitting


def _roles(title: str) -> set[str]:
    """The roles that a title with capitals names, without "Mr." and the like."""
    words = {singular(word.lower()) for word in title.split() if word[0].isupper()}
    return words & ROLES - HONORIFICS


def _same(one: str, other: str) -> bool:
    """Whether two titles can be one person's: "gen." and "general", "premier" and "minister"."""
    return (
        one == other
        or (one.endswith(".") and other.startswith(one[:-1]))
        or (other.endswith(".") and one.startswith(other[:-1]))
        or any({one, other} <= alike for alike in _ALIKE)
    )
