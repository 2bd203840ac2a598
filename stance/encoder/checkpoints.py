"""Classifiers to train: a new head on an encoder, or one that an earlier stage has trained."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stance.encoder.dropout import drop_between_layers, without_attention_dropout
from stance.encoder.extra import need
from stance.encoder.heads import pair_classifier
from stance.encoder.loading import load_config, load_transformer, quiet
from stance.encoder.weights import HEAD
from stance.errors import ConfigError
from stance.writing import holds_only, move_folder

__all__ = ["check_place", "has_fast_bfloat16", "open_classifier", "save_checkpoint"]


_OWN = re.compile(r"config\.json|model\.safetensors|tokenizer\.json|" + re.escape(HEAD))
"""Names of the files of a checkpoint."""


def open_classifier(
    folder: Path, labels: Sequence[str], seed: int, dropout: float | None = None
) -> Any:
    """Open an encoder as a classifier of pairs.

    The head of a checkpoint is kept; on any other encoder it is drawn at random.

    Parameters
    ----------
    folder : pathlib.Path
        As :func:`stance.encoder.weights.find_weights` finds it.
    labels : sequence of str
    seed : int
    dropout : float, optional
        Share that is dropped between layers in training, and nothing of the attention; by
        default what the encoder's own config says of both.

    Returns
    -------
    torch.nn.Module
        See :func:`stance.encoder.heads.pair_classifier`.

    Raises
    ------
    ConfigError
        If the folder's head does not fit.
    """
    torch = need("torch")
    settings = {} if dropout is None else without_attention_dropout(load_config(folder))
    encoder = load_transformer("AutoModel", folder, **settings)
    if dropout is not None:
        drop_between_layers(encoder, dropout)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = pair_classifier(encoder, len(labels))
    if (folder / HEAD).is_file():
        try:
            model.head.load_state_dict(need("safetensors.torch").load_file(folder / HEAD))
        except Exception as error:  # the libraries' classes are many
            raise ConfigError(f"encoder: the head in {folder} does not fit: {error}") from error
    return model


def save_checkpoint(model: Any, tokenizer: bytes, path: Path) -> None:
    """Write a classifier's weights as a folder in the format of Hugging Face, with its head.

    It is written beside and then moved.

    Raises
    ------
    ConfigError
        If something else is in this place.
    """
    check_place(path)
    draft: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        with quiet():
            model.encoder.save_pretrained(draft)
        head = {name: item.cpu().contiguous() for name, item in model.head.state_dict().items()}
        need("safetensors.torch").save_file(head, draft / HEAD)
        (draft / "tokenizer.json").write_bytes(tokenizer)
        move_folder(draft, path)
    except OSError as error:
        raise ConfigError(f"checkpoint: cannot write {path}: {error}") from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def check_place(path: Path | None) -> None:
    """Raise ConfigError if something else than a checkpoint is where one is to be written."""
    if path is None or not path.exists():
        return
    if not path.is_dir() or not holds_only(path, _OWN, HEAD, b'"weight"'):
        raise ConfigError(
            f"checkpoint: {path} is there already and is not a checkpoint, or holds other files "
            "too; not overwritten"
        )


def has_fast_bfloat16() -> bool:
    """Whether this machine multiplies bfloat16 faster than float32."""
    torch = need("torch")
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # Both are private to torch, and the only way to ask it.
    names = "_is_amx_tile_supported", "_is_avx512_bf16_supported"
    return any(bool(getattr(torch.cpu, name, bool)()) for name in names)
