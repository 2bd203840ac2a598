"""The same model in another process: where it is found, and that it is the same."""

from __future__ import annotations

import hashlib
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from stance.errors import ClusterError
from stance.version import __version__

__all__ = ["Reference", "digest_of", "scheme"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a worker is told of the model that it should use.

    Models are not sent: a worker finds them where this process does, under the same path or
    URI, or as the one that ships. It refuses one of other bytes, and another stance.

    Attributes
    ----------
    model : str or None
        A path from the root, an MLflow URI, or None for the model that ships.
    digest : str
        See :func:`digest_of`.
    version : str
        Of stance.
    """

    model: str | None
    digest: str
    version: str = __version__

    @classmethod
    def to(cls, model: str | os.PathLike[str] | None, folder: Path) -> Self:
        """Refer to a model that was found in ``folder``."""
        if model is None or (isinstance(model, str) and scheme(model)):
            return cls(model, digest_of(folder))
        return cls(str(folder.resolve()), digest_of(folder))

    def check(self, folder: Path) -> None:
        """Make sure that a folder holds the same model, for the same stance.

        Raises
        ------
        ClusterError
            If not.
        """
        here = f"a worker on {platform.node()}"
        if self.version != __version__:
            raise ClusterError(
                f"{here} runs stance {__version__}, and this is {self.version}; install the same "
                "everywhere"
            )
        if digest_of(folder) != self.digest:
            raise ClusterError(
                f"{here} has another model in {folder}; give every worker the same files"
            )


def digest_of(folder: Path) -> str:
    """The SHA-256 of a model's manifest, which holds those of all its files."""
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def scheme(model: str) -> str:
    """What stands before the colon of a URI; empty for a path."""
    name, colon, _ = model.partition(":/")
    return name if colon and len(name) > 1 else ""
