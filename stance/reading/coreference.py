"""Whom a mention stands for, where the article makes it plain; and whom it may, where not.

A name stands for the one holder that bears it. A role ("the minister") stands for the one holder
that was given it. A pronoun stands for the only holder that fits in the nearest sentence with
such a holder as its subject, as newspapers are written; where two fit, it is not plain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stance.reading.holders import Holder, Holders
from stance.reading.mentions import Gender, Mention
from stance.reading.words import word_set

__all__ = ["Discourse", "Resolved"]

_NAMED = 8
"""How many candidates are listed."""
_FAR = 4
"""How many sentences back a pronoun is looked up."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A holder, or the candidates for one."""

    name: str
    certain: bool = True
    candidates: tuple[str, ...] = ()
    holder: Holder | None = None


@dataclass
class _Sentence:
    paragraph: int
    subjects: list[Holder] = field(default_factory=list)
    others: list[Holder] = field(default_factory=list)


class Discourse:
    """What was mentioned so far, sentence by sentence.

    Parameters
    ----------
    holders : Holders
    """

    def __init__(self, holders: Holders) -> None:
        self._holders = holders
        self._past: list[_Sentence] = []
        self._now = _Sentence(0)
        self._new: dict[str, Holder | None] = {}
        self._joint: dict[str, Holder] = {}

    def begin(self, paragraph: int) -> None:
        """A new sentence."""
        self._past = [*self._past[-12:], self._now]
        self._now = _Sentence(paragraph)
        self._new = {}

    def note(self, holder: Holder, *, subject: bool) -> None:
        """A holder was mentioned in this sentence."""
        place = self._now.subjects if subject else self._now.others
        if holder not in self._now.subjects and holder not in place:
            place.append(holder)

    def show_gender(self, pronoun: str) -> None:
        """A possessive ("her grandson") shows whether the one before is a man or a woman."""
        gender: Gender = "male" if pronoun == "he" else "female"
        word = word_set("")
        self._pronoun(Mention(pronoun, "", "", pronoun, word, "pronoun", gender=gender))

    def keep_subject(self) -> None:
        """The sentence may be about whom the one before was about."""
        if self._past and self._past[-1].paragraph == self._now.paragraph:
            for holder in self._past[-1].subjects:
                self.note(holder, subject=True)

    def resolve(self, mention: Mention) -> Resolved:
        """Say whom a mention stands for."""
        if mention.kind == "pronoun":
            return self._pronoun(mention)
        if mention.parts:
            return self._together(mention.parts)
        if mention.name:
            return self._one(mention, self._holders.named(mention))
        found = self._holders.in_role(mention)
        if not mention.definite:
            return self._anew(mention)
        if not found:
            return self._anew(mention)
        return self._one(mention, found)

    def _together(self, parts: Sequence[Mention]) -> Resolved:
        """Of several who speak with one voice, one holder, whose name has all of theirs."""
        found = [self.resolve(part) for part in parts]
        *names, last = dict.fromkeys(item.name for item in found)
        if not names:
            return found[0]
        name = f"{', '.join(names)} and {last}"
        if not all(item.certain for item in found):
            each = (one for item in found for one in item.candidates or (item.name,))
            return Resolved(name, False, tuple(dict.fromkeys(each))[:_NAMED])
        holder = self._joint.setdefault(name, Holder(name, "group", plural=True))
        return Resolved(name, holder=holder)

    def _anew(self, mention: Mention) -> Resolved:
        # A sentence that says "a spokesman" twice says it of one.
        holder = self._new.setdefault(mention.text, None) or self._holders.unnamed(mention)
        self._new[mention.text] = holder
        return Resolved(holder.name, holder=holder)

    def _one(self, mention: Mention, found: list[Holder]) -> Resolved:
        if len(found) > 1:
            recent = self._recent(found)
            if len(recent) != 1:
                names = tuple(dict.fromkeys(holder.name for holder in recent or found))[:_NAMED]
                return Resolved(mention.text, False, names)
            found = recent
        return Resolved(found[0].name, holder=found[0])

    def _recent(self, found: list[Holder]) -> list[Holder]:
        """Those of some holders that the nearest sentence with any of them is about."""
        for sentence in (self._now, *reversed(self._past)):
            here = [item for item in (*sentence.subjects, *sentence.others) if item in found]
            if here:
                return here
        return []

    def _pronoun(self, mention: Mention) -> Resolved:
        word = mention.head
        seen: list[Holder] = []
        for sentence in [self._now, *reversed(self._past)][: _FAR + 1]:
            subjects = [item for item in sentence.subjects if item.admits(word)]
            others = [item for item in sentence.others if item.admits(word)]
            seen += [item for item in (*subjects, *others) if item not in seen]
            if word == "they" and any(item.plural for item in seen):
                seen = [item for item in seen if item.plural]
            if len(seen) > 1 or subjects:
                break
        if len(seen) == 1:
            [holder] = seen
            if mention.gender:
                holder.gender, holder.kind = mention.gender, "person"
            return Resolved(holder.name, holder=holder)
        return Resolved(
            mention.text, False, tuple(dict.fromkeys(item.name for item in seen))[:_NAMED]
        )
