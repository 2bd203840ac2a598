import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stance.features.lexicon import analyse
from stance.records import Statement, Term
from stance.scoring import compiled
from stance.scoring import reader as reader_module
from stance.scoring.catalogue import Catalogue, scan
from stance.scoring.reading import Texts, WordTable


@given(st.lists(st.text(max_size=40), max_size=6))
def test_words_are_those_of_the_features(texts):
    table = WordTable({})
    read = Texts.read(table, [Statement(text) for text in texts])
    for text, start, length in zip(texts, read.starts, read.lengths, strict=True):
        words = read.words[start : start + length].tolist()
        assert tuple(table.stems[word] for word in words) == analyse(text).stems
        content = tuple(table.stems[word] if table.content[word] else None for word in words)
        assert content == analyse(text).content


def test_the_same_stem_may_carry_content_or_not():
    table = WordTable({"have": 7})
    words, lengths = table.read(["having haves", "having"])
    assert lengths.tolist() == [2, 1]
    assert words[0] != words[1]
    assert words[0] == words[2]
    number, content, letters = table.columns()
    assert number[words].tolist() == [7, 7, 7]
    assert content[words].tolist() == [False, True, False]
    assert letters[words].all()


def test_texts_are_kept_apart():
    table = WordTable({"war": 3})
    texts = Texts.read(table, [Statement("war"), Statement(""), Statement("no war")])
    padded = texts.padded(2)
    assert padded.number.tolist() == [0, 0, 3, 0, 0, 0, 0, 0, 3, 0, 0]
    assert padded.text_of(padded.starts).tolist() == [0, 1, 2]
    assert texts.take(np.array([2, 0])).lengths.tolist() == [2, 1]
    assert texts.count(np.ones(len(texts.words))).tolist() == [1, 0, 2]


def test_hostile_words_do_not_fill_the_memory(toy_model, monkeypatch):
    monkeypatch.setattr(reader_module, "_WORDS", 100)
    reader = compiled(toy_model).reader
    tables = {reader.read([Statement(f"word{n} other{n}")]).table for n in range(200)}
    assert 3 < len(tables) < 8
    assert max(map(len, tables)) < 150


def test_a_table_travels_without_its_words():
    table = WordTable({"war": 3})
    table.read(["war and peace"])
    again = pickle.loads(pickle.dumps(table))
    assert again.read(["war"])[0].tolist() == [1]


def test_alike_pairs_are_scored_once(hostile_statements, hostile_terms):
    catalogue = Catalogue([*hostile_terms, *hostile_terms])
    table = WordTable({})
    padded = Texts.read(table, hostile_statements).padded(2)
    hits = scan(padded, table, catalogue)
    patterns, which = hits.patterns(catalogue.role)
    assert len(patterns) < 0.7 * len(hits)

    def marks(found, pair):
        mine = found.pair == pair
        roles = catalogue.role[found.entry[mine]].tolist()
        return list(zip(found.place[mine].tolist(), roles, strict=True))

    for pair, same in enumerate(which.tolist()):
        assert patterns.text[same] == hits.text[pair]
        assert marks(patterns, same) == marks(hits, pair)


def test_a_table_can_be_counted_while_another_thread_adds_to_it():
    terms = [Term("A truce takes effect")]

    class Watched(list):
        """A list that is looked at by another thread as soon as it has grown."""

        def append(self, item):
            super().append(item)
            catalogue.rows(table)

    catalogue, table = Catalogue(terms), WordTable({})
    table.stems, table.content = Watched(table.stems), Watched(table.content)
    table.read(["the truce holds, and nothing else does"])
    assert (catalogue.rows(table) > 0).tolist() == [stem == "truce" for stem in table.stems]
