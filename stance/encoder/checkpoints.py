"""Classifiers to train: a new head on an encoder, or one that an earlier stage has trained."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stance.encoder.extra import need
from stance.encoder.loading import load_transformer, quiet
from stance.errors import ConfigError

__all__ = ["fresh_classifier", "has_fast_bfloat16", "save_checkpoint"]


def fresh_classifier(folder: Path, labels: Sequence[str], seed: int) -> Any:
    """Open an encoder as a classifier of labels.

    The head of a checkpoint for the same labels is kept; any other is drawn at random.

    Returns
    -------
    transformers.PreTrainedModel
    """
    torch = need("torch")
    names = dict(enumerate(labels))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return load_transformer(
            "AutoModelForSequenceClassification",
            folder,
            num_labels=len(labels),
            id2label=names,
            label2id={label: index for index, label in names.items()},
            ignore_mismatched_sizes=True,
        )


def save_checkpoint(model: Any, tokenizer: bytes, path: Path) -> None:
    """Write a model's weights as a folder in the format of Hugging Face, beside and then moved.

    Raises
    ------
    ConfigError
        If something else is in this place.
    """
    if path.exists() and not (path / "model.safetensors").is_file():
        raise ConfigError(
            f"model.classifier.checkpoint: {path} is there already and is not a checkpoint; "
            "not overwritten"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as beside:
        new = Path(beside, "new")
        with quiet():
            model.save_pretrained(new)
        (new / "tokenizer.json").write_bytes(tokenizer)
        if path.exists():
            path.rename(Path(beside, "old"))
        shutil.move(new, path)


def has_fast_bfloat16() -> bool:
    """Whether this machine multiplies bfloat16 faster than float32."""
    torch = need("torch")
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    cpu_has = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool(cpu_has is not None and cpu_has())
