"""Versions that differ between saving and loading are reported, once and in words."""

import shutil
import sys
import warnings

import pytest

from stance.errors import OtherVersionsWarning
from stance.persistence import load_folder, versions
from stance.predict import _cached, load_model
from stance.resources import shipped


@pytest.fixture
def saved_with(copy, reseal):
    """A sound model whose manifest names other versions."""

    def change(**others):
        def older(manifest):
            manifest["versions"] |= {name.replace("_", "-"): v for name, v in others.items()}

        reseal(copy, older)
        return copy

    return change


@pytest.mark.parametrize("name", ["stance", "scikit-learn", "numpy"])
@pytest.mark.parametrize("then", ["0.0.9", "99.1.0", "0", "", "2.\x1b[31m"])
def test_another_major_or_minor_version_gives_one_warning_that_names_both(saved_with, name, then):
    folder = saved_with(**{name: then})
    with pytest.warns(OtherVersionsWarning) as caught:
        load_folder(folder)
    assert [str(item.message) for item in caught] == [
        f"{folder}: this model was saved with {name} {then!r} (now {versions()[name]}); its scores "
        "may differ a little: install those versions, or train it again with these"
    ]
    assert caught[0].filename == __file__


def test_all_that_differ_are_named_in_one_warning(saved_with):
    folder = saved_with(stance="0.0.9", scikit_learn="1.4.0", numpy="1.26.4")
    with pytest.warns(OtherVersionsWarning) as caught:
        load_model(folder)
    (message,) = [str(item.message) for item in caught]
    for part in ("stance '0.0.9'", "scikit-learn '1.4.0'", "numpy '1.26.4'"):
        assert part in message


def test_a_patch_release_and_other_libraries_are_not_worth_a_warning(saved_with):
    sklearn = versions()["scikit-learn"].split(".")
    patch = ".".join([*sklearn[:2], "99"])
    folder = saved_with(scikit_learn=patch, python="3.9.1", scipy="1.0.0", snowballstemmer="1.0")
    assert set(load_folder(folder).version_differences()) >= {"scikit-learn", "scipy"}


def test_a_caller_can_do_without(saved_with):
    assert load_folder(saved_with(numpy="1.26.4"), warn=False).estimator is not None


def test_the_shipped_model_does_not_warn(tmp_path, monkeypatch, reseal):
    place = shutil.copytree(shipped("data/model"), tmp_path / "shipped")
    reseal(place, lambda manifest: manifest["versions"].update(numpy="1.26.4"))
    with pytest.warns(OtherVersionsWarning):
        load_model(place)
    monkeypatch.setattr(sys.modules["stance.predict"], "shipped", lambda name: place)
    _cached.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_model()
