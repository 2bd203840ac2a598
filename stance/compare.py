"""``python -m stance.compare RUN_A RUN_B``: is the difference between two runs more than luck?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stance.errors import DataError, StanceError
from stance.inert import printable
from stance.labels import LABELS
from stance.metrics import confusion, macro_f1
from stance.tracking.predictions import find_run, read_predictions
from stance.tracking.registry import store_uri
from stance.tracking.store import open_store

__all__ = ["PairedTest", "compare_splits", "main", "paired_test"]

_KEY = ["statement_id", "term", "occurrence"]
_CHUNK = 500
_TIE = 1e-12


@dataclass(frozen=True)
class PairedTest:
    """Two classifiers on the same pairs.

    Attributes
    ----------
    first, second : float
        Macro F1 of each.
    p_value : float
        How often as large a difference, either way, comes from swapping the two by chance.
    pairs, statements : int
    """

    first: float
    second: float
    p_value: float
    pairs: int
    statements: int

    @property
    def difference(self) -> float:
        """By how much the second is better."""
        return self.second - self.first


def paired_test(
    first: pd.DataFrame, second: pd.DataFrame, *, resamples: int = 10_000, seed: int = 0
) -> PairedTest:
    """Test by approximate randomisation whether two classifiers differ in macro F1.

    The predictions of a statement are swapped together: its pairs are not independent.

    Parameters
    ----------
    first, second : pandas.DataFrame
        ``statement_id``, ``term``, ``label`` and ``predicted``, in any order; of rows that have
        the first three in common the order counts.
    resamples : int, default 10000
    seed : int, default 0

    Returns
    -------
    PairedTest

    Raises
    ------
    DataError
        If they are not about the same pairs with the same labels.

    References
    ----------
    Noreen: Computer-Intensive Methods for Testing Hypotheses, 1989; Yeh: More accurate
    tests for the statistical significance of result differences. COLING 2000.

    Examples
    --------
    >>> pairs = pd.DataFrame({"statement_id": ["a", "b"], "term": "t",
    ...     "label": ["favor", "against"], "predicted": ["favor", "favor"]})
    >>> paired_test(pairs, pairs).p_value
    1.0
    """
    both = _aligned(first, second)
    truth = list(both["label"])
    one, other = list(both["predicted"]), list(both["predicted_second"])
    matrices = confusion(truth, one), confusion(truth, other)
    scores = [float(macro_f1(matrix)) for matrix in matrices]
    names, member = np.unique(both["statement_id"].astype(str), return_inverse=True)
    moves = _cells(truth, other, member, len(names)) - _cells(truth, one, member, len(names))
    extreme = _count_extreme(matrices[0], matrices[1], moves, resamples, seed)
    return PairedTest(scores[0], scores[1], (1 + extreme) / (1 + resamples), len(both), len(names))


def _aligned(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Both predictions of each pair in one row."""
    if first.empty or second.empty:
        raise DataError("there are no pairs to compare")
    numbered = [
        table.assign(occurrence=table.groupby(["statement_id", "term"]).cumcount())
        # A pair may stand there twice, with two labels: the order of rows is not to count.
        for table in (item.sort_values("label", kind="stable") for item in (first, second))
    ]
    right = numbered[1][[*_KEY, "label", "predicted"]]
    both = numbered[0][[*_KEY, "label", "predicted"]].merge(
        right, on=_KEY, how="outer", suffixes=("", "_second"), indicator=True
    )
    only = both["_merge"].value_counts()
    if only["left_only"] or only["right_only"]:
        raise DataError(
            f"not tested on the same pairs: {only['both']:,} in common, {only['left_only']:,} only "
            f"in the first run, {only['right_only']:,} only in the second"
        )
    changed = both[both["label"] != both["label_second"]]
    if len(changed):
        row = changed.iloc[0]
        raise DataError(
            f"the true label of {len(changed):,} pairs differs between the runs, such as statement "
            f"{row['statement_id']!r}, term {row['term']!r}: {row['label']} and "
            f"{row['label_second']}"
        )
    return both


def _cells(
    truth: Sequence[str], predicted: Sequence[str], member: NDArray[np.intp], groups: int
) -> NDArray[np.float64]:
    """The confusion matrix of each statement, flat; shape (n_statements, 25)."""
    index = {str(label): number for number, label in enumerate(LABELS)}
    flat = np.array(
        [
            index[true] * len(LABELS) + index[label]
            for true, label in zip(truth, predicted, strict=True)
        ]
    )
    cells = np.zeros((groups, len(LABELS) ** 2))
    np.add.at(cells, (member, flat), 1)
    return cells


def _count_extreme(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    moves: NDArray[np.float64],
    resamples: int,
    seed: int,
) -> int:
    moves = moves[np.any(moves != 0, axis=1)]  # swapping equal predictions changes nothing
    present = first.sum(axis=1) > 0
    observed = abs(float(macro_f1(second) - macro_f1(first)))
    rng = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, resamples, _CHUNK):
        swapped = rng.integers(0, 2, (min(_CHUNK, resamples - start), len(moves)))
        shift = (swapped @ moves).reshape(-1, *first.shape)
        difference = macro_f1(second - shift, present) - macro_f1(first + shift, present)
        extreme += int((np.abs(difference) >= observed - _TIE).sum())
    return extreme


def compare_splits(
    first: Mapping[str, pd.DataFrame], second: Mapping[str, pd.DataFrame]
) -> dict[str, PairedTest | DataError]:
    """Test every split that both runs have; a split that cannot be compared has its reason."""
    found: dict[str, PairedTest | DataError] = {}
    for split in sorted(set(first) & set(second)):
        try:
            found[split] = paired_test(first[split], second[split])
        except DataError as error:
            found[split] = error
    if not found:
        raise DataError(
            f"the runs have no split in common: {', '.join(sorted(first))} against "
            f"{', '.join(sorted(second))}"
        )
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two runs.

    Returns
    -------
    int
        0 when they could be compared, 2 when not.
    """
    parser = argparse.ArgumentParser(prog="python -m stance.compare", description=__doc__)
    parser.add_argument("first", metavar="RUN_A", help="a run's id or name, or 'champion'")
    parser.add_argument("second", metavar="RUN_B")
    parser.add_argument("--uri", help="the tracking store")
    given = parser.parse_args(arguments)
    try:
        client = open_store(store_uri(given.uri))
        runs = [find_run(client, name) for name in (given.first, given.second)]
        tables = [read_predictions(client, run.info.run_id) for run in runs]
        found = compare_splits(*tables)
    except StanceError as error:
        return _refused(str(error))
    if not any(isinstance(test, PairedTest) for test in found.values()):
        reasons = "; ".join(f"{split}: {reason}" for split, reason in found.items())
        return _refused(f"no split of the runs can be compared. {reasons}")
    _show(found, [str(run.info.run_name) for run in runs])
    _show_lone(*tables)
    return 0


def _refused(reason: str) -> int:
    Console(stderr=True, highlight=False).print(
        f"[bold red]error:[/] {escape(printable(reason))}", soft_wrap=True
    )
    return 2


def _show(found: Mapping[str, PairedTest | DataError], names: Sequence[str]) -> None:
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    out.print(f"A: {escape(printable(names[0]))}\nB: {escape(printable(names[1]))}")
    table = Table(title="Macro F1, paired approximate randomisation over statements")
    for column in ("split", "pairs", "statements", "A", "B", "B - A", "p"):
        table.add_column(column, justify="left" if column == "split" else "right")
    for split, test in found.items():
        if isinstance(test, PairedTest):
            numbers = (f"{test.first:.3f}", f"{test.second:.3f}", f"{test.difference:+.3f}")
            sizes = f"{test.pairs:,}", f"{test.statements:,}"
            table.add_row(escape(printable(split)), *sizes, *numbers, f"{test.p_value:.4f}")
    out.print(table)
    for split, test in found.items():
        if isinstance(test, DataError):
            out.print(escape(printable(f"{split}: {test}")), soft_wrap=True)


def _show_lone(first: Mapping[str, object], second: Mapping[str, object]) -> None:
    """Name the splits that only one of the runs has."""
    lone = [
        f"only in {run}: {', '.join(sorted(set(has) - set(lacks)))}"
        for run, has, lacks in (("A", first, second), ("B", second, first))
        if set(has) - set(lacks)
    ]
    if lone:
        line = f"not compared, {'; '.join(lone)}"
        Console(highlight=False).print(escape(printable(line)), soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
