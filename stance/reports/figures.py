"""The numbers of a run as figures. They are drawn without a display."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from stance.evaluation import Evaluation
from stance.labels import LABELS
from stance.reports.tables import score_table

__all__ = ["confusion_figure", "score_figure", "term_figure"]

_SHOWN_TERMS = 40


def confusion_figure(evaluation: Evaluation) -> Figure:
    """Confusion matrix of one split, coloured by the share of the true label."""
    counts = evaluation.confusion
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(len(LABELS)):
        for column in range(len(LABELS)):
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(LABELS)), LABELS, rotation=30, ha="right")
    axes.set_yticks(range(len(LABELS)), LABELS)
    axes.set(xlabel="predicted", ylabel="true", title=f"{evaluation.split}: pairs by label")
    return figure


def score_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Macro F1 of each split with its interval, and the baselines beside it."""
    table = score_table(evaluations)
    figure = Figure(figsize=(8, 1.2 + 0.5 * len(table)), layout="constrained")
    axes = figure.subplots()
    places = range(len(table))
    errors = [table["macro_f1"] - table["low"], table["high"] - table["macro_f1"]]
    axes.barh(places, table["macro_f1"], xerr=errors, color="#9ecae1", label="model", capsize=3)
    for name, marker in zip(evaluations[0].baselines, "|x+1", strict=False):
        axes.scatter(table[name], places, marker=marker, label=name, zorder=3)
    axes.set_yticks(places, table["split"])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="macro F1, 95 % interval")
    axes.legend(loc="lower right", fontsize="small")
    return figure


def term_figure(evaluation: Evaluation) -> Figure:
    """Accuracy of each term of one split, the most frequent terms only."""
    table: pd.DataFrame = evaluation.by("term").head(_SHOWN_TERMS)
    figure = Figure(figsize=(8, 1.2 + 0.22 * len(table)), layout="constrained")
    axes = figure.subplots()
    axes.barh(range(len(table)), table["accuracy"], color="#9ecae1")
    labels = [f"{term} ({n})" for term, n in zip(table["term"], table["pairs"], strict=True)]
    axes.set_yticks(range(len(table)), labels, fontsize="small")
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="accuracy", title=f"{evaluation.split}: by term (pairs)")
    return figure
