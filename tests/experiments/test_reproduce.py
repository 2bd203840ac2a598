"""The program that redoes experiments, on toy data."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml

from stance.config import TrainConfig
from stance.errors import DataError
from stance.persistence import load_folder

PROGRAM = Path(__file__).resolve().parents[2] / "scripts" / "reproduce.py"
DEFAULTS = ["train", {"override features": "statement"}, {"override model": "logistic"}, "_self_"]


@pytest.fixture
def script(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("reproduce", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.delenv("STANCE_CORPORA", raising=False)
    return module


@pytest.fixture
def write(tmp_path):
    def config(slug, model, **keys):
        path = tmp_path / slug / f"{model}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump({"defaults": DEFAULTS, **keys}), encoding="utf-8")
        return path.parent

    return config


@pytest.fixture
def study(write, toy_folder):
    """An experiment with a reference and a model of two seeds."""
    data = {"path": str(toy_folder)}
    write("toy", "default", dataset=data)
    seeds = {"sweeper": {"params": {"seed": "0,1"}}}
    split = {"by": "statement"}
    features = {"blocks": {"overlap": {}}}
    return write("toy", "other", dataset=data, hydra=seeds, features=features, split=split)


def _results(folder):
    return json.loads((folder / "results.json").read_text("utf-8"))


def test_an_experiment_is_redone_and_is_then_as_it_should_be(script, study, capsys):
    script.choose(study, [])
    assert script.main(["toy", "default"]) == 0
    found = _results(study)
    assert found["command"] == "python scripts/reproduce.py toy"
    (model,) = found["models"].values()
    assert model["seeds"] == [0]
    assert set(model["splits"]) == {"test", "validation"}
    assert set(model["data_sha256"]) == {"train", "validation", "test"}
    test = model["splits"]["test"]
    assert test["macro_f1"]["low"] <= test["macro_f1"]["value"] <= test["macro_f1"]["high"]
    assert set(test["baselines"]) == {"majority", "term_only", "text_only", "holder_only"}
    before = (study / "results.json").read_bytes()
    assert script.main(["toy", "default", "--check"]) == 0
    assert "as it comes out today, within 0.005" in capsys.readouterr().out
    assert (study / "results.json").read_bytes() == before


def test_the_trained_models_can_be_kept(script, study, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "REFERENCE", "none")
    assert script.main(["toy", "other", "--keep", str(tmp_path / "kept")]) == 0
    for seed in (0, 1):
        assert load_folder(tmp_path / "kept" / "other" / str(seed) / "model").estimator


def test_a_figure_that_is_another_is_named(script, study, capsys):
    script.main(["toy", "default"])
    found = _results(study)
    score = found["models"]["default"]["splits"]["test"]["macro_f1"]
    score["value"] += 0.01
    found["models"]["default"]["data_sha256"]["train"] = "0"
    (study / "results.json").write_text(json.dumps(found), encoding="utf-8")
    capsys.readouterr()
    assert script.main(["toy", "default", "--check"]) == 1
    shown = capsys.readouterr().out
    now = round(score["value"] - 0.01, 4)
    assert f"splits/test/macro_f1/value: now {now}, kept {score['value']}" in shown
    assert "data_sha256/train: now " in shown
    assert shown.count(", kept ") == 2
    assert _results(study) == found


def test_scores_are_means_over_seeds_beside_each_seeds_own(script, study, monkeypatch):
    monkeypatch.setattr(script, "REFERENCE", "none")
    assert script.main(["toy", "other"]) == 0
    model = _results(study)["models"]["other"]
    assert model["seeds"] == [0, 1]
    score = model["splits"]["test"]["macro_f1"]
    assert len(set(score["seeds"])) == 2
    assert score["value"] == pytest.approx(sum(score["seeds"]) / 2, abs=1e-4)


def test_a_model_alone_leaves_the_others_as_they_were(script, write, toy_folder):
    data = {"path": str(toy_folder)}
    folder = write("toy", "one", dataset=data)
    write("toy", "two", dataset=data)
    (folder / "results.json").write_text('{"models": {"two": "kept"}}', encoding="utf-8")
    assert script.main(["toy", "one"]) == 0
    models = _results(folder)["models"]
    assert models["two"] == "kept"
    assert "splits" in models["one"]


def test_every_model_is_compared_with_the_reference(script, write, toy_folder):
    data = {"path": str(toy_folder)}
    folder = write("toy", "default", dataset=data)
    write("toy", "a_twin", dataset=data)
    assert script.choose(folder, ["a_twin"]) == ["default", "a_twin"]
    assert script.main(["toy"]) == 0
    twin = _results(folder)["models"]["a_twin"]
    assert twin["against_default"]["test"] == {"difference": 0.0, "p_value": 1.0}


def test_splits_that_a_model_does_not_share_are_not_compared(script):
    def split(name, predicted):
        columns = {"statement_id": ["a", "b"], "term": "t", "label": "favor"}
        return SimpleNamespace(split=name, pairs=pd.DataFrame({**columns, "predicted": predicted}))

    reference = [split("validation", ["favor"] * 2), split("test", ["against"] * 2)]
    other = [split("test", ["favor"] * 2), split("test_more", ["favor"] * 2)]
    found = script.against(reference, other)
    assert list(found) == ["test"]
    assert found["test"]["difference"] == 1


def test_the_folder_of_the_corpora_fills_what_is_open(script, write, tmp_path):
    corpus = write("a", "linear", dataset={"name": "perspectrum"})
    (config,) = script.configs(corpus, "linear", tmp_path)
    assert isinstance(config, TrainConfig)
    assert config.dataset.path == str(tmp_path / "perspectrum")
    assert config.tracking.uri is None
    together = write("c", "linear", dataset={"name": "public_pairs"})
    (config,) = script.configs(together, "linear", tmp_path)
    assert config.dataset.path == str(tmp_path)
    further = write("b", "linear", dataset={"options": {"tests": {"field": "???"}}})
    (config,) = script.configs(further, "linear", tmp_path)
    assert config.dataset.options == {"tests": {"field": str(tmp_path / "field")}}
    with pytest.raises(DataError, match=r"a.linear\.yaml: give the folder .*, --data FOLDER"):
        script.configs(corpus, "linear", None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["toi"], "toi: no experiment with configs; did you mean 'toy'?"),
        (["toy", "defalt"], "toy: no config defalt.yaml; did you mean 'default'?"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(script, study, capsys, arguments, message):
    assert script.main(arguments) == 2
    assert message in capsys.readouterr().err
    assert not (study / "results.json").exists()


def test_a_training_that_fails_leaves_the_results_alone(script, study, capsys, monkeypatch):
    def fails(*_args, **_more):
        raise DataError("the data are gone")

    (study / "results.json").write_text('{"models": {}}', encoding="utf-8")
    monkeypatch.setattr(script, "train", fails)
    assert script.main(["toy"]) == 2
    assert "the data are gone" in capsys.readouterr().err
    assert _results(study) == {"models": {}}


def test_what_was_measured_before_a_training_fails_is_kept(script, study, capsys, monkeypatch):
    train = script.train

    def fails_on_another(config, **more):
        if config.seed:
            raise DataError("the data are gone")
        return train(config, **more)

    monkeypatch.setattr(script, "train", fails_on_another)
    assert script.main(["toy", "other"]) == 2  # after the reference
    assert list(_results(study)["models"]) == ["default"]


def test_differences_are_found_on_both_sides(script):
    nan = float("nan")
    kept = {"a": 1, "gone": 2, "b": {"p_value": 0.1, "x": 0.5}, "train_seconds": 3, "n": 0.5}
    found = {"a": 1.004, "b": {"p_value": 0.9, "x": 0.6, "new": 1}, "train_seconds": 9, "n": nan}
    kept |= {"near": [0.7001, 0.8], "far": [0.5, 0.8], "less": [0.5, 0.5]}
    found |= {"near": [0.7002, 0.8], "far": [0.5, 0.7], "less": [0.5]}
    assert sorted(script.differences(kept, found)) == [
        "b/new: now 1, kept None",
        "b/x: now 0.6, kept 0.5",
        "far/1: now 0.7, kept 0.8",
        "gone: now None, kept 2",
        "less: now [0.5], kept [0.5, 0.5]",
        "n: now nan, kept 0.5",
    ]


def test_results_are_laid_out_a_score_to_a_line(script):
    results = {"models": {"a": {"seeds": [0, 1], "splits": {"t": {"f1": {"é": 0.5}, "n": 1}}}}}
    text = script.laid_out(results)
    assert json.loads(text) == results
    assert '"f1": { "é": 0.5 },\n' in text
    assert len(text.splitlines()) < len(json.dumps(results, indent=1).splitlines())
