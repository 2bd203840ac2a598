import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from stance.scoring.grams import Codes, Sequences, TfIdf
from stance.scoring.ragged import begins, distinct, lengths_between


def test_codes_are_found_whatever_slots_they_share():
    rng = np.random.default_rng(0)
    codes = np.unique(rng.integers(0, 2**62, 5000))
    numbers = rng.permutation(len(codes))
    table = Codes(codes, numbers)
    asked = np.concatenate([codes, codes + 1, np.arange(1000)])
    expected = dict(zip(codes.tolist(), numbers.tolist(), strict=True))
    assert table.find(asked).tolist() == [expected.get(code, -1) for code in asked.tolist()]


def test_codes_survive_a_full_cluster():
    # Multiples of 2**60 agree in all low bits, so that many want the same slots.
    codes = np.arange(0, 2**62, 2**56, dtype=np.int64)
    table = Codes(codes, np.arange(len(codes)))
    assert table.find(codes).tolist() == list(range(len(codes)))
    assert (table.find(codes + 1) == -1).all()


def test_an_empty_set_of_codes_finds_nothing():
    none = np.zeros(0, dtype=np.int64)
    assert Codes(none, none).find(np.array([0, 5])).tolist() == [-1, -1]


def test_sequences_are_found_where_they_stand():
    rng = np.random.default_rng(1)
    words = rng.integers(0, 4, 500)
    listed = [(1,), (2, 3), (1, 1, 2), (3, 3, 3, 1), (2,)]
    rows = np.array([[*item, 0, 0, 0][:4] for item in listed])
    found = set()
    for length, (places, numbers) in enumerate(Sequences(rows, 4).find(words), 1):
        found |= {(at, length, number) for at, number in zip(places, numbers, strict=True)}
    text = words.tolist()
    assert found == {
        (at, len(item), number)
        for number, item in enumerate(listed)
        for at in range(len(text))
        if tuple(text[at : at + len(item)]) == item
    }


def test_tfidf_scores_as_scikit_learn_does():
    documents = ["a b b c", "b", "", "d d d d a", "z"]
    vectorizer = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\S").fit(documents[:4])
    weights = np.random.default_rng(2).normal(size=(3, 4))
    expected = vectorizer.transform(documents) @ weights.T
    column = vectorizer.vocabulary_
    pairs = [
        (row, column[word])
        for row, text in enumerate(documents)
        for word in text.split()
        if word in column
    ]
    rows, grams = np.array(pairs[::-1]).T
    found = TfIdf.plain(vectorizer.idf_, weights).scores(rows, grams, len(documents))
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-12)


@pytest.mark.parametrize("count", [100, 3000], ids=["few", "many"])
@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_tfidf_counts_what_occurs_again_in_any_order(count, kind):
    rng = np.random.default_rng(3)
    # Rows and grams that do not fit into one number of 32 bits; some rows are empty.
    rows = rng.choice(np.arange(9_000), 40)[rng.integers(0, 40, count)].astype(kind)
    grams = (rng.integers(0, 6, count) * 100_000).astype(kind)
    idf, weights = rng.uniform(1, 9, 600_000), rng.normal(size=(2, 600_000))
    times = np.zeros((9_000, 6))
    np.add.at(times, (rows, grams // 100_000), 1)
    bags = np.where(times > 0, 1 + np.log(np.maximum(times, 1)), 0) * idf[::100_000]
    lengths = np.maximum(np.linalg.norm(bags, axis=1, keepdims=True), 1e-9)
    found = TfIdf.plain(idf, weights).scores(rows, grams, 9_000)[:, 0]
    np.testing.assert_allclose(found, bags / lengths @ weights[:, ::100_000].T, atol=1e-12)


@pytest.mark.parametrize("values", [[], [4], [9, 4, 4, 9, 9, -1]])
def test_distinct_is_numpys_unique(values):
    array = np.array(values, dtype=np.int64)
    expected = np.unique(array, return_counts=True)
    for found, wanted in zip(distinct(array), expected, strict=True):
        assert found.tolist() == wanted.tolist()
    begin = begins(np.sort(array))
    assert lengths_between(begin, len(array)).sum() == len(array)
