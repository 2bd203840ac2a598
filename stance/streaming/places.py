"""What stands beside an output: a lock, the folder of parts, the list of rows set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from stance.errors import DataError
from stance.writing import refuse_input

__all__ = [
    "DERIVED",
    "REJECTS_HEADER",
    "check_rejects",
    "is_rejects",
    "locked",
    "parts_of",
    "refuse_inputs",
    "rejects_of",
    "sharded",
]

REJECTS_HEADER = ("row", "reason")
_LOCK, _PARTS, _REJECTS = DERIVED = (".lock", ".parts", ".rejects.csv")
"""What the name of an output is followed by in the names of what stands beside it."""


def sharded(out: Path, shard: tuple[int, int] | None) -> Path:
    """The output of one shard, such as ``out-2-of-8.csv``.

    Examples
    --------
    >>> sharded(Path("out.csv.gz"), (2, 8)).name
    'out-2-of-8.csv.gz'
    """
    if shard is None:
        return out
    name = out.name[:-3] if out.name.lower().endswith(".gz") else out.name
    stem = name.rpartition(".")[0]
    return out.with_name(f"{stem}-{shard[0]}-of-{shard[1]}{out.name[len(stem) :]}")


def parts_of(out: Path) -> Path:
    """The folder of an unfinished run."""
    return out.with_name(out.name + _PARTS)


def rejects_of(out: Path) -> Path:
    """The list of rows that were set aside."""
    return out.with_name(out.name + _REJECTS)


def refuse_inputs(out: Path, inputs: Iterable[Path]) -> None:
    """Raise DataError if the output, or what stands beside it, is a file that is read."""
    read = [path for path in inputs if path.exists()]
    refuse_input(out, read)
    for place in (out.with_name(out.name + ending) for ending in DERIVED):
        if place.exists() and any(_is_or_holds(place, path) for path in read):
            raise DataError(
                f"--out {out}: the place of {place.name} is needed beside it, and that is an "
                "input; choose another name"
            )


def _is_or_holds(place: Path, path: Path) -> bool:
    return place.samefile(path) or place.resolve() in path.resolve().parents


def is_rejects(place: Path) -> bool:
    """Whether a file is a list that a run has written."""
    if not place.is_file():
        return False
    with place.open("rb") as file:
        return file.readline(100).rstrip() == ",".join(REJECTS_HEADER).encode()


def check_rejects(out: Path, *, overwrite: bool) -> None:
    """Raise DataError if something else than a list of rows has the place of that list."""
    place = rejects_of(out)
    if place.exists() and not is_rejects(place) and not (overwrite and place.is_file()):
        raise DataError(
            f"{place} is no list of rows that were set aside, and its place is needed for one; "
            "move it away, or add --overwrite to replace it"
        )


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Be the only process that writes an output.

    Raises
    ------
    DataError
        If another one writes it, or a file that is no lock has the lock's place.
    """
    lock = out.with_name(out.name + _LOCK)
    # A lock is an empty file; another file would be emptied by locking it, and then deleted.
    if lock.is_symlink() or (lock.exists() and not (lock.is_file() and lock.stat().st_size == 0)):
        raise DataError(
            f"{lock} is no lock of a run, and its place is needed for one; move it away, or "
            "choose another name with --out"
        )
    try:
        with FileLock(lock, timeout=0):
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)
    except Timeout as error:
        raise DataError(f"{out}: another process is writing it; wait until it ends") from error
