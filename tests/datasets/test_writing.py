import json
import stat

import pytest

from stance.datasets.writing import write_json, write_text
from stance.errors import DataError


def test_a_file_is_replaced_whole_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "new" / "file.txt"
    write_text(path, "one\r\n")
    write_text(path, "two\n")
    assert path.read_bytes() == b"two\n"
    assert [item.name for item in path.parent.iterdir()] == ["file.txt"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_what_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.json"
    write_json(path, {"ж": 1})
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"x": float("nan")})
    assert json.loads(path.read_text(encoding="utf-8")) == {"ж": 1}
    assert "ж" in path.read_text(encoding="utf-8")
    assert [item.name for item in tmp_path.iterdir()] == ["file.json"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"file/inside: cannot write it"):
        write_text(tmp_path / "file" / "inside", "x")
    (tmp_path / "folder" / "x").mkdir(parents=True)
    with pytest.raises(DataError, match=r"folder: cannot write it"):
        write_text(tmp_path / "folder", "x")
