"""One run from a config to a model folder."""

from hashlib import sha256

import pytest
from threadpoolctl import threadpool_info

from stance.config import DatasetConfig
from stance.errors import ConfigError, DataError
from stance.persistence import load_folder
from stance.tracking.base import RecordingTracker
from stance.tracking.run_folder import write_run
from stance.training import train


def blas_threads() -> list[int]:
    return [item["num_threads"] for item in threadpool_info() if item["user_api"] == "blas"]


def test_leaves_a_model_and_a_record_that_agree(toy_config):
    tracker = RecordingTracker()
    outcome = train(toy_config, tracker=tracker)
    (result,) = tracker.results
    saved = load_folder(outcome.model)
    assert outcome.run_id == "recorded:1"
    assert result.model == outcome.model
    assert set(saved.data["sha256"]) == {data.split for data in result.datasets}
    assert saved.data["sha256"] == {data.split: data.digest for data in result.datasets}
    held = outcome.validation
    assert held.split == "validation"
    assert result.metrics["validation/macro_f1"] == held.scores["macro_f1"].value
    for name, score in saved.notes["macro_f1"].items():
        assert result.metrics[f"{name}/macro_f1"] == pytest.approx(score, abs=1e-4)


def test_every_run_says_how_the_model_behaves(toy_config):
    tracker = RecordingTracker()
    outcome = train(toy_config, tracker=tracker)
    (result,) = tracker.results
    rates = outcome.behaviour.metrics()
    assert {f"behaviour/{name}" for name in ("negation", "paraphrase", "all")} <= set(rates)
    assert rates.items() <= result.metrics.items()
    assert "behaviour" in result.tables
    assert "behaviour" in result.figures


def test_a_run_may_leave_the_written_cases_out(toy_config):
    toy_config.tracking.behaviour = False
    tracker, steps = RecordingTracker(), []
    assert train(toy_config, tracker=tracker, report=steps.append).behaviour is None
    assert "trying the written cases" not in steps
    (result,) = tracker.results
    assert not [name for name in (*result.metrics, *result.tables) if "behaviour" in name]


def test_gives_the_same_files_twice(toy_config, tmp_path):
    folders = []
    for name in ("one", "two"):
        toy_config.output = str(tmp_path / name)
        folders.append(train(toy_config).model)
    one, two = ({file.name: file.read_bytes() for file in each.iterdir()} for each in folders)
    assert one == two


def test_a_second_training_in_a_folder_leaves_nothing_of_the_first(toy_config):
    tracker = RecordingTracker()
    folder = train(toy_config, tracker=tracker).model.parent
    write_run(tracker.results[0], name="first", experiment="exp", register=False, started=5)
    (folder / "report/of_the_first").mkdir(parents=True)
    train(toy_config)
    assert not (folder / "report/of_the_first").exists()
    assert not (folder / "run.json").exists()  # no store is told of this run


def test_a_folder_with_a_report_of_somebody_else_is_left_as_it_is(toy_config, tmp_path):
    toy_config.output = str(tmp_path / "mine")
    (tmp_path / "mine/report").mkdir(parents=True)
    (tmp_path / "mine/report/thesis.tex").write_text("years of work")
    with pytest.raises(
        ConfigError, match=r"holds report, .*; choose another folder \(hydra.run.dir"
    ):
        train(toy_config)
    assert (tmp_path / "mine/report/thesis.tex").read_text() == "years of work"


def test_one_label_is_nothing_to_learn(toy_config, tmp_path):
    table = tmp_path / "one.csv"
    said = [f"We want {sha256(bytes([number])).hexdigest()}." for number in range(20)]
    table.write_text("text,term,label\n" + "".join(f"{text},A truce,favor\n" for text in said))
    toy_config.dataset = DatasetConfig("file", str(table))
    toy_config.split.by = "statement"
    with pytest.raises(DataError, match=r"nothing to tell apart: all \d+ pairs are favor"):
        train(toy_config)


@pytest.mark.parametrize("by", ["statement", "term", "conflict"])
def test_folders_to_test_on_are_never_trained_on(toy_config, toy_copy, by):
    toy_config.dataset.options = {"tests": {"mine": str(toy_copy)}}
    toy_config.split.by = by
    with pytest.raises(ConfigError) as caught:
        train(toy_config)
    assert str(caught.value) == (
        f"dataset.options.tests: its folders only test, and split.by={by} would train on them too; "
        "choose split=fixed, or leave them out"
    )


def test_says_each_step_as_it_begins(toy_config):
    steps = []
    train(toy_config, report=steps.append)
    assert steps[0] == "loading settlement"
    assert steps[1].startswith("training two_stage on ")
    assert steps[-1] == "logging the run"


def test_trains_and_scores_on_one_thread_and_gives_the_others_back(toy_config):
    before, during = blas_threads(), []
    train(toy_config, report=lambda _: during.append(blas_threads()))
    assert before
    assert {count for counts in during for count in counts} == {1}
    assert blas_threads() == before


@pytest.mark.parametrize(
    ("classifier", "message"),
    [
        (
            {"_target_": "sklearn.ensemble.RandomForestClassifier"},
            r"model\.classifier\._target_: a model folder cannot hold sklearn\.ensemble\.Random",
        ),
        (
            {
                "_target_": "stance.models.TwoStageClassifier",
                "stance": {"_target_": "sklearn.svm.SVC"},
            },
            r"model\.classifier\.stance\._target_: a model folder cannot hold sklearn\.svm\.SVC",
        ),
        (
            {"_target_": "stance.models.TwoStageClassifier", "related": 5},
            r"model\.classifier\.related: expected a classifier with a _target_, got int 5",
        ),
        (
            {"_target_": "sklearn.preprocessing.MaxAbsScaler"},
            r"cannot hold sklearn\.preprocessing\.MaxAbsScaler",
        ),
        ({"_target_": "sklearn.dummy.DummyClassifier"}, "cannot hold sklearn.dummy.DummyClass"),
        ({"_target_": "sklearn.pipeline.Pipeline", "steps": []}, r"cannot hold sklearn\.pipeline"),
        (
            {"_target_": "stance.models.TemperatureCalibrated"},
            r"cannot hold stance\.models\.calibration\.TemperatureCalibrated",
        ),
        (
            {"_target_": "sklearn.linear_model.SGDClassifier", "loss": "hinge"},
            r"model\.classifier\.loss: 'hinge' gives no probabilities; expected one of 'log_loss'",
        ),
    ],
)
def test_what_could_not_be_saved_is_not_trained(toy_config, classifier, message, monkeypatch):
    toy_config.model.classifier = classifier
    monkeypatch.setattr("stance.training._data", lambda config: pytest.fail("data were loaded"))
    with pytest.raises(ConfigError, match=message):
        train(toy_config)
