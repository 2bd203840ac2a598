"""Where an interrupted training goes on: its state, written beside and then moved."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from stance.encoder.cache import cache_folder, made_with
from stance.encoder.extra import need

__all__ = ["State", "resumable"]

_LOG = logging.getLogger(__name__)
_KEPT_FOR = 14 * 86_400.0


class State:
    """The state file of one training.

    Parameters
    ----------
    path : pathlib.Path or None
        None where nothing is kept.
    every : float
        Seconds between two writes.
    """

    def __init__(self, path: Path | None, every: float) -> None:
        self.path = path
        self._every = every
        self._written = time.monotonic()

    def read(self) -> dict[str, Any] | None:
        """What was written last, or None if there is nothing that can be read."""
        if self.path is None or not self.path.is_file():
            return None
        try:
            # Numbers and tensors only: the file cannot run code.
            return dict(need("torch").load(self.path, map_location="cpu", weights_only=True))
        except Exception as error:  # a torn or foreign file is no reason not to train
            _LOG.warning("%s cannot be read, training starts anew: %s", self.path, error)
            return None

    def due(self) -> bool:
        """Whether it is time to write."""
        return self.path is not None and time.monotonic() - self._written >= self._every

    def write(self, content: Mapping[str, Any]) -> None:
        """Replace the file."""
        if self.path is None:
            return
        beside = self.path.with_suffix(".new")
        try:
            need("torch").save(dict(content), beside)
            beside.replace(self.path)
        except (OSError, RuntimeError) as error:  # a full disk, in Python's words or in torch's
            _LOG.warning("cannot keep the training's state in %s: %s", self.path, error)
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
        self._written = time.monotonic()

    def clear(self) -> None:
        """Forget it: the training is done."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


@contextmanager
def resumable(key: Any, every: float) -> Iterator[State]:
    """The state of the training that ``key`` describes.

    Parameters
    ----------
    key : JSON value
        Everything that the outcome depends on but :func:`stance.encoder.cache.made_with`.
    every : float
        Seconds between two writes; nothing is kept where it is 0.

    Yields
    ------
    State
        That keeps nothing while another process runs the same training, and where nothing can be
        written.
    """
    if every <= 0:
        yield State(None, every)
        return
    folder = cache_folder() / "training"
    # Numbers may be NumPy's: scikit-learn's samplers give such.
    described = json.dumps([made_with(), key], sort_keys=True, default=lambda number: number.item())
    name = hashlib.sha256(described.encode()).hexdigest()[:32]
    kept: Path | None = None
    with contextlib.ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _forget_old(folder)
            held.enter_context(FileLock(folder / f"{name}.lock", timeout=0))
            kept = folder / f"{name}.state"
        except Timeout:
            _LOG.warning("the same training is running already; this one cannot be resumed")
        except OSError as error:  # a cache that cannot be written is no reason not to train
            _LOG.warning("this training cannot be resumed: %s", error)
        yield State(kept, every)


def _forget_old(folder: Path) -> None:
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _KEPT_FOR:
                path.unlink()
