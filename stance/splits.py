"""Divide a dataset so that what is tested was not learnt: by statement, term or conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from datasets import Dataset, DatasetDict, concatenate_datasets
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from stance.errors import DataError, LeakageError, UnknownNameError, nearest
from stance.similarity import near_duplicates
from stance.text import normalise

__all__ = [
    "SPLITTERS",
    "by_conflict",
    "by_statement",
    "by_term",
    "check_leakage",
    "fixed",
    "fold_count",
    "split",
]


_LEARNT = frozenset({"train", "validation"})


def fixed(
    data: DatasetDict, *, test_size: float, validation_size: float, seed: int, fold: int = 0
) -> DatasetDict:
    """Keep the dataset's own splits; cut a validation split from train where there is none.

    Raises
    ------
    DataError
        If the dataset has no ``train`` split or no split to test on, or a fold is asked for.
    """
    if fold:
        raise DataError(
            f"split.fold: a dataset's own splits are not divided into folds, got {fold}; "
            "choose split=statement, split=term or split=conflict"
        )
    if "train" not in data or not any(name.startswith("test") for name in data):
        raise DataError(
            f"the dataset has no train and test of its own, only {', '.join(data)}; "
            "choose split=statement, split=term or split=conflict"
        )
    for name in data:
        if name not in _LEARNT and not name.startswith("test"):
            raise DataError(
                f"the dataset has a split {name!r}, which is neither train, validation nor one "
                f"that begins with test; {nearest(name, ('train', 'validation', 'test'))}"
            )
    if "validation" in data:
        return data
    train, validation = _hold_out(data["train"], "statement", validation_size, seed)
    return DatasetDict({**data, "train": train, "validation": validation})


def by_statement(
    data: DatasetDict, *, test_size: float, validation_size: float, seed: int, fold: int = 0
) -> DatasetDict:
    """Divide all pairs at random, those of one statement (and of one text) together."""
    rest, test = _hold_out(_pooled(data), "statement", test_size, seed, fold)
    train, validation = _hold_out(rest, "statement", validation_size, seed + 1)
    return DatasetDict({"train": train, "validation": validation, "test": test})


def by_term(
    data: DatasetDict, *, test_size: float, validation_size: float, seed: int, fold: int = 0
) -> DatasetDict:
    """Hold out whole terms as ``test_unseen_terms``, and divide the rest by statement."""
    return _with_unseen(data, "term", "test_unseen_terms", test_size, validation_size, seed, fold)


def by_conflict(
    data: DatasetDict, *, test_size: float, validation_size: float, seed: int, fold: int = 0
) -> DatasetDict:
    """Hold out whole conflicts as ``test_unseen_conflicts``, and divide the rest by statement."""
    name = "test_unseen_conflicts"
    return _with_unseen(data, "conflict", name, test_size, validation_size, seed, fold)


SPLITTERS: dict[str, Callable[..., DatasetDict]] = {
    "fixed": fixed,
    "statement": by_statement,
    "term": by_term,
    "conflict": by_conflict,
}
"""The ways to divide a dataset, by the name that the config uses."""


def split(
    data: DatasetDict,
    by: str,
    *,
    test_size: float = 0.2,
    validation_size: float = 0.1,
    seed: int = 0,
    fold: int = 0,
    shared_texts: str | None = None,
) -> DatasetDict:
    """Divide a dataset and check that nothing leaks.

    Parameters
    ----------
    data : datasets.DatasetDict
    by : {"fixed", "statement", "term", "conflict"}
    test_size, validation_size : float
        Shares of what is divided, between 0 and 1.
    seed : int
    fold : int, default 0
        Which of the ``1 / test_size`` parts is held out, for cross-validation, from 0: with one
        seed, the statements, terms or conflicts that different folds hold out have nothing in
        common. ``test`` is drawn anew from what is left where ``by`` is a term or a conflict.
    shared_texts : str, optional
        The card's reason why texts may stand on both sides of ``fixed`` splits.

    Returns
    -------
    datasets.DatasetDict
        With ``train``, ``validation`` and one or more splits whose name starts with ``test``.

    Raises
    ------
    UnknownNameError
        If ``by`` is not one of the four.
    LeakageError
        If the same or nearly the same text stands in train or validation and in another split.

    Examples
    --------
    >>> from stance.datasets import load
    >>> sorted(split(load("settlement"), "term", seed=1))
    ['test', 'test_unseen_terms', 'train', 'validation']
    """
    if by not in SPLITTERS:
        raise UnknownNameError.of("split", by, SPLITTERS)
    divided = SPLITTERS[by](
        data, test_size=test_size, validation_size=validation_size, seed=seed, fold=fold
    )
    for name, rows in divided.items():
        if not len(rows):
            beyond = f", or has no fold {fold}, counted from 0" if fold else ""
            raise DataError(
                f"split={by} leaves {name} empty; the dataset is too small for it{beyond}"
            )
    if by != "fixed" or shared_texts is None:
        check_leakage(divided)
    return divided


def check_leakage(data: DatasetDict) -> None:
    """Refuse splits that share a text, or nearly share one, with ``train`` or ``validation``.

    What stands in ``validation`` sets temperature and thresholds: a model learns from it too.
    Test splits may share texts with each other.

    Raises
    ------
    LeakageError
        The message gives both ids, both splits and the similarity.
    """
    places: dict[str, list[tuple[str, str]]] = {}
    for name, rows in data.items():
        for statement, text in zip(rows["statement_id"], rows["text"], strict=True):
            held = places.setdefault(normalise(text).casefold(), [])
            if (name, statement) not in held:
                held.append((name, statement))
    for text, held in places.items():
        _refuse([held[0]], held[1:], 1.0, text)
    texts = list(places)
    for left, right, similarity in near_duplicates(texts):
        _refuse(places[texts[left]], places[texts[right]], similarity, texts[left])


def _refuse(
    left: list[tuple[str, str]], right: list[tuple[str, str]], similarity: float, text: str
) -> None:
    for split_a, id_a in left:
        for split_b, id_b in right:
            if split_a != split_b and not _LEARNT.isdisjoint((split_a, split_b)):
                kind = "the same text" if similarity == 1 else f"nearly the same ({similarity:.2f})"
                raise LeakageError(
                    f"statement {id_a!r} in {split_a} and statement {id_b!r} in {split_b} are "
                    f"{kind}; put both into one split (it begins {text[:40]!r})"
                )


def _pooled(data: DatasetDict) -> Dataset:
    """All rows once; the same pair may stand in several test splits."""
    pooled = concatenate_datasets(list(data.values()))
    first: dict[tuple[str, ...], int] = {}
    names = ("statement_id", "text", "holder", "side", "term", "label")
    keys = zip(*(pooled[name] for name in names), strict=True)
    for index, key in enumerate(keys):
        first.setdefault(key, index)
    return pooled if len(first) == len(pooled) else pooled.select(list(first.values()))


def fold_count(share: float) -> int:
    """How many parts of a dataset can be held out, each of this share of it.

    Examples
    --------
    >>> fold_count(0.2), fold_count(0.7)
    (5, 1)
    """
    # 1 / 0.2 is 5, but 1 / 0.1 might be 9.999…; 1 / 1e-310 is infinite.
    return int(min(1 / share, 1e9) + 1e-9)


def _hold_out(
    rows: Dataset, column: str, share: float, seed: int, fold: int = 0
) -> tuple[Dataset, Dataset]:
    """Divide rows by the values of a column, at random, keeping each value whole."""
    values = _text_groups(rows) if column == "statement" else list(rows[column])
    names = sorted(set(values))
    if len(names) < 2:
        raise DataError(f"cannot hold out by {column}: only {len(names)} of them in the dataset")
    folds = fold_count(share)
    if fold and len(names) < folds:
        raise DataError(
            f"split.fold: {len(names)} {column}s make no {folds} folds; "
            f"split.test_size={1 / len(names):.3g} makes {len(names)}"
        )
    shuffled = np.random.default_rng(seed).permutation(np.array(names, dtype=object))
    start = round(fold * share * len(names))
    end = min(max(start + 1, round((fold + 1) * share * len(names))), start + len(names) - 1)
    chosen = set(shuffled[start:end])
    held = [value in chosen for value in values]
    return rows.select(_where(not flag for flag in held)), rows.select(_where(held))


def _text_groups(rows: Dataset) -> list[str]:
    """Name the group of each row: all statements whose texts are (nearly) the same."""
    cleaned = [normalise(text).casefold() for text in rows["text"]]
    texts = list(dict.fromkeys(cleaned))
    graph = sparse.dok_array((len(texts), len(texts)), dtype=np.int8)
    for left, right, _ in near_duplicates(texts):
        graph[left, right] = 1
    _, group = connected_components(graph, directed=False)
    # Named after the least text, not its place, so that row order does not change the division.
    names: dict[int, str] = {}
    for number, text in zip(group.tolist(), texts, strict=True):
        names[number] = min(names.get(number, text), text)
    name_of = {text: names[number] for number, text in zip(group.tolist(), texts, strict=True)}
    return [name_of[text] for text in cleaned]


def _with_unseen(
    data: DatasetDict,
    column: str,
    name: str,
    test_size: float,
    validation_size: float,
    seed: int,
    fold: int,
) -> DatasetDict:
    pooled = _pooled(data)
    rest, unseen = _hold_out(pooled, column, test_size, seed, fold)
    # A statement of a held-out term may not teach under another term either.
    group_of = dict(zip(pooled["text"], _text_groups(pooled), strict=True))
    taken = {group_of[text] for text in unseen["text"]}
    rest = rest.select(_where(group_of[text] not in taken for text in rest["text"]))
    if not len(rest):
        raise DataError(f"cannot hold out by {column}: every statement has a pair with one of them")
    return DatasetDict(
        {
            **by_statement(
                DatasetDict({"all": rest}),
                test_size=test_size,
                validation_size=validation_size,
                seed=seed,
                fold=fold,
            ),
            name: unseen,
        }
    )


def _where(flags: Iterable[bool]) -> list[int]:
    return [index for index, flag in enumerate(flags) if flag]
