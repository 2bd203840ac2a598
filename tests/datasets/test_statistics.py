import hashlib

import pytest

from stance.datasets.statistics import statistics
from stance.errors import DataError


def test_counts_and_shares_of_every_group(source_of, rows):
    rows[1] |= {"text": rows[0]["text"], "side": "hills", "twin_of": "s1", "register": "tweet"}
    found = statistics(source_of(rows))
    assert found["counts"] == {
        "statements": 8, "twins": 1, "pairs": 11, "terms": 5, "conflicts": 2
    }  # fmt: skip
    assert found["labels"]["favor"] == {"pairs": 4, "share": 0.3636}
    assert sum(row["pairs"] for row in found["labels"].values()) == 11
    train = found["splits"]["train"]
    assert {key: train[key] for key in ("statements", "pairs", "terms", "conflicts")} == {
        "statements": 3, "pairs": 3, "terms": 2, "conflicts": 1
    }  # fmt: skip
    assert found["registers"]["tweet"]["labels"]["against"] == {"pairs": 1, "share": 1.0}
    assert list(found["conflicts"]) == ["coast", "valley"]
    assert found["languages"]["en"]["pairs"] == 11


def test_agreement_is_that_of_the_first_two_votes(source_of, rows):
    rows[0]["pairs"][0]["votes"] = ["favor", "conditional", "favor"]
    rows[1]["pairs"][0]["votes"] = ["against"]
    found = statistics(source_of(rows))["agreement"]
    assert found["pairs_with_two_votes"] == 10
    assert found["pairs_with_a_third"] == 1
    assert found["pairs_where_the_first_two_differ"] == 1
    assert 0.8 < found["overall"] < 1
    assert found["labels"]["neutral"] == 1.0
    assert found["labels"]["favor"] < 1
    assert found["conflicts"]["coast"] == 1.0
    assert found["conflicts"]["valley"] < 1
    assert found["registers"]["speech"] == found["overall"]


def test_without_votes_there_is_no_agreement(source_of, rows):
    for row in rows:
        for pair in row["pairs"]:
            del pair["votes"]
    found = statistics(source_of(rows))["agreement"]
    assert found["overall"] is None
    assert found["conflicts"] == {}


def test_the_files_are_named_by_their_hash(source_of, rows):
    source = source_of(rows)
    content = (source.path / "statements.jsonl").read_bytes()
    assert statistics(source)["files"]["statements.jsonl"] == hashlib.sha256(content).hexdigest()
    assert list(statistics(source)["files"]) == ["statements.jsonl", "terms.yaml"]


def test_a_faulty_dataset_is_not_counted(source_of, rows):
    rows[0]["pairs"][0]["label"] = "favour"
    with pytest.raises(DataError, match="1 faults, the first: "):
        statistics(source_of(rows))
