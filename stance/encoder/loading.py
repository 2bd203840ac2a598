"""Open a Transformer with torch, without the noise that its library makes on the way."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stance.encoder.extra import need, refused
from stance.errors import ConfigError

__all__ = [
    "ALONE",
    "check_length",
    "load_config",
    "load_transformer",
    "quiet",
    "read",
    "takes_segments",
]

ALONE = {"trust_remote_code": False, "local_files_only": True}
"""For whatever opens a folder: no code that lies there is run, and nothing is fetched."""

_SEE_ALL = {"bert", "camembert", "electra", "roberta", "xlm-roberta"}
"""Kinds of Transformers in which every word sees every other, so that nothing but padding is
hidden from it."""


def load_config(folder: Path) -> Any:
    """Open what a folder says of its model's architecture, and run no code that may lie there.

    Raises
    ------
    ConfigError
        If it cannot be opened.
    """
    return _open("AutoConfig", folder)


def check_length(folder: Path, max_length: int) -> None:
    """Raise ConfigError if a folder's model has no places for so many tokens."""
    places = getattr(load_config(folder), "max_position_embeddings", None) or max_length
    if 0 < places < max_length:
        raise ConfigError(
            f"max_length: the encoder in {folder} reads at most {places} tokens, got {max_length}"
        )


def load_transformer(kind: str, folder: Path, **options: Any) -> Any:
    """Open the weights in a folder as a model of a kind, such as ``AutoModel``.

    Only safetensors are opened, and no code that may lie in the folder is run.

    Raises
    ------
    ConfigError
        If they cannot be opened.
    """
    return _open(
        kind,
        folder,
        attn_implementation="eager",  # what can be exported to ONNX
        use_safetensors=True,
        dtype=need("torch").float32,  # also where the weights are stored in half of it
        **options,
    )


def takes_segments(model: Any) -> bool:
    """Whether a model tells the first text of a pair from the second by ``token_type_ids``."""
    known = "token_type_ids" in inspect.signature(model.forward).parameters
    return known and getattr(model.config, "type_vocab_size", 0) > 1


def read(model: Any, ids: Any, kinds: Any, mask: Any = None) -> Any:
    """What a Transformer gives for texts; without a mask, no token of them is padding.

    A zero then stands for the mask where a kind hides nothing but padding: it is added as the mask
    would be, and left out of a network when that is opened.
    """
    inputs = {"input_ids": ids}
    if takes_segments(model):
        inputs["token_type_ids"] = kinds
    if mask is not None:
        inputs["attention_mask"] = mask
    elif model.config.model_type in _SEE_ALL and not model.config.is_decoder:
        inputs["attention_mask"] = need("torch").zeros(1, 1, 1, 1, device=model.device)
    return model(**inputs)


def _open(kind: str, folder: Path, **options: Any) -> Any:
    opens = getattr(need("transformers"), kind)
    with refused(f"encoder: the model in {folder} cannot be opened"), quiet():
        return opens.from_pretrained(str(folder), **ALONE, **options)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from showing bars and remarks of its own."""
    log = need("transformers").utils.logging
    level, bars = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        yield
    finally:
        log.set_verbosity(level)
        if bars:
            log.enable_progress_bar()
