"""The positions of holders on terms: the tables, and what can be asked of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pandas as pd

from stance.errors import UnknownNameError
from stance.labels import RELATED
from stance.positioning.cells import count_cells, estimate_cells, is_counted, read_stances
from stance.positioning.given import PROBABILITIES
from stance.reliability import Reliability
from stance.terms import TermCatalogue

__all__ = ["EVIDENCE", "NUMBERS", "Positions"]

NUMBERS = (
    "position",
    "low",
    "high",
    *(f"share_{label}" for label in RELATED),
    "mean",
    "n",
    *(f"n_{label}" for label in RELATED),
    "n_checked",
    "n_unrelated",
    "n_abstained",
)
"""The columns of a table of positions that hold numbers, in order."""

EVIDENCE = (
    *("term", "term_name", "date", "statement", "text", "label", "checked", "predicted"),
    *("confidence", *PROBABILITIES),
)
"""The columns of the evidence after ``holder`` and ``side``, in order."""

_ESTIMATED = ("position", "low", "high", *(f"share_{label}" for label in RELATED), "mean")


@dataclass(frozen=True, eq=False)
class Positions:
    """Where each holder stands on each term.

    Made by :func:`stance.positions`. A position is a number from -1 (against) to +1 (in favour);
    a conditional yes counts 0.5, a neutral statement 0. Statements that do not speak of the
    term, and those on which the model abstained, are left out. Blank (NaN) means that there is
    not enough to say, never 0.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each holder and term, with the columns

        - ``holder`` (or ``side``), ``term`` (its id), ``term_name``;
        - ``stance``: ``"conditional"`` where that is the largest share of the labels, else
          ``"for"`` or ``"against"`` where the interval is on one side of 0, else ``"unclear"``;
        - ``position``: the mean over the statements' labels, corrected for what the model gets
          wrong: the plain mean where every label is certain;
        - ``low``, ``high``: the interval of the position of all that the holder says, of which
          the statements are a sample; it carries the doubt of the sample, of each label, and
          of the model's reliability;
        - ``share_favor``, ``share_conditional``, ``share_neutral``, ``share_against``: shares of
          the labels, corrected likewise; they add up to 1;
        - ``mean``: the plain mean of the labels as they were given, without correction;
        - ``n``: counted statements (answered and not ``unrelated``), and of these ``n_favor``,
          ``n_conditional``, ``n_neutral``, ``n_against`` by label as given, and ``n_checked``
          with a label that a person gave;
        - ``n_unrelated``, ``n_abstained``: statements left out, by why;
        - ``last_date``: of the counted statements, NaT where none has a date.

        With ``n`` below ``min_n``, stance, position, interval, shares and mean are blank.
    evidence : pandas.DataFrame
        The counted statements: ``holder``, ``side``, ``term``, ``term_name``, ``date``,
        ``statement``, ``text``, ``label``, ``checked`` (whether a person gave the label),
        ``predicted``, ``confidence``, ``p_favor`` … ``p_unrelated``.
    pairs : pandas.DataFrame
        All pairs, also those left out, with ``abstained`` and ``reason`` besides.
    by : str
        ``"holder"`` or ``"side"``: what the first column is called.
    min_n, level, n_boot, seed
        As they were asked for.
    reliability : stance.reliability.Reliability
        Of the model.
    """

    table: pd.DataFrame
    evidence: pd.DataFrame
    pairs: pd.DataFrame
    by: str
    min_n: int
    level: float
    n_boot: int
    seed: int
    reliability: Reliability

    @classmethod
    def estimate(
        cls,
        pairs: pd.DataFrame,
        reliability: Reliability,
        catalogue: TermCatalogue,
        *,
        by: str,
        min_n: int,
        level: float,
        n_boot: int,
        seed: int,
    ) -> Positions:
        """Compute the positions from a table of pairs; see :func:`stance.positions`."""
        names = {key: catalogue[key].name if key in catalogue else key for key in pairs["term"]}
        pairs = pairs.assign(term_name=pairs["term"].map(names).astype(object))
        table = count_cells(pairs, by)
        # Most cells of many holders stay blank, and would cost as much as the others.
        cells = table.loc[table["n"] >= min_n, [by, "term"]]
        estimates = estimate_cells(pairs, cells, reliability, level=level, n_boot=n_boot, seed=seed)
        for name in estimates:
            table[name] = estimates[name].reindex(table.index)
        table["mean"] = table["mean"].where(table["n"] >= min_n)
        table["stance"] = read_stances(table)
        table = table[[by, "term", "term_name", "stance", *NUMBERS, "last_date"]]
        counted = pairs[is_counted(pairs)]
        evidence = counted[["holder", "side", *EVIDENCE]].sort_values(
            [by, "term", "date"], kind="stable", ignore_index=True
        )
        return cls(table, evidence, pairs, by, min_n, level, n_boot, seed, reliability)

    def matrix(self, value: str = "position") -> pd.DataFrame:
        """One column of the table as a matrix.

        Parameters
        ----------
        value : str, default "position"
            A column of ``table``.

        Returns
        -------
        pandas.DataFrame, shape (n_holders, n_terms)
            Holders in rows, ids of terms in columns; blank where there is no data.

        Raises
        ------
        UnknownNameError
            If there is no such column.
        """
        columns = [name for name in self.table.columns if name not in (self.by, "term")]
        if value not in columns:
            raise UnknownNameError.of("column", str(value), columns)
        holders, terms = (self.table[name].drop_duplicates() for name in (self.by, "term"))
        wide = self.table.pivot(index=self.by, columns="term", values=value)
        return wide.reindex(index=holders, columns=terms)

    def shifts(
        self,
        window: Any = "90D",
        *,
        events: Any = None,
        alpha: float = 0.05,
        correction: str = "by",
        n_permutations: int = 49_999,
    ) -> pd.DataFrame:
        """Changes of position from one window of time to the next with enough statements.

        Parameters
        ----------
        window : str, pandas.DateOffset, or iterable of dates
            The length of a window (``"90D"``, ``"6MS"``), the first beginning with the first
            dated statement; or the dates that windows begin at, each a date or a pair of a
            date and a name, or a DataFrame with ``date`` and ``name``.
        events : iterable or pandas.DataFrame, optional
            Dates with names, to mark the changes with; as for ``window``.
        alpha : float, default 0.05
            Expected share of false ones among the changes that are called a shift; without
            any change, the probability that there is one is at most this.
        correction : {"by", "bh"}, default "by"
            For many tests. Windows next to each other share one, so that their tests depend on
            each other: Benjamini and Yekutieli (2001) hold for any dependence. Benjamini and
            Hochberg (1995) find more, and hold for tests that do not work against each other.
        n_permutations : int, default 49999
            Random divisions for a test that a first 999 do not settle; where there are fewer
            than that, all are tried. With more than 300 rows, ask for more.

        Returns
        -------
        pandas.DataFrame
            A row for each holder, term and pair of windows with ``min_n`` counted statements in
            each: ``holder`` (or ``side``), ``term``, ``term_name``, ``date`` (where the second
            window begins), ``event`` (names of the events within the two windows), ``before``,
            ``after`` (positions), ``change`` with its interval ``low``, ``high``, ``n_before``,
            ``n_after``, ``p_value``, ``q_value`` (corrected over all rows) and ``shift``
            (whether ``q_value`` is at most ``alpha``).

        Raises
        ------
        DataError
            If no statement has a date, or an argument is not as expected.

        Notes
        -----
        The p-value is of a permutation test within holder and term: if nothing changed, the
        dates of the counted statements could be exchanged. That does not hold for several
        statements of one article or speech, which agree with each other: with many of these,
        more shifts are false than ``alpha`` says. The test compares the means of what each
        statement is expected to count by its probabilities. Statements without a date, or with
        a year or month only, are left out.

        References
        ----------
        Benjamini, Hochberg: Controlling the false discovery rate. Journal of the Royal
        Statistical Society B 57, 1995. Benjamini, Yekutieli: The control of the false discovery
        rate in multiple testing under dependency. Annals of Statistics 29, 2001. Phipson, Smyth:
        Permutation p-values should never be zero. Statistical Applications in Genetics and
        Molecular Biology 9, 2010.
        """
        from stance.positioning.changes import shifts

        return shifts(
            self, window, events, alpha=alpha, correction=correction, n_permutations=n_permutations
        )

    def gaps(self) -> pd.DataFrame:
        """Who is for, against or conditional on each term, and on what conditions.

        Returns
        -------
        pandas.DataFrame
            A row for each holder and term, the terms on which positions are furthest apart
            first: ``term``, ``term_name``, ``gap`` (from the lowest position to the highest, 0
            to 2; blank where fewer than two are known), ``stance``, ``holder`` (or ``side``),
            ``position``, ``low``, ``high``, ``n``, ``conditions`` (a tuple of the clauses
            that state a condition in statements labelled ``conditional``, the latest first) and
            ``statements`` (a tuple of what these are called).

        See Also
        --------
        stance.conditions.find_condition : how the clauses are found.
        """
        from stance.positioning.comparing import gaps

        return gaps(self)

    def agreement(self, *, min_terms: int = 1) -> pd.DataFrame:
        """How near the positions of each two holders are.

        Parameters
        ----------
        min_terms : int, default 1
            Blank where fewer terms than this have a position of both.

        Returns
        -------
        pandas.DataFrame, shape (n_holders, n_holders)
            From 0 (opposite ends on every term) to 1 (equal): one minus half the mean distance
            over the terms on which both have a position.
        """
        from stance.positioning.comparing import agreement

        return agreement(self, min_terms=min_terms)

    def export(self, path: str | os.PathLike[str], table: str | None = None) -> None:
        """Write the tables to a file; the end of its name says the format.

        Parameters
        ----------
        path : path-like
            ``.xlsx``: a workbook of all tables, with a sheet of notes that explains columns and
            codes. ``.csv``, ``.parquet``: one table. ``.dta`` (Stata 14 and later): one table
            with notes, variable labels, and value labels for the codes of labels. It is written
            beside its place and then moved there.
        table : {"positions", "matrix", "evidence"}, optional
            The long table (the default), the wide one, a column for each term, or the counted
            statements.

        Raises
        ------
        DataError
            If the format is unknown or the file cannot be written.
        UnknownNameError
            If there is no such table.

        Notes
        -----
        In Excel and CSV, text that a spreadsheet would run as a formula begins with an
        apostrophe. Numbers are written in full: what is read back is equal.
        """
        from stance.positioning.exporting import export

        export(self, path, table)

    def __repr__(self) -> str:
        holders, terms = (self.table[name].nunique() for name in (self.by, "term"))
        known = int(self.table["position"].notna().sum())
        return f"Positions({holders} {self.by}s × {terms} terms, {known} known)"
