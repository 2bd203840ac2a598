"""A model small enough to break it in every place, and ways to break it."""

import json
import shutil

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from stance.features import StatementNgrams
from stance.persistence import SavedModel, save_folder
from stance.persistence.manifest import sealed


@pytest.fixture(scope="session")
def small(toy_frames, tmp_path_factory):
    """A very small model; not to be written in."""
    train = toy_frames["train"]
    model = Pipeline(
        [("words", StatementNgrams(max_n=1, min_df=5)), ("classifier", LogisticRegression())]
    )
    model.fit(train, train["label"])
    return save_folder(SavedModel(model), tmp_path_factory.mktemp("small") / "model")


@pytest.fixture
def copy(small, tmp_path):
    return shutil.copytree(small, tmp_path / "model")


@pytest.fixture(scope="session")
def reseal():
    """Change a manifest as somebody could who can also make its seal."""

    def change_in(folder, change):
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text())
        del manifest["seal"]
        change(manifest)
        path.write_bytes(sealed(manifest))

    return change_in
