import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from stance.errors import UnknownNameError
from stance.features import BLOCKS, PairFeatures


def test_all_blocks_by_default(toy_pairs):
    features = PairFeatures().fit(toy_pairs)
    assert list(features.blocks_) == list(BLOCKS)


def test_blocks_stand_side_by_side(toy_pairs, toy_blocks):
    features = PairFeatures(toy_blocks).fit(toy_pairs)
    matrix = features.transform(toy_pairs)
    names = features.get_feature_names_out()
    assert matrix.shape == (len(toy_pairs), len(names))
    assert len(set(names)) == len(names)
    for block, columns in features.slices().items():
        alone = PairFeatures({block: toy_blocks[block]}).fit(toy_pairs)
        assert np.allclose(matrix[:, columns].toarray(), alone.transform(toy_pairs).toarray())
        assert all(name.startswith(f"{block}__") for name in names[columns])


def test_a_weight_scales_its_block(toy_pairs):
    once, thrice = (
        PairFeatures({"overlap": {"weight": weight}}).fit_transform(toy_pairs).toarray()
        for weight in (1.0, 3.0)
    )
    assert np.allclose(thrice, 3 * once)


def test_an_unknown_block_names_the_nearest(toy_pairs):
    with pytest.raises(UnknownNameError, match="unknown feature block 'holders'; did you mean 'ho"):
        PairFeatures({"holders": {}}).fit(toy_pairs)


def test_transform_needs_fit(toy_pairs):
    with pytest.raises(NotFittedError):
        PairFeatures().transform(toy_pairs)
