"""Train, calibrate, score, save: one run from a config to a model folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from datasets import DatasetDict
from filelock import FileLock, Timeout
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from stance.abstention import Calibration
from stance.behaviour import Behaviour, load_cases, measure
from stance.config import TrainConfig, check_config
from stance.datasets import definition, load, to_frame
from stance.datasets.loading import digest, in_order
from stance.errors import ConfigError, DataError
from stance.evaluation import Evaluation, evaluate
from stance.labels import LABELS
from stance.models import (
    TemperatureCalibrated,
    baselines,
    build_model,
    check_ready,
    with_few_phrases,
)
from stance.persistence import SavedModel, check_savable, remove_drafts, save_folder, versions
from stance.reliability import Reliability
from stance.reports import build_report, learning_curve
from stance.run_record import describe, run_name
from stance.splits import split
from stance.tracking import NullTracker, Tracker
from stance.tracking.run_folder import LOCK, check_place, forget

__all__ = ["Outcome", "fit_model", "held_out_notes", "train"]

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
    validation : Evaluation
        Without baselines. These pairs set the temperature, which moves probabilities and no label.
    run_id : str
        How the tracker finds the run, empty where there is none.
    seconds : float
        Spent on training alone.
    behaviour : Behaviour, optional
        What the model does on the written cases, where the config asks for it.
    """

    name: str
    model: Path
    evaluations: list[Evaluation]
    validation: Evaluation
    run_id: str
    seconds: float
    behaviour: Behaviour | None = None


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
        Before anything is trained, if the config or the data are not as expected, or another
        training is writing into the same folder.
    """
    check_config(config)
    # Built first: a wrong model should not cost the loading of the data, nor the training.
    model = _new_model(config)
    check_savable(model["classifier"], "model.classifier")
    check_ready(model)
    # Vectors this sparse are multiplied faster by one thread, and to the same last digit.
    with (
        _alone(Path(config.output)),
        threadpool_limits(1, user_api="blas"),
        tracker or NullTracker() as keeper,
    ):
        report(f"loading {config.dataset.name}")
        data = _data(config)
        frames = {name: to_frame(rows) for name, rows in data.items()}
        _check_labels(frames["train"])
        started = time.perf_counter()
        report(f"training {config.model.name} on {len(frames['train']):,} pairs")
        model = fit_model(config, frames["train"], frames["validation"])
        seconds = time.perf_counter() - started
        evaluations = _evaluations(config, model, frames, report)
        behaviour = None
        if config.tracking.behaviour:
            report("trying the written cases")
            behaviour = measure(model, load_cases())
        held = evaluate(model, frames["validation"], "validation", baselines={}, seed=config.seed)
        report("saving the model")
        digests = {name: digest(rows) for name, rows in data.items()}
        folder = _save(config, model, digests, evaluations, frames["validation"])
        learning = None
        if config.tracking.learning_curve:
            report("measuring the learning curve")
            learning = _learning_curve(config, frames, evaluations[0].split)
        report("logging the run")
        shown = build_report(model, evaluations, learning, behaviour)
        extras = {
            "train/seconds": seconds,
            "validation/macro_f1": held.scores["macro_f1"].value,
            **(behaviour.metrics() if behaviour else {}),
        }
        run_id = keeper.log(
            describe(config, folder, frames, digests, evaluations, shown, extras, _curves(model))
        )
    return Outcome(run_name(config), folder, evaluations, held, run_id, seconds, behaviour)


def _check_labels(train: pd.DataFrame) -> None:
    found = sorted(set(train["label"]))
    if len(found) < 2:
        raise DataError(f"there is nothing to tell apart: all {len(train):,} pairs are {found[0]}")


def _evaluations(
    config: TrainConfig, model: Any, frames: Mapping[str, pd.DataFrame], report: Report
) -> list[Evaluation]:
    """Score each test split, beside baselines of the same training."""
    report("training the baselines")
    others = {
        name: other.fit(frames["train"], frames["train"]["label"])
        for name, other in baselines(config.seed).items()
    }
    found = []
    for name in sorted(name for name in frames if name.startswith("test")):
        report(f"scoring {name}")
        found.append(evaluate(model, frames[name], name, baselines=others, seed=config.seed))
    return found


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second training out of the folder: model and report would be of two runs."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        with lock:
            check_place(folder)
            remove_drafts(folder / "model")
            yield
    except Timeout as error:
        raise ConfigError(
            f"output: another training is writing into {folder}; wait for it, or give this one a "
            "folder of its own (hydra.run.dir=…)"
        ) from error


def fit_model(config: TrainConfig, train: pd.DataFrame, validation: pd.DataFrame) -> Any:
    """Fit the config's model on ``train`` and calibrate it on ``validation``."""
    pairs, labels = with_few_phrases(
        train, train["label"].to_numpy(), config.model.few_phrases, config.seed
    )
    model = _new_model(config).fit(pairs, labels)
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
        in_order(loaded),
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
            **held_out_notes(model, validation),
        },
    )
    output = Path(config.output).absolute()
    forget(output)  # what an earlier run has left is not of this model
    return save_folder(saved, output / "model")


def _within(model: Any) -> Iterator[Any]:
    """A model, and one after the other the fitted parts that can have been trained in steps."""
    yield model
    if isinstance(model, Pipeline):
        yield from _within(model[-1])
    for name in ("estimator", "slow_"):
        if hasattr(model, name):
            yield from _within(getattr(model, name))


def held_out_notes(model: Any, validation: pd.DataFrame) -> dict[str, Any]:
    """What the model's confidence and labels are worth on the validation pairs, for its notes."""
    if not hasattr(model, "predict_proba"):
        return {}
    probabilities = np.zeros((len(validation), len(LABELS)))
    columns = [LABELS.index(str(label)) for label in model.classes_]
    probabilities[:, columns] = model.predict_proba(validation)
    truth = [LABELS.index(label) for label in validation["label"]]
    return {
        **Calibration.measure(probabilities, truth).notes(),
        **Reliability.measure(probabilities, truth).notes(),
    }


def _learning_curve(
    config: TrainConfig, frames: Mapping[str, pd.DataFrame], test: str
) -> pd.DataFrame:
    def fit(part: pd.DataFrame) -> Any:
        return fit_model(config, part, frames["validation"])

    return learning_curve(fit, frames["train"], frames[test], seed=config.seed)


def _curves(model: Any) -> dict[str, list[float]]:
    """Numbers by step of what was trained in steps within a model: its attribute ``history_``."""
    trained = (part.history_ for part in _within(model) if hasattr(part, "history_"))
    history: dict[str, list[float]] = next(trained, {})
    return {f"train/{name}": list(map(float, values)) for name, values in history.items()}
