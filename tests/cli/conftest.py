"""A small linear model, trained in well under a second, and the terms it is asked about."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from stance import Term
from stance.cli import main
from stance.datasets import pair_row
from stance.models import TemperatureCalibrated, build_model
from stance.persistence import SavedModel, save_folder
from stance.records import Statement
from stance.training import held_out_notes

TERMS = (
    Term(
        "Foreign troops leave the valley",
        aliases=["troop withdrawal", "pull-out"],
        opposites=["troops stay"],
        id="troops",
    ),
    Term("A truce takes effect", aliases=["ceasefire", "truce"], id="truce"),
    Term("Prisoners are exchanged", aliases=["prisoner swap"], id="prisoners"),
)
_FRAMES = {
    "favor": ("We welcome the {}", "We fully support the {} today", "The {} must start now"),
    "against": ("We reject the {}", "We will never allow the {}", "No to the {}, never"),
    "conditional": ("We accept the {} if Geneva signs", "Only if we are paid, the {} can start"),
    "neutral": ("The {} is on the agenda", "Reporters asked about the {}"),
    "unrelated": ("Wheat prices rose again", "The festival opens on Monday", "Rain fell all week"),
}
_HOLDERS = (("chief negotiator", "north"), ("defence minister", "south"))


def toy_pairs() -> pd.DataFrame:
    """Every frame with every alias, term and holder."""
    rows = [
        pair_row(Statement(frame.format(alias), holder, side, id=frame), term, label)
        for label, frames in _FRAMES.items()
        for frame in frames
        for term in TERMS
        for alias in term.aliases
        for holder, side in _HOLDERS
    ]
    frame = pd.DataFrame(rows)
    for name in ("term_aliases", "term_opposites"):
        frame[name] = frame[name].map(tuple)
    return frame


@pytest.fixture(scope="session")
def pairs() -> pd.DataFrame:
    return toy_pairs()


@pytest.fixture(scope="session")
def terms() -> list[Term]:
    return list(TERMS)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, pairs: pd.DataFrame) -> Path:
    """A two-stage model with a calibration table."""
    blocks = {"statement": {}, "marked": {}, "overlap": {}, "holder": {}}
    fitted = build_model(blocks, {"_target_": "stance.models.TwoStageClassifier"})
    fitted.fit(pairs, pairs["label"])
    estimator = TemperatureCalibrated(fitted).fit(pairs, pairs["label"])
    saved = SavedModel(
        estimator,
        data={"name": "toy"},
        notes={"run": "toy", "macro_f1": {"test": 0.5}, **held_out_notes(estimator, pairs)},
    )
    return save_folder(saved, tmp_path_factory.mktemp("toy") / "model")


@pytest.fixture(scope="session")
def plain_model(tmp_path_factory: pytest.TempPathFactory, pairs: pd.DataFrame) -> Path:
    """One logistic regression, without a calibration table."""
    spec = {"_target_": "sklearn.linear_model.LogisticRegression"}
    fitted = build_model({"statement": {}, "marked": {}}, spec).fit(pairs, pairs["label"])
    return save_folder(SavedModel(fitted), tmp_path_factory.mktemp("plain") / "model")


@pytest.fixture
def stance(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run a command in an empty folder with the toy model; gives its exit code and messages."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: bytes | None = None) -> tuple[int, str]:
        if stdin is not None:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        chosen = ["--model", str(model)] if arguments[0] in ("predict", "read", "report") else []
        code = main([*arguments, *chosen])
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    return call
