"""Files and folders are written beside their place and then moved: none is ever half-written."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stance.errors import DataError

__all__ = ["beside", "holds_only", "move_folder", "refuse_input"]

_HEAD = 65_536


def refuse_input(
    out: Path, inputs: Iterable[Path], option: str = "--out", what: str = "an input"
) -> None:
    """Raise DataError if what is to be written is one of the files that are read."""
    if out.exists() and any(path.exists() and out.samefile(path) for path in inputs):
        raise DataError(f"{option} {out} is {what} itself; choose another name")


def holds_only(folder: Path, names: re.Pattern[str], manifest: str, mark: bytes) -> bool:
    """Whether a folder is of ours: its manifest holds a mark, and all else in it is named so.

    Many programs call a file ``manifest.json`` or ``index.json``. Files that begin with a dot
    are of the system, as macOS leaves them.
    """
    found = {item.name for item in folder.iterdir() if not item.name.startswith(".")}
    if not (folder / manifest).is_file() or not all(map(names.fullmatch, found)):
        return False
    with (folder / manifest).open("rb") as file:
        return mark in file.read(_HEAD)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a new file beside ``path``, and move it there when it was written without an error.

    Raises
    ------
    DataError
        If it cannot be written; a file that was there before is left as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The ending stays: some writers look at it.
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem[:40]}.", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        raise DataError(f"{path}: cannot write it: {error}") from error
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o644)  # mkstemp's files are for their owner only
        draft.replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot write it: {error}") from error
    finally:
        draft.unlink(missing_ok=True)


def move_folder(beside: Path, target: Path) -> None:
    """Move a new folder to its place, where an older one may be: it is there until this one is.

    Raises
    ------
    OSError
        If it cannot be moved; an older one is still there then.
    """
    beside.chmod(0o755)  # mkdtemp's folders are for their owner only
    if not target.exists():
        beside.rename(target)
        return
    if _exchange(beside, target):
        shutil.rmtree(beside, ignore_errors=True)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    target.rename(old / target.name)
    try:
        beside.rename(target)
    except OSError:
        (old / target.name).rename(target)
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step where the system can, so that there is a model at any time."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE: Linux, renameat2(2)
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), swap) == 0)
