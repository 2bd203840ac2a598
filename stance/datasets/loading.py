"""From a definition and a folder to a ``datasets.DatasetDict``."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from datasets import Dataset, DatasetDict

from stance.datasets.definitions import definition
from stance.datasets.pairs import COLUMNS, FEATURES
from stance.errors import DataError

__all__ = ["digest", "load"]


def load(name: str, path: str | os.PathLike[str] | None = None, **options: Any) -> DatasetDict:
    """Load a dataset by the name of its definition.

    Parameters
    ----------
    name : str
        One of :data:`stance.datasets.DEFINITIONS`.
    path : path-like, optional
        Its folder or file; needed for every dataset that does not ship.
    **options
        Passed to the definition's reader, such as ``columns`` for ``"file"``.

    Returns
    -------
    datasets.DatasetDict
        Splits with the features :data:`stance.datasets.FEATURES`.

    Raises
    ------
    UnknownNameError
        If no definition has this name.
    DataError
        If the data are not there or not as expected; the message gives file, line and field.

    Examples
    --------
    >>> sorted(load("settlement"))[:2]
    ['test', 'test_grid']
    """
    found = definition(name)
    where = _where(name, path)
    splits = found.read(where, found.card, **options)
    loaded = DatasetDict(
        {split: Dataset.from_list(list(rows), features=FEATURES) for split, rows in splits.items()}
    )
    if not any(len(rows) for rows in loaded.values()):
        raise DataError(f"{where}: no pairs found in it")
    return loaded


def _where(name: str, path: str | os.PathLike[str] | None) -> Path:
    found = definition(name)
    if path is None and found.default_path is not None:
        return found.default_path()
    if path is None:
        raise DataError(
            f"the dataset {name!r} does not ship with stance: give the folder or file in which it "
            f"lies (dataset.path=…). {found.card.obtain}"
        )
    where = Path(path).expanduser()
    if not where.exists():
        raise DataError(f"{where}: no such file or folder (dataset.path). {found.card.obtain}")
    return where


def digest(dataset: Dataset) -> str:
    """SHA-256 of a split's rows in their order, whatever file or cache they came from.

    Examples
    --------
    >>> len(digest(load("settlement")["test"]))
    64
    """
    sha = hashlib.sha256()
    for row in dataset:
        sha.update(repr([row[name] for name in COLUMNS]).encode())
    return sha.hexdigest()
