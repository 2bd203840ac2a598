"""Run a network that was exported to ONNX: onnxruntime and tokenizers, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from stance.encoder.extra import need
from stance.encoder.graph import check_network
from stance.encoder.tokens import TextTokenizer, Tokens
from stance.encoder.weights import find_weights
from stance.errors import ModelFileError

__all__ = ["INPUTS", "HoldsNetwork", "Network"]

INPUTS = "input_ids", "token_type_ids"
"""What a network takes, each (1, n_tokens) of int64; the second may be missing. It gives a row."""

_SLOWER = ["SkipLayerNormFusion"]
"""What onnxruntime makes of two steps in one; on processors it takes longer than both."""


class Network:
    """A network and its tokenizer, from the bytes that a model folder holds.

    Sequences are run one at a time: an int8 network scales its numbers by the largest of the
    batch, and an answer must not depend on the texts that happen to stand beside it. Several
    run side by side instead, one on each core.

    Parameters
    ----------
    network : ndarray of uint8, shape (n_bytes,)
        An ONNX file; see :func:`stance.encoder.graph.check_network` for what it may hold.
    tokenizer : ndarray of uint8, shape (n_bytes,)
        A ``tokenizer.json``.
    max_length : int
        In tokens.

    Attributes
    ----------
    width : int
        Numbers in a row.
    tokens : TextTokenizer

    Raises
    ------
    ModelFileError
        If either is not what it should be.
    """

    def __init__(
        self, network: NDArray[np.uint8], tokenizer: NDArray[np.uint8], max_length: int
    ) -> None:
        content = np.asarray(network, dtype=np.uint8).tobytes()
        check_network(content)
        runtime = need("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Not onnxruntime's own format, which the check above cannot read.
        options.add_session_config_entry("session.load_model_format", "ONNX")
        try:
            self._session = runtime.InferenceSession(
                content,
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=_SLOWER,
            )
        except Exception as error:  # the library's classes are not public
            raise ModelFileError(f"the network cannot be loaded: {error}") from error
        self._inputs = tuple(item.name for item in self._session.get_inputs())
        outputs = [item.shape for item in self._session.get_outputs()]
        if self._inputs not in (INPUTS, INPUTS[:1]) or len(outputs) != 1:
            raise ModelFileError(
                f"the network takes {', '.join(self._inputs)} and gives {len(outputs)} outputs; "
                f"expected {' and '.join(INPUTS)}, and one output"
            )
        if len(outputs[0]) != 2 or not isinstance(outputs[0][1], int):
            raise ModelFileError(f"the network gives {outputs[0]}; expected one row of numbers")
        self.width = int(outputs[0][1])
        self.tokens = TextTokenizer(np.asarray(tokenizer, dtype=np.uint8).tobytes(), max_length)

    def __call__(
        self, first: Sequence[str], second: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Run texts, or each text of ``first`` with that of ``second``.

        Returns
        -------
        ndarray, shape (n_texts, width)
        """
        tokens = self.tokens(first, second)
        distinct = list(dict.fromkeys((tuple(ids), tuple(kinds)) for ids, kinds in tokens))
        with ThreadPoolExecutor(joblib.cpu_count()) as pool:
            found = dict(zip(distinct, pool.map(self._run, distinct), strict=True))
        rows = [found[tuple(ids), tuple(kinds)] for ids, kinds in tokens]
        return np.stack(rows) if rows else np.empty((0, self.width), dtype=np.float32)

    def _run(self, tokens: Tokens) -> NDArray[np.float32]:
        values = dict(zip(INPUTS, (np.array([item], np.int64) for item in tokens), strict=True))
        try:
            found = self._session.run(None, {name: values[name] for name in self._inputs})[0]
        except Exception as error:  # the library's classes are not public
            raise ModelFileError(f"the network fails on a text: {error}") from error
        if found.shape != (1, self.width) or not np.isfinite(found).all():
            raise ModelFileError("the network gives something else than one row of numbers")
        return np.asarray(found[0], dtype=np.float32)


class HoldsNetwork:
    """For estimators that keep a network in ``network_`` and its tokenizer in ``tokenizer_``."""

    encoder: str
    glossary: bool
    max_length: int
    network_: NDArray[np.uint8]
    tokenizer_: NDArray[np.uint8]

    def check_ready(self) -> None:
        """Raise ConfigError if a package of the extra is missing, or the encoder does not do."""
        self.find_encoder()

    def find_encoder(self) -> Path:
        """The encoder's folder.

        Raises
        ------
        ConfigError
            If a package of the extra or the encoder is missing, or it reads fewer tokens.
        """
        from stance.encoder.loading import check_length

        for name in ("torch", "transformers", "onnx", "onnxruntime", "tokenizers"):
            need(name)
        folder = find_weights(self.encoder)
        check_length(folder, self.max_length)
        return folder

    def open_network(self) -> Network:
        """The network, opened once; a copy of the estimator opens it again.

        Raises
        ------
        ModelFileError
            As for :class:`Network`.
        """
        held = self.__dict__.get("_open_network")
        if held is None or held[0] is not self.network_:
            held = self.network_, Network(self.network_, self.tokenizer_, self.max_length)
            self._open_network = held
        opened: Network = held[1]
        return opened

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        return {key: value for key, value in state.items() if key != "_open_network"}
