import pytest

from stance.datasets import DEFINITIONS, definition
from stance.errors import UnknownNameError


def test_the_datasets_that_can_be_chosen():
    assert set(DEFINITIONS) == {
        "argkp",
        "file",
        "gwsd",
        "ibm_claim_stance",
        "perspectrum",
        "public_pairs",
        "semeval2016_t6",
        "settlement",
        "vast",
    }


def test_only_what_ships_has_a_place():
    places = {name: found.default_path for name, found in DEFINITIONS.items()}
    assert [name for name, place in places.items() if place is not None] == ["settlement"]
    assert places["settlement"]().is_dir()


def test_an_unknown_dataset_names_the_nearest():
    with pytest.raises(
        UnknownNameError, match="unknown dataset 'semeval2016'; did you mean 'semeval2016_t6'"
    ):
        definition("semeval2016")
