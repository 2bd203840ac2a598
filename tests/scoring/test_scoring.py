"""The fast path gives the numbers of the scikit-learn pipeline, and knows when it cannot."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler

from stance import Term
from stance.datasets import load
from stance.datasets.source import read_source
from stance.features import CUES, PairFeatures
from stance.labels import LABELS
from stance.models import TemperatureCalibrated, build_model
from stance.records import Statement
from stance.scoring import Texts, compiled, reference_score, score
from stance.scoring import scorer as scorer_module
from stance.terms import TermCatalogue

CLOSE = 1e-6
BLOCKS = {
    "all": None,
    "statement": {"statement": {"min_df": 1}},
    "term": {"marked": {"window": 5, "min_df": 1}, "overlap": {}},
    "long_grams": {"statement": {"max_n": 4, "min_df": 1, "weight": 0.3}},
    "narrow": {"marked": {"window": 1, "min_df": 1}, "cues": {"reach": 1, "min_df": 1}},
    "no_window": {"marked": {"window": 0, "min_df": 1, "weight": 3.0}},
    "wide": {"cues": {"reach": 9, "min_df": 1}, "marked": {"window": 12, "min_df": 1}},
    "overlap": {"overlap": {"weight": 2.0}},
    "cues": {"cues": {"min_df": 1, "weight": 1.5}},
    "holder": {"holder": {"min_df": 1, "weight": 0.5}},
    "reversed": {"holder": {"min_df": 1}, "overlap": {}, "marked": {}, "statement": {}},
}
LOGISTIC = {"_target_": "sklearn.linear_model.LogisticRegression", "max_iter": 300}
SGD = {"_target_": "sklearn.linear_model.SGDClassifier", "loss": "log_loss"}
MODELS = {
    "logistic": LOGISTIC,
    "sgd": SGD,
    "two_stage": {"_target_": "stance.models.TwoStageClassifier"},
    "two_sgd": {"_target_": "stance.models.TwoStageClassifier", "related": SGD, "stance": LOGISTIC},
}


def fitted(blocks, classifier, pairs):
    names = ("statement", "marked", "cues", "overlap", "holder")
    chosen = {name: {} for name in names} if blocks is None else blocks
    return build_model(chosen, classifier).fit(pairs, pairs["label"])


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("classifier", MODELS.values(), ids=MODELS)
def test_every_config_scores_as_its_pipeline(
    blocks, classifier, train, hostile_statements, hostile_terms, toy_terms, differ
):
    model = fitted(blocks, classifier, train)
    assert compiled(model).scorer is not None
    terms = [*hostile_terms, *(toy_terms[name] for name in toy_terms)]
    known = [Statement(text) for text in train["text"].unique()]
    assert differ(model, [*hostile_statements, *known], terms) < CLOSE
    # Far from the lowest temperature, at which the pipeline's floats of 32 bits begin to show.
    calibrated = TemperatureCalibrated(model).fit(train, train["label"])
    calibrated.temperature_ = 0.7
    assert compiled(calibrated).scorer is not None
    assert differ(calibrated, hostile_statements, terms) < CLOSE


@pytest.mark.parametrize("labels", [("favor", "against"), ("favor", "against", "unrelated")])
@pytest.mark.parametrize("classifier", [LOGISTIC, SGD], ids=["logistic", "sgd"])
def test_models_of_fewer_labels(labels, classifier, train, toy_terms, hostile_statements, differ):
    pairs = train[train["label"].isin(labels)]
    model = fitted(None, classifier, pairs)
    terms = [toy_terms[name] for name in toy_terms]
    assert differ(model, hostile_statements, terms) < CLOSE
    found = score(model, hostile_statements, terms)
    unknown = [LABELS.index(label) for label in LABELS if label not in labels]
    assert not found[..., unknown].any()


def test_the_shipped_data_score_as_by_the_pipeline(default_model, differ):
    catalogue = TermCatalogue.default()
    names = ("afghanistan", "russia-ukraine", "ilmar-war", "grain-corridor", "cyprus")
    terms = [catalogue[key] for name in names for key in catalogue.of_conflict(name)]
    rows = [row for part in load("settlement").values() for row in part]
    some = [Statement(row["text"], row["holder"], row["side"]) for row in rows[::31]]
    assert len({row["text"] for row in rows[::31]}) > 150
    assert differ(default_model, some, terms) < CLOSE


def test_hostile_text_scores_as_by_the_pipeline(
    default_model, hostile_statements, hostile_terms, differ
):
    assert differ(default_model, hostile_statements, hostile_terms) < CLOSE
    assert np.isfinite(score(default_model, hostile_statements, hostile_terms)).all()


SPOKEN = """
    troops troop withdrawal withdraw valley soldiers stay occupation Ruritania league same again
    sanctions lifted keep truce number x y z the of and not ? ! % won't we's
"""
WORDS = st.one_of(
    st.sampled_from(SPOKEN.split()),
    st.sampled_from([phrase.strip() for cues in CUES.values() for phrase in cues.split(",")]),
    st.text(max_size=6),
)


@settings(deadline=None, max_examples=60)
@given(words=st.lists(WORDS, max_size=40), holder=st.lists(WORDS, max_size=3))
def test_any_text_scores_as_by_the_pipeline(words, holder, default_model, hostile_terms, differ):
    statement = Statement(" ".join(words), " ".join(holder), "_".join(holder))
    assert differ(default_model, [statement], hostile_terms) < CLOSE


@settings(deadline=None, max_examples=40)
@given(
    phrases=st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=9),
    text=st.lists(WORDS, max_size=25),
)
def test_any_term_scores_as_by_the_pipeline(phrases, text, default_model, differ):
    sound = [phrase for phrase in phrases if phrase.strip()] or ["x"]
    half = len(sound) // 2
    terms = [
        Term(sound[0], " ".join(sound[half:]), aliases=sound[1:half], opposites=sound[half:]),
        Term(sound[-1], aliases=sound),
    ]
    words = " ".join([*text, *sound[:2], *text, sound[-1]])
    assert differ(default_model, [Statement(words), Statement(words.title())], terms) < CLOSE


def test_batches_and_the_order_of_terms_do_not_matter(
    default_model, hostile_statements, hostile_terms, monkeypatch
):
    whole = score(default_model, hostile_statements, hostile_terms)
    turned = score(default_model, hostile_statements[::-1], hostile_terms[::-1])
    np.testing.assert_array_equal(turned[::-1, ::-1], whole)
    for work in (1, 700):
        monkeypatch.setattr(scorer_module, "_WORK", work)
        np.testing.assert_array_equal(
            score(default_model, hostile_statements, hostile_terms), whole
        )
    each = [score(default_model, [item], hostile_terms)[0] for item in hostile_statements]
    np.testing.assert_array_equal(np.stack(each), whole)


def test_a_statement_alone_has_the_bits_that_it_has_among_others(default_model, hostile_terms):
    rows = read_source().statements[:1000:10]
    said = [Statement(row.text, row.holder, row.side) for row in rows]
    whole = score(default_model, said, hostile_terms)
    each = [score(default_model, [item], hostile_terms)[0] for item in said]
    np.testing.assert_array_equal(np.stack(each), whole)


def test_what_was_read_before_does_not_matter(default_model, hostile_terms):
    made, draw = compiled(default_model), Random(0)
    # A word that the model does not know weighs a number of more bits than one that it knows.
    known = made.reader.numbering.numbers
    words = [*filter(str.isalpha, known), *(f"qword{number}" for number in range(len(known)))]
    texts = [" ".join([*draw.sample(words, 40), "troops"]) for _ in range(300)]
    first, later = made.reader.new_table(), made.reader.new_table()
    later.read(" ".join(reversed(text.split())) for text in reversed(texts))
    found, again = (
        made.scorer.score(Texts.read(table, list(map(Statement, texts))), hostile_terms)
        for table in (first, later)
    )
    np.testing.assert_array_equal(found, again)


def test_nothing_to_score(default_model, hostile_statements, hostile_terms):
    assert score(default_model, [], hostile_terms).shape == (0, len(hostile_terms), 5)
    assert score(default_model, hostile_statements, []).shape == (len(hostile_statements), 0, 5)
    assert reference_score(default_model, [], []).shape == (0, 0, 5)


def test_other_pipelines_are_asked_pair_by_pair(train, hostile_statements, toy_terms):
    terms = [toy_terms[name] for name in toy_terms]
    features = PairFeatures({"statement": {"min_df": 1}})
    bayes = build_model({"statement": {}}, {"_target_": "sklearn.naive_bayes.ComplementNB"})
    scaled = Pipeline([("f", features), ("s", MaxAbsScaler()), *bayes.steps[1:]])
    huber = build_model({"statement": {}}, SGD | {"loss": "modified_huber"})
    for model in (bayes, scaled, huber):
        model.fit(train, train["label"])
        assert compiled(model).scorer is None
        assert compiled(model).reader is not None
        found = score(model, hostile_statements, terms)
        np.testing.assert_array_equal(found, reference_score(model, hostile_statements, terms))


def test_another_fit_is_noticed(train, hostile_statements, toy_terms, differ):
    terms = [toy_terms[name] for name in toy_terms]
    model = fitted(None, LOGISTIC, train)
    before = score(model, hostile_statements, terms)
    model.fit(train[::2], train["label"][::2])
    assert abs(score(model, hostile_statements, terms) - before).max() > 0.01
    assert differ(model, hostile_statements, terms) < CLOSE
    again = TemperatureCalibrated(model).fit(train, train["label"])
    score(again, hostile_statements, terms)
    again.temperature_ = 5.0
    assert differ(again, hostile_statements, terms) < CLOSE


def test_what_was_made_goes_with_its_estimator(train, hostile_statements, toy_terms):
    terms = [toy_terms[name] for name in toy_terms]
    model = TemperatureCalibrated(fitted(None, LOGISTIC, train)).fit(train, train["label"])
    score(model, hostile_statements, terms)
    made = weakref.ref(compiled(model).scorer)
    del model
    gc.collect()
    assert made() is None


def test_threads_share_a_model(train, default_model, toy_terms):
    terms = [toy_terms[name] for name in toy_terms]
    model = deepcopy(default_model)
    texts = [f"We reject troop{n} withdrawal number{n % 7} until{n}" for n in range(400)]
    parts = [[Statement(text) for text in texts[start::8]] for start in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda part: score(model, part, terms), parts))
    for part, values in zip(parts, found, strict=True):
        np.testing.assert_array_equal(values, score(default_model, part, terms))
