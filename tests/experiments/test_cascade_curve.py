"""The program that measures a cascade, on toy models, and what its page says of its results."""

import importlib
import json
from pathlib import Path

import pytest

from stance.models import CascadeClassifier, CrossEncoderClassifier, TemperatureCalibrated
from stance.persistence import SavedModel, save_folder

STUDY = Path(__file__).parents[2] / "experiments" / "cascade"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(STUDY.parents[1] / "scripts"))
    return importlib.import_module("cascade_curve")


@pytest.fixture(scope="module")
def slow(toy_frames, tiny_encoder):
    pairs = toy_frames["train"]
    return CrossEncoderClassifier(
        str(tiny_encoder), epochs=1, save_every=0, random_state=0
    ).fit(pairs, pairs["label"])


def curve(script, model, toy_copy, tmp_path, budgets):
    # The toy data have the splits of the settlement data under fewer names.
    folder = save_folder(SavedModel(model), tmp_path / "model")
    out = tmp_path / "results.json"
    arguments = [str(folder), "--data", str(toy_copy), "--out", str(out), "--budgets", *budgets]
    script.main(arguments)
    return json.loads(out.read_text(encoding="utf-8"))


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
