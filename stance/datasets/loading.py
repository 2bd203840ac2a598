"""From a definition and a folder to a ``datasets.DatasetDict``."""

from __future__ import annotations

import hashlib
import inspect
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from datasets import Dataset, DatasetDict

from stance.datasets.definitions import Reader, definition
from stance.datasets.pairs import COLUMNS, FEATURES
from stance.errors import ConfigError, DataError, nearest
from stance.resources import user_path
from stance.terms import TermCatalogue

__all__ = ["digest", "in_order", "load"]


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
    ConfigError
        If the definition's reader has no such option.
    DataError
        If the data are not there or not as expected; the message gives file, line and field.

    Examples
    --------
    >>> sorted(load("settlement"))[:2]
    ['test', 'test_grid']
    """
    found = definition(name)
    _check_options(found.read, options)
    where = _where(name, path)
    splits = found.read(where, found.card, **options)
    _check_names(where, splits)
    loaded = {
        split: Dataset.from_list(rows, features=FEATURES) for split, rows in splits.items() if rows
    }
    if not loaded:
        raise DataError(f"{where}: no pairs found in it")
    return DatasetDict(loaded)


def in_order(data: DatasetDict) -> DatasetDict:
    """Sort splits by name and rows by what is in them: how a file had them changes no model.

    Rows are sorted by the id of their statement, its terms as the shipped catalogue has them
    (others after these, by id), and then by all that is left.

    Examples
    --------
    >>> rows = load("settlement")["test"]
    >>> mixed = DatasetDict({"test": rows.shuffle(seed=0)})
    >>> digest(in_order(mixed)["test"]) == digest(rows)
    True
    """
    place = {term: number for number, term in enumerate(TermCatalogue.default())}
    ordered = DatasetDict()
    for name, rows in sorted(data.items()):
        terms = [(place.get(term, len(place)), term) for term in rows["term"]]
        columns = [rows[column][:] for column in COLUMNS]
        keys = list(zip(rows["statement_id"], terms, *columns, strict=True))
        ordered[name] = rows.select(sorted(range(len(rows)), key=keys.__getitem__))
    return ordered


def _check_options(read: Reader, options: Iterable[str]) -> None:
    parameters = inspect.signature(read).parameters.values()
    known = [item.name for item in parameters if item.kind is item.KEYWORD_ONLY]
    for option in options:
        if option not in known:
            raise ConfigError(f"unknown option dataset.options.{option}; {nearest(option, known)}")


def _check_names(where: Path, splits: Iterable[str]) -> None:
    """A split's name becomes a folder's and a metric's."""
    for split in splits:
        if not re.fullmatch(r"\w[\w-]{0,99}", split, re.ASCII):
            raise DataError(
                f"{where}: {split!r} is not a name of a split: expected letters, digits, "
                "underscores and hyphens"
            )


def _where(name: str, path: str | os.PathLike[str] | None) -> Path:
    found = definition(name)
    if path is None and found.default_path is not None:
        return found.default_path()
    if path is None:
        raise DataError(
            f"the dataset {name!r} does not ship with stance: give the folder or file in which it "
            f"lies (dataset.path=…). {found.card.obtain}"
        )
    where = user_path(path)
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
