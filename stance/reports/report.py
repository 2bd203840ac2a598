"""Everything that a run shows of its evaluations, by the name it is kept under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from stance.behaviour import Behaviour
from stance.evaluation import Evaluation
from stance.reports.errors import error_page, error_table
from stance.reports.figures import (
    behaviour_figure,
    learning_figure,
    ngram_figure,
    overview_figure,
    score_figure,
    term_figure,
)
from stance.reports.ngrams import ngram_table
from stance.reports.tables import (
    confusion_table,
    label_table,
    prediction_table,
    reliability_table,
    risk_coverage_table,
    score_table,
    term_table,
)

__all__ = ["RunReport", "build_report"]


@dataclass(frozen=True)
class RunReport:
    """Tables, figures and HTML pages, by name without suffix."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)


def build_report(
    model: Any,
    evaluations: Sequence[Evaluation],
    learning: pd.DataFrame | None = None,
    behaviour: Behaviour | None = None,
) -> RunReport:
    """Make the tables of a run and draw its figures.

    Parameters
    ----------
    model : fitted classifier over a DataFrame of pairs
    evaluations : sequence of Evaluation
    learning : pandas.DataFrame, optional
        From :func:`stance.reports.learning_curve`, measured on the first evaluation's split.
    behaviour : Behaviour, optional
        From :func:`stance.behaviour.measure`.
    """
    report = RunReport()
    report.tables["scores"] = score_table(evaluations)
    report.figures["scores"] = score_figure(evaluations)
    weights = ngram_table(model)
    if len(weights):
        report.tables["ngrams"] = weights
        report.figures["ngrams"] = ngram_figure(weights)
    if learning is not None:
        report.tables["learning_curve"] = learning
        report.figures["learning_curve"] = learning_figure(learning, evaluations[0].split)
    if behaviour is not None:
        report.tables["behaviour"] = behaviour.rates()
        report.tables["behaviour_cases"] = behaviour.pairs
        report.figures["behaviour"] = behaviour_figure(behaviour)
    for item in evaluations:
        _add_split(report, model, item)
    return report


def _add_split(report: RunReport, model: Any, item: Evaluation) -> None:
    split = item.split
    errors = error_table(model, item)
    report.tables.update(
        {
            f"{split}/confusion": confusion_table(item),
            f"{split}/labels": label_table(item),
            f"{split}/terms": term_table(item),
            f"{split}/registers": item.by("register"),
            f"{split}/languages": item.by("lang"),
            f"{split}/reliability": reliability_table(item),
            f"{split}/risk_coverage": risk_coverage_table(item),
            f"{split}/predictions": prediction_table(item),
            f"{split}/errors": errors,
        }
    )
    report.figures[f"{split}/overview"] = overview_figure(item)
    report.figures[f"{split}/terms"] = term_figure(item)
    report.pages[f"{split}/errors"] = error_page(
        errors, f"{split}: the {len(errors)} most confident errors"
    )
