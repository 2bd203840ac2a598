"""A Transformer that reads statement and term together."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from stance.encoder.weights import MINILM, fingerprint
from stance.errors import DataError, ModelFileError
from stance.features.pairs import check_pairs
from stance.labels import LABELS
from stance.metrics import confusion, macro_f1
from stance.models.class_weights import check_class_weight, class_weights
from stance.models.few_holders import without_some_holders
from stance.models.reading import PairReader, sequences
from stance.resources import user_path

if TYPE_CHECKING:
    from stance.encoder.fine_tuning import Examples, Plan

__all__ = ["CrossEncoderClassifier"]

_SAMPLE = 200
"""Training pairs that show the export how large a network's numbers become."""


class CrossEncoderClassifier(PairReader):
    """Fine-tunes a Transformer on pairs of statement and term.

    Training needs torch. What is kept is the network as int8 ONNX, so that predicting needs
    onnxruntime and tokenizers only. A training that was interrupted goes on where it was when
    the same one is started again, with the same ``random_state``.

    Parameters
    ----------
    encoder : str, default "sentence-transformers/all-MiniLM-L6-v2"
        A folder or name that :func:`stance.encoder.weights.find_weights` finds, such as the
        ``checkpoint`` of an earlier training: the second of two stages.
    max_length : int, default 160
        In tokens; longer pairs are cut.
    phrases : int, default 2
        How many of a term's aliases, and of its opposites, are read beside its name: those that
        share most words with the statement; 0 for none.
    epochs : int, default 3
    batch_size : int, default 32
    learning_rate : float, default 2e-4
        Highest, after the warm-up; from there it falls to zero on a line.
    head_learning_rate : float, default 1e-3
        Of the layers that the encoder does not bring along.
    warmup : float, default 0.1
        Share of the steps.
    weight_decay : float, default 0.01
    max_grad_norm : float, default 1.0
        Longer gradients are cut to this length.
    class_weight : {"balanced"}, mapping or None, default None
        "balanced" finds more of the rare labels and calls too much related. A mapping gives labels
        a weight above 0; those it leaves out have 1.
    validation_fraction : float, default 0.05
        Share of the statements that tell which epoch was best; 0 takes the last.
    patience : int, default 1
        Epochs without progress after which training stops.
    freeze_embeddings : bool, default True
        Words keep their vectors: faster, and words of unseen terms stay where they were.
    skip_easiest : float, default 0.0
        Share of the training pairs that every epoch but the first leaves out: those with the
        smallest loss when they were last read.
    holder_dropout : float, default 0.0
        Share of the training pairs whose holder is not read: half of them have the side alone, half
        neither. Of holders unlike those of the training the network then makes less.
    dropout : float or None, default 0.1
        Share that is dropped between layers in training, and nothing of the attention. None for
        what the encoder's own config says of both, which takes a third longer on a processor.
    precision : {"auto", "bfloat16", "float32"}, default "auto"
        By default bfloat16 on a GPU and on processors with matrix units for it.
    save_every : float, default 60.0
        Seconds between two writes of the state that an interrupted training goes on from;
        0 writes none.
    checkpoint : str, optional
        Folder to write the trained weights to (safetensors), for a further stage.
    glossary : bool, default True
        Put texts of other languages into English first, word for word (``data/glossary``); False
        for an encoder that reads them.
    random_state : int, optional

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_classes,)
        Labels, sorted.
    history_ : dict of str to list of float
        ``loss`` and ``validation_macro_f1`` in the order of training.
    network_, tokenizer_ : ndarray of uint8

    References
    ----------
    Devlin et al.: BERT. NAACL 2019. Wang et al.: MiniLM. NeurIPS 2020. Easy pairs
    left out: Jiang et al.: Accelerating Deep Learning by Focusing on the Biggest Losers. 2019.
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "encoder": [str],
        "max_length": [Interval(Integral, 8, 512, closed="both")],
        "phrases": [Interval(Integral, 0, None, closed="left")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, 1, closed="neither")],
        "head_learning_rate": [Interval(Real, 0, 1, closed="neither")],
        "warmup": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "max_grad_norm": [Interval(Real, 0, None, closed="neither")],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "validation_fraction": [Interval(Real, 0, 0.5, closed="both")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "freeze_embeddings": ["boolean"],
        "skip_easiest": [Interval(Real, 0, 1, closed="left")],
        "holder_dropout": [Interval(Real, 0, 1, closed="both")],
        "dropout": [Interval(Real, 0, 1, closed="left"), None],
        "precision": [StrOptions({"auto", "bfloat16", "float32"})],
        "save_every": [Interval(Real, 0, None, closed="left")],
        "checkpoint": [str, None],
        "glossary": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        encoder: str = MINILM,
        max_length: int = 160,
        phrases: int = 2,
        epochs: int = 3,
        batch_size: int = 32,
        learning_rate: float = 2e-4,
        head_learning_rate: float = 1e-3,
        warmup: float = 0.1,
        weight_decay: float = 0.01,
        max_grad_norm: float = 1.0,
        class_weight: str | Mapping[str, float] | None = None,
        validation_fraction: float = 0.05,
        patience: int = 1,
        freeze_embeddings: bool = True,
        skip_easiest: float = 0.0,
        holder_dropout: float = 0.0,
        dropout: float | None = 0.1,
        precision: str = "auto",
        save_every: float = 60.0,
        checkpoint: str | None = None,
        glossary: bool = True,
        random_state: int | None = None,
    ) -> None:
        self.encoder = encoder
        self.max_length = max_length
        self.phrases = phrases
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.head_learning_rate = head_learning_rate
        self.warmup = warmup
        self.weight_decay = weight_decay
        self.max_grad_norm = max_grad_norm
        self.class_weight = class_weight
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.freeze_embeddings = freeze_embeddings
        self.skip_easiest = skip_easiest
        self.holder_dropout = holder_dropout
        self.dropout = dropout
        self.precision = precision
        self.save_every = save_every
        self.checkpoint = checkpoint
        self.glossary = glossary
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Fine-tune on pairs.

        Parameters
        ----------
        X : DataFrame of pairs
        y : sequence of str, length n_pairs

        Raises
        ------
        ConfigError
            If a package of the extra, or the encoder, is missing, if the encoder cannot be
            exported or reads fewer tokens, if ``class_weight`` has other labels or numbers not
            above 0, or if ``checkpoint`` is something else than a checkpoint.
        ValueError
            If an argument is out of range.
        DataError
            If there are fewer than two labels.
        """
        from stance.encoder.checkpoints import check_place, open_classifier, save_checkpoint
        from stance.encoder.export import as_bytes, check_exportable, export_int8
        from stance.encoder.fine_tuning import fine_tune
        from stance.encoder.resume import resumable
        from stance.encoder.tokens import tokenizer_bytes

        self._validate_params()
        check_class_weight(self.class_weight)
        folder = self.find_encoder()
        labels = np.asarray(y, dtype=str)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2 or not set(self.classes_.tolist()) <= set(LABELS):
            raise DataError(
                f"a cross-encoder needs two or more of the labels {', '.join(LABELS)} to learn "
                f"from; found {', '.join(self.classes_)}"
            )
        place = None if self.checkpoint is None else user_path(self.checkpoint)
        check_place(place)
        tokenizer = tokenizer_bytes(folder)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        train, validation = self._examples(X, labels, tokenizer, seed)
        weights = class_weights(self.class_weight, labels)
        plan = self._plan(tokenizer, seed)
        key = _key(folder, plan, self.dropout, weights, train, validation)
        model = open_classifier(folder, LABELS, seed, self.dropout)
        check_exportable(model, output="pairs")
        with resumable(key, self.save_every) as state:
            self.history_ = fine_tune(
                model, train, validation, plan, weights=weights, score=_macro_f1, state=state
            )
            if place is not None:
                save_checkpoint(model, tokenizer, place)
            sample = train.tokens[:: max(1, len(train.tokens) // _SAMPLE)][:_SAMPLE]
            self.network_ = export_int8(model, output="pairs", sample=sample)
            self.tokenizer_ = as_bytes(tokenizer)
            state.clear()
        return self

    def texts(self, X: pd.DataFrame) -> tuple[list[str], list[str]]:
        """The two texts of each pair, as the network reads them."""
        return sequences(X, glossary=self.glossary, phrases=self.phrases)

    def _scores(self, X: pd.DataFrame) -> NDArray[np.float64]:
        network = self.open_network()
        if network.width != len(LABELS):
            raise ModelFileError(
                f"the network gives {network.width} numbers for a pair; expected {len(LABELS)}"
            )
        return np.asarray(network(*self.texts(X)), dtype=np.float64)

    def _examples(
        self, X: pd.DataFrame, labels: NDArray[Any], tokenizer: bytes, seed: int
    ) -> tuple[Examples, Examples]:
        """Training and validation examples; all pairs of one statement stand on one side."""
        from stance.encoder.fine_tuning import Examples
        from stance.encoder.tokens import TextTokenizer

        pairs = check_pairs(X)
        classes = np.array([LABELS.index(label) for label in labels], dtype=np.int64)
        rows, held = np.arange(len(classes)), np.array([], dtype=np.int64)
        # Fewer than twenty statements are no measure of anything.
        if self.validation_fraction * pairs["text"].nunique() >= 20:
            divide = GroupShuffleSplit(1, test_size=self.validation_fraction, random_state=seed)
            rows, held = next(divide.split(rows, groups=pairs["text"]))
        learnt = without_some_holders(pairs.iloc[rows], self.holder_dropout, seed)
        tokens = TextTokenizer(tokenizer, self.max_length)
        return (
            Examples(tokens(*self.texts(learnt)), classes[rows]),
            Examples(tokens(*self.texts(pairs.iloc[held])), classes[held]),
        )

    def _plan(self, tokenizer: bytes, seed: int) -> Plan:
        from stance.encoder.checkpoints import has_fast_bfloat16
        from stance.encoder.fine_tuning import Plan
        from stance.encoder.tokens import pad_id

        names = {item.name for item in dataclasses.fields(Plan)} & set(self._get_param_names())
        fast = self.precision == "auto" and has_fast_bfloat16()
        return Plan(
            bfloat16=fast or self.precision == "bfloat16",
            pad=pad_id(tokenizer),
            seed=seed,
            **{name: getattr(self, name) for name in names},
        )


def _macro_f1(truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> float:
    matrix = confusion(*([LABELS[index] for index in item] for item in (truth, predicted)))
    return float(macro_f1(matrix))


def _key(
    folder: Path,
    plan: Plan,
    dropout: float | None,
    weights: NDArray[np.float64],
    *examples: Examples,
) -> Any:
    """All that the outcome of a training depends on."""
    data = hashlib.sha256()
    for item in examples:
        data.update(repr((item.tokens, item.classes.tolist())).encode())
    settings = dataclasses.asdict(plan), dropout
    return [fingerprint(folder), *settings, weights.tolist(), data.hexdigest()]
