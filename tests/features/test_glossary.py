import re
from pathlib import Path

import numpy as np
import pytest

from stance.datasets import load, to_frame
from stance.features import glossary
from stance.features.analysis import stem, tokens
from stance.features.glossary import (
    LANGUAGES,
    Glossary,
    english_text,
    in_english,
    is_plainly_english,
    language,
)
from stance.features.lexicon import analyse, lexicon
from stance.models.reading import sequences
from stance.resources import shipped
from stance.scoring.reading import WordTable

FOLDER = shipped("data/glossary")

# Of the rule that a ceasefire comes before talks, in each language.
SAID = {
    "ar": "لن نتفاوض قبل وقف إطلاق النار",
    "de": "Ohne Waffenruhe wird es keine Verhandlungen geben",
    "es": "No habrá negociaciones sin un alto el fuego",
    "fr": "Il n'y aura pas de négociations sans cessez-le-feu",
    "ru": "Без прекращения огня переговоров не будет",
    "uk": "Без припинення вогню переговорів не буде",
}


def _lines(name: str) -> list[list[str]]:
    text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_glossary_is_as_its_card_says(name):
    lines = _lines(name)
    assert len(lines) > 900
    assert all(len(line) == 2 for line in lines)
    keys = [key for key, _ in lines]
    assert keys == sorted(set(keys))
    least = 3 if name == "ar" else 4
    for key, word in lines:
        assert re.fullmatch(r"[^\W\d_]+(?:'[^\W\d_]+)*\*?", key), key
        assert key == key.lower()
        assert not key.endswith("*") or len(key) > least, key
        assert re.fullmatch(r"[a-z]+(?:'[a-z]+)?", word), (key, word)


def test_the_list_of_english_is_that_of_the_glossaries():
    known = set((FOLDER / "english.txt").read_text(encoding="utf-8").split())
    missing = {word for name in LANGUAGES for _, word in _lines(name) if stem(word) not in known}
    assert not missing, "run python scripts/list_english.py"


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_sentence_in_each_language(name):
    words = tokens(SAID[name])
    assert language(words) == name
    english = in_english(words, name)
    assert len(english) == len(words)
    assert {"ceasefire", "fire"} & set(english)
    assert {"talks", "negotiate", "negotiations"} & set(english)
    assert {"no", "not", "without"} & set(english)


def test_no_english_text_is_taken_for_another_language():
    frames = [to_frame(rows) for rows in load("settlement").values()]
    texts = {
        text for f in frames for text, lang in zip(f.text, f.lang, strict=True) if lang == "en"
    }
    texts |= {text for f in frames for text in (f.holder + " " + f.side)}
    texts |= {
        text for f in frames for column in ("term_name", "term_description") for text in f[column]
    }
    texts |= {
        phrase
        for f in frames
        for column in ("term_aliases", "term_opposites")
        for phrase in f[column].explode()
    }
    taken = {text for text in texts if language(tokens(text))}
    # Single words that begin as one of another language does.
    assert taken == {"Arabisation", "excarcelations"}


def test_a_text_in_another_language_is_told_by_its_words():
    frame = to_frame(load("settlement")["test_multilingual"]).drop_duplicates("text")
    told = np.array([language(tokens(text)) for text in frame["text"]], dtype=object)
    assert (told == frame["lang"].to_numpy()).mean() > 0.98


def test_the_longest_key_wins_and_a_whole_word_before_it():
    words = Glossary(["retir*\twithdraw", "retira*\tpull", "retirada\twithdrawal"])
    assert [words.word(word) for word in ("retirar", "retirada", "retiros", "reti")] == [
        "pull",
        "withdrawal",
        "withdraw",
        None,
    ]


@pytest.mark.parametrize("word", ["l'accord", "qu'accord", "accord"])
def test_elided_words_are_found(word):
    assert Glossary(["accord*\tdeal"]).word(word) == "deal"


@pytest.mark.parametrize("word", ["السلاح", "والسلاح", "سلاح", "سلاحهم", "سِلَاح", "للسلاح"])
def test_arabic_words_are_found_with_what_is_joined_to_them(word):
    assert Glossary(["سلاح\tweapons"]).word(word) == "weapons"


def test_a_word_that_the_glossary_lacks_stays():
    assert list(in_english(["keine", "zyklotronen"], "de")) == ["no", "zyklotronen"]


def test_what_is_plainly_english_is_english():
    assert is_plainly_english("We will not sign this")
    assert not is_plainly_english("No habrá acuerdo")
    for text in ("They said: no acuerdo sin un alto el fuego en Gaza", "the fin de la guerra"):
        assert is_plainly_english(text)
        assert language(tokens(text)) is None


def test_statement_and_term_meet_in_english():
    said = analyse("Rechazamos la retirada de las tropas")
    term = lexicon("Truppenabzug", "", ("Abzug der Truppen",), ())
    assert set(said.content) & set(term.role)
    assert len(said.words) == len(said.stems) == len(said.content)
    assert said.words[0] == "rechazamos"


def test_the_fast_scorer_reads_as_the_features_do():
    frame = to_frame(load("settlement")["test_multilingual"])
    texts = [*frame["text"].unique(), *SAID.values(), "No alto el fuego", "Sanciones", "no", ""]
    table = WordTable({})
    words, lengths = table.read(texts)
    ends = np.cumsum(lengths)
    for text, start, end in zip(texts, ends - lengths, ends, strict=True):
        known = analyse(text)
        assert tuple(table.stems[word] for word in words[start:end]) == known.stems
        content = [item is not None for item in known.content]
        assert [table.content[word] for word in words[start:end]] == content


def test_what_reads_texts_gets_them_in_english():
    frame = to_frame(load("settlement")["test_multilingual"]).head(40)
    plain, english = sequences(frame), sequences(frame, glossary=True)
    assert english[1] == plain[1]
    assert all(mine != given for mine, given in zip(english[0], plain[0], strict=True))
    assert [text.partition(": ")[0] for text in english[0]] == [
        text.partition(": ")[0] for text in plain[0]
    ]
    assert english_text("Pas d'accord sans cessez-le-feu").startswith("not accord without")


def test_english_costs_no_glossary(monkeypatch):
    def never() -> None:
        raise AssertionError("a glossary was opened for an English text")

    monkeypatch.setattr(glossary, "glossaries", never)
    analyse.cache_clear()
    assert analyse("We will never leave the valley before they do").stems[0] == "we"


def test_the_card_tells_of_each_language():
    card = (Path(FOLDER) / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}.tsv`" in card for name in (*LANGUAGES,))
    assert "written by a language model" in card
