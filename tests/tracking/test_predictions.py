import pytest

from stance.compare import main
from stance.errors import TrackingError
from stance.tracking.predictions import find_run, read_predictions
from stance.tracking.store import open_store


def test_predictions_come_back_as_they_were(logged, store, result):
    found = read_predictions(open_store(store), logged())
    assert set(found) == {"test"}
    columns = ["statement_id", "term", "label", "predicted"]
    wanted = result.tables["test/predictions"][columns].astype(str)
    assert found["test"][columns].to_numpy().tolist() == wanted.to_numpy().tolist()


def test_a_run_without_them_is_named(store):
    client = open_store(store)
    run = client.create_run(client.create_experiment("foreign"))
    with pytest.raises(TrackingError, match="has no predictions in the store"):
        read_predictions(client, run.info.run_id)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("statement_id,term,label\na,t,favor\n", r"the split \x1btest .* has no column predicted"),
        ("", "predictions.csv of the split .* of run .* cannot be read: "),
        (
            "statement_id,term,label,predicted\na,t,favor,favor\na,t,favor,favour\n",
            "row 3, column predicted: unknown label 'favour'; did you mean 'favor'",
        ),
    ],
)
def test_a_table_of_another_kind_is_refused(store, capsys, content, message):
    client = open_store(store)
    run = client.create_run(client.create_experiment("foreign")).info.run_id
    client.log_text(run, content, "report/\x1btest/predictions.csv")
    with pytest.raises(TrackingError, match=message):
        read_predictions(client, run)
    assert main([run, run, "--uri", store]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_without_a_champion_there_is_a_way_to_one(store):
    with pytest.raises(TrackingError, match=r"no champion yet; python -m stance.promote RUN makes"):
        find_run(open_store(store), "champion")


def test_the_program_compares_two_runs_by_name(logged, store, capsys):
    logged("one [bold]")
    logged("two")
    assert main(["one [bold]", "two", "--uri", store]) == 0
    shown = capsys.readouterr().out
    assert "A: one [bold]\nB: two" in shown
    assert "1.0000" in shown


def test_a_run_is_found_after_many_later_ones(store, monkeypatch):
    client = open_store(store)
    experiment = client.create_experiment("many")
    first = client.create_run(experiment, run_name="first").info.run_id
    for name in ("twice", "later", "twice", "last"):
        client.create_run(experiment, run_name=name)
    search = client.search_runs
    monkeypatch.setattr(client, "search_runs", lambda *a, **k: search(*a, **k, max_results=2))
    assert find_run(client, first).info.run_id == first
    assert find_run(client, "first").info.run_id == first
    assert find_run(client, first[:8]).info.run_id == first
    with pytest.raises(TrackingError, match=r"2 runs have the name 'twice'; .*\(running\), "):
        find_run(client, "twice")
    finished = client.search_runs([experiment], "run_name = 'twice'")[0].info.run_id
    client.set_terminated(finished)
    assert find_run(client, "twice").info.run_id == finished
    client.delete_run(first)
    with pytest.raises(TrackingError, match=f"there is no run '{first}' in the store"):
        find_run(client, first)
