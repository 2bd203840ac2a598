"""Files are written beside their place and then moved there: none is ever half-written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stance.errors import DataError

__all__ = ["beside"]


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
