"""Train, calibrate, score, save: one run from a config to a model folder."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from datasets import DatasetDict
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from stance.abstention import Calibration
from stance.config import TrainConfig, check_config
from stance.datasets import definition, load, to_frame
from stance.datasets.loading import digest
from stance.evaluation import Evaluation, evaluate
from stance.features import PAIR_COLUMNS
from stance.labels import LABELS
from stance.models import TemperatureCalibrated, baselines, build_model
from stance.persistence import SavedModel, save_folder, versions
from stance.reports import RunReport, build_report, learning_curve
from stance.splits import split
from stance.tracking import NullTracker, Tracker
from stance.tracking.base import RUN_ID, DatasetInput, Result
from stance.tracking.uris import without_password

__all__ = ["Outcome", "abstention_notes", "fit_model", "run_name", "train"]

Report = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What a training run ends with.

    Attributes
    ----------
    name : str
    model : pathlib.Path
        The model folder.
    evaluations : list of Evaluation
        One for each split that starts with ``test``.
    run_id : str
        How the tracker finds the run, empty where there is none.
    seconds : float
        Spent on training alone.
    """

    name: str
    model: Path
    evaluations: list[Evaluation]
    run_id: str
    seconds: float


def run_name(config: TrainConfig) -> str:
    """Name a run after what it is.

    Examples
    --------
    >>> run_name(TrainConfig())
    'two_stage-default-settlement-fixed'
    """
    parts = (config.model.name, config.features.name, config.dataset.name, config.split.by)
    return "-".join(parts)


def train(
    config: TrainConfig, *, tracker: Tracker | None = None, report: Report = lambda _: None
) -> Outcome:
    """Run one training from a config.

    Parameters
    ----------
    config : TrainConfig
    tracker : Tracker, optional
        Keeps the run; nothing is kept by default.
    report : callable, optional
        Called with the name of each step as it begins.

    Raises
    ------
    ConfigError, DataError
        Before anything is trained, if the config or the data are not as expected.
    """
    check_config(config)
    # Built first: a wrong model should not cost the loading of the data.
    _new_model(config)
    # Vectors this sparse are multiplied faster by one thread, and to the same last digit.
    with threadpool_limits(1, user_api="blas"), tracker or NullTracker() as keeper:
        report(f"loading {config.dataset.name}")
        data = _data(config)
        frames = {name: to_frame(rows) for name, rows in data.items()}
        started = time.perf_counter()
        report(f"training {config.model.name} on {len(frames['train']):,} pairs")
        model = fit_model(config, frames["train"], frames["validation"])
        seconds = time.perf_counter() - started
        report("training the baselines")
        others = {
            name: other.fit(frames["train"], frames["train"]["label"])
            for name, other in baselines(config.seed).items()
        }
        evaluations = []
        for name in sorted(name for name in frames if name.startswith("test")):
            report(f"scoring {name}")
            evaluations.append(
                evaluate(model, frames[name], name, baselines=others, seed=config.seed)
            )
        report("saving the model")
        digests = {name: digest(rows) for name, rows in data.items()}
        folder = _save(config, model, digests, evaluations, frames["validation"])
        learning = None
        if config.tracking.learning_curve:
            report("measuring the learning curve")
            learning = _learning_curve(config, frames, evaluations[0].split)
        report("logging the run")
        shown = build_report(model, evaluations, learning)
        extras = {"train/seconds": seconds}
        result = _result(
            config, folder, frames, digests, evaluations, shown, extras, _curves(model)
        )
        run_id = keeper.log(result)
    return Outcome(run_name(config), folder, evaluations, run_id, seconds)


def fit_model(config: TrainConfig, train: pd.DataFrame, validation: pd.DataFrame) -> Any:
    """Fit the config's model on ``train`` and calibrate it on ``validation``."""
    model = _new_model(config).fit(train, train["label"])
    if config.model.calibrate and hasattr(model, "predict_proba"):
        return TemperatureCalibrated(model).fit(validation, validation["label"])
    return model


def _new_model(config: TrainConfig) -> Any:
    return build_model(
        config.features.blocks,
        config.model.classifier,
        seed=config.seed,
        allowed=config.model.allowed_prefixes,
    )


def _data(config: TrainConfig) -> DatasetDict:
    loaded = load(config.dataset.name, config.dataset.path, **config.dataset.options)
    return split(
        loaded,
        config.split.by,
        test_size=config.split.test_size,
        validation_size=config.split.validation_size,
        seed=config.seed,
        fold=config.split.fold,
        shared_texts=definition(config.dataset.name).card.shared_texts,
    )


def _save(
    config: TrainConfig,
    model: Any,
    digests: Mapping[str, str],
    evaluations: list[Evaluation],
    validation: pd.DataFrame,
) -> Path:
    scores = {item.split: round(item.scores["macro_f1"].value, 4) for item in evaluations}
    saved = SavedModel(
        model,
        data={"name": config.dataset.name, "sha256": dict(digests)},
        versions=versions(),
        notes={
            "run": run_name(config),
            "macro_f1": scores,
            "seed": config.seed,
            **abstention_notes(model, validation),
        },
    )
    return save_folder(saved, Path(config.output).absolute() / "model")


def abstention_notes(model: Any, validation: pd.DataFrame) -> dict[str, Any]:
    """What the model's confidence is worth on the validation pairs, for its notes."""
    if not hasattr(model, "predict_proba"):
        return {}
    probabilities = np.zeros((len(validation), len(LABELS)))
    columns = [LABELS.index(str(label)) for label in model.classes_]
    probabilities[:, columns] = model.predict_proba(validation)
    truth = [LABELS.index(label) for label in validation["label"]]
    return Calibration.measure(probabilities, truth).notes()


def _learning_curve(
    config: TrainConfig, frames: Mapping[str, pd.DataFrame], test: str
) -> pd.DataFrame:
    def fit(part: pd.DataFrame) -> Any:
        return fit_model(config, part, frames["validation"])

    return learning_curve(fit, frames["train"], frames[test], seed=config.seed)


def _curves(model: Any) -> dict[str, list[float]]:
    """Numbers by step of a model that was trained in steps: its attribute ``history_``."""
    estimator = model.estimator if isinstance(model, TemperatureCalibrated) else model
    classifier = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    history = getattr(classifier, "history_", {})
    return {f"train/{name}": list(map(float, values)) for name, values in history.items()}


def _result(
    config: TrainConfig,
    folder: Path,
    frames: Mapping[str, pd.DataFrame],
    digests: Mapping[str, str],
    evaluations: list[Evaluation],
    report: RunReport,
    extras: Mapping[str, float],
    curves: Mapping[str, list[float]],
) -> Result:
    settings = asdict(config)
    if config.tracking.uri is not None:
        settings["tracking"]["uri"] = without_password(config.tracking.uri)
    metrics = {"train/pairs": float(len(frames["train"])), **extras}
    for item in evaluations:
        metrics |= item.metrics()
    source = config.dataset.path or f"the {config.dataset.name} dataset shipped with stance"
    inputs = tuple(
        DatasetInput(
            name=f"{config.dataset.name}-{name}",
            split=name,
            digest=digests[name],
            source=source,
            pairs=len(frame),
            columns=tuple(map(str, frame.columns)),
        )
        for name, frame in frames.items()
    )
    together = hashlib.sha256("".join(digests[name] for name in sorted(digests)).encode())
    return Result(
        name=run_name(config),
        description=_description(config, evaluations),
        config=yaml.safe_dump(settings, sort_keys=False, allow_unicode=True),
        params=_flat(settings),
        tags={**_code_version(), "data_sha256": together.hexdigest(), **_version_tags()},
        metrics=metrics,
        datasets=inputs,
        tables=report.tables,
        figures=report.figures,
        pages=report.pages,
        curves=curves,
        model=folder,
        example=frames["train"][list(PAIR_COLUMNS)].head(2).map(_plain),
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _description(config: TrainConfig, evaluations: list[Evaluation]) -> str:
    first = evaluations[0]
    lines = [
        f"**{config.model.name}** with the **{config.features.name}** features, trained on "
        f"**{config.dataset.name}**, divided by **{config.split.by}**: macro F1 "
        f"**{first.scores['macro_f1']}** on {first.split}.",
        "",
        "```python",
        f'stance.predict("…", "…", model="runs:/{RUN_ID}")',
        "```",
        "",
        "| split | macro F1 with its 95 % interval |",
        "|---|---|",
        *(f"| {item.split} | {item.scores['macro_f1']} |" for item in evaluations),
        "",
        "Away from the folder of the store, `MLFLOW_TRACKING_URI` has to name the store.",
    ]
    return "\n".join(lines)


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


def _version_tags() -> dict[str, str]:
    return {f"version.{name}": number for name, number in versions().items()}


def _code_version() -> dict[str, str]:
    """Commit of the checkout that this package lies in, if it lies in one."""
    here = Path(__file__).resolve().parent
    if not (here.parent / ".git").exists():
        return {}
    try:
        commit = _git(here, "rev-parse", "HEAD")
        dirty = bool(_git(here, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"git_commit": commit, "git_dirty": str(dirty).lower()}


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()
