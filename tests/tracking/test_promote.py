from unittest.mock import Mock

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED

from stance.errors import TrackingError
from stance.promote import main, promote
from stance.tracking.mlflow_tracker import MlflowTracker
from stance.tracking.registry import champion
from stance.tracking.store import open_store
from stance.tracking.uris import local_store


@pytest.fixture
def answers(result):
    """The tables of a run that gets the first ``right`` pairs of test right and no others."""

    def of(right):
        table = result.tables["test/predictions"].copy()
        wrong = table["label"].map({"favor": "against"}).fillna("favor")
        table["predicted"] = table["label"].where(table.index < right, wrong)
        return {"test/predictions": table}

    return of


def test_the_first_complete_run_becomes_champion(logged, store):
    run_id = logged("first")
    said = promote(store, run_id)
    assert said == "first is now models:/stance@champion (version 1): it is the first"
    assert champion(open_store(store)).run_id == run_id
    assert "is the champion already" in promote(store, run_id)


def test_a_store_that_does_not_tell_the_champion_crowns_nobody(logged, store, monkeypatch):
    promote(store, logged("old"))
    error = MlflowException("not allowed", error_code=PERMISSION_DENIED)
    monkeypatch.setattr(MlflowClient, "get_model_version_by_alias", Mock(side_effect=error))
    with pytest.raises(TrackingError, match="does not say which model is champion: not allowed"):
        promote(store, logged("new"), force=True)


def test_a_run_that_is_better_takes_its_place_and_the_reason_is_said(logged, store, answers):
    promote(store, logged("old", tables=answers(10)))
    said = promote(store, logged("new", tables=answers(35)))
    assert said.startswith("new is now models:/stance@champion (version 2): macro F1 ")
    assert "p = 0.0001" in said


def test_a_run_that_is_not_shown_to_be_better_is_refused_unless_forced(logged, store, answers):
    old = logged("old", tables=answers(20))
    promote(store, old)
    new = logged("new", tables=answers(21))
    with pytest.raises(TrackingError, match=r"new is not shown to be better .* --force promotes"):
        promote(store, new)
    assert champion(open_store(store)).run_id == old
    assert promote(store, new, force=True).endswith("forced")
    assert champion(open_store(store)).run_id == new


def test_runs_that_were_tested_on_other_pairs_are_not_compared(logged, store, answers):
    promote(store, logged("old", tables=answers(1)))
    fewer = {name: table.iloc[:30] for name, table in answers(30).items()}
    with pytest.raises(TrackingError, match=r"cannot be compared .* not tested on the same pairs"):
        promote(store, logged("new", tables=fewer))


def test_an_unknown_split_is_named(logged, store):
    promote(store, logged("old"))
    with pytest.raises(TrackingError, match=r"split 'tst': .*did you mean 'test'"):
        promote(store, logged("new"), split="tst")


def test_a_half_logged_run_cannot_be_promoted_even_by_force(store, result, monkeypatch):
    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr("stance.tracking.upload._register", fail)  # all but the last step
    with MlflowTracker(store, "stance", "half") as tracker:
        tracker.log(result)
    for force in (False, True):
        with pytest.raises(TrackingError, match=r"it is FAILED and not completely logged"):
            promote(store, tracker._run_id, force=force)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda file: file.unlink(), "its model has no files"),
        (lambda file: file.write_text("{}"), "its model cannot be read"),
    ],
)
def test_a_model_whose_files_are_damaged_cannot_be_promoted(logged, store, damage, message):
    run_id = logged()
    (manifest,) = local_store(store).parent.rglob("manifest.json")
    damage(manifest)
    with pytest.raises(TrackingError, match=f"cannot be promoted: {message}"):
        promote(store, run_id, force=True)


def test_names_are_found_and_their_faults_are_said(logged, store):
    logged("one of a kind")
    logged("twin")
    logged("twin")
    assert promote(store, "one of a kind")
    with pytest.raises(TrackingError, match="2 runs have the name 'twin'; give an id: "):
        promote(store, "twin")
    with pytest.raises(TrackingError, match=r"no run 'one of a kin' .* mean 'one of a kind'"):
        promote(store, "one of a kin")


def test_the_program_says_what_it_did(logged, store, capsys):
    logged("a run")
    assert main(["a run", "--uri", store]) == 0
    assert "a run is now models:/stance@champion" in capsys.readouterr().out
    assert main(["another", "--uri", store]) == 1
    assert "error: there is no run 'another' in the store" in capsys.readouterr().err
