import json

import pytest
from datasets import DatasetDict

from stance.datasets import FEATURES, load
from stance.datasets.loading import digest
from stance.errors import ConfigError, DataError, UnknownNameError


def test_a_dataset_has_explicit_features(toy_folder):
    loaded = load("settlement", toy_folder)
    assert isinstance(loaded, DatasetDict)
    assert all(rows.features == FEATURES for rows in loaded.values())


def test_the_shipped_dataset_loads():
    loaded = load("settlement")
    assert {"train", "validation", "test"} <= set(loaded)
    assert sum(map(len, loaded.values())) > 1_000


def test_an_edit_is_seen_at_once(toy_copy):
    before = load("settlement", toy_copy)["train"]
    path = toy_copy / "statements.jsonl"
    path.write_text(path.read_text().replace("open arms", "open doors"))
    after = load("settlement", toy_copy)["train"]
    assert "open doors" in after["text"][0]
    assert digest(before) != digest(after)


def test_a_digest_is_of_rows_and_not_of_files(toy_copy, toy_data):
    path = toy_copy / "statements.jsonl"
    rows = [dict(reversed(json.loads(line).items())) for line in path.read_text().splitlines()]
    path.write_text("\n\n".join(map(json.dumps, rows)))
    again = load("settlement", toy_copy)
    assert {name: digest(rows) for name, rows in again.items()} == {
        name: digest(rows) for name, rows in toy_data.items()
    }
    turned = toy_data["test"].select(range(len(toy_data["test"]) - 1, -1, -1))
    assert digest(turned) != digest(toy_data["test"])


@pytest.mark.parametrize("name", ["file", "vast"])
def test_what_does_not_ship_needs_a_path(name, tmp_path):
    with pytest.raises(
        DataError, match=rf"'{name}' does not ship with stance: .*\(dataset\.path=…\)\. \w+"
    ):
        load(name)
    with pytest.raises(DataError, match=r"nowhere: no such file or folder \(dataset\.path\)\. \w+"):
        load(name, tmp_path / "nowhere")


def test_an_unknown_dataset_is_refused():
    with pytest.raises(UnknownNameError, match="unknown dataset 'settlment'"):
        load("settlment")


def test_an_unknown_option_names_the_nearest(toy_folder, toy_table):
    message = "unknown option dataset.options.label_maps; did you mean 'label_map'"
    with pytest.raises(ConfigError, match=message):
        load("file", toy_table, label_maps={})
    message = "unknown option dataset.options.test; did you mean 'tests'"
    with pytest.raises(ConfigError, match=message):
        load("settlement", toy_folder, test={})


def test_a_dataset_without_pairs_is_refused(toy_copy):
    (toy_copy / "statements.jsonl").write_text("")
    with pytest.raises(DataError, match="toy: no pairs found in it"):
        load("settlement", toy_copy)


@pytest.mark.parametrize("split", ["test/../../x", "test 1", "", "tést$", "a" * 101])
def test_a_split_has_a_name_that_can_be_a_file_and_a_metric(toy_copy, split):
    path = toy_copy / "statements.jsonl"
    path.write_text(path.read_text().replace('"split": "test"', json.dumps({"split": split})[1:-1]))
    with pytest.raises(DataError, match="is not a name of a split: expected letters, digits"):
        load("settlement", toy_copy)
