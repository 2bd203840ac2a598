"""A Transformer that was trained to say what follows from what, asked about each label."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval

from stance.errors import ConfigError, nearest
from stance.labels import LABELS
from stance.models.reading import PairReader, reader, sequences, softmax

__all__ = ["HYPOTHESES", "ZeroShotClassifier"]

HYPOTHESES: dict[str, str] = {
    "favor": "The speaker wants this to happen: {term}.",
    "conditional": "The speaker accepts this only if a condition is met: {term}.",
    "against": "The speaker refuses this: {term}.",
    "neutral": "The speaker mentions this without taking a side: {term}.",
    "unrelated": "The speaker talks of other things than this: {term}.",
}
"""What is said to follow from the statement if it has the label; ``{term}`` is the term's name."""


class ZeroShotClassifier(PairReader):
    """Labels pairs with a natural-language-inference model, without training.

    Parameters
    ----------
    encoder : str, default "cross-encoder/nli-MiniLM2-L6-H768"
        An NLI cross-encoder: a folder, or a name on the Hugging Face hub.
    max_length : int, default 256
        In tokens.
    hypotheses : mapping of str to str, optional
        A sentence with ``{term}`` for each label, in place of :data:`HYPOTHESES`.
    glossary : bool, default True
        Put texts of other languages into English first, word for word (``data/glossary``); False
        for a model that reads them.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_classes,)
        The labels of the training pairs, sorted; nothing else is taken from them.
    entailment_ : int
        The model's number for "follows".
    network_, tokenizer_ : ndarray of uint8

    References
    ----------
    Yin, Hay, Roth: Benchmarking Zero-shot Text Classification. EMNLP 2019.
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "encoder": [str],
        "max_length": [Interval(Integral, 8, 512, closed="both")],
        "hypotheses": [dict, None],
        "glossary": ["boolean"],
    }

    def __init__(
        self,
        encoder: str = "cross-encoder/nli-MiniLM2-L6-H768",
        max_length: int = 256,
        hypotheses: Mapping[str, str] | None = None,
        glossary: bool = True,
    ) -> None:
        self.encoder = encoder
        self.max_length = max_length
        self.hypotheses = hypotheses
        self.glossary = glossary

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Export the model; it learns nothing.

        Raises
        ------
        ConfigError
            If the encoder is missing, was not trained for inference or reads fewer tokens, or if a
            hypothesis lacks ``{term}``.
        """
        from stance.encoder.export import as_bytes, export_int8
        from stance.encoder.loading import load_transformer
        from stance.encoder.tokens import tokenizer_bytes

        self._validate_params()
        self._sentences()
        folder = self.find_encoder()
        model = load_transformer("AutoModelForSequenceClassification", folder)
        names = {index: str(name) for index, name in model.config.id2label.items()}
        found = [index for index, name in names.items() if name.lower().startswith("entail")]
        if len(found) != 1:
            raise ConfigError(
                f"model.classifier.encoder: {self.encoder} tells apart "
                f"{', '.join(names.values())}; expected a model for natural-language inference, "
                "with 'entailment' among its labels"
            )
        self.entailment_ = int(found[0])
        self.classes_ = np.unique(np.asarray(y, dtype=str))
        self.network_ = export_int8(model, output="logits")
        self.tokenizer_ = as_bytes(tokenizer_bytes(folder))
        return self

    def _scores(self, X: pd.DataFrame) -> NDArray[np.float64]:
        said, _ = sequences(X, glossary=self.glossary)
        read = reader(self.glossary)
        names = [read(name.rstrip(".")) for name in X["term_name"]]
        columns = []
        for sentence in self._sentences().values():
            asked = [sentence.replace("{term}", name) for name in names]
            logits = self.open_network()(said, asked)
            columns.append(np.log(np.maximum(softmax(logits)[:, self.entailment_], 1e-12)))
        return np.stack(columns, axis=1)

    def _sentences(self) -> dict[str, str]:
        """The hypothesis of each label, in the order of the labels."""
        given = dict(self.hypotheses or {})
        for label, sentence in given.items():
            if label not in LABELS:
                raise ConfigError(
                    f"model.classifier.hypotheses: unknown label {label!r}; "
                    f"{nearest(str(label), LABELS)}"
                )
            if not isinstance(sentence, str) or "{term}" not in sentence:
                raise ConfigError(
                    f"model.classifier.hypotheses.{label}: expected a sentence with {{term}}, "
                    f"got {sentence!r}"
                )
        return {label: given.get(label, HYPOTHESES[label]) for label in LABELS}
