"""The worst errors of a run: for people to read, and safe to open."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from stance.evaluation import Evaluation
from stance.inert import printable
from stance.reports.ngrams import pair_evidence

__all__ = ["error_page", "error_table"]

_COLUMNS = ("text", "holder", "term_name", "label", "predicted", "confidence")


def error_table(model: Any, evaluation: Evaluation, top: int = 50) -> pd.DataFrame:
    """The wrong predictions that the model was most sure of.

    Parameters
    ----------
    model : fitted classifier over a DataFrame of pairs
    evaluation : Evaluation
    top : int, default 50

    Returns
    -------
    pandas.DataFrame, at most ``top`` rows
        ``text``, ``holder``, ``term``, ``label`` (the true one), ``predicted``, ``confidence``
        and ``evidence``: what spoke for the predicted label, where the model can tell.
    """
    pairs = evaluation.pairs
    wrong = pairs[pairs["label"] != pairs["predicted"]]
    worst = wrong.sort_values("confidence", ascending=False, kind="stable").head(top)
    table = worst[list(_COLUMNS)].rename(columns={"term_name": "term"}).reset_index(drop=True)
    table["evidence"] = pair_evidence(model, worst, list(worst["predicted"]))
    return table


def error_page(table: pd.DataFrame, title: str) -> str:
    """A table of errors as an HTML page without scripts, every cell escaped.

    Examples
    --------
    >>> table = pd.DataFrame({"text": ["<script>alert(1)</script>"]})
    >>> "<script>" in error_page(table, "test")
    False
    """
    head = "".join(f"<th>{escape(str(name))}</th>" for name in table.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td><bdi>{_cell(value)}</bdi></td>" for value in row) + "</tr>"
        for row in table.itertuples(index=False)
    )
    return _PAGE.format(title=escape(title), head=head, rows=rows)


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else escape(printable(str(value)))


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 14px/1.4 sans-serif; margin: 1em }}
table {{ border-collapse: collapse }}
th, td {{ border-bottom: 1px solid #ddd; padding: .4em .6em; text-align: left;
  vertical-align: top; overflow-wrap: anywhere }}
td:first-child {{ min-width: 22em }}
</style>
</head>
<body>
<h1>{title}</h1>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""
