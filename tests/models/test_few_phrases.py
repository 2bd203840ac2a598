import numpy as np
import pandas as pd
import pytest

from stance.config import ModelConfig
from stance.models import with_few_phrases
from stance.training import fit_model

FEW = {"term_aliases": ("truce", "a halt"), "term_opposites": ("war",)}


@pytest.fixture
def labels(toy_pairs):
    return toy_pairs["label"].to_numpy()


def test_added_pairs_are_as_before_but_for_their_phrases(toy_pairs, labels):
    both, of_both = with_few_phrases(toy_pairs, labels, 0.5, 3)
    old, new = both.iloc[: len(toy_pairs)], both.iloc[len(toy_pairs) :]
    pd.testing.assert_frame_equal(old, toy_pairs.reset_index(drop=True))
    assert 0.3 * len(old) < len(new) < 0.7 * len(old)
    assert of_both.tolist() == both["label"].tolist()
    phrases = ["term_aliases", "term_opposites"]
    origin = toy_pairs.set_index(["statement_id", "term"])
    for row in new.to_dict("records"):
        whole = origin.loc[(row["statement_id"], row["term"])]
        assert all(row[name] == whole[name] for name in whole.index if name not in phrases)
        for name in phrases:
            assert len(row[name]) <= 2
            assert list(row[name]) == [item for item in whole[name] if item in row[name]]
    assert new["term_aliases"].map(len).nunique() == 3


def test_terms_of_few_phrases_are_left_alone(toy_pairs, labels):
    few = toy_pairs.assign(**{name: [item] * len(toy_pairs) for name, item in FEW.items()})
    for pairs, share in ((few, 1.0), (toy_pairs, 0.0), (toy_pairs.head(0), 1.0)):
        both, of_both = with_few_phrases(pairs, labels[: len(pairs)], share, 0)
        assert both is pairs
        assert len(of_both) == len(pairs)


def test_the_seed_decides(toy_pairs, labels):
    one, again, other = (with_few_phrases(toy_pairs, labels, 0.5, seed)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)


def test_a_training_learns_from_them(toy_config, toy_frames):
    def learnt(share):
        toy_config.model = ModelConfig("m", toy_config.model.classifier, few_phrases=share)
        return fit_model(toy_config, toy_frames["train"], toy_frames["validation"])

    pairs = toy_frames["train"]
    without, with_them = (learnt(share).predict_proba(pairs) for share in (0.0, 1.0))
    assert np.abs(without - with_them).max() > 0.01
