import numpy as np
import pytest

from stance.errors import ConfigError
from stance.features import PairFeatures
from stance.features.characters import CharacterNgrams, TermCharacters
from stance.models import build_model
from stance.records import Statement, Term
from stance.scoring import score
from stance.scoring.reference import reference_score

BLOCKS = {
    "statement": {"min_df": 1},
    "characters": {"min_df": 1},
    "term_characters": {"min_df": 1, "weight": 2.0},
}
LOGISTIC = {"_target_": "sklearn.linear_model.LogisticRegression", "max_iter": 300}


def _pair(pairs, text, term):
    row = pairs.iloc[:1].copy()
    row["text"], row["term_name"] = text, term
    return row


def test_they_run_across_words_and_know_both_ends():
    grams = CharacterNgrams(min_n=2, max_n=3).of_text("We go")
    assert "e g" in grams
    assert grams[0] == " w"
    assert grams[-1] == "go "
    assert {len(gram) for gram in grams} == {2, 3}


@pytest.mark.parametrize(
    ("hidden", "plain"),
    [("cease\u00adfire", "ceasefire"), ("\uff2e\uff2f", "no"), ("se\u0441urity", "security")],
)
def test_what_cannot_be_seen_makes_no_other_ngrams(hidden, plain):
    block = CharacterNgrams()
    assert block.of_text(hidden) == block.of_text(plain)


@pytest.mark.parametrize("text", ["", " ", "\u200b"])
def test_a_text_without_characters_has_ngrams_of_space_only(text):
    assert set("".join(CharacterNgrams().of_text(text))) <= {" "}


def test_each_term_has_ngrams_of_its_own(toy_pairs):
    block = TermCharacters(min_df=1).fit(toy_pairs)
    one, other = toy_pairs["term_name"].unique()[:2]
    text = toy_pairs["text"].iloc[0]
    rows = [block.transform(_pair(toy_pairs, text, term)) for term in (one, other)]
    assert rows[0].nnz
    assert (rows[0] @ rows[1].T).nnz == 0


def test_a_term_that_was_not_seen_has_none(toy_pairs):
    block = TermCharacters(min_df=1).fit(toy_pairs)
    pair = _pair(toy_pairs, toy_pairs["text"].iloc[0], "Something quite different")
    assert block.transform(pair).nnz == 0


def test_a_text_cannot_forge_the_ngrams_of_another_term(toy_pairs):
    block = TermCharacters(min_df=1).fit(toy_pairs)
    names = toy_pairs["term_name"].unique()
    known = set(block.get_feature_names_out())
    (made,) = block.documents(_pair(toy_pairs, f"{names[0]}: ‹no›", names[1]))
    assert all(gram.startswith(f"{names[1]}: ‹") for gram in made)
    assert any(gram.startswith(f"{names[0]}: ‹") for gram in known)


def test_they_are_used_only_where_they_are_named(toy_pairs):
    assert not {"characters", "term_characters"} & set(PairFeatures().fit(toy_pairs).blocks_)


def test_a_model_over_them_scores_a_grid_as_its_pipeline_does(toy_pairs, toy_terms):
    model = build_model(BLOCKS, LOGISTIC).fit(toy_pairs, toy_pairs["label"])
    said = [Statement(text) for text in toy_pairs["text"].unique()[:6]] + [Statement("No #deal!")]
    terms = [*toy_terms.values(), Term("A term that was never seen")]
    fast, plain = score(model, said, terms), reference_score(model, said, terms)
    assert np.allclose(fast, plain)
    assert not np.allclose(fast[:, 0], fast[:, 1])


def test_a_wrong_argument_names_the_nearest():
    with pytest.raises(ConfigError, match=r"characters\.max: there is no such argument; did you"):
        build_model({"characters": {"max": 3}}, LOGISTIC)
    with pytest.raises(ConfigError, match=r"characters\.max_n: expected a number, got str 'x'"):
        build_model({"term_characters": {"max_n": "x"}}, LOGISTIC)
