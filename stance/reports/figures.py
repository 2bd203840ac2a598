"""The numbers of a run as figures. They are drawn without a display."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stance.behaviour import Behaviour
from stance.evaluation import Evaluation
from stance.labels import LABELS
from stance.reports.tables import (
    label_table,
    reliability_table,
    risk_coverage_table,
    score_table,
    term_table,
)

__all__ = [
    "behaviour_figure",
    "learning_figure",
    "ngram_figure",
    "overview_figure",
    "score_figure",
    "term_figure",
]

_SHOWN_TERMS = 40
_SHOWN_NGRAMS = 12
_MODEL = "#4292c6"
_MARKERS = "|x+1"


def overview_figure(evaluation: Evaluation) -> Figure:
    """One split on one page: confusion, labels, reliability, and risk against coverage."""
    figure = Figure(figsize=(11, 8.5))
    (top_left, top_right), (low_left, low_right) = figure.subplots(2, 2)
    _draw_confusion(top_left, evaluation)
    _draw_labels(top_right, evaluation)
    _draw_reliability(low_left, evaluation)
    _draw_risk(low_right, evaluation)
    score = evaluation.scores["macro_f1"]
    figure.suptitle(f"{evaluation.split}: macro F1 {score}, {evaluation.n_pairs:,} pairs")
    figure.subplots_adjust(left=0.1, right=0.98, bottom=0.07, top=0.91, wspace=0.28, hspace=0.38)
    return figure


def _draw_confusion(axes: Axes, evaluation: Evaluation) -> None:
    counts = evaluation.confusion
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(*counts.shape):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = f"{counts[row, column]:,}"
        axes.text(column, row, text, ha="center", va="center", color=colour)
    axes.set_xticks(range(len(LABELS)), LABELS, fontsize="small")
    axes.set_yticks(range(len(LABELS)), LABELS, fontsize="small")
    axes.set(xlabel="predicted", ylabel="true", title="pairs by label")


def _draw_labels(axes: Axes, evaluation: Evaluation) -> None:
    table = label_table(evaluation)
    places = np.arange(len(table))
    axes.bar(places, table["f1"].to_numpy(), color=_MODEL, label="model", width=0.6)
    for name, marker in zip(evaluation.baselines, _MARKERS, strict=False):
        axes.scatter(
            places, table[name].to_numpy(), marker=marker, color="black", label=_words(name)
        )
    axes.set_xticks(places, table["label"], fontsize="small")
    axes.set(ylim=(0, 1), ylabel="F1", title="labels against baselines")
    axes.legend(fontsize="x-small")


def _draw_reliability(axes: Axes, evaluation: Evaluation) -> None:
    table = reliability_table(evaluation)
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--", linewidth=1)
    axes.plot(table["confidence"], table["accuracy"], marker="o", color=_MODEL)
    ece = evaluation.extras.get("ece")
    title = "reliability" if ece is None else f"reliability (ECE {ece:.3f})"
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy", title=title)


def _draw_risk(axes: Axes, evaluation: Evaluation) -> None:
    table = risk_coverage_table(evaluation)
    axes.plot(table["coverage"], table["risk"], color=_MODEL)
    axes.set(
        xlim=(0, 1),
        ylim=(0, None),
        xlabel="coverage: share of pairs that are answered",
        ylabel="risk: share of errors",
        title="risk against coverage",
    )


def score_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Macro F1 of each split with its interval, and the baselines beside it."""
    table = score_table(evaluations)
    figure = Figure(figsize=(8, 1.4 + 0.5 * len(table)), layout="tight")
    axes = figure.subplots()
    places = np.arange(len(table))
    middle = table["macro_f1"].to_numpy()
    errors = [middle - table["low"].to_numpy(), table["high"].to_numpy() - middle]
    axes.barh(places, middle, xerr=errors, color=_MODEL, label="model", capsize=3)
    _baseline_marks(axes, table, list(evaluations[0].baselines))
    axes.set_yticks(places, table["split"])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="macro F1, 95 % interval")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize="small")
    return figure


def term_figure(evaluation: Evaluation) -> Figure:
    """Accuracy of each term of one split against the baselines, the most frequent terms only."""
    table = term_table(evaluation).head(_SHOWN_TERMS)
    figure = Figure(figsize=(10, 1.2 + 0.22 * len(table)), layout="tight")
    axes = figure.subplots()
    axes.barh(np.arange(len(table)), table["accuracy"].to_numpy(), color=_MODEL, label="model")
    _baseline_marks(axes, table, list(evaluation.baselines))
    labels = [
        f"{_short(term)} ({n})" for term, n in zip(table["term"], table["pairs"], strict=True)
    ]
    axes.set_yticks(range(len(table)), labels, fontsize="small", parse_math=False)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="accuracy", title=f"{evaluation.split}: by term (pairs)")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize="small")
    return figure


def _baseline_marks(axes: Axes, table: pd.DataFrame, names: Sequence[str]) -> None:
    for name, marker in zip(names, _MARKERS, strict=False):
        places = np.arange(len(table))
        axes.scatter(
            table[name].to_numpy(),
            places,
            marker=marker,
            color="black",
            label=_words(name),
            zorder=3,
        )


def ngram_figure(table: pd.DataFrame) -> Figure:
    """The most weighted n-grams of each label; ``table`` from ``ngram_table``."""
    labels = [label for label in LABELS if label in set(table["label"])]
    figure = Figure(figsize=(3.2 * len(labels), 4.5), layout="tight")
    for axes, label in zip(figure.subplots(1, len(labels), squeeze=False)[0], labels, strict=True):
        part = table[table["label"] == label].head(_SHOWN_NGRAMS)
        axes.barh(np.arange(len(part)), part["weight"].to_numpy(), color=_MODEL)
        names = [_short(name) for name in part["feature"]]
        axes.set_yticks(range(len(part)), names, fontsize="small", parse_math=False)
        axes.invert_yaxis()
        axes.set(title=label)
    return figure


def learning_figure(table: pd.DataFrame, split: str) -> Figure:
    """Macro F1 by the number of training pairs; ``table`` from ``learning_curve``."""
    figure = Figure(figsize=(6, 4), layout="tight")
    axes = figure.subplots()
    axes.plot(table["pairs"], table["macro_f1"], marker="o", color=_MODEL)
    axes.set(xlabel="training pairs", ylabel="macro F1", title=f"{split}: learning curve")
    axes.set_ylim(0, 1)
    return figure


def behaviour_figure(behaviour: Behaviour) -> Figure:
    """Share of the written cases that pass, by capability, each with its interval."""
    table = behaviour.rates()
    figure = Figure(figsize=(8, 1.4 + 0.4 * len(table)), layout="tight")
    axes = figure.subplots()
    rates = table["rate"].to_numpy()
    errors = [rates - table["low"].to_numpy(), table["high"].to_numpy() - rates]
    places = np.arange(len(table))
    axes.barh(places, rates, xerr=errors, color=_MODEL, capsize=3)
    names = zip(table["capability"], table["cases"], strict=True)
    axes.set_yticks(places, [f"{_words(name)} ({cases})" for name, cases in names])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="share of cases that pass, 95 % interval", title="behaviour")
    return figure


def _words(name: str) -> str:
    return name.replace("_", " ")


def _short(name: object, longest: int = 40) -> str:
    text = str(name)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
