"""What ``stance.positions`` is given, as one checked table: a row for each statement and term."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from stance.errors import DataError, UnknownNameError, nearest, shown
from stance.inert import cell, printable
from stance.labels import LABELS
from stance.positioning.dates import is_missing, parse_dates
from stance.positioning.files import FAULT, read_statements
from stance.positioning.given import ABOUT, NEEDED, PROBABILITIES, predictions_table
from stance.records import Statement
from stance.statements import names_in, names_of

__all__ = ["gather"]

_SUM = 0.01  # how far the probabilities of a pair may be from 1: files round them


def gather(predictions: Any, statements: Any, by: str) -> pd.DataFrame:
    """Check predictions, and join what is known of their statements.

    Parameters
    ----------
    predictions, statements, by
        As for :func:`stance.positions`.

    Returns
    -------
    pandas.DataFrame
        ``holder``, ``side``, ``term``, ``statement``, ``date``, ``text``, ``label`` (the checked
        one where there is one), ``predicted``, ``checked`` (whether a person gave the label),
        ``confidence``, ``p_favor`` … ``p_unrelated``, ``abstained``, ``reason``.
    """
    if by not in ("holder", "side"):
        raise UnknownNameError.of("by", str(by), ("holder", "side"))
    table = predictions_table(predictions)
    _check_columns(table, "predictions", NEEDED, (*ABOUT, "checked", "abstained"))
    if statements is not None:
        table = _join(table, _about(statements, table))
    if by not in table.columns:
        raise DataError(
            f"predictions: no column {by!r}; {nearest(by, map(str, table.columns))}. Give the "
            f"statements with statements=, or add the column"
        )
    found = pd.DataFrame(index=table.index)
    for name in ("holder", "side"):
        found[name] = _texts(table, name).str.strip()
    found[by] = found[by].where(found[by] != "", f"(no {by})")
    found["term"] = _texts(table, "term")
    found["statement"] = table["statement"]
    found["date"] = parse_dates(_column(table, "date"), "predictions")
    found["text"] = _texts(table, "text")
    _add_labels(table, found)
    _add_probabilities(table, found)
    _check_once(found)
    return found.reset_index(drop=True)


def _check_columns(
    table: pd.DataFrame, what: str, needed: Iterable[str], optional: Iterable[str]
) -> None:
    """Needed columns are there, and none is nearly called like one that would be read."""
    have = [str(name) for name in table.columns]
    for name in needed:
        if name not in have:
            raise DataError(f"{what}: no column {name!r}; {nearest(name, have)}")
    for name in have:
        if have.count(name) > 1:
            raise DataError(f"{what}: two columns are called {name!r}; rename one of them")
        plain = name.strip().casefold()
        if plain != name and plain in optional and plain not in have:
            raise DataError(f"{what}: unknown column {name!r}; did you mean {plain!r}?")


def _about(statements: Any, table: pd.DataFrame) -> pd.DataFrame:
    """Statements as a table whose index is what predictions call them."""
    if isinstance(statements, (str, os.PathLike)):
        statements = read_statements(Path(statements), ABOUT, numbered="row" in table)
    elif isinstance(statements, pd.DataFrame):
        _check_columns(statements, "statements", (), (*ABOUT, "id"))
        if "id" in statements.columns:
            statements = statements.set_axis(names_in(statements))
        elif _named_by_row(table):
            statements = _by_row(statements, table)
    else:
        records = list(statements)
        for index, item in enumerate(records):
            if not isinstance(item, Statement):
                raise DataError(f"statements[{index}]: expected a Statement, got {shown(item)}")
        cells = {name: [getattr(item, name) for item in records] for name in ABOUT}
        statements = pd.DataFrame(cells, index=names_of(records), dtype=object)
    names = pd.Series([_key(name) for name in statements.index], dtype=object)
    twice = names[names.duplicated()]
    if len(twice):
        raise DataError(f"statements: two of them have the id {twice.iloc[0]!r}; ids must differ")
    about: pd.DataFrame = statements.set_axis(names)
    return about


def _named_by_row(table: pd.DataFrame) -> bool:
    """Whether a file's statements had no ids, so that ``stance predict`` named their rows."""
    return "row" in table and table["row"].map(_key).equals(table["statement"].map(_key))


def _by_row(statements: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    rows = sorted({int(row) for row in table["row"]})
    if len(rows) != len(statements):
        raise DataError(
            f"statements: {len(statements):,} of them, but the predictions are of {len(rows):,} "
            "rows of a file; give the statements of both a column 'id'"
        )
    by_row: pd.DataFrame = statements.set_axis([str(row) for row in rows])
    return by_row


def _key(value: Any) -> str:
    """What joins: an id that a file made text of is the same as the number."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _join(table: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    keys = table["statement"].map(_key)
    there = keys.isin(about.index)
    if not there.all():
        keys = keys.where(there, keys.map(_as_written(about.index)).fillna(keys))
    lost = keys[~keys.isin(about.index)]
    if len(lost):
        fault = about.attrs.get(FAULT)
        raise DataError(
            f"predictions, row {lost.index[0]!r}, column 'statement': {lost.iloc[0]!r} is not "
            f"among the statements; {nearest(lost.iloc[0], about.index)}"
            + (f". A row of them cannot be read: {fault}" if fault else "")
        )
    _check_texts(table, about, keys)
    joined = table.copy()
    for name in ABOUT:
        if name in about.columns:
            joined[name] = about[name].loc[keys].to_numpy()
    return joined


def _as_written(names: Iterable[str]) -> dict[str, str]:
    """The ids by what became of them in a table that was made inert, where that tells them."""
    written: dict[str, list[str]] = {}
    for name in names:
        for form in {cell(name), cell(printable(name))}:
            written.setdefault(form, []).append(name)
    return {form: found[0] for form, found in written.items() if len(found) == 1}


def _check_texts(table: pd.DataFrame, about: pd.DataFrame, keys: pd.Series[Any]) -> None:
    """Where predictions repeat the text, it must be that of the statement they are joined with."""
    if "text" not in table or "text" not in about:
        return
    own, others = (
        pd.Series(list(map(_as_in_a_table, texts)), table.index, dtype=object)
        for texts in (table["text"], about["text"].loc[keys])
    )
    wrong = own[(own != others) & (own != "")]
    if len(wrong):
        row = wrong.index[0]
        raise DataError(
            f"predictions, row {row!r}, column 'text': {wrong.iloc[0]!r:.80}, but the statement "
            f"{keys[row]!r} is {others[row]!r:.80}; are these the statements that were predicted? "
            "A column 'id' in both keeps them together"
        )


def _as_in_a_table(text: Any) -> str:
    """The beginning of a text, without what is changed where tables are made inert and cut."""
    said = printable(text).replace("'", "") if isinstance(text, str) else ""
    return " ".join(said.split())[:1000]


def _column(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name in table.columns:
        return table[name]
    return pd.Series([None] * len(table), table.index, dtype=object)


def _texts(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    texts = []
    for row, value in _column(table, name).items():
        if is_missing(value):
            value = ""
        if not isinstance(value, str):
            raise DataError(
                f"predictions, row {row!r}, column {name!r}: expected text, got {shown(value)}"
            )
        texts.append(value)
    return pd.Series(texts, table.index, dtype=object)


def _add_labels(table: pd.DataFrame, found: pd.DataFrame) -> None:
    predicted, checked = _texts(table, "label"), _texts(table, "checked").str.strip()
    for name, column in (("label", predicted), ("checked", checked)):
        wrong = column[~column.isin(["", *LABELS])]
        if len(wrong):
            raise DataError(
                f"predictions, row {wrong.index[0]!r}, column {name!r}: {wrong.iloc[0]!r} is not a "
                f"label; {nearest(wrong.iloc[0], LABELS)}"
            )
    found["checked"] = checked != ""
    found["predicted"] = predicted
    found["label"] = checked.where(found["checked"], predicted)
    withheld = _column(table, "abstained").map(_flag).astype(bool) | (predicted == "")
    found["abstained"] = withheld & ~found["checked"]
    found["reason"] = _texts(table, "reason")


def _flag(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() in ("true", "1", "yes")
    return not is_missing(value) and bool(value)


def _add_probabilities(table: pd.DataFrame, found: pd.DataFrame) -> None:
    for name in PROBABILITIES:
        given = table[name].replace("", None)
        numbers = pd.to_numeric(given, errors="coerce").astype(float)
        wrong = given[(numbers.isna() & given.notna()) | (numbers < 0) | (numbers > 1)]
        if len(wrong):
            raise DataError(
                f"predictions, row {wrong.index[0]!r}, column {name!r}: expected a number from 0 "
                f"to 1, got {shown(wrong.iloc[0])}"
            )
        found[name] = numbers
    total = found[PROBABILITIES].sum(axis=1, skipna=False)
    wrong = total[~found["abstained"] & ~found["checked"] & ~((total - 1).abs() <= _SUM)]
    if len(wrong):
        raise DataError(
            f"predictions, row {wrong.index[0]!r}: p_favor … p_unrelated add up to "
            f"{wrong.iloc[0]:g}; expected 1"
        )
    found[PROBABILITIES] = found[PROBABILITIES].div(total, axis=0)
    found["confidence"] = float("nan")
    for label, name in zip(LABELS, PROBABILITIES, strict=True):
        found["confidence"] = found["confidence"].where(found["predicted"] != label, found[name])


def _check_once(found: pd.DataFrame) -> None:
    pairs = pd.DataFrame({"statement": found["statement"].map(_key), "term": found["term"]})
    twice = pairs[pairs.duplicated()]
    if len(twice):
        statement, term = twice.iloc[0]
        raise DataError(
            f"predictions, row {twice.index[0]!r}: the statement {statement!r} stands with the "
            f"term {term!r} twice"
        )
