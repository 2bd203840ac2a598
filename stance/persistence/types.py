"""The estimators that a model folder can hold, and where in each other they may stand."""

from __future__ import annotations

import importlib
from typing import Any

from stance.errors import ConfigError, ModelFileError, nearest, shown

__all__ = ["HOLDS", "PROBABILITIES", "TRUSTED", "check_savable", "is_trusted", "trusted"]

TRUSTED: dict[str, str] = {
    "PairFeatures": "stance.features.blocks",
    "StatementNgrams": "stance.features.ngrams",
    "MarkedNgrams": "stance.features.ngrams",
    "CharacterNgrams": "stance.features.characters",
    "TermCharacters": "stance.features.characters",
    "CueNgrams": "stance.features.cues",
    "HolderWords": "stance.features.ngrams",
    "TermOverlap": "stance.features.overlap",
    "SentenceVectors": "stance.features.vectors",
    "TermVectors": "stance.features.vectors",
    "TwoStageClassifier": "stance.models.two_stage",
    "CrossEncoderClassifier": "stance.models.cross_encoder",
    "ZeroShotClassifier": "stance.models.zero_shot",
    "CascadeClassifier": "stance.models.cascade",
    "TemperatureCalibrated": "stance.models.calibration",
    "Pipeline": "sklearn.pipeline",
    "LogisticRegression": "sklearn.linear_model",
    "SGDClassifier": "sklearn.linear_model",
    "MaxAbsScaler": "sklearn.preprocessing",
    "ComplementNB": "sklearn.naive_bayes",
    "MultinomialNB": "sklearn.naive_bayes",
}
"""The only types that a model folder can hold, and the modules that they come from."""

HOLDS: dict[str, frozenset[str]] = {
    "PairFeatures": frozenset({"blocks_"}),
    "TwoStageClassifier": frozenset({"related", "stance", "related_", "stance_"}),
    "CascadeClassifier": frozenset({"fast", "slow", "fast_", "slow_"}),
    "TemperatureCalibrated": frozenset({"estimator"}),
    "Pipeline": frozenset({"steps"}),
}
"""The attributes in which an estimator may hold others; all else is numbers, text and arrays."""


PROBABILITIES = ("log_loss", "modified_huber")
"""The losses of stochastic gradient descent that give probabilities."""


def trusted(name: Any) -> Any:
    """The class behind a name in a manifest.

    Raises
    ------
    ModelFileError
        If it is not one of :data:`TRUSTED`; nothing is imported then.
    """
    if name not in TRUSTED:
        raise ModelFileError(f"type {name!r} is not trusted; {nearest(str(name), TRUSTED)}")
    return getattr(importlib.import_module(TRUSTED[name]), name)


def is_trusted(value: Any) -> bool:
    """Whether a value is of a trusted type; a subclass is not."""
    name = type(value).__name__
    return name in TRUSTED and type(value) is trusted(name)


def check_savable(classifier: Any, key: str) -> None:
    """Refuse an unfitted classifier that could be trained and then not be saved or used.

    Parameters
    ----------
    classifier : estimator
    key : str
        Where the config names it.

    Raises
    ------
    ConfigError
        Naming key and type, and the types that a model folder can hold in its place.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegressionCV
    >>> check_savable(LogisticRegressionCV(), "model.classifier")
    Traceback (most recent call last):
    stance.errors.ConfigError: model.classifier._target_: a model folder cannot hold \
sklearn.linear_model.LogisticRegressionCV, so that nothing is trained; did you mean \
'LogisticRegression'? It can hold sklearn.linear_model.LogisticRegression, \
sklearn.linear_model.SGDClassifier, sklearn.naive_bayes.ComplementNB, \
sklearn.naive_bayes.MultinomialNB, stance.models.CascadeClassifier, \
stance.models.CrossEncoderClassifier, stance.models.TwoStageClassifier and \
stance.models.ZeroShotClassifier
    """
    kind = type(classifier)
    if not hasattr(classifier, "get_params"):
        raise ConfigError(f"{key}: expected a classifier with a _target_, got {shown(classifier)}")
    name = f"{kind.__module__}.{kind.__name__}"
    if not (is_trusted(classifier) and kind.__name__ in _CLASSIFIERS):
        close = nearest(kind.__name__, [item.rpartition(".")[2] for item in _CLASSIFIERS.values()])
        hint = f"; {close} It" if close.startswith("did you mean") else "; it"
        *others, last = sorted(_CLASSIFIERS.values())
        raise ConfigError(
            f"{key}._target_: a model folder cannot hold {_public(name)}, so that nothing is "
            f"trained{hint} can hold {', '.join(others)} and {last}"
        )
    if not hasattr(classifier, "predict_proba"):
        loss = getattr(classifier, "loss", None)
        raise ConfigError(
            f"{key}.loss: {loss!r} gives no probabilities; expected one of "
            f"{' or '.join(map(repr, PROBABILITIES))}"
        )
    for held in sorted(HOLDS.get(kind.__name__, frozenset())):
        part = getattr(classifier, held, None)
        if part is not None:
            check_savable(part, f"{key}.{held}")


_CLASSIFIERS = {
    "LogisticRegression": "sklearn.linear_model.LogisticRegression",
    "SGDClassifier": "sklearn.linear_model.SGDClassifier",
    "ComplementNB": "sklearn.naive_bayes.ComplementNB",
    "MultinomialNB": "sklearn.naive_bayes.MultinomialNB",
    "TwoStageClassifier": "stance.models.TwoStageClassifier",
    "CrossEncoderClassifier": "stance.models.CrossEncoderClassifier",
    "ZeroShotClassifier": "stance.models.ZeroShotClassifier",
    "CascadeClassifier": "stance.models.CascadeClassifier",
}
"""The trusted types that a config may choose as classifier, as it names them."""


def _public(name: str) -> str:
    """A name without the private modules in it, as people import it."""
    return ".".join(part for part in name.split(".") if not part.startswith("_"))
