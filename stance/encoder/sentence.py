"""A Transformer as a network from a text to one vector: the mean over its tokens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stance.encoder.cache import made_with, memory
from stance.encoder.export import as_bytes, export_int8
from stance.encoder.loading import load_transformer
from stance.encoder.tokens import tokenizer_bytes
from stance.encoder.weights import find_weights, fingerprint

__all__ = ["sentence_network"]

_Bytes = NDArray[np.uint8]


def sentence_network(encoder: str, *, cache: bool = True) -> tuple[_Bytes, _Bytes]:
    """Export an encoder.

    Parameters
    ----------
    encoder : str
        As for :func:`stance.encoder.weights.find_weights`.
    cache : bool, default True
        Keep the network in the cache folder, by the digest of what it is made of and the versions
        of what makes it.

    Returns
    -------
    network, tokenizer : ndarray of uint8
        As :class:`stance.encoder.network.Network` takes them.
    """
    folder = find_weights(encoder)
    tokenizer = as_bytes(tokenizer_bytes(folder))
    if not cache:
        return _export([], folder), tokenizer
    export = memory().cache(_export, ignore=["folder"])
    return export([*made_with(), *fingerprint(folder)], folder), tokenizer


def _export(key: list[str], folder: Path) -> _Bytes:
    return export_int8(load_transformer("AutoModel", folder), output="mean")
