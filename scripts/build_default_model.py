"""Train the model that ships with stance, or check that it is what the data make.

    python scripts/build_default_model.py          # writes data/model and README's scores
    python scripts/build_default_model.py --check  # changes nothing

The default config is trained without tracking. The same versions on the same kind of processor
give the same bytes; others may differ in last digits.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from pages import fill

import stance.train  # noqa: F401 - registers the schema that configs/train.yaml begins with
from stance.config import TrainConfig
from stance.datasets import load, to_frame
from stance.datasets.loading import digest
from stance.evaluation import evaluate
from stance.persistence import MANIFEST, SavedModel, load_folder
from stance.reports.tables import score_table
from stance.resources import shipped
from stance.splits import split
from stance.training import Outcome, train

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "data" / "model"
README = ROOT / "README.md"
TOLERANCE = 0.002
"""Of scores between 0 and 1: on another processor weights differ in last digits, and so the labels
of single pairs. Other data are told by their digests."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build or check.

    Returns
    -------
    int
        0 when the model was built or is as it should be, 1 when it is not.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare, and change nothing")
    check = parser.parse_args(arguments).check
    with tempfile.TemporaryDirectory() as folder:
        outcome = rebuild(Path(folder))
        if check:
            return report(faults(load_folder(MODEL), load_folder(outcome.model)), outcome.model)
        replace(outcome.model, MODEL)
    fill(README, "scores", [scores(score_table(outcome.evaluations))])
    print(f"{MODEL.relative_to(ROOT)}: {megabytes(MODEL):.1f} MB; README.md has its scores")
    return 0


def rebuild(folder: Path) -> Outcome:
    """Train the default config into ``folder``."""
    with initialize_config_dir(str(shipped("configs")), version_base="1.3"):
        config = OmegaConf.to_object(compose("train", overrides=["tracking=none"]))
    assert isinstance(config, TrainConfig)  # the schema is the first entry of configs/train.yaml
    config.output = str(folder)
    return train(config, report=lambda step: print(f"{step} …", flush=True))


def replace(source: Path, target: Path) -> None:
    """Put a folder in the place of another."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def faults(there: SavedModel, rebuilt: SavedModel) -> list[str]:
    """Say where the shipped model is not what the data make today."""
    data = split(load("settlement"), "fixed")
    found = [
        f"it was trained on another {name}: SHA-256 {there.data['sha256'].get(name)}, "
        f"data/settlement has {digest(rows)}"
        for name, rows in data.items()
        if there.data["sha256"].get(name) != digest(rows)
    ]
    test = to_frame(data["test"])
    old, new = test_scores(there, test), test_scores(rebuilt, test)
    return found + [
        f"its {name} on the test split is {old[name]:.6f}, rebuilt {new[name]:.6f}"
        for name in old
        if abs(old[name] - new[name]) > TOLERANCE
    ]


def test_scores(model: SavedModel, test: pd.DataFrame) -> Mapping[str, float]:
    """Macro F1 and accuracy on the test split."""
    found = evaluate(model.estimator, test, "test", baselines={}).scores
    return {name: interval.value for name, interval in found.items()}


def report(found: Sequence[str], rebuilt: Path) -> int:
    """Print the outcome of a check."""
    for fault in found:
        print(f"data/model is out of date: {fault}", file=sys.stderr)
    if found:
        print("run: python scripts/build_default_model.py", file=sys.stderr)
        return 1
    same = (MODEL / MANIFEST).read_bytes() == (rebuilt / MANIFEST).read_bytes()
    how = "byte for byte" if same else "in its scores (other versions or another processor)"
    print(f"data/model is what data/settlement makes, {how}")
    return 0


def scores(table: pd.DataFrame) -> str:
    """Lay the scores out as README's table."""
    names = [name for name in table.columns if name.endswith("_only") or name == "majority"]
    titles = ["split", "pairs", "macro F1", "95 % interval", *(n.replace("_", "-") for n in names)]
    rows = [titles, ["---", *["---:"] * (len(titles) - 1)]]
    for row in table.to_dict("records"):
        score, low, high = (f"{row[name]:.3f}" for name in ("macro_f1", "low", "high"))
        others = [f"{row[name]:.3f}" for name in names]
        rows.append(
            [f"`{row['split']}`", f"{row['pairs']:,}", f"**{score}**", f"{low}–{high}", *others]
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def megabytes(folder: Path) -> float:
    """Size of a folder's files."""
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


if __name__ == "__main__":
    sys.exit(main())
