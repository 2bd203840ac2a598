"""The program that measures a cascade, on toy models, and what its page says of its results."""

import importlib
import json
from pathlib import Path

import pandas as pd
import pytest

from stance.metrics import confusion, macro_f1
from stance.models import CascadeClassifier, CrossEncoderClassifier, TemperatureCalibrated
from stance.persistence import SavedModel, save_folder
from stance.predict import load_model

STUDY = Path(__file__).parents[2] / "experiments" / "cascade"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(STUDY.parents[1] / "scripts"))
    return importlib.import_module("cascade_curve")


@pytest.fixture(scope="module")
def slow(tiny_encoder):
    return CrossEncoderClassifier(str(tiny_encoder), epochs=1, save_every=0, random_state=0)


@pytest.fixture
def curve(script, monkeypatch, toy_folder, tmp_path):
    """Run the program on the toy data, which have one test split."""
    monkeypatch.setattr(script, "SPLITS", ("test",))

    def run(model, *budgets, options=()):
        folder = save_folder(SavedModel(model), tmp_path / "model")
        out = tmp_path / "results.json"
        given = [f"{folder}", f"--data={toy_folder}", f"--out={out}", *options]
        script.main([*given, "--budgets", *map(str, budgets)])
        return json.loads(out.read_text(encoding="utf-8"))

    return run


def test_a_cascade_asks_what_its_budget_allows(curve, slow, toy_frames, capsys):
    pairs = toy_frames["train"]
    blocks = {"statement": {"min_df": 1}}
    cascade = CascadeClassifier(blocks, slow=slow, slow_weight=1.0, random_state=0)
    fitted = TemperatureCalibrated(cascade.fit(pairs, pairs["label"])).fit(pairs, pairs["label"])
    results = curve(fitted, 0, 0.5, 1)
    points = [point["splits"]["test"] for point in results["curve"]]
    assert points[0]["asked"] == 0
    assert 0 < points[1]["asked"] < 1
    assert points[2]["asked"] == 1
    test, truth = toy_frames["test"], list(toy_frames["test"]["label"])
    for point, model in ((points[0], cascade.fast_), (points[2], cascade.slow_)):
        expected = macro_f1(confusion(truth, list(model.predict(test))))
        assert point["macro_f1"][0] == round(float(expected), 3)
    assert "| 0.5 | " in capsys.readouterr().out


def test_a_cross_encoder_is_put_behind_the_model_that_ships(curve, slow, toy_frames, toy_folder):
    pairs = toy_frames["train"]
    fitted = TemperatureCalibrated(slow.fit(pairs, pairs["label"])).fit(pairs, pairs["label"])
    results = curve(fitted, 0, options=[f"--test=mine={toy_folder}"])
    everything = pd.concat(toy_frames.values())
    for name, frame in {"test": toy_frames["test"], "test_mine": everything}.items():
        assert results["pairs"][name] == len(frame)
        labels = load_model().estimator.predict(frame)
        expected = macro_f1(confusion(list(frame["label"]), list(labels)))
        found = results["curve"][0]["splits"][name]
        assert found["macro_f1"][0] == round(float(expected), 3)


def test_another_model_is_refused(script, toy_saved):
    with pytest.raises(SystemExit, match="expected a cascade or a cross-encoder, the folder holds"):
        script.main([str(toy_saved)])


def test_the_page_gives_the_curve_of_its_results(script):
    results = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
    page = (STUDY / "README.md").read_text(encoding="utf-8")
    written = "\n".join(script.table(results))
    assert f"<!-- curve: begin -->\n{written}\n<!-- curve: end -->" in page
    assert f"\n{results['command']}\n" in page
    assert [row["budget"] for row in results["curve"]] == list(script.BUDGETS)
    for split in script.SPLITS:
        asked = [row["splits"][split]["asked"] for row in results["curve"]]
        assert asked == sorted(asked)
        assert (asked[0], asked[-1]) == (0, 1)
