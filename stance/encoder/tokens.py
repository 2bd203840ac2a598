"""From text to the numbers that a Transformer reads, with the tokenizer kept as bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stance.encoder.extra import need, refused
from stance.encoder.loading import ALONE, quiet
from stance.errors import ModelFileError, StanceError
from stance.text import normalise

__all__ = ["TextTokenizer", "Tokens", "tokenizer_bytes"]

Tokens = tuple[list[int], list[int]]
"""Ids and segments (0 for the first text, 1 for the second) of one sequence."""

_MAX_BYTES = 64_000_000


def tokenizer_bytes(folder: Path) -> bytes:
    """The tokenizer of a folder in the format of Hugging Face, as ``tokenizer.json``.

    Raises
    ------
    ConfigError
        If the folder has none that can be opened without running code of the folder's.
    """
    file = folder / "tokenizer.json"
    if file.is_file():
        return file.read_bytes()
    opens = need("transformers").AutoTokenizer
    with (
        refused(
            f"encoder: {folder} has no tokenizer.json, and none can be made of its other files"
        ),
        quiet(),
    ):
        slow = opens.from_pretrained(str(folder), **ALONE)
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
        If the content is not a tokenizer, or fails on a text.
    """

    def __init__(self, content: bytes, max_length: int) -> None:
        with _faults_of("the tokenizer cannot be read"):
            if len(content) > _MAX_BYTES:
                raise ValueError(f"{len(content):,} bytes are too many")
            self._tokenizer: Any = need("tokenizers").Tokenizer.from_str(content.decode())
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(max_length, strategy="longest_first")

    def __call__(self, first: Sequence[str], second: Sequence[str] | None = None) -> list[Tokens]:
        """Tokenise texts, or each text of ``first`` with that of ``second``."""
        texts: Any = list(map(normalise, first))
        if second is not None:
            texts = list(zip(texts, map(normalise, second), strict=True))
        with _faults_of("the tokenizer fails on a text"):
            return [(item.ids, _segments(item)) for item in self._tokenizer.encode_batch(texts)]


@contextmanager
def _faults_of(what: str) -> Iterator[None]:
    try:
        yield
    except (StanceError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the library is Rust, whose panics are no Exceptions
        raise ModelFileError(f"{what}: {error}") from error


def _segments(encoding: Any) -> list[int]:
    """As the tokenizer says, or where it makes no difference between the texts, as they stand."""
    given: list[int] = encoding.type_ids
    return given if any(given) else [int(part == 1) for part in encoding.sequence_ids]


def pad_id(content: bytes) -> int:
    """The id that fills up short sequences of a batch."""
    described = json.loads(content).get("padding") or {}
    return int(described.get("pad_id", 0))
