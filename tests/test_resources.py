from pathlib import Path

import pytest

from stance import resources
from stance.errors import StanceError
from stance.resources import shipped, user_path


@pytest.mark.parametrize("name", ["configs/train.yaml", "data/settlement/terms.yaml"])
def test_shipped_files_are_found(name):
    assert shipped(name).is_file()


def test_a_wheel_carries_its_files_inside_and_a_checkout_beside(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "stance")
    (tmp_path / "configs").mkdir()
    assert shipped("configs") == tmp_path / "configs"
    (tmp_path / "stance/_shipped/configs").mkdir(parents=True)
    assert shipped("configs") == tmp_path / "stance/_shipped/configs"


def test_a_missing_file_means_a_broken_installation():
    with pytest.raises(StanceError, match="data/none is missing from this installation of stance"):
        shipped("data/none")


def test_a_path_of_a_user_is_of_the_home_folder_or_as_it_is(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    names = ["~/in.csv", "~$in.csv", "~nobody-of-this-name/in.csv", "in.csv"]
    assert [str(user_path(name)) for name in names] == ["/home/me/in.csv", *names[1:]]


def test_no_other_place_looks_for_the_home_folder():
    code = Path(resources.__file__).parent.rglob("*.py")
    assert [file.name for file in code if "expanduser" in file.read_text()] == ["resources.py"]
