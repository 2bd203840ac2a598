"""The training program with the models and features of the extra, as a user runs it."""

import sys

import pytest

from stance.models import CrossEncoderClassifier, TwoStageClassifier
from stance.persistence import load_folder
from stance.train import main

pytest.importorskip("torch")


@pytest.fixture
def given(tmp_path, monkeypatch, toy_folder, stance_cache):
    monkeypatch.chdir(tmp_path)
    return ["tracking=none", f"dataset.path={toy_folder}"]


def test_a_cross_encoder_is_one_choice(given, tiny_encoder, stance_cache, capsys):
    encoder = f"model.classifier.slow.encoder={tiny_encoder}"
    assert main([*given, "model=cross_encoder", encoder, "model.classifier.slow.epochs=1"]) == 0
    assert "cross_encoder-default-settlement-fixed" in capsys.readouterr().out
    assert not list(stance_cache.glob("training/*.state"))


def test_the_linear_model_counts_beside_a_cross_encoder(given, tiny_encoder, tmp_path):
    encoder = f"model.classifier.slow.encoder={tiny_encoder}"
    assert main([*given, "model=cross_encoder", encoder, "model.classifier.slow.epochs=1"]) == 0
    (folder,) = tmp_path.glob("outputs/*/*/model")
    both = load_folder(folder).estimator.estimator["classifier"]
    assert isinstance(both.fast_.estimator["classifier"], TwoStageClassifier)
    assert isinstance(both.slow_.estimator, CrossEncoderClassifier)
    assert both.threshold_ > 1  # no confidence is so high that the Transformer is not asked


def test_a_cross_encoder_alone_leaves_weights_for_a_second_stage(given, tiny_encoder, tmp_path):
    first = tmp_path / "first"
    alone = [
        f"model.classifier.encoder={tiny_encoder}",
        f"model.classifier.checkpoint={first}",
        "model.classifier.epochs=1",
    ]
    assert main([*given, "model=cross_encoder_alone", *alone]) == 0
    second = [f"model.classifier.slow.encoder={first}", "model.classifier.slow.epochs=1"]
    assert main([*given, "model=cross_encoder", *second]) == 0


def test_sentence_vectors_are_one_choice(given, tiny_encoder, capsys):
    encoder = f"features.blocks.vectors.encoder={tiny_encoder}"
    assert main([*given, "features=vectors", encoder, "model=logistic"]) == 0
    assert "logistic-vectors-settlement-fixed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["model=cross_encoder_alone", "features=default"],
            "CrossEncoderClassifier reads the text itself and takes no feature blocks, got statem",
        ),
        (
            ["model=cross_encoder_alone", "model.classifier.encoder=nowhere"],
            "encoder: there is no folder nowhere; expected a folder with config.json",
        ),
        (
            ["model=cross_encoder", "features=pairs"],
            "features.blocks: expected one or more feature blocks, got {}",
        ),
        (
            ["features=vectors", "features.blocks.vectors.encoder=nowhere"],
            "encoder: there is no folder nowhere; expected a folder with config.json",
        ),
        (
            ["model=cascade", "model.classifier.slow.encoder=nowhere"],
            "encoder: there is no folder nowhere; expected a folder with config.json",
        ),
        (
            ["model=cascade", "model.classifier.budget=3"],
            "The 'budget' parameter of CascadeClassifier must be a float in the range [0.0, 1.0]",
        ),
        (["features=pairs"], "features.blocks: expected one or more feature blocks, got {}"),
    ],
)
def test_what_cannot_be_is_refused_before_the_data_are_read(
    given, capsys, monkeypatch, arguments, message
):
    monkeypatch.setattr("stance.training._data", None)
    assert main([*given, *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_without_the_extra_it_says_what_to_install(given, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main([*given, "model=cross_encoder"]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "an encoder needs the package torch, which is not installed; run: pip install" in told
