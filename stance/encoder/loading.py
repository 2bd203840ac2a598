"""Open a Transformer with torch, without the noise that its library makes on the way."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stance.encoder.extra import need

__all__ = ["ALONE", "load_config", "load_transformer", "quiet", "takes_segments"]

ALONE = {"trust_remote_code": False, "local_files_only": True}
"""For whatever opens a folder: no code that lies there is run, and nothing is fetched."""


def load_config(folder: Path) -> Any:
    """Open what a folder says of its model's architecture, and run no code that may lie there."""
    with quiet():
        return need("transformers").AutoConfig.from_pretrained(str(folder), **ALONE)


def load_transformer(kind: str, folder: Path, **options: Any) -> Any:
    """Open the weights in a folder as a model of a kind, such as ``AutoModel``.

    Only safetensors are opened, and no code that may lie in the folder is run.
    """
    transformers = need("transformers")
    with quiet():
        return getattr(transformers, kind).from_pretrained(
            str(folder),
            attn_implementation="eager",  # what can be exported to ONNX
            use_safetensors=True,
            dtype=need("torch").float32,  # also where the weights are stored in half of it
            **ALONE,
            **options,
        )


def takes_segments(model: Any) -> bool:
    """Whether a model tells the first text of a pair from the second by ``token_type_ids``."""
    known = "token_type_ids" in inspect.signature(model.forward).parameters
    return known and getattr(model.config, "type_vocab_size", 0) > 1


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
