import io
from dataclasses import replace

import pandas as pd
import pytest

from stance.reports.sweeps import fold_spread, parallel_figure, sweep_table
from stance.tracking.mlflow_tracker import MlflowTracker
from stance.tracking.store import open_store
from stance.tracking.sweeps import Sweep, parent_of


def log(store, result, name, score, parent, **params):
    changed = replace(
        result,
        params={**result.params, **params},
        metrics={**result.metrics, "test/macro_f1": score},
    )
    with MlflowTracker(store, "stance", name, parent=parent, register=False) as tracker:
        return tracker.log(changed)


def test_the_parent_shows_its_jobs_side_by_side_the_best_first(store, result, tmp_path):
    folder = tmp_path / "sweep"
    with Sweep(store, "stance", "sweep C=1,2|3", folder):
        parent = parent_of(folder)
        log(store, result, "worse", 0.25, parent, **{"model.classifier.C": "1"})
        log(store, result, "better", 0.75, parent, **{"model.classifier.C": "2"})
    client = open_store(store)
    run = client.get_run(parent)
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"sweep/jobs": 2.0, "sweep/finished": 2.0}
    note = run.data.tags["mlflow.note.content"]
    assert "**sweep C=1,2\\|3**, 2 jobs" in note
    assert note.index("| better | FINISHED | 2 | 0.750 |") < note.index("| worse | FINISHED | 1 |")
    path = client.download_artifacts(parent, "sweep.csv", str(tmp_path))
    assert list(pd.read_csv(path)["run"]) == ["better", "worse"]
    assert {item.path for item in client.list_artifacts(parent)} == {"sweep.csv", "sweep.png"}


def test_a_cross_validation_has_its_mean_and_spread_on_the_parent(store, result, tmp_path):
    with Sweep(store, "stance", "sweep split.fold=0,1,2", tmp_path):
        parent = parent_of(tmp_path)
        for fold, score in enumerate((0.5, 0.6, 0.7)):
            log(store, result, f"fold {fold}", score, parent, **{"split.fold": str(fold)})
    run = open_store(store).get_run(parent)
    assert run.data.metrics["test/macro_f1_mean"] == pytest.approx(0.6)
    assert run.data.metrics["test/macro_f1_std"] == pytest.approx(0.1)
    assert "test/macro_f1: 0.600 ± 0.100" in run.data.tags["mlflow.note.content"]


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError(), "FAILED"), (KeyboardInterrupt(), "KILLED")]
)
def test_a_sweep_that_ends_early_says_how(store, tmp_path, error, status):
    with pytest.raises(type(error)), Sweep(store, "stance", "early", tmp_path):
        raise error
    assert open_store(store).get_run(parent_of(tmp_path)).info.status == status


def test_without_a_store_the_jobs_have_no_parent(tmp_path, caplog):
    with Sweep("http://127.0.0.1:9", "stance", "x", tmp_path):
        pass
    assert "The jobs of this sweep will not be held together" in caplog.text
    assert parent_of(tmp_path) is None


def test_without_a_store_the_jobs_are_no_children_of_an_earlier_sweep(store, tmp_path):
    with Sweep(store, "stance", "earlier", tmp_path):
        assert parent_of(tmp_path)
    with Sweep("http://127.0.0.1:9", "stance", "x", tmp_path):
        assert parent_of(tmp_path) is None


def runs(**columns):
    size = len(next(iter(columns.values())))
    return [
        {
            "name": f"run {index}",
            "id": str(index),
            "status": "FINISHED",
            "params": {key: values[index] for key, values in columns.items()},
            "metrics": {"test/macro_f1": index / 10, "test/baseline/majority/macro_f1": 0.1},
        }
        for index in range(size)
    ]


def test_only_what_differs_is_shown_and_a_name_stands_for_what_changes_with_it():
    found = runs(
        **{
            "model.name": ["sgd", "logistic", "sgd"],
            "model.classifier.alpha": ["1", "", "1"],
            "seed": ["0", "0", "1"],
            "split.by": ["fixed"] * 3,
            "output": ["a", "b", "c"],
            "tracking.experiment": ["x", "y", "z"],
        }
    )
    table = sweep_table(found)
    assert list(table.columns[3:]) == ["model.name", "seed", "test/macro_f1"]
    assert list(table["run"]) == ["run 2", "run 1", "run 0"]


def test_a_job_that_failed_before_its_parameters_were_kept_differs_in_nothing():
    found = runs(**{"split.fold": ["0", "1"], "model.name": ["sgd", "sgd"]})
    failed = {**found[0], "status": "FAILED", "params": {}, "metrics": {}}
    table = sweep_table([*found, failed])
    assert list(table.columns[3:]) == ["split.fold", "test/macro_f1"]
    assert list(fold_spread(table)) == ["test/macro_f1"]


def test_the_picture_has_an_axis_for_each_setting_and_score_and_a_line_for_each_job():
    table = sweep_table(runs(seed=["0", "0", "1", "1"], C=["0.1", "10", "0.1", "10"]))
    axes = parallel_figure(table).axes[0]
    labels = [tick.get_text() for tick in axes.get_xticklabels()]
    assert labels == ["C", "seed", "test/macro_f1"]
    heights = [list(line.get_ydata()) for line in axes.get_lines() if line.get_marker() == "o"]
    assert heights[0] == pytest.approx([1, 1, 1])  # run 3: C = 10, seed 1, the best
    assert heights[1] == pytest.approx([0, 1, 2 / 3])  # run 2: C = 0.1, seed 1
    assert heights[-1] == pytest.approx([0, 0, 0])
    figure = io.BytesIO()
    parallel_figure(table).savefig(figure, format="png")
    assert figure.tell() > 1000


def test_no_job_with_a_score_gives_no_picture():
    found = [{**run, "metrics": {}} for run in runs(seed=["0", "1"])]
    assert parallel_figure(sweep_table(found)) is None
