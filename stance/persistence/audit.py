"""Whether the parts of a model fit together, so that every pair gets five probabilities.

Shapes, numbers and names are compared here rather than found out by a prediction: a model that
passes cannot fail later, on the one statement that happens to reach the part that does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from stance.encoder.network import HoldsNetwork
from stance.errors import ModelFileError
from stance.features import BLOCKS, OPTIONAL_BLOCKS
from stance.features.overlap import OVERLAPS
from stance.features.vectors import SIMILARITIES
from stance.labels import LABELS, UNRELATED
from stance.persistence.types import PROBABILITIES, is_trusted

__all__ = ["audit"]

_PAIRS = "pairs"
_LARGEST = 1e9
"""No weight of a fitted model is as large; products of larger ones are no numbers any more."""

_BOUNDS = {"min_n": (1, 20), "max_n": (1, 20), "window": (0, 1000), "reach": (0, 1000)}
"""What reads around each word must end soon."""

_LENGTHS = 8, 8192
"""Tokens that a network may read of a text."""

Given = str | int
"""What an estimator is given: pairs, or a table of so many columns."""

T = TypeVar("T")

_KINDS: dict[Any, str] = {
    np.ndarray: "an array",
    dict: "a mapping",
    float: "a number with a point",
    object: "an estimator",
}


def audit(model: Any) -> None:
    """Refuse a model that cannot give probabilities of stance's labels to every pair.

    Raises
    ------
    ModelFileError
        Naming the part that does not fit.
    """
    classes = _check(model, _PAIRS, "model")
    if not isinstance(classes, list) or len(classes) < 2 or not set(classes) <= set(LABELS):
        found = getattr(model, "classes_", None)
        raise ModelFileError(f"the model tells apart {found!r}, not labels of stance")


def _check(part: Any, given: Any, where: str) -> Any:
    """Check one estimator; the number of columns that it makes, or the list of its classes."""
    name = type(part).__name__
    check = _CHECKS.get(name)
    if check is None or not is_trusted(part):
        raise ModelFileError(f"{where} is a {name}, not an estimator")
    if isinstance(given, list):
        raise ModelFileError(f"{where} comes after a classifier")
    if name not in _COMPOSITE and (given == _PAIRS) != (name in _OVER_PAIRS):
        raise ModelFileError(f"{where}: a {name} cannot stand in this place")
    return check(part, given, where)


def _pipeline(part: Any, given: Given, where: str) -> Any:
    if part.memory is not None:
        # A folder of joblib's: fitting again would unpickle what lies in it.
        raise ModelFileError(f"{where}.memory is set; a pipeline in a model folder has no cache")
    steps = part.steps
    if not isinstance(steps, list) or not steps:
        raise ModelFileError(f"{where}.steps is not a list of steps")
    found: Any = given
    for number, (name, step) in enumerate(steps):
        if not isinstance(name, str):
            raise ModelFileError(f"{where}.steps[{number}] has no name")
        found = _check(step, found, f"{where}.steps[{number}][1]")
    return found


def _features(part: Any, given: Given, where: str) -> int:
    blocks, chosen = _fitted(part, "blocks_", dict, where), part.blocks
    if chosen is None:
        chosen = {name: {} for name in BLOCKS}
    if not isinstance(chosen, Mapping) or not set(blocks) <= set(chosen) or not blocks:
        raise ModelFileError(f"{where}: blocks_ are not those of blocks")
    width = 0
    for name, block in blocks.items():
        weight = chosen[name].get("weight", 1.0)
        if not _is_number(weight):
            raise ModelFileError(f"{where}.blocks.{name}.weight is not a number: {weight!r}")
        if type(block) is not (BLOCKS | OPTIONAL_BLOCKS).get(name):
            raise ModelFileError(f"{where}.blocks_.{name} is a {type(block).__name__}")
        width += _check(block, given, f"{where}.blocks_.{name}")
    return width


def _ngrams(part: Any, given: Given, where: str) -> int:
    for key, (least, most) in _BOUNDS.items():
        value = vars(part).get(key, least)
        if type(value) is not int or not least <= value <= most:
            raise ModelFileError(
                f"{where}.{key}: expected a number from {least} to {most}, got {value!r}"
            )
    words = _strings(part, "vocabulary_", where)
    _numbers(part, "idf_", where, (len(words),), least=1e-9)
    return len(words)


def _overlap(part: Any, given: Given, where: str) -> int:
    words = _strings(part, "words_", where)
    _numbers(part, "idf_", where, (len(words),), least=1e-9)
    if not _is_number(part.unseen_idf_) or part.unseen_idf_ < 1e-9:
        raise ModelFileError(f"{where}.unseen_idf_ is not a positive number")
    return len(OVERLAPS)


def _vectors(part: Any, given: Given, where: str) -> int:
    width = _network(part, where)
    if part.width_ != width:
        raise ModelFileError(f"{where}.width_: expected {width}, got {part.width_!r}")
    return 2 * width + len(SIMILARITIES)


def _term_vectors(part: Any, given: Given, where: str) -> int:
    _vectors(part, given, where)
    return len(_strings(part, "terms_", where)) * int(part.width_)


def _reader(part: Any, given: Given, where: str) -> list[Any]:
    width = _network(part, where)
    if width != len(LABELS):
        raise ModelFileError(
            f"{where}: its network gives {width} numbers for a pair; expected {len(LABELS)}"
        )
    phrases = vars(part).get("phrases")
    if type(phrases) is not int or phrases < 0:
        raise ModelFileError(f"{where}.phrases: expected 0 or more, got {phrases!r}")
    return _classes(part, where)


def _zero_shot(part: Any, given: Given, where: str) -> list[Any]:
    width, chosen = _network(part, where), vars(part).get("entailment_")
    if type(chosen) is not int or not 0 <= chosen < width:
        raise ModelFileError(f"{where}.entailment_: expected 0 to {width - 1}, got {chosen!r}")
    return _classes(part, where)


def _cascade(part: Any, given: Given, where: str) -> list[Any]:
    classes = _classes(part, where)
    for name in ("fast_", "slow_"):
        found = _check(_fitted(part, name, object, where), given, f"{where}.{name}")
        if not isinstance(found, list) or set(found) != set(classes):
            raise ModelFileError(f"{where}.classes_ are not those of {name}")
    if not 0 <= _fitted(part, "threshold_", float, where) <= _LARGEST:
        raise ModelFileError(f"{where}.threshold_ is out of range: {part.threshold_!r}")
    if not _is_number(part.slow_weight) or not 0 <= part.slow_weight <= 1:
        raise ModelFileError(f"{where}.slow_weight: expected 0 to 1, got {part.slow_weight!r}")
    return classes


def _network(part: HoldsNetwork, where: str) -> int:
    """Open a network, which checks what it holds; how many numbers it gives."""
    for name in ("network_", "tokenizer_"):
        array = _fitted(part, name, np.ndarray, where)
        if array.dtype != np.uint8 or array.ndim != 1:
            raise ModelFileError(f"{where}.{name} is not the content of a file")
    low, high = _LENGTHS
    if type(part.max_length) is not int or not low <= part.max_length <= high:
        raise ModelFileError(
            f"{where}.max_length: expected {low} to {high} tokens, got {part.max_length!r}"
        )
    if type(part.glossary) is not bool:
        raise ModelFileError(f"{where}.glossary: expected true or false, got {part.glossary!r}")
    pair = ["☃"], None if type(part).__name__ in _BLOCKS else ["☃"]  # words that no list has
    try:
        network = part.open_network()
        network.tokens(*pair)
        return network.width
    except ModelFileError as error:
        raise ModelFileError(f"{where}: {error}") from error


def _scaler(part: Any, given: Given, where: str) -> Given:
    _numbers(part, "scale_", where, (given,), least=1e-9)
    _width(part, given, where)
    return given


def _linear(part: Any, given: Given, where: str) -> list[Any]:
    classes = _classes(part, where)
    rows = 1 if len(classes) == 2 else len(classes)
    _numbers(part, "coef_", where, (rows, given))
    _numbers(part, "intercept_", where, (rows,))
    _width(part, given, where)
    if getattr(part, "loss", "log_loss") not in PROBABILITIES:
        raise ModelFileError(
            f"{where}.loss: {part.loss!r} gives no probabilities; a model's is one of "
            f"{', '.join(PROBABILITIES)}"
        )
    return classes


def _bayes(part: Any, given: Given, where: str) -> list[Any]:
    classes = _classes(part, where)
    _numbers(part, "feature_log_prob_", where, (len(classes), given))
    _numbers(part, "class_log_prior_", where, (len(classes),))
    _width(part, given, where)
    return classes


def _two_stages(part: Any, given: Given, where: str) -> list[Any]:
    related = _check(_fitted(part, "related_", object, where), given, f"{where}.related_")
    stance = _check(_fitted(part, "stance_", object, where), given, f"{where}.stance_")
    if related != [False, True] or not isinstance(stance, list):
        raise ModelFileError(f"{where}.related_ does not tell related from unrelated")
    classes = _classes(part, where)
    if classes != [*stance, UNRELATED]:
        raise ModelFileError(f"{where}.classes_ are not those of its two stages")
    return classes


def _calibrated(part: Any, given: Given, where: str) -> list[Any]:
    inner = _check(part.estimator, given, f"{where}.estimator")
    classes = _classes(part, where)
    if inner != classes:
        raise ModelFileError(f"{where}.classes_ are not those of its estimator")
    value = _fitted(part, "temperature_", float, where)
    if not 1e-3 <= value <= 1e3:
        raise ModelFileError(f"{where}.temperature_ is out of range: {value!r}")
    return classes


def _classes(part: Any, where: str) -> list[Any]:
    classes = _fitted(part, "classes_", np.ndarray, where)
    found = classes.tolist()
    plain = classes.ndim == 1 and all(isinstance(label, (str, bool)) for label in found)
    if not plain or len(set(found)) < max(2, len(found)):
        raise ModelFileError(f"{where}.classes_ are not two or more labels: {found!r:.80}")
    return list(found)


def _strings(part: Any, name: str, where: str) -> list[str]:
    words = _fitted(part, name, np.ndarray, where)
    if words.ndim != 1 or words.dtype.kind not in "UO" or not words.size:
        raise ModelFileError(f"{where}.{name} is not a list of words")
    found: list[str] = words.tolist()
    if len(set(found)) < len(found):
        raise ModelFileError(f"{where}.{name} holds a word twice")
    return found


def _numbers(
    part: Any, name: str, where: str, shape: tuple[Any, ...], least: float = -_LARGEST
) -> None:
    array = _fitted(part, name, np.ndarray, where)
    if array.dtype.kind != "f" or array.shape != shape:
        found = f"{array.dtype} {array.shape}"
        raise ModelFileError(f"{where}.{name}: expected numbers of the shape {shape}, got {found}")
    if array.size and not (least <= array.min() and array.max() <= _LARGEST):
        raise ModelFileError(f"{where}.{name} holds numbers outside {least:g} to {_LARGEST:g}")


def _width(part: Any, given: Given, where: str) -> None:
    found = vars(part).get("n_features_in_")
    if type(found) is not int or found != given:
        raise ModelFileError(f"{where}.n_features_in_: expected {given}, got {found!r}")


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= _LARGEST


def _fitted(part: Any, name: str, kind: type[T], where: str) -> T:
    value = vars(part).get(name)
    if not isinstance(value, kind) or value is None:
        found = "nothing" if value is None else f"a {type(value).__name__}"
        raise ModelFileError(f"{where}.{name}: expected {_KINDS[kind]}, got {found}")
    return value


_CHECKS: dict[str, Callable[[Any, Any, str], Any]] = {
    "PairFeatures": _features,
    "StatementNgrams": _ngrams,
    "MarkedNgrams": _ngrams,
    "CharacterNgrams": _ngrams,
    "TermCharacters": _ngrams,
    "CueNgrams": _ngrams,
    "HolderWords": _ngrams,
    "TermOverlap": _overlap,
    "SentenceVectors": _vectors,
    "TermVectors": _term_vectors,
    "TwoStageClassifier": _two_stages,
    "CrossEncoderClassifier": _reader,
    "ZeroShotClassifier": _zero_shot,
    "CascadeClassifier": _cascade,
    "TemperatureCalibrated": _calibrated,
    "Pipeline": _pipeline,
    "LogisticRegression": _linear,
    "SGDClassifier": _linear,
    "MaxAbsScaler": _scaler,
    "ComplementNB": _bayes,
    "MultinomialNB": _bayes,
}

_READERS = {"CrossEncoderClassifier", "ZeroShotClassifier", "CascadeClassifier"}
_BLOCKS = {kind.__name__ for kind in (BLOCKS | OPTIONAL_BLOCKS).values()}
_OVER_PAIRS = frozenset({"PairFeatures"} | _READERS | _BLOCKS)
_COMPOSITE = frozenset({"Pipeline", "TwoStageClassifier", "TemperatureCalibrated"})
