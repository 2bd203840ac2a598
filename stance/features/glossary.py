"""Statements in other languages, word for word in English.

Models learn from English, and terms are mostly written in it. A glossary of the words with which
settlements are negotiated brings a statement in another language near enough for a bag of words;
word order and endings are lost, as they are in the features.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from stance.features.analysis import stem, tokens
from stance.resources import shipped

__all__ = [
    "LANGUAGES",
    "Glossary",
    "english_text",
    "glossaries",
    "in_english",
    "is_plainly_english",
    "language",
]

LANGUAGES = ("ar", "de", "es", "fr", "ru", "uk")
"""Languages with a glossary."""

_SHORTEST = 3  # letters of the beginning of a word

# Words of English that are none of a language with a glossary.
_ENGLISH_ONLY = frozenset(
    """
    and are be been both but by could from had have he her his how if it its of our says she
    should than that the their them there these they this those to until unless we were which
    with would you your
    """.split()  # noqa: SIM905 - as in stance.features.analysis
)

_ELISION = re.compile(r"(?:[ldnscjmt]|qu|jusqu|lorsqu|puisqu)'")
_VOWEL_SIGNS = re.compile("[\u064b-\u0652\u0640]")
_ONE_LETTER = str.maketrans("أإآى", "اااي")
_JOINED_BEFORE = ("ال", "لل", "و", "ف", "ب", "ل", "ك", "س")
_JOINED_AFTER = ("ها", "هم", "نا", "ه")


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

    @property
    def english(self) -> frozenset[str]:
        """Every English word that a key leads to."""
        return frozenset(self._whole.values()) | frozenset(self._begun.values())

    def word(self, token: str) -> str | None:
        """The English word for a lower-case word, or None where the glossary has none."""
        forms = _forms(token)
        return next((word for word in map(self._find, forms) if word is not None), None)

    def _find(self, form: str) -> str | None:
        if form in self._whole:
            return self._whole[form]
        beginnings = (form[:end] for end in range(len(form), _SHORTEST - 1, -1))
        return next((self._begun[part] for part in beginnings if part in self._begun), None)


@cache
def glossaries() -> dict[str, Glossary]:
    """The glossaries that ship, by language."""
    folder = shipped("data/glossary")
    return {
        name: Glossary((folder / f"{name}.tsv").read_text(encoding="utf-8").splitlines())
        for name in LANGUAGES
    }


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

    Examples
    --------
    >>> in_english(["ohne", "waffenruhe", "keine", "verhandlungen"], "de")
    ['without', 'ceasefire', 'no', 'negotiations']
    """
    if name is None:
        return words
    place = LANGUAGES.index(name)
    return [_meanings(word)[place] or word for word in words]


def english_text(text: str) -> str:
    """A text word for word in English, for what reads texts and not words.

    Examples
    --------
    >>> english_text("Nous rejetons le cessez-le-feu.")
    'we reject the ceasefire the ceasefire'
    >>> english_text("We reject it.")
    'We reject it.'
    """
    words = tokens(text)
    name = language(words)
    return text if name is None else " ".join(in_english(words, name))


def language(words: Sequence[str]) -> str | None:
    """Say which glossary knows a text's words best, or None where English does.

    Examples
    --------
    >>> language(["alto", "el", "fuego", "sin", "condiciones"])
    'es'
    >>> language(["ceasefire", "without", "conditions"]) is None
    True
    """
    if not _ENGLISH_ONLY.isdisjoint(words) and all(map(str.isascii, words)):
        return None
    known = [0] * len(LANGUAGES)
    english = 0
    for word in words:
        for place, meaning in enumerate(_meanings(word)):
            known[place] += meaning is not None
        english += _is_english(word)
    best = max(known, default=0)
    return LANGUAGES[known.index(best)] if best > english else None


def is_plainly_english(text: str) -> bool:
    """Whether a text is English for sure, which is told faster than :func:`language` does."""
    return text.isascii() and not _ENGLISH_ONLY.isdisjoint(text.lower().split())


@lru_cache(maxsize=50_000)
def _meanings(word: str) -> tuple[str | None, ...]:
    return tuple(glossary.word(word) for glossary in glossaries().values())


@lru_cache(maxsize=50_000)
def _is_english(word: str) -> bool:
    return word.isascii() and stem(word) in _english_stems()


@cache
def _english_stems() -> frozenset[str]:
    path = shipped("data/glossary/english.txt")
    return frozenset(path.read_text(encoding="utf-8").split())


def _forms(token: str) -> list[str]:
    """What to look a word up as: itself, then without what is joined to it."""
    if not ("\u0600" <= token[0] <= "\u06ff"):
        return [token, _ELISION.sub("", token, count=1)] if "'" in token else [token]
    forms = [_VOWEL_SIGNS.sub("", token).translate(_ONE_LETTER)]
    for _ in range(2):  # such as "and" and "in" together
        forms += [form.removeprefix(part) for form in forms for part in _begin(form)]
    forms += [form.removesuffix(part) for form in forms for part in _end(form)]
    return [form for form in dict.fromkeys(forms) if len(form) > 1]


def _begin(form: str) -> list[str]:
    return [part for part in _JOINED_BEFORE if form.startswith(part)]


def _end(form: str) -> list[str]:
    return [part for part in _JOINED_AFTER if form.endswith(part)]
