"""The folder of finished parts beside an output: what a killed run leaves and the next takes up.

Each part holds the answers to one stretch of input rows, and how many rows that was; a part
exists only when it is whole. ``manifest.json`` says of which input, model and options the parts
are, so that no part of another run is ever taken for one of this.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from stance.errors import DataError
from stance.streaming.places import parts_of

__all__ = ["Parts", "Reject", "named"]

_MANIFEST = "manifest.json"
_FORMAT = 2
_ROWS = b"rows"
_OWN = re.compile(r"manifest\.json(\.new)?|\d{6}\.(arrow|json)(\.new)?|output(\.sheet)?|rejects")


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was set aside, and why."""

    row: int
    reason: str


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Give an error of the disk the path that it lacks, such as one of a full disk."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Turn what a damaged file of a part makes its readers raise into an error for people."""
    try:
        yield
    except (pa.ArrowException, OSError, LookupError, TypeError, ValueError) as error:
        raise DataError(
            f"{path}: damaged ({error}); start over with --overwrite, without --resume"
        ) from error


class Parts:
    """The parts of one output.

    Parameters
    ----------
    out : pathlib.Path
        The output; the folder is called after it.
    schema : pyarrow.Schema
        Of every part.
    """

    def __init__(self, out: Path, schema: pa.Schema) -> None:
        self.folder = parts_of(out)
        self._schema = schema

    def exist(self) -> bool:
        """Whether a run was begun and not ended."""
        return (self.folder / _MANIFEST).is_file()

    def begin(self, run: Mapping[str, Any]) -> None:
        """Make the folder for a new run, in the place of an older one.

        Raises
        ------
        DataError
            If what bears the folder's name is not of a run.
        """
        if self.folder.is_symlink() or self.folder.exists():
            self._check_own()
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        content = json.dumps({"format": _FORMAT, **run}, indent=1, sort_keys=True)
        self._place(_MANIFEST, content.encode())

    def _check_own(self) -> None:
        """Refuse to throw away what no run has put there."""
        if not self.folder.is_symlink() and self.folder.is_dir():
            # Many programs call a file of theirs manifest.json.
            if self.exist() and b'"rows in a part"' in (self.folder / _MANIFEST).read_bytes():
                return
            # Killed between its first steps, or while it cleared up, which may begin anywhere; or
            # damaged since.
            if all(_OWN.fullmatch(item.name) for item in self.folder.iterdir()):
                return
        raise DataError(
            f"{self.folder} is not of an unfinished run, and its place is needed for the parts of "
            "this one; move it away, or choose another name with --out"
        )

    def check(self, run: Mapping[str, Any]) -> None:
        """Refuse parts of another run.

        Raises
        ------
        DataError
            If input, model or an option differ, which the message names, or a part is damaged.
        """
        try:
            begun = dict(json.loads((self.folder / _MANIFEST).read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise DataError(
                f"{self.folder / _MANIFEST}: damaged ({error}); start over with --overwrite"
            ) from error
        asked = json.loads(json.dumps({"format": _FORMAT, **run}))
        changed = [key for key in sorted({*begun, *asked}) if begun.get(key) != asked.get(key)]
        if changed:
            raise DataError(
                f"{self.folder} is of a run that differs in: {', '.join(changed)}. Resume with "
                "what it was begun with, or start over with --overwrite"
            )
        self.rows()

    def finished(self) -> int:
        """How many parts, counted from the first, are whole."""
        count = 0
        while self._part(count).is_file():
            count += 1
        return count

    def rows(self) -> int:
        """How many rows of the input the finished parts stand for."""
        count = 0
        for number in range(self.finished()):
            with self._reading(number) as part:
                count += int(part.schema.metadata[_ROWS])
        return count

    def add(self, number: int, batch: pa.RecordBatch, rejects: Sequence[Reject], rows: int) -> None:
        """Put one part into its place; ``rows`` of the input are read with it."""
        listed = [[item.row, item.reason] for item in rejects]
        # The rejects first: the part's file says that all of it is there.
        if listed:
            self._place(f"{number:06d}.json", json.dumps(listed).encode())
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        schema = self._schema.with_metadata({_ROWS: str(rows)})
        with pa.ipc.new_file(sink, schema, options=options) as writer:
            writer.write_batch(batch)
        self._place(self._part(number).name, sink.getvalue())

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The answers of all parts, in order."""
        for number in range(self.finished()):
            with self._reading(number) as part:
                for index in range(part.num_record_batches):
                    yield part.get_batch(index)

    def rejects(self) -> Iterator[Reject]:
        """The rows that were set aside, in order."""
        for number in range(self.finished()):
            listed = self.folder / f"{number:06d}.json"
            if listed.is_file():
                with _sound(listed):
                    yield from [Reject(*item) for item in json.loads(listed.read_text())]

    def remove(self) -> None:
        """Clear up after the output is in its place."""
        shutil.rmtree(self.folder)

    @contextmanager
    def _reading(self, number: int) -> Iterator[pa.RecordBatchFileReader]:
        path = self._part(number)
        with _sound(path), pa.memory_map(str(path)) as source:
            yield pa.ipc.open_file(source)

    def _part(self, number: int) -> Path:
        return self.folder / f"{number:06d}.arrow"

    def _place(self, name: str, content: Any) -> None:
        beside = self.folder / f"{name}.new"
        with named(beside), beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / name)
