"""The jobs of a sweep side by side: a table, and a picture with an axis for each setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["HEADLINE", "fold_spread", "parallel_figure", "sweep_table"]

HEADLINE = "macro_f1"
"""The metric of every test split that a sweep is about."""

_HIDDEN = ("output", "tracking.")


def sweep_table(runs: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row a job: what was varied, and what came of it.

    Parameters
    ----------
    runs : sequence of mapping
        Each with ``name``, ``id``, ``status``, ``params`` and ``metrics``.

    Returns
    -------
    pandas.DataFrame
        ``run``, ``id``, ``status``, a column for each parameter that differs, and one for
        macro F1 on each test split; the best on the first split comes first. Of parameters
        that change together, as a choice of ``model`` changes many, one is shown.
    """
    varied = _varied(runs)
    scored = [key for key in _keys(runs, "metrics") if key.endswith(f"/{HEADLINE}")]
    scored = [key for key in scored if "/baseline/" not in key]
    rows = [
        {
            "run": run["name"],
            "id": run["id"],
            "status": run["status"],
            **{key: run["params"].get(key, "") for key in varied},
            **{key: run["metrics"].get(key, np.nan) for key in scored},
        }
        for run in runs
    ]
    table = pd.DataFrame(rows, columns=["run", "id", "status", *varied, *scored])
    return table.sort_values([*scored[:1], "run"], ascending=[False] * len(scored[:1]) + [True])


def fold_spread(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """How the scores of a cross-validation spread, where nothing but fold and seed was varied.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`sweep_table`.

    Returns
    -------
    dict of str to tuple of float
        Mean and standard deviation (of the sample) of each score over two jobs or more.

    Examples
    --------
    >>> jobs = [{"name": f"job {fold}", "id": fold, "status": "FINISHED", "params":
    ...     {"split.fold": fold}, "metrics": {"test/macro_f1": fold}} for fold in (0, 1, 2)]
    >>> fold_spread(sweep_table(jobs))
    {'test/macro_f1': (1.0, 1.0)}
    """
    columns = list(table.columns[3:])
    scored = [name for name in columns if name.endswith(f"/{HEADLINE}")]
    if not set(columns) - set(scored) <= {"split.fold", "seed"}:
        return {}
    values = {name: table[name].dropna() for name in scored}
    return {
        name: (float(found.mean()), float(found.std()))
        for name, found in values.items()
        if len(found) > 1
    }


def _keys(runs: Sequence[Mapping[str, Any]], kind: str) -> list[str]:
    return sorted({key for run in runs for key in run[kind]})


def _varied(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The parameters that differ, without those that only repeat what another one tells."""
    runs = [run for run in runs if run["params"]]  # a job that failed may not have come to that
    partitions: dict[tuple[int, ...], str] = {}
    # A name is for people, so it stands for what changes with it; then the shortest key does.
    for key in sorted(_keys(runs, "params"), key=lambda key: (not key.endswith(".name"), len(key))):
        if not key.startswith(_HIDDEN):
            values = [run["params"].get(key) for run in runs]
            partition = tuple(values.index(value) for value in values)
            if len(set(partition)) > 1:
                partitions.setdefault(partition, key)
    return sorted(partitions.values())


def parallel_figure(table: pd.DataFrame) -> Figure | None:
    """A line a job through an axis for each varied setting and each score.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`sweep_table`.

    Returns
    -------
    Figure or None
        None where no job has a score.
    """
    columns = list(table.columns[3:])
    scored = [name for name in columns if name.endswith(f"/{HEADLINE}")]
    done = table.dropna(subset=scored)
    if not scored or done.empty:
        return None
    places = np.column_stack([_place(done[name]) for name in columns])
    figure = Figure(figsize=(3 + 2.0 * len(columns), 5), layout="tight")
    axes = figure.subplots()
    colours = colormaps["viridis"](_place(done[scored[0]]))
    for line, colour in zip(places, colours, strict=True):
        axes.plot(range(len(columns)), line, color=colour, marker="o", alpha=0.8)
    for place, name in enumerate(columns):
        _draw_values(axes, place, done[name])
    labels = [".".join(name.split(".")[-2:]) for name in columns]
    axes.set_xticks(range(len(columns)), labels, rotation=15, parse_math=False)
    axes.set_yticks([])
    axes.set(xlim=(-0.3, len(columns) - 0.4), ylim=(-0.08, 1.08))
    axes.set_title(f"{len(done)} jobs, coloured by {scored[0]}")
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    return figure


def _place(column: pd.Series[Any]) -> np.ndarray:
    """Where each value lies on an axis from 0 to 1: numbers to scale, words in their order."""
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.isna().any():
        numbers = pd.Series(np.unique(column.astype(str), return_inverse=True)[1])
    low, high = float(numbers.min()), float(numbers.max())
    if high == low:
        return np.full(len(numbers), 0.5)
    return np.asarray((numbers - low) / (high - low), dtype=np.float64)


def _draw_values(axes: Axes, place: int, column: pd.Series[Any]) -> None:
    axes.axvline(place, color="lightgrey", zorder=0)
    heights = _place(column)
    shown: dict[float, str] = {}
    for height, value in zip(heights, column, strict=True):
        if all(abs(height - other) > 0.04 for other in shown):
            shown[float(height)] = f"{value:.3f}" if isinstance(value, float) else str(value)
    for height, text in shown.items():
        axes.text(place + 0.04, height, text, fontsize="small", va="center", parse_math=False)
