"""From text to the numbers that a Transformer reads, with the tokenizer kept as bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stance.encoder.extra import need
from stance.errors import ModelFileError
from stance.text import normalise

__all__ = ["TextTokenizer", "Tokens", "tokenizer_bytes"]

Tokens = tuple[list[int], list[int]]
"""Ids and segments (0 for the first text, 1 for the second) of one sequence."""

_MAX_BYTES = 64_000_000


def tokenizer_bytes(folder: Path) -> bytes:
    """The tokenizer of a folder in the format of Hugging Face, as ``tokenizer.json``."""
    file = folder / "tokenizer.json"
    if file.is_file():
        return file.read_bytes()
    slow = need("transformers").AutoTokenizer.from_pretrained(str(folder))
    return str(slow.backend_tokenizer.to_str()).encode()


class TextTokenizer:
    """Tokenises single texts or pairs of texts.

    Parameters
    ----------
    content : bytes
        A ``tokenizer.json``.
    max_length : int
        Longest sequence, in tokens; of a pair, the longer text is cut first.

    Raises
    ------
    ModelFileError
        If the content is not a tokenizer.
    """

    def __init__(self, content: bytes, max_length: int) -> None:
        try:
            if len(content) > _MAX_BYTES:
                raise ValueError(f"{len(content):,} bytes are too many")
            self._tokenizer: Any = need("tokenizers").Tokenizer.from_str(content.decode())
        except Exception as error:  # the library raises bare Exceptions
            raise ModelFileError(f"the tokenizer cannot be read: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length, strategy="longest_first")

    def __call__(self, first: Sequence[str], second: Sequence[str] | None = None) -> list[Tokens]:
        """Tokenise texts, or each text of ``first`` with that of ``second``."""
        texts: Any = list(map(normalise, first))
        if second is not None:
            texts = list(zip(texts, map(normalise, second), strict=True))
        return [(item.ids, _segments(item)) for item in self._tokenizer.encode_batch(texts)]


def _segments(encoding: Any) -> list[int]:
    """As the tokenizer says, or where it makes no difference between the texts, as they stand."""
    given: list[int] = encoding.type_ids
    return given if any(given) else [int(part == 1) for part in encoding.sequence_ids]


def pad_id(content: bytes) -> int:
    """The id that fills up short sequences of a batch."""
    described = json.loads(content).get("padding") or {}
    return int(described.get("pad_id", 0))
