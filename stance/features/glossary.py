"""Statements in other languages, word for word in English.

Models learn from English, and terms are mostly written in it. A glossary of the words with which
settlements are negotiated brings a statement in another language near enough for a bag of words;
word order and endings are lost, as they are in the features.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from stance.errors import UnknownNameError
from stance.features.analysis import MARKS, stem, tokens
from stance.resources import shipped

__all__ = [
    "LANGUAGES",
    "Glossary",
    "digest",
    "english_text",
    "glossaries",
    "in_english",
    "is_plainly_english",
    "language",
    "read_words",
]

LANGUAGES = ("ar", "de", "es", "fr", "ru", "uk")
"""Languages with a glossary."""

ENGLISH = "english.txt"
"""The stems by which a text is taken for English, beside the glossaries."""

# Words of English that are none of a language with a glossary. Two of them decide: one may stand
# in a name that is quoted.
_ENGLISH_ONLY = frozenset(
    """
    about after again against all and any are at back be because been before being between both by
    calls can could deal did each every for from had have how if into is it its keep let made must
    next of only open other our out over own rejects rules says say said she should since some such
    talks than that the their them then there they this those to troops truce two under until unless
    up urges wants we were what when where which while who whose with without won't would yes
    yet you your
    """.split()  # noqa: SIM905 - as in stance.features.analysis
)
_ENOUGH = 2

# A text in a language without a glossary shares words with a sister language that has one. Arabic
# joins more to its words than can be taken off.
_LEAST_KNOWN = dict.fromkeys(LANGUAGES, 0.65) | {"ar": 0.5}

_LONGEST_WORD = 40
_ELISION = re.compile(r"^(?:[ldnscjmt]|qu|jusqu|lorsqu|puisqu)'")
_MARKS = re.compile(f"[{MARKS}\u0640]")
_SPELT_ALIKE = str.maketrans("أإآىیک", "اااييك")
_JOINED_BEFORE = ("ال", "لل", "و", "ف", "ب", "ل", "ك", "س")
_JOINED_AFTER = ("هما", "ها", "هم", "هن", "كم", "نا", "ه", "ك", "ي")


class Glossary:
    r"""The words of one language.

    Parameters
    ----------
    lines : iterable of str
        Each ``key<TAB>word``: a word or, with ``*`` after it, the beginning of words, and the
        English word that it leads to.

    Examples
    --------
    >>> german = Glossary(["waffenstillst*\tceasefire", "kein\tno"])
    >>> german.word("waffenstillstands"), german.word("kein"), german.word("keiner")
    ('ceasefire', 'no', None)
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._whole: dict[str, str] = {}
        self._begun: dict[str, str] = {}
        for line in lines:
            key, _, word = line.rstrip("\n").partition("\t")
            if key.endswith("*"):
                self._begun[key[:-1]] = word
            else:
                self._whole[key] = word
        lengths = [len(key) for key in self._begun]
        self._lengths = range(max(lengths, default=0), min(lengths, default=1) - 1, -1)

    @property
    def english(self) -> frozenset[str]:
        """Every English word that a key leads to."""
        return frozenset(self._whole.values()) | frozenset(self._begun.values())

    def word(self, token: str) -> str | None:
        """The English word for a lower-case word, or None where the glossary has none."""
        return self.first(_forms(token))

    def first(self, forms: Sequence[str]) -> str | None:
        """The English word for the first of the forms of a word that the glossary has."""
        return next((word for word in map(self._find, forms) if word is not None), None)

    def _find(self, form: str) -> str | None:
        if form in self._whole:
            return self._whole[form]
        beginnings = (form[:end] for end in self._lengths)
        return next((self._begun[part] for part in beginnings if part in self._begun), None)


@cache
def glossaries() -> dict[str, Glossary]:
    """The glossaries that ship, by language."""
    folder = shipped("data/glossary")
    return {
        name: Glossary((folder / f"{name}.tsv").read_text(encoding="utf-8").splitlines())
        for name in LANGUAGES
    }


@cache
def digest() -> str:
    """SHA-256 of all that the glossaries are, as hexadecimal digits: it decides labels."""
    folder, found = shipped("data/glossary"), hashlib.sha256()
    for name in (*(f"{name}.tsv" for name in LANGUAGES), ENGLISH):
        found.update((folder / name).read_bytes())
    return found.hexdigest()


def read_words(text: str) -> tuple[list[str], Sequence[str], str | None]:
    """The words of a text as they stand, the same in English, and their language.

    Returns
    -------
    words, english : sequence of str, length n_words
    name : str or None
        As :func:`language` gives it.

    Examples
    --------
    >>> read_words("Kein Waffenstillstand!")
    (['kein', 'waffenstillstand', '!'], ['no', 'ceasefire', '!'], 'de')
    """
    words = tokens(text)
    name = language(words)
    return words, in_english(words, name), name


def english_text(text: str) -> str:
    """A text word for word in English, for what reads texts and not words.

    A text in English stays as it is; of another, lower-case words are left, without punctuation.

    Examples
    --------
    >>> english_text("Wir lehnen den Waffenstillstand ab.")
    'we reject the ceasefire off'
    >>> english_text("We reject it.")
    'We reject it.'
    """
    _, english, name = read_words(text)
    return text if name is None else " ".join(english)


def in_english(words: Sequence[str], name: str | None) -> Sequence[str]:
    """Give words of a language in English, one for one.

    Parameters
    ----------
    words : sequence of str
        From :func:`stance.features.analysis.tokens`.
    name : str or None
        Their language, from :func:`language`.

    Returns
    -------
    sequence of str, length n_words
        The words themselves where ``name`` is None, and each word that the glossary lacks.

    Raises
    ------
    UnknownNameError
        If there is no glossary of that name.

    Examples
    --------
    >>> in_english(["ohne", "waffenruhe", "keine", "verhandlungen"], "de")
    ['without', 'ceasefire', 'no', 'negotiations']
    """
    if name is None:
        return words
    if name not in LANGUAGES:
        raise UnknownNameError.of("language", name, LANGUAGES)
    place = LANGUAGES.index(name)
    return [_meanings(word)[place] or word for word in words]


def language(words: Sequence[str]) -> str | None:
    """Say which glossary knows a text's words best, or None where English does.

    A text with two words that only English has is English. Another is of the language whose
    glossary knows most of its words, if that is more than English knows and most of the text;
    of two that know as many, the first in alphabetical order.

    Examples
    --------
    >>> language(["alto", "el", "fuego", "sin", "condiciones"])
    'es'
    >>> language(["ceasefire", "without", "conditions"]) is None
    True
    """
    if _has_enough(words) and all(map(str.isascii, words)):
        return None
    known = [0] * len(LANGUAGES)
    english = 0
    for word in words:
        for place, meaning in enumerate(_meanings(word)):
            known[place] += meaning is not None
        english += _is_english(word)
    best = max(known, default=0)
    name = LANGUAGES[known.index(best)]
    spoken = sum(map(str.isalpha, words))
    return name if best > english and best >= _LEAST_KNOWN[name] * spoken else None


def is_plainly_english(text: str) -> bool:
    """Whether a text is English for sure, which is told faster than :func:`language` does."""
    return text.isascii() and _has_enough(text.lower().split())


def _has_enough(words: Sequence[str]) -> bool:
    return len(_ENGLISH_ONLY.intersection(words)) >= _ENOUGH


_NO_MEANINGS = (None,) * len(LANGUAGES)


def _meanings(word: str) -> tuple[str | None, ...]:
    """The English word for a word in each language; None for all where it is no word at all."""
    return _NO_MEANINGS if len(word) > _LONGEST_WORD else _known_meanings(word)


@lru_cache(maxsize=200_000)
def _known_meanings(word: str) -> tuple[str | None, ...]:
    forms, script = _forms(word), _script(word)
    return tuple(
        glossary.first(forms) if _SCRIPTS[name] == script else None
        for name, glossary in glossaries().items()
    )


_SCRIPTS = dict.fromkeys(LANGUAGES, "latin") | dict.fromkeys(("ru", "uk"), "cyrillic")
_SCRIPTS["ar"] = "arabic"


def _script(word: str) -> str:
    if "\u0400" <= word[:1] <= "\u052f":
        return "cyrillic"
    return "arabic" if "\u0600" <= word[:1] <= "\u06ff" else "latin"


def _is_english(word: str) -> bool:
    return len(word) <= _LONGEST_WORD and word.isascii() and stem(word) in _english_stems()


@cache
def _english_stems() -> frozenset[str]:
    path = shipped("data/glossary") / ENGLISH
    return frozenset(path.read_text(encoding="utf-8").split())


def _forms(token: str) -> list[str]:
    """What to look a word up as: itself, then without what is joined to it."""
    bare = _MARKS.sub("", token)
    if _script(token) != "arabic":
        return [bare, _ELISION.sub("", bare)] if "'" in bare else [bare]
    forms = [bare.translate(_SPELT_ALIKE)]
    for _ in range(3):  # such as "and", "with" and "the" together
        forms += [form.removeprefix(part) for form in forms for part in _begin(form)]
        forms = list(dict.fromkeys(forms))
    forms += [form.removesuffix(part) for form in forms for part in _end(form)]
    return [form for form in dict.fromkeys(forms) if len(form) > 1]


def _begin(form: str) -> list[str]:
    return [part for part in _JOINED_BEFORE if form.startswith(part)]


def _end(form: str) -> list[str]:
    return [part for part in _JOINED_AFTER if form.endswith(part)]
