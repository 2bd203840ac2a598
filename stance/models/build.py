"""From a config's choice to an estimator, through an allow-list and nothing else."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils._param_validation import InvalidParameterError

from stance.errors import ConfigError, nearest, shown
from stance.features.blocks import BLOCKS, OPTIONAL_BLOCKS, PairFeatures, new_block

__all__ = ["ALLOWED_PREFIXES", "ESTIMATORS", "build_estimator", "build_model", "check_ready"]

ALLOWED_PREFIXES = ("sklearn.", "stance.")
"""Packages whose estimator classes a config may name as ``_target_``."""

ESTIMATORS = "features", "classifier"
"""The steps of a model over feature blocks; one that reads the pairs has the second only."""


def build_model(
    features: Mapping[str, Mapping[str, Any]],
    classifier: Mapping[str, Any],
    *,
    seed: int = 0,
    allowed: Iterable[str] = (),
) -> Pipeline:
    """Build the pipeline from pairs to labels, unfitted.

    Parameters
    ----------
    features : mapping
        Blocks and their arguments; see :class:`stance.features.PairFeatures`. None for a
        classifier that reads the pairs itself; one with an argument ``blocks`` is given them.
    classifier : mapping
        ``_target_`` names an estimator class, the rest are its arguments, which may be
        estimators in turn.
    seed : int
        Set on every estimator that has a ``random_state`` of None.
    allowed : iterable of str
        Further package prefixes that ``_target_`` may name.

    Raises
    ------
    ConfigError
        If a ``_target_`` is not an estimator class of an allowed package, or an argument
        is not one of its parameters or has a value that it does not take; or if a feature
        block or one of its arguments is unknown, or there are none where they are needed.

    Examples
    --------
    >>> spec = {"_target_": "sklearn.linear_model.LogisticRegression", "C": 2.0}
    >>> build_model({"statement": {}}, spec)["classifier"].C
    2.0
    """
    _check_blocks(features)
    model = Pipeline(_steps(dict(features), build_estimator(classifier, allowed=allowed)))
    seeds = {
        name: seed
        for name, value in model.get_params().items()
        if name.endswith("random_state") and value is None
    }
    return model.set_params(**seeds)


def check_ready(model: Any) -> None:
    """Let every part of an unfitted model say what it lacks, such as an encoder's weights.

    Raises
    ------
    ConfigError
        If something is missing.
    """
    for part in model.get_params().values():
        if hasattr(part, "check_ready"):
            part.check_ready()


def _steps(features: dict[str, Any], classifier: Any) -> list[tuple[str, Any]]:
    takes_blocks = "blocks" in classifier.get_params(deep=False)
    if getattr(classifier, "reads_pairs", False) and not takes_blocks:
        if features:
            raise ConfigError(
                f"features.blocks: {type(classifier).__name__} reads the text itself and takes no "
                f"feature blocks, got {', '.join(features)}; choose features=pairs"
            )
        return [("classifier", classifier)]
    if not features:
        raise ConfigError("features.blocks: expected one or more feature blocks, got {}")
    if takes_blocks:
        return [("classifier", classifier.set_params(blocks=features))]
    return [("features", PairFeatures(features)), ("classifier", classifier)]


def build_estimator(
    spec: Mapping[str, Any], *, allowed: Iterable[str] = (), key: str = "model.classifier"
) -> Any:
    """Build one estimator from its ``_target_`` and arguments.

    Nothing is imported or called before its name has been checked, and only classes
    that derive from scikit-learn's ``BaseEstimator`` are called.
    """
    target = spec.get("_target_")
    kind = _estimator_class(target, (*ALLOWED_PREFIXES, *allowed), key)
    known = kind._get_param_names()
    arguments = {}
    for name, value in spec.items():
        if name == "_target_":
            continue
        if name not in known:
            raise ConfigError(
                f"{key}.{name}: {target} has no such argument; {nearest(name, known)}"
            )
        nested = isinstance(value, Mapping) and "_target_" in value
        arguments[name] = (
            build_estimator(value, allowed=allowed, key=f"{key}.{name}") if nested else value
        )
    try:
        estimator = kind(**arguments)
    except TypeError as error:  # none where one must be
        raise ConfigError(f"{key}: {error}") from error
    _check_ranges(estimator, key)
    return estimator


def _check_ranges(estimator: Any, key: str) -> None:
    """What scikit-learn would say at ``fit`` anyway, once the data are loaded."""
    if hasattr(estimator, "_parameter_constraints"):
        try:
            estimator._validate_params()
        except (InvalidParameterError, TypeError) as error:
            raise ConfigError(f"{key}: {error}") from error


def _check_blocks(features: Mapping[str, Mapping[str, Any]]) -> None:
    blocks = BLOCKS | OPTIONAL_BLOCKS
    for name, arguments in features.items():
        if name not in blocks:
            raise ConfigError(f"features.blocks: unknown block {name!r}; {nearest(name, blocks)}")
        known = [*blocks[name]._get_param_names(), "weight"]
        if not isinstance(arguments, Mapping):
            raise ConfigError(
                f"features.blocks.{name}: expected a mapping of arguments, got {shown(arguments)}"
            )
        for argument, value in arguments.items():
            if argument not in known:
                raise ConfigError(
                    f"features.blocks.{name}.{argument}: there is no such argument; "
                    f"{nearest(str(argument), known)}"
                )
            default = 1.0 if argument == "weight" else getattr(blocks[name](), argument)
            _check_argument(f"features.blocks.{name}.{argument}", value, default)
        _check_ranges(new_block(name, arguments), f"features.blocks.{name}")


def _check_argument(key: str, value: Any, default: Any) -> None:
    """Refuse what is not of the default's kind, before a transformer meets it in training."""
    if isinstance(default, (bool, str)):
        if type(value) is not type(default):
            kind = "true or false" if isinstance(default, bool) else "text"
            raise ConfigError(f"{key}: expected {kind}, got {shown(value)}")
        return
    kinds = (int, float) if isinstance(default, float) else (int,)
    if type(value) not in kinds or not 0 <= value < 1e9:
        raise ConfigError(f"{key}: expected a number, got {shown(value)}")


def _estimator_class(target: Any, prefixes: tuple[str, ...], key: str) -> Any:
    if not isinstance(target, str) or "." not in target:
        raise ConfigError(f"{key}._target_: expected the full name of a class, got {target!r}")
    if not target.startswith(prefixes):
        raise ConfigError(
            f"{key}._target_: {target} is outside the allowed packages ({', '.join(prefixes)}); "
            "add its prefix to model.allowed_prefixes if you trust it"
        )
    module_name, _, name = target.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise ConfigError(f"{key}._target_: cannot import {module_name}: {error}") from error
    found = getattr(module, name, None)
    if not (inspect.isclass(found) and issubclass(found, BaseEstimator)):
        public = [
            item
            for item, value in vars(module).items()
            if inspect.isclass(value) and issubclass(value, BaseEstimator)
        ]
        raise ConfigError(f"{key}._target_: {target} is not an estimator; {nearest(name, public)}")
    # A class re-exported by an allowed package is still what its own package makes it.
    if not f"{found.__module__}.".startswith(prefixes):
        raise ConfigError(
            f"{key}._target_: {target} is really {found.__module__}.{name}, which is outside the "
            f"allowed packages ({', '.join(prefixes)})"
        )
    return found
