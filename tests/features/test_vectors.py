import numpy as np
import pytest

from stance.errors import ConfigError
from stance.features import OPTIONAL_BLOCKS, PairFeatures, SentenceVectors, TermVectors
from stance.features.vectors import SIMILARITIES
from stance.models import build_model
from stance.persistence import SavedModel, load_folder, save_folder

pytest.importorskip("torch")


@pytest.fixture
def fitted(tiny_encoder, toy_pairs, stance_cache):
    return SentenceVectors(str(tiny_encoder)).fit(toy_pairs)


def test_columns_are_those_of_their_names(fitted, toy_pairs):
    found, names = fitted.transform(toy_pairs), list(fitted.get_feature_names_out())
    assert found.shape == (len(toy_pairs), len(names))
    assert names[-len(SIMILARITIES) :] == list(SIMILARITIES)
    network = fitted.open_network()

    def unit(text):
        vector = network([text])[0]
        return vector / np.linalg.norm(vector)

    pair = toy_pairs.iloc[0]
    said, name = unit(pair["text"]), unit(pair["term_name"])
    aliases = sorted((float(unit(alias) @ said) for alias in pair["term_aliases"]), reverse=True)
    row = dict(zip(names, found[0], strict=True))
    assert np.allclose([row[f"said_{n}"] for n in range(16)], said, atol=1e-6)
    assert np.allclose([row[f"product_{n}"] for n in range(16)], said * name * 4, atol=1e-6)
    assert row["name"] == pytest.approx(said @ name, abs=1e-6)
    assert row["best_alias"] == pytest.approx(aliases[0], abs=1e-6)
    assert row["mean_alias"] == pytest.approx(np.mean(aliases), abs=1e-6)


def test_a_term_without_phrases(fitted, toy_pairs):
    bare = toy_pairs.head(2).assign(term_aliases=[(), ()], term_opposites=[(), ()])
    assert (fitted.transform(bare)[:, -8:] == 0).all()


def test_an_answer_does_not_depend_on_its_neighbours(fitted, toy_pairs):
    whole = fitted.transform(toy_pairs)
    alone = np.vstack([fitted.transform(toy_pairs.iloc[[row]]) for row in range(5)])
    assert np.array_equal(whole[:5], alone)


def test_a_second_training_encodes_nothing(fitted, tiny_encoder, toy_pairs, monkeypatch):
    first = fitted.transform(toy_pairs)
    again = SentenceVectors(str(tiny_encoder)).fit(toy_pairs)
    monkeypatch.setattr("stance.encoder.network.Network.__call__", None)
    assert np.array_equal(again.transform(toy_pairs), first)


def test_vectors_of_shorter_texts_are_others(fitted, tiny_encoder, toy_pairs):
    whole = fitted.transform(toy_pairs)
    cut = SentenceVectors(str(tiny_encoder), max_length=8).fit(toy_pairs).transform(toy_pairs)
    uncached = SentenceVectors(str(tiny_encoder), max_length=8, cache=False).fit(toy_pairs)
    assert np.array_equal(cut, uncached.transform(toy_pairs))
    assert not np.array_equal(cut, whole)


def test_no_text_is_written_to_the_cache(fitted, toy_pairs, stance_cache):
    secret = toy_pairs.assign(text="the wolves sleep at dawn")
    fitted.transform(secret)
    files = [path.read_bytes() for path in stance_cache.rglob("*") if path.is_file()]
    assert files
    assert not any(b"wolves" in content for content in files)


def test_predictions_of_a_loaded_model_are_not_cached(
    fitted, toy_pairs, stance_cache, tmp_path, toy_classifier
):
    blocks = {"overlap": {}, "vectors": {"encoder": fitted.encoder}}
    model = build_model(blocks, toy_classifier).fit(toy_pairs, toy_pairs["label"])
    folder = save_folder(SavedModel(model), tmp_path / "model")
    before = sorted(stance_cache.rglob("*"))
    loaded = load_folder(folder).estimator
    found = loaded.predict_proba(toy_pairs.assign(text="Something new"))
    assert np.isfinite(found).all()
    assert sorted(stance_cache.rglob("*")) == before
    assert np.array_equal(loaded.predict_proba(toy_pairs), model.predict_proba(toy_pairs))


def test_a_loaded_model_predicts_without_torch(fitted, toy_pairs, tmp_path, run_python, no_torch):
    blocks = {"overlap": {}, "vectors": {"encoder": fitted.encoder}}
    spec = {"_target_": "sklearn.linear_model.LogisticRegression"}
    model = build_model(blocks, spec).fit(toy_pairs, toy_pairs["label"])
    save_folder(SavedModel(model), tmp_path / "model")
    code = no_torch + (
        "from stance import predict\n"
        "print(predict('We will sign.', 'A treaty is signed now', model='model').label)"
    )
    assert run_python(code, cwd=tmp_path).strip() in {*map(str, model.classes_)}


def test_each_term_has_the_vector_of_the_statement_in_columns_of_its_own(
    fitted, tiny_encoder, toy_pairs
):
    block = TermVectors(str(tiny_encoder)).fit(toy_pairs)
    found, names = block.transform(toy_pairs).toarray(), list(block.get_feature_names_out())
    said = fitted.transform(toy_pairs)[:, : fitted.width_]
    assert found.shape == (len(toy_pairs), len(names))
    for row, (_, pair) in enumerate(toy_pairs.iterrows()):
        own = [
            at for at, name in enumerate(names) if name.startswith(f"{pair['term_name']}: said_")
        ]
        assert np.allclose(found[row, own], said[row], atol=1e-6)
        assert not np.delete(found[row], own).any()


def test_a_term_without_training_has_no_vector(tiny_encoder, toy_pairs):
    block = TermVectors(str(tiny_encoder), cache=False).fit(toy_pairs)
    unseen = toy_pairs.head(3).assign(term_name="A bridge is built")
    assert block.transform(unseen).nnz == 0
    assert block.transform(unseen.head(0)).shape == (0, len(block.get_feature_names_out()))


def test_columns_are_counted_without_their_names(tiny_encoder, toy_pairs, tmp_path, monkeypatch):
    blocks = {
        "vectors": {"encoder": str(tiny_encoder)},
        "term_vectors": {"encoder": str(tiny_encoder)},
    }
    spec = {"_target_": "sklearn.linear_model.LogisticRegression"}
    model = build_model(blocks, spec).fit(toy_pairs, toy_pairs["label"])
    folder = save_folder(SavedModel(model), tmp_path / "model")
    for kind in (SentenceVectors, TermVectors):
        monkeypatch.setattr(kind, "get_feature_names_out", None)
    # A folder of a stranger's with many names of terms would take more memory than its bytes.
    assert load_folder(folder).estimator is not None


def test_texts_of_other_languages_are_encoded_in_english(fitted, tiny_encoder, toy_pairs):
    spanish = toy_pairs.head(1).assign(text="Rechazamos la retirada de las tropas")
    english = toy_pairs.head(1).assign(text="reject the withdrawal of the troops")
    assert np.array_equal(fitted.transform(spanish), fitted.transform(english))
    plain = SentenceVectors(str(tiny_encoder), glossary=False).fit(toy_pairs)
    assert not np.array_equal(plain.transform(spanish), fitted.transform(spanish))
    assert np.array_equal(plain.transform(english), fitted.transform(english))


def test_it_is_used_only_where_it_is_named(toy_pairs):
    used = PairFeatures().fit(toy_pairs).blocks_
    for name in ("vectors", "term_vectors"):
        assert name in OPTIONAL_BLOCKS
        assert name not in used


def test_an_encoder_that_is_not_there(toy_pairs):
    with pytest.raises(ConfigError, match="there is no folder nowhere"):
        SentenceVectors("nowhere").fit(toy_pairs)


def test_a_length_out_of_range(tiny_encoder, toy_pairs):
    with pytest.raises(
        ValueError, match="'max_length' parameter of SentenceVectors must be an int"
    ):
        SentenceVectors(str(tiny_encoder), max_length=1).fit(toy_pairs)
    with pytest.raises(
        ConfigError, match=r"^features\.blocks\.vectors: The 'max_length' parameter"
    ):
        build_model(
            {"vectors": {"max_length": 0}}, {"_target_": "sklearn.linear_model.LogisticRegression"}
        )
