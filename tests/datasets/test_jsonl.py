import gzip

import pytest

from stance.datasets.jsonl import json_lines
from stance.errors import DataError


def test_lines_with_their_places(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes('\ufeff{"a": 1}\r\n\n {"a": "x\u2028y"}\n'.encode())
    assert list(json_lines(path)) == [(f"{path}:1", {"a": 1}), (f"{path}:3", {"a": "x\u2028y"})]


def test_compressed_lines(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": 1}'))
    assert list(json_lines(path)) == [(f"{path}:1", {"a": 1})]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b"{}\n{", ":2: not a JSON object: Expecting property name"),
        ("a.jsonl", b"[1]", ":1: expected a JSON object, got list"),
        ("a.jsonl", b"[" * 100_000, ":1: not a JSON object: "),
        ("a.jsonl", b"9" * 5_000, ":1: not a JSON object: Exceeds the limit"),
        (
            "a.jsonl",
            rb'{"a": ["\ud83d"]}',
            r":1: half of a character \(\\ud83d\), as in texts that",
        ),
        ("a.jsonl", b'{"a": "\xff"}', ": cannot read it: 'utf-8' codec"),
        ("a.jsonl.gz", b"{}", ": cannot read it: Not a gzipped file"),
        ("a.jsonl.gz", gzip.compress(b"{}")[:-9], ": cannot read it: Compressed file ended"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"{path}{message}"):
        list(json_lines(path))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.jsonl: cannot read it: .*No such file"):
        list(json_lines(tmp_path / "none.jsonl"))
