import numpy as np
import pytest

from stance.encoder.remembering import remembered

KEY = "0f"


@pytest.fixture
def encode():
    def call(texts):
        call.asked.append(list(texts))
        return np.array([[len(text), ord(text[0])] for text in texts], dtype=np.float32)

    call.asked = []
    return call


def file_of(stance_cache):
    (path,) = (stance_cache / "vectors").glob("*.npz")
    return path


def test_a_text_is_encoded_once_whatever_stands_beside_it(stance_cache, encode):
    first = remembered(KEY, ["a", "bb", "a"], encode)
    assert first.tolist() == [[1, 97], [2, 98], [1, 97]]
    assert remembered(KEY, ["ccc", "bb", "\ud800"], encode)[1].tolist() == [2, 98]
    assert remembered(KEY, ["\ud800", "a"], encode)[1].tolist() == [1, 97]
    assert encode.asked == [["a", "bb"], ["ccc", "\ud800"]]


def test_another_network_has_vectors_of_its_own(stance_cache, encode):
    remembered(KEY, ["a"], encode)
    remembered("1e", ["a"], encode)
    assert encode.asked == [["a"], ["a"]]


def test_what_another_training_kept_meanwhile_stays(stance_cache, encode):
    def slow(texts):
        remembered(KEY, ["other"], encode)
        return encode(texts)

    remembered(KEY, ["a"], slow)
    remembered(KEY, ["a", "other"], encode)
    assert encode.asked == [["other"], ["a"]]


@pytest.mark.parametrize("content", [b"", b"torn", b"PK\x03\x04torn"])
def test_a_torn_file_is_made_anew(stance_cache, encode, caplog, content):
    remembered(KEY, ["a"], encode)
    file_of(stance_cache).write_bytes(content)
    assert remembered(KEY, ["a"], encode).tolist() == [[1, 97]]
    assert "cannot be read, and is made anew" in caplog.text
    assert remembered(KEY, ["a"], encode).tolist() == [[1, 97]]
    assert len(encode.asked) == 2


def test_a_file_of_something_else_is_made_anew(stance_cache, encode, caplog):
    remembered(KEY, ["a"], encode)
    np.savez(file_of(stance_cache), digests=np.array(["a"]), vectors=np.array([1.0]))
    assert remembered(KEY, ["a"], encode).tolist() == [[1, 97]]
    assert "is made anew: not a table of vectors" in caplog.text


def test_a_file_of_objects_runs_nothing(stance_cache, encode, tmp_path):
    class Evil:
        def __reduce__(self):
            return open, (str(tmp_path / "ran"), "w")

    remembered(KEY, ["a"], encode)
    np.savez(file_of(stance_cache), digests=np.array([Evil()], dtype=object), vectors=np.zeros(1))
    assert remembered(KEY, ["a"], encode).tolist() == [[1, 97]]
    assert not (tmp_path / "ran").exists()


def test_a_cache_that_cannot_be_written_is_no_reason_to_stop(stance_cache, encode, caplog):
    stance_cache.write_text("a file")
    assert remembered(KEY, ["a"], encode).tolist() == [[1, 97]]
    assert "the vectors are not kept for the next training: " in caplog.text
