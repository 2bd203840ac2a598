import json

from stance.tracking.views import scores_view


def columns(view):
    return json.loads(json.loads(view)["state"])["selectedColumns"]


def test_only_the_macro_f1_of_test_splits_has_a_column():
    view = scores_view(["train/seconds", "test/f1/favor", "test/baseline/majority/macro_f1"])
    assert all(name.startswith("params.") for name in columns(view))


def test_a_view_that_shows_all_already_is_left_alone():
    view = scores_view(["test/macro_f1", "test_grid/macro_f1"])
    assert scores_view(["test/macro_f1"], view) == view


def test_columns_of_earlier_runs_stay():
    view = scores_view(["test_grid/macro_f1"], scores_view(["test/macro_f1"]))
    assert columns(view)[:2] == ["metrics.`test/macro_f1`", "metrics.`test_grid/macro_f1`"]


def test_a_view_that_somebody_changed_is_theirs():
    changed = json.dumps({**json.loads(scores_view([])), "updatedAt": 2**45})
    for theirs in (changed, "deflate;AAAA", "{}", "[]", json.dumps({"state": 3})):
        assert scores_view(["test/macro_f1"], theirs) == theirs


def test_every_column_has_a_width_and_a_place():
    state = json.loads(json.loads(scores_view(["test/macro_f1"]))["state"])
    assert set(state["columnOrder"]) == set(state["columnWidths"]) >= set(state["selectedColumns"])
    assert state["columnOrder"][0] == "attributes.`Run Name`"
