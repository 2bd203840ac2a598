"""Stata files with variable labels, value labels and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from pandas.io.stata import (  # type: ignore[attr-defined]
    StataParser,
    StataWriterUTF8,
)

__all__ = ["is_reserved", "write_stata"]

_NAME = 129  # bytes of a name in a file of version 118, with the closing zero


_RESERVED = frozenset(StataParser().RESERVED_WORDS)  # type: ignore[attr-defined]


def is_reserved(name: str) -> bool:
    """Whether Stata keeps a name for itself.

    Examples
    --------
    >>> is_reserved("if"), is_reserved("str5"), is_reserved("truce")
    (True, True, False)
    """
    return name in _RESERVED or re.fullmatch(r"str\d+", name) is not None


class _NotedWriter(StataWriterUTF8):  # type: ignore[misc]
    """Pandas' writer, which leaves the place for notes empty, with notes in it.

    See ``help dta`` of Stata, "Characteristics": a note is one, called note1, note2 …, of the
    data set, which is called _dta; note0 holds their number.
    """

    noted: Sequence[str] = ()

    def _write_characteristics(self) -> None:
        texts = [str(len(self.noted)), *self.noted] if self.noted else []
        found = b"".join(self._note(number, text) for number, text in enumerate(texts))
        self._update_map("characteristics")
        self._write_bytes(b"<characteristics>" + found + b"</characteristics>")

    def _note(self, number: int, text: str) -> bytes:
        names = [b"_dta".ljust(_NAME, b"\0"), f"note{number}".encode().ljust(_NAME, b"\0")]
        content = b"".join(names) + text.encode() + b"\0"
        return b"<ch>" + len(content).to_bytes(4, "little") + content + b"</ch>"


def write_stata(
    frame: pd.DataFrame,
    path: Path,
    *,
    labels: Mapping[str, str],
    codes: Mapping[str, Mapping[int, str]],
    notes: Sequence[str],
) -> None:
    """Write a table as Stata 14 and later read it.

    Parameters
    ----------
    frame : pandas.DataFrame
        With names that Stata takes; columns of dates become days.
    path : pathlib.Path
    labels : mapping of str to str
        What each column holds, in at most 80 characters.
    codes : mapping of str to mapping
        What the numbers of a column stand for.
    notes : sequence of str
        Shown by Stata's command ``notes``.
    """
    dates = [name for name in frame.columns if pd.api.types.is_datetime64_dtype(frame[name])]
    writer = _NotedWriter(
        path,
        frame,
        convert_dates=dict.fromkeys(dates, "td"),
        write_index=False,
        byteorder="<",
        data_label="Positions of holders on terms",
        variable_labels=dict(labels),
        version=118,
        value_labels={name: dict(values) for name, values in codes.items()},
    )
    writer.noted = notes
    writer.write_file()
