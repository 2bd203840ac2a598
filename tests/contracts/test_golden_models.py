"""A model of every release loads in every later one, with equal scores."""

import json
from pathlib import Path

import numpy as np
import pytest

from stance.persistence import load_folder
from stance.version import __version__

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*/model"))


# Saved with older libraries than this environment's, they warn of it.
@pytest.mark.filterwarnings("ignore::stance.errors.OtherVersionsWarning")
@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.parent.name)
def test_a_model_of_an_older_release_gives_equal_scores(folder, toy_frames):
    scores = json.loads((folder.parent / "scores.json").read_text(encoding="utf-8"))
    found = load_folder(folder).estimator.predict_proba(toy_frames["test"])
    # Libraries add up in another order from version to version; labels and percents stay.
    assert np.allclose(found, scores, rtol=0, atol=1e-9)


def test_this_release_is_among_them():
    assert __version__ in {folder.parent.name for folder in GOLDEN}
