import importlib.util
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from stance.datasets import load, to_frame
from stance.errors import UnknownNameError
from stance.features import glossary
from stance.features.analysis import stem, tokens
from stance.features.glossary import (
    LANGUAGES,
    Glossary,
    english_text,
    in_english,
    is_plainly_english,
    language,
    read_words,
)
from stance.features.lexicon import analyse, lexicon
from stance.models.reading import sequences
from stance.offsets import word_offsets
from stance.persistence import versions
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
    assert len(lines) > 3000
    assert all(len(line) == 2 for line in lines)
    keys = [key for key, _ in lines]
    assert keys == sorted(set(keys))
    least = 3 if name == "ar" else 4
    for key, word in lines:
        assert re.fullmatch(r"[^\W\d_]+(?:'[^\W\d_]+)*\*?", key), key
        assert key == key.lower()
        assert not key.endswith("*") or len(key) > least, key
        assert re.fullmatch(r"[a-z]+(?:'[a-z]+)?", word), (key, word)


def test_the_list_of_english_is_what_the_data_and_the_glossaries_make():
    path = FOLDER.parents[1] / "scripts" / "list_english.py"
    spec = importlib.util.spec_from_file_location("list_english", path)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    kept = set((FOLDER / "english.txt").read_text(encoding="utf-8").split())
    # Versions of the stemmer differ in a few words.
    assert len(kept ^ set(program.known_stems())) < 0.01 * len(kept), (
        "run python scripts/list_english.py"
    )


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
    # Single words that begin as one of another language does, and what another stemmer adds.
    assert {"Arabisation", "excarcelations"} <= taken
    assert len(taken) <= 5


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


@pytest.mark.parametrize("word", ["isn't", "let's", "hasn't", "israel's"])
def test_nothing_is_elided_inside_a_word(word):
    inside = ["ist", "les", "hast", "israes"]
    assert Glossary([f"{key}\tfound" for key in inside]).word(word) is None


_ARMS = ["السلاح", "والسلاح", "سلاح", "سلاحهم", "سِلَاح", "للسلاح", "وبالسلاح", "سلاحكم", "سـلاح"]


@pytest.mark.parametrize("word", _ARMS)
def test_arabic_words_are_found_with_what_is_joined_to_them(word):
    assert Glossary(["سلاح\tweapons"]).word(word) == "weapons"


def test_persian_letters_in_arabic_words():
    assert Glossary(["علي\tali", "كل\tall"]).word("علی") == "ali"
    assert Glossary(["كل\tall"]).word("کل") == "all"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("لَنْ نَتَفَاوَضَ قَبْلَ وَقْفِ إِطْلَاقِ النَّارِ", "لن نتفاوض قبل وقف إطلاق النار"),
        ("Без прекраще\u0301ния огня\u0301 переговоров не будет", SAID["ru"]),
    ],
)
def test_vowel_signs_and_stress_change_nothing(text, plain):
    words, english, name = read_words(text)
    assert (list(english), name) == (list(read_words(plain)[1]), read_words(plain)[2])
    assert [text[start:end] for start, end in word_offsets(text, words)] == text.split()


def test_a_word_that_the_glossary_lacks_stays():
    assert list(in_english(["keine", "zyklotronen"], "de")) == ["no", "zyklotronen"]


def test_what_is_plainly_english_is_english():
    assert is_plainly_english("We will not sign until they do")
    assert not is_plainly_english("No habrá acuerdo")
    for text in ("They said of it: no acuerdo sin un alto el fuego", "We wait; this is that"):
        assert is_plainly_english(text)
        assert language(tokens(text)) is None


def test_no_word_of_another_language_stands_for_english():
    for name, words in glossary.glossaries().items():
        assert not {word for word in glossary._ENGLISH_ONLY if words.word(word)}, name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("No he aceptado la retirada de las tropas.", "es"),
        ("Notre but est le retrait des troupes.", "fr"),
        ("Como dijo The Guardian, no habrá retirada de las tropas.", "es"),
        ("Orban rechaza sanciones a Rusia", "es"),
        ("Die Regierung war gegen den Krieg", "de"),
    ],
)
def test_a_word_that_looks_english_does_not_decide(text, name):
    assert language(tokens(text)) == name


@pytest.mark.parametrize(
    "text",
    [
        "As tropas russas devem sair do território ucraniano antes de qualquer acordo.",
        "O governo rejeita o cessar-fogo sem a libertação dos reféns.",
        "Le truppe russe devono lasciare il territorio ucraino prima dell'accordo.",
        "Войските трябва да се изтеглят преди преговорите.",
        "Vlada zavrača umik vojske brez varnostnih jamstev.",
    ],
)
def test_a_language_without_a_glossary_is_not_read_by_that_of_a_sister(text):
    assert language(tokens(text)) is None


@pytest.mark.parametrize(
    ("name", "words"),
    {
        "ar": "لا لن لم قبل بعد إذا حتى من في على أو لكن يجب",
        "de": "die der und nicht kein ohne wenn nur bevor war wird muss aber oder nie",
        "es": "el la y no sin si solo antes hasta nunca pero debe ningún",
        "fr": "le la et ne pas sans si avant jamais mais doit aucun pour",
        "ru": "и не без если только до никогда но должен нет после",
        "uk": "і не без якщо лише до ніколи але повинен немає після",
    }.items(),
)
def test_the_words_that_turn_a_sentence_are_there(name, words):
    known = glossary.glossaries()[name]
    assert [word for word in words.split() if known.word(word) is None] == []


def test_what_is_no_word_has_no_meaning():
    assert language([]) is None
    assert language([""]) is None
    assert list(in_english(["", "?"], "de")) == ["", "?"]
    assert in_english(["x" * 1000, "س" * 1000], "ar") == ["x" * 1000, "س" * 1000]


def test_an_unknown_language():
    with pytest.raises(UnknownNameError, match="unknown language 'sp'"):
        in_english(["no"], "sp")


def test_german_nouns_are_no_names():
    german = lexicon(
        "Fremde Truppen verlassen das Tal",
        "",
        ("Abzug der Truppen", "Abzug aus Vlasenica"),
        ("Unsere Soldaten bleiben",),
    )
    assert german.names == {"vlasenica"}
    assert {german.role[stem(word)] for word in ("troops", "withdrawal")} == {"P"}
    assert german.role[stem("soldiers")] == "C"


def test_names_of_other_languages_are_names():
    term = lexicon("Війська йдуть з Їжакевичів", "", ("вихід з Криму",), ())
    assert {"їжакевичів", stem("crimea")} <= term.names


def test_each_file_counts_for_the_digest(tmp_path, monkeypatch):
    assert versions()["glossary"] == glossary.digest()[:12]
    shutil.copytree(FOLDER, tmp_path / "glossary")
    monkeypatch.setattr(glossary, "shipped", lambda _: tmp_path / "glossary")
    found = {glossary.digest.__wrapped__()}
    for path in sorted((tmp_path / "glossary").glob("*.t*")):
        path.write_bytes(path.read_bytes() + b"\n")
        found.add(glossary.digest.__wrapped__())
    assert len(found) == len(LANGUAGES) + 2


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


def test_plain_english_costs_no_glossary(monkeypatch):
    def never():
        raise AssertionError("a glossary was opened for an English text")

    monkeypatch.setattr(glossary, "glossaries", never)
    analyse.cache_clear()
    assert analyse("We will never leave the valley before they do").stems[0] == "we"


def test_the_card_tells_of_each_language():
    card = (Path(FOLDER) / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}.tsv`" in card for name in (*LANGUAGES,))
    assert "written by a language model" in card
