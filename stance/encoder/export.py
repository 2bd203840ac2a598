"""From a torch module to an int8 ONNX network, as bytes."""

from __future__ import annotations

import io
import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.encoder.extra import need, refused
from stance.encoder.graph import MAX_BYTES, check_network
from stance.encoder.loading import read, takes_segments
from stance.encoder.network import INPUTS
from stance.encoder.smoothing import smoothed
from stance.encoder.tokens import Tokens

__all__ = ["as_bytes", "check_exportable", "export_int8"]

_OPSET = 17


def export_int8(model: Any, *, output: str, sample: Sequence[Tokens] = ()) -> NDArray[np.uint8]:
    """Export a Transformer and store its weights in 8 bits, a scale for each column.

    Only 7 of the 8 are used, so that the numbers are the same on every processor.

    Parameters
    ----------
    model : torch.nn.Module
        A Transformer, or a :func:`stance.encoder.heads.pair_classifier`.
    output : str
        What the network gives: ``"logits"`` of a Transformer that classifies, the ``"mean"``
        vector over all tokens of one that does not, or what the classifier of ``"pairs"`` gives.
    sample : sequence of Tokens, optional
        Of a classifier of pairs, sequences like those that it will read: what 8 bits lose is
        less then (:func:`stance.encoder.smoothing.smoothed`).

    Returns
    -------
    ndarray of uint8, shape (n_bytes,)
        An ONNX file that :class:`stance.encoder.network.Network` runs.

    References
    ----------
    Dynamic quantisation: Jacob et al.: Quantization and Training of Neural Networks for
    Efficient Integer-Arithmetic-Only Inference. CVPR 2018.
    """
    quantization = need("onnxruntime.quantization")
    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder, "exact.onnx"), Path(folder, "int8.onnx")
        exact.write_bytes(_export(smoothed(model, sample) if sample else model, output))
        log = logging.getLogger()
        before = log.level
        log.setLevel(logging.ERROR)  # it advises a step that Transformers do not need
        try:
            quantization.quantize_dynamic(
                exact,
                small,
                weight_type=quantization.QuantType.QInt8,
                per_channel=True,
                # Processors without instructions for it (VNNI) add two products of 8 bits in 16,
                # which overflow: with weights of 7 bits, all give the same numbers.
                reduce_range=True,
                op_types_to_quantize=["MatMul", "Gather"],
            )
        finally:
            log.setLevel(before)
        return as_bytes(small.read_bytes())


def check_exportable(model: Any, *, output: str) -> None:
    """Raise ConfigError if a model cannot become a network, before it is trained for an hour.

    Parameters
    ----------
    model, output
        As for :func:`export_int8`.
    """
    kind = type(getattr(model, "encoder", model)).__name__
    with refused(f"encoder: a Transformer of this kind ({kind}) cannot be exported"):
        check_network(_export(model, output), most=4 * MAX_BYTES)  # four bytes a weight, not one


def as_bytes(content: bytes) -> NDArray[np.uint8]:
    """Bytes as the array that a model folder holds."""
    return np.frombuffer(content, dtype=np.uint8)


def _export(model: Any, output: str) -> bytes:
    torch = need("torch")
    segments = output == "pairs" or takes_segments(model)

    class Traced(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, kinds: Any = None) -> Any:
            if output == "pairs":
                return self.model(ids, kinds)
            found = read(self.model, ids, kinds)
            return found.logits if output == "logits" else found.last_hidden_state.mean(dim=1)

    # Any ids do: the trace holds for every text up to the model's longest.
    example = torch.tensor([[1, 2, 3, 4, 5]]), torch.tensor([[0, 0, 0, 1, 1]])
    names = INPUTS[: 2 if segments else 1]
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        # The newer exporter needs two more packages and half a minute; this one is pinned
        # together with torch.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Traced().cpu().float().eval(),
            example[: len(names)],
            buffer,
            input_names=list(names),
            output_names=["output"],
            dynamic_axes={name: {1: "tokens"} for name in names},
            opset_version=_OPSET,
            dynamo=False,
        )
    return buffer.getvalue()
