"""``stance.positions``: where each holder stands on each term.

This module is light: it imports pandas when positions are asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from stance.errors import DataError, shown
from stance.predict import load_model
from stance.records import Prediction, Statement, Term
from stance.terms import TermCatalogue

if TYPE_CHECKING:
    import pandas as pd

    from stance.positioning.table import Positions

__all__ = ["positions"]


def positions(
    predictions: pd.DataFrame | Iterable[Prediction] | str | os.PathLike[str],
    *,
    statements: pd.DataFrame | Iterable[Statement] | str | os.PathLike[str] | None = None,
    by: str = "holder",
    terms: Iterable[Term] | Mapping[str, Term] | None = None,
    model: str | os.PathLike[str] | None = None,
    min_n: int = 3,
    level: float = 0.95,
    n_boot: int = 2000,
    seed: int = 0,
) -> Positions:
    """Say where each holder stands on each term, judging by all that they said.

    Parameters
    ----------
    predictions : pandas.DataFrame, iterable of Prediction, or path-like
        As :func:`stance.predict_many` returns or ``stance predict`` writes (CSV, TSV, JSON lines,
        Parquet, Excel): ``statement``, ``term``, ``label``, ``p_favor`` … ``p_unrelated``, and
        optionally ``abstained`` and ``reason``. It may also have ``holder``, ``side``, ``date``
        and ``text``, and ``checked``: the label that a person gave, or empty; it stands in the
        place of the model's and counts as certain.
    statements : pandas.DataFrame, iterable of Statement, or path-like, optional
        Where ``holder``, ``side``, ``date`` and ``text`` are taken from, by the statement's
        ``id``, or its position (of a DataFrame: its index).
    by : {"holder", "side"}, default "holder"
        Whose positions.
    terms : iterable of Term, or TermCatalogue, optional
        For the terms' names; by default the shipped catalogue. A term that is not in it is
        called by its id.
    model : path-like or str, optional
        The model that made the predictions, as for :func:`stance.predict`; by default the one
        that ships. Its reliability on held-out pairs corrects the positions.
    min_n : int, default 3
        With fewer counted statements than this, position, interval and shares are blank.
    level : float, default 0.95
        Of the intervals, between 0 and 1.
    n_boot : int, default 2000
        Draws that the positions and intervals are made of, at least 100.
    seed : int, default 0
        Equal seeds give equal numbers.

    Returns
    -------
    Positions
        See :class:`stance.positioning.table.Positions` for its tables, and
        :mod:`stance.positioning.estimation` for how they are computed.

    Raises
    ------
    DataError
        If the input is not as expected; the message gives row and column.
    ModelFileError
        If the model cannot be read.

    Notes
    -----
    Statements count as independent. Copies of a text, and several sentences of one article or
    speech, are fewer than they seem: with many of them the intervals are too narrow. With fewer
    than ten statements whose labels are certain, since a person checked them, intervals are too
    narrow as well: three that are equal leave no room for the other side.

    Examples
    --------
    >>> import stance
    >>> said = [stance.Statement("Troop withdrawal now.", holder="envoy") for _ in range(3)]
    >>> term = stance.Term("Foreign troops leave", aliases=["troop withdrawal"], id="troops")
    >>> found = stance.positions(stance.predict_many(said, [term]), statements=said, terms=[term])
    >>> found.table[["holder", "term", "n"]].values.tolist()
    [['envoy', 'troops', 3]]
    """
    from stance.positioning.pairs import gather
    from stance.positioning.table import Positions
    from stance.reliability import reliability

    _check_number("min_n", min_n, 1)
    _check_number("n_boot", n_boot, 100)
    _check_number("seed", seed, 0)
    if isinstance(level, bool) or not isinstance(level, (int, float)) or not 0 < level < 1:
        raise DataError(f"level: expected a number between 0 and 1, got {shown(level)}")
    catalogue = TermCatalogue.default() if terms is None else _catalogue(terms)
    pairs = gather(predictions, statements, by)
    table = reliability(load_model(model).notes)
    return Positions.estimate(
        pairs, table, catalogue, by=by, min_n=min_n, level=level, n_boot=n_boot, seed=seed
    )


def _catalogue(terms: Iterable[Term] | Mapping[str, Term]) -> TermCatalogue:
    chosen = list(terms.values() if isinstance(terms, Mapping) else terms)
    for index, term in enumerate(chosen):
        if not isinstance(term, Term):
            raise DataError(f"terms[{index}]: expected a Term, got {shown(term)}")
    return TermCatalogue(chosen)


def _check_number(name: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DataError(f"{name}: expected a whole number of at least {least}, got {shown(value)}")
