"""The schema of a training config: every key, its type, its range."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from stance.errors import ConfigError, nearest, shown
from stance.splits import SPLITTERS, fold_count

__all__ = [
    "DatasetConfig",
    "FeaturesConfig",
    "ModelConfig",
    "SplitConfig",
    "TrackingConfig",
    "TrainConfig",
    "check_config",
    "texts",
]


@dataclass
class DatasetConfig:
    """What to train on; ``options`` go to the definition's reader."""

    name: str = "settlement"
    path: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class SplitConfig:
    """How to divide it: ``fixed``, ``statement``, ``term`` or ``conflict``.

    Of the ``1 / test_size`` parts that could be held out, ``fold`` is the one that is; to
    cross-validate is to sweep over it.
    """

    by: str = "fixed"
    test_size: float = 0.2
    validation_size: float = 0.1
    fold: int = 0


@dataclass
class FeaturesConfig:
    """Feature blocks and their arguments."""

    name: str = "default"
    blocks: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class ModelConfig:
    """The classifier over the features: a ``_target_`` and its arguments.

    ``few_phrases`` is the share of the training pairs that it learns from a second time with
    few of their term's phrases; see :func:`stance.models.with_few_phrases`.
    """

    name: str = "two_stage"
    classifier: dict[str, Any] = field(default_factory=dict)
    few_phrases: float = 0.0
    calibrate: bool = True
    allowed_prefixes: list[str] = field(default_factory=list)


@dataclass
class TrackingConfig:
    """Where the run is kept and what it shows; no store where ``uri`` is null.

    ``behaviour`` labels the written cases; ``learning_curve`` costs three more trainings, on
    parts of the data.
    """

    uri: str | None = "sqlite:///mlflow.db"
    experiment: str = "stance"
    register: bool = True
    behaviour: bool = True
    learning_curve: bool = False


@dataclass
class TrainConfig:
    """A whole training run."""

    dataset: DatasetConfig = field(default_factory=DatasetConfig)
    split: SplitConfig = field(default_factory=SplitConfig)
    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    tracking: TrackingConfig = field(default_factory=TrackingConfig)
    seed: int = 0
    output: str = "outputs"


def check_config(config: TrainConfig) -> None:
    """Check what types cannot: ranges and names.

    Raises
    ------
    ConfigError
        One message that names every key that is out of range.

    Examples
    --------
    >>> features = FeaturesConfig(blocks={"statement": {}})
    >>> model = ModelConfig(classifier={"_target_": "sklearn.linear_model.LogisticRegression"})
    >>> check_config(TrainConfig(features=features, model=model, seed=-1))
    Traceback (most recent call last):
    stance.errors.ConfigError: seed: expected a whole number from 0 to 4294967295, got -1
    """
    faults = [
        f"{key}: expected {expected}, got {value!r}"
        for key, value, fits, expected in _rules(config)
        if not fits(value)
    ]
    if config.split.by not in SPLITTERS:
        faults.append(
            f"split.by: unknown {config.split.by!r}; {nearest(config.split.by, SPLITTERS)}"
        )
    elif config.split.by != "fixed" and config.dataset.options.get("tests"):
        faults.append(
            f"dataset.options.tests: its folders only test, and split.by={config.split.by} would "
            "train on them too; choose split=fixed, or leave them out"
        )
    faults += [
        f"{key}: expected a name that can be written in UTF-8, got {shown(text)}"
        for key, text in texts(asdict(config))
        if not _is_unicode(text)
    ]
    if faults:
        raise ConfigError("\n".join(faults))


def texts(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a config, with its key.

    Examples
    --------
    >>> list(texts({"model": {"name": "mine", "parts": ["a"]}, "seed": 1}))
    [('model.name', 'mine'), ('model.parts[0]', 'a')]
    """
    if isinstance(node, str):
        yield key, node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from texts(value, f"{key}.{name}".lstrip("."))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from texts(value, f"{key}[{index}]")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # the name of a file in another encoding
        return False
    return True


def _rules(config: TrainConfig) -> list[tuple[str, Any, Callable[[Any], bool], str]]:
    def share(value: Any) -> bool:
        return bool(0 < value < 0.9)

    def filled(value: Any) -> bool:
        return bool(value)

    test_size = config.split.test_size  # which may be out of range itself
    folds = max(1, fold_count(test_size)) if test_size > 0 else 1
    return [
        ("seed", config.seed, lambda v: 0 <= v < 2**32, "a whole number from 0 to 4294967295"),
        ("split.test_size", config.split.test_size, share, "a share between 0 and 0.9"),
        ("split.validation_size", config.split.validation_size, share, "a share between 0 and 0.9"),
        (
            "split.fold",
            config.split.fold,
            lambda v: 0 <= v < folds,
            f"a fold from 0 to {folds - 1}",
        ),
        (
            "model.few_phrases",
            config.model.few_phrases,
            lambda v: 0 <= v <= 1,
            "a share from 0 to 1",
        ),
        ("model.classifier", config.model.classifier, filled, "a classifier with a _target_"),
        ("tracking.experiment", config.tracking.experiment, filled, "a name"),
        ("output", config.output, filled, "a folder"),
    ]
