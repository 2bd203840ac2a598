"""Estimators as a tree of plain JSON, and back; the arrays go beside it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from stance.errors import ModelFileError
from stance.persistence.arrays import ArrayReader, ArrayWriter
from stance.persistence.manifest import MANIFEST
from stance.persistence.types import HOLDS, TRUSTED, is_trusted, trusted

__all__ = ["decode", "encode"]

_MAX_DEPTH = 20
_LEFT_BEHIND = ("feature_names_in_", "loss_function_")


def encode(value: Any, arrays: ArrayWriter, where: str = "model", *, holds: bool = True) -> Any:
    """Turn a fitted estimator, or a value inside one, into a node.

    Parameters
    ----------
    value : object
    arrays : ArrayWriter
        Takes the arrays.
    where : str
        Where the value stands, for messages.
    holds : bool
        Whether an estimator may stand there.

    Raises
    ------
    ModelFileError
        If a folder cannot hold it.
    """
    if isinstance(value, np.ndarray):
        return arrays.add(value, where)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            raise ModelFileError(f"{where} is nan, which is not a number that a model may hold")
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        items = enumerate(value)
        return {kind: [encode(v, arrays, f"{where}[{n}]", holds=holds) for n, v in items]}
    if isinstance(value, Mapping):
        pairs = [
            [str(key), encode(item, arrays, f"{where}.{key}", holds=holds)]
            for key, item in value.items()
        ]
        return {"dict": pairs}
    return _encode_estimator(value, arrays, where, holds)


def _encode_estimator(value: Any, arrays: ArrayWriter, where: str, holds: bool) -> dict[str, Any]:
    name = type(value).__name__
    if not (holds and is_trusted(value)):
        raise ModelFileError(
            f"{where} is a {type(value).__module__}.{name}, which a model folder cannot hold "
            f"there; it can hold {', '.join(TRUSTED)}"
        )
    inside = HOLDS.get(name, frozenset())
    state = {
        key: encode(item, arrays, f"{where}.{key}", holds=key in inside)
        for key, item in _state(value).items()
    }
    return {"type": name, "state": state}


def _state(estimator: Any) -> dict[str, Any]:
    """Parameters and public fitted attributes; caches and private attributes stay behind."""
    return {
        key: value
        for key, value in sorted(vars(estimator).items())
        if not key.startswith("_") and key not in _LEFT_BEHIND
    }


def decode(node: Any, arrays: ArrayReader, depth: int = 0, *, holds: bool = True) -> Any:
    """Build what a node stands for; the reverse of :func:`encode`.

    Raises
    ------
    ModelFileError
        If the node is not one that :func:`encode` makes.
    """
    if depth > _MAX_DEPTH:
        raise ModelFileError("the model is nested too deeply")
    if node is None or isinstance(node, (bool, int, float, str)):
        return _number(node) if isinstance(node, float) else node
    if not isinstance(node, dict):
        raise ModelFileError(f"{MANIFEST}: expected a node, got {type(node).__name__}")
    if set(node) == {"type", "state"}:
        return _decode_estimator(node, arrays, depth, holds)
    if set(node) == {"array"}:
        return arrays.array(node["array"])
    if set(node) == {"strings", "count"}:
        return arrays.strings(node["strings"], node["count"])
    if set(node) == {"float"}:
        return _number(float(node["float"]))
    if set(node) == {"list"}:
        return [decode(item, arrays, depth + 1, holds=holds) for item in node["list"]]
    if set(node) == {"tuple"}:
        return tuple(decode(item, arrays, depth + 1, holds=holds) for item in node["tuple"])
    if set(node) == {"dict"}:
        pairs = node["dict"]
        return {str(key): decode(v, arrays, depth + 1, holds=holds) for key, v in pairs}
    raise ModelFileError(f"{MANIFEST}: unknown node with the keys {sorted(node)}")


def _number(value: float) -> float:
    if math.isnan(value):
        raise ModelFileError("nan is not a number that a model may hold")
    return value


def _decode_estimator(node: Mapping[str, Any], arrays: ArrayReader, depth: int, holds: bool) -> Any:
    name = node["type"]
    kind = trusted(name)
    if not holds:
        raise ModelFileError(f"a {name} stands where only values may stand")
    known, inside = set(kind._get_param_names()), HOLDS.get(name, frozenset())
    for key in node["state"]:
        # Methods must stay methods: only parameters and fitted attributes are set.
        fits = key in known or (key.endswith("_") and not key.startswith("_"))
        if not fits or hasattr(kind, key):
            raise ModelFileError(f"{name} has no attribute {key!r} that a model may set")
    estimator = kind.__new__(kind)
    # Parameters that came with a later version of the library have their defaults.
    estimator.__dict__.update(_defaults(kind))
    for key, value in node["state"].items():
        estimator.__dict__[key] = decode(value, arrays, depth + 1, holds=key in inside)
    return estimator


def _defaults(kind: Any) -> dict[str, Any]:
    signature = inspect.signature(kind.__init__)
    return {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
