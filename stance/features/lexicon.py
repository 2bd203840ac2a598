"""What a term sounds like: the stems of its phrases, and what they do in a statement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from stance.features.analysis import FUNCTION_WORDS, is_content, stem, tokens
from stance.features.glossary import read_words

__all__ = ["Analysed", "Lexicon", "analyse", "lexicon"]

Phrase = tuple[str, ...]

_CAPITALISED = re.compile(r"\b[A-ZÀ-ÞА-ЯЁЄІЇҐ][\w'’-]*")
_WORD = re.compile(r"[^\W\d][\w'’-]*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, eq=False)
class Analysed:
    """A statement's words, their stems in English, and which of the stems carry content.

    ``language`` is the one whose glossary the words were looked up in, None for English.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    content: tuple[str | None, ...]
    language: str | None

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The content stems, without order."""
        return frozenset(item for item in self.content if item is not None)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The phrases of one term as stems, without function words.

    ``pro`` holds its name and aliases, ``con`` its opposites, ``description`` the rest, and
    ``names`` those of all these stems that are proper names. All clauses of one settlement
    share their names, so that a name says what conflict is spoken of and not which clause.
    """

    pro: tuple[Phrase, ...]
    con: tuple[Phrase, ...]
    description: Phrase
    names: frozenset[str]

    @cached_property
    def role(self) -> dict[str, str]:
        """Where each stem comes from: P (pro), C (con), B (both), D (description) or N (name).

        Their order is the same in every process: what is summed over them has the same bits.
        """
        pro, con = self.pro_count, dict.fromkeys(chain.from_iterable(self.con))
        roles = dict.fromkeys(self.description, "D")
        roles.update(dict.fromkeys(con, "C"))
        roles.update({item: "B" if item in con else "P" for item in pro})
        roles.update(dict.fromkeys(sorted(self.names), "N"))
        return roles

    @cached_property
    def pro_count(self) -> Counter[str]:
        """In how many of the ``pro`` phrases each stem stands."""
        return Counter(chain.from_iterable(map(dict.fromkeys, self.pro)))


@lru_cache(maxsize=20_000)
def analyse(text: str) -> Analysed:
    """Split a text into words, and stems of these words in English, once."""
    words, english, name = read_words(text)
    stems = tuple(map(stem, english))
    content = tuple(
        root if is_content(word) else None for word, root in zip(english, stems, strict=True)
    )
    return Analysed(tuple(words), stems, content, name)


@lru_cache(maxsize=20_000)
def lexicon(
    name: str, description: str, aliases: Sequence[str], opposites: Sequence[str]
) -> Lexicon:
    """Analyse a term's phrases, once."""
    pro = tuple(filter(None, map(_phrase, (name, *aliases))))
    con = tuple(filter(None, map(_phrase, opposites)))
    names = frozenset(chain.from_iterable(_proper(name, description, (*aliases, *opposites))))
    return Lexicon(pro, con, _phrase(description), names - FUNCTION_WORDS)


def _proper(name: str, description: str, phrases: Sequence[str]) -> Iterator[Iterator[str]]:
    """The stems of the proper names in a term's texts.

    The first word of a sentence is capitalised whatever it is. Aliases are no sentences, but
    some write them so, all of them, or each word of them, and then capitals say nothing.
    """
    sentences = bool(phrases) and all(phrase[:1].isupper() for phrase in phrases)
    titles = _all_capitalised(phrases)
    for phrase in phrases:
        part = phrase.partition(" ")[2] if sentences else phrase
        yield _names(phrase, _abbreviations(phrase) if titles or phrase.isupper() else part)
    if not (titles and _all_capitalised([name])):
        yield _names(name, name.partition(" ")[2])
    for sentence in _SENTENCE_END.split(description):
        yield _names(sentence, sentence.partition(" ")[2])


def _all_capitalised(texts: Sequence[str]) -> bool:
    """Whether each word of content in each text of several words begins with a capital."""
    parts = ([word for word in _WORD.findall(text) if is_content(word.lower())] for text in texts)
    several = [words for words in parts if len(words) > 1]
    return bool(several) and all(word[0].isupper() for word in chain.from_iterable(several))


def _abbreviations(phrase: str) -> str:
    """The words that are all capitals, unless all others are too."""
    words = phrase.split()
    return "" if len(words) > 1 and phrase.isupper() else " ".join(filter(str.isupper, words))


def _names(text: str, part: str) -> Iterator[str]:
    """The stems of the proper names in a part of a text."""
    capitals = set(tokens(" ".join(_CAPITALISED.findall(part))))
    said = analyse(text)
    for word, root in zip(said.words, said.stems, strict=True):
        # German writes every noun so: a word that the glossary has is none of a name.
        if word in capitals and (said.language != "de" or root == stem(word)):
            yield root


def _phrase(text: str) -> Phrase:
    return tuple(dict.fromkeys(item for item in analyse(text).content if item is not None))
