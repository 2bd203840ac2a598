"""Read what a report is made of: statements, or predictions on them, and events."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.errors import DataError
from stance.labels import LABELS
from stance.records import Statement

if TYPE_CHECKING:
    import pandas as pd

    from stance.positioning.page_data import Event
    from stance.streaming import Layout
    from stance.streaming.rows import Row

__all__ = ["Found", "decodable", "read_events", "read_inputs"]

_PROBABILITIES = tuple(f"p_{label}" for label in LABELS)
_PREDICTED = ("statement", "term", "label", *_PROBABILITIES, "abstained", "reason", "checked")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNCHECKED = (
    "checked labels go with predictions, since a label is of a statement and a term; put them "
    "into the table that stance predict writes"
)
_NAMED = ("text", "id", "holder", "side", "date", "checked")


@dataclass(frozen=True, slots=True)
class Found:
    """What the files hold.

    Attributes
    ----------
    statements : list of Statement
        Empty where the files are of predictions.
    predictions : pandas.DataFrame or None
        As :func:`stance.positions` takes them.
    faults : list of str
        Rows that could not be read, with where they are and why.
    unclear : int
        Statements in articles that are left out, because it is not plain who made them.
    """

    statements: list[Statement] = field(default_factory=list)
    predictions: pd.DataFrame | None = None
    faults: list[str] = field(default_factory=list)
    unclear: int = 0

    def left_out(self) -> list[str]:
        """What is not in the report, a sentence each."""
        said = []
        if self.faults:
            said.append(f"Rows of the input that could not be read: {len(self.faults):,}.")
        if self.unclear:
            said.append(
                f"Statements of articles that are left out, as it is not plain who made them: "
                f"{self.unclear:,}."
            )
        return said


def read_inputs(
    files: Sequence[str],
    layout: Layout,
    columns: Mapping[str, str | None],
    *,
    by: str,
    about: str | None = None,
    date: dt.date | None = None,
) -> Found:
    """Read files of statements, or of predictions.

    Parameters
    ----------
    files : sequence of str
        All of statements or all of predictions: tables with a column ``p_favor``. Without a
        format in ``layout``, a ``.txt`` file is an article.
    layout : Layout
        Of every table; its columns are not used. With ``about`` it is that file's, and of the
        predictions only the format is.
    columns : mapping of str to str or None
        What the columns ``text``, ``id``, ``holder``, ``side``, ``date`` and ``checked`` are
        called, where it is something else; with ``about`` in that file, but ``checked`` in the
        predictions.
    by : {"holder", "side"}
        The column that statements must have.
    about : str, optional
        A file of statements that the predictions are of.
    date : datetime.date, optional
        Of the articles whose names do not begin with theirs (``2026-02-28-talks.txt``).

    Raises
    ------
    DataError
        If a file cannot be read, or the files do not fit together.
    """
    articles = [] if layout.format else [file for file in files if file.lower().endswith(".txt")]
    asked = {name: columns.get(name) for name in _NAMED}
    named, own = (asked, layout) if about is None else _of_stance(asked, layout)
    read = {
        file: _rows(file, own, {**dict.fromkeys(_PREDICTED), **named})
        for file in files
        if file not in articles
    }
    if articles and by == "side":
        raise DataError(f"{articles[0]}: an article says who speaks, not for which side")
    predicted = [file for file, rows in read.items() if _has(rows, "p_favor")]
    if predicted:
        other = next((file for file in files if file not in predicted), None)
        if other is not None:
            raise DataError(
                f"{other} has no column 'p_favor', and {predicted[0]} has; give files of one kind"
            )
        return _of_predictions(read, layout, asked, by, about)
    if about is not None:
        for file, rows in read.items():
            if _no_statement(rows):
                raise _none_read(f"{_name(file)}, row {rows[0].number}: {rows[0].fault}")
        raise DataError(
            f"--statements goes with a table that stance predict wrote; {files[0]} has no "
            "column 'p_favor'"
        )
    if asked["checked"] is not None:
        raise DataError(f"--checked-column: {_UNCHECKED}")
    for file, rows in read.items():
        _demand(file, rows, layout, asked, ("text", by))
    said, found = _statements(read), _articles(articles, layout.encoding, date)
    statements = said.statements + found.statements
    if not statements:
        if said.faults:
            raise _none_read(said.faults[0])
        raise DataError(f"{files[0]}: no statement was found whose holder is plain")
    return Found(statements, faults=said.faults, unclear=found.unclear)


def _of_stance(
    asked: Mapping[str, str | None], layout: Layout
) -> tuple[dict[str, str | None], Layout]:
    """How a table is read that ``stance predict`` wrote, where the options are another file's."""
    from stance.streaming import Layout

    return {**dict.fromkeys(asked), "checked": asked["checked"]}, Layout(format=layout.format)


def _of_predictions(
    read: Mapping[str, Sequence[Row]],
    layout: Layout,
    asked: Mapping[str, str | None],
    by: str,
    about: str | None,
) -> Found:
    found = _predictions(read)
    if about is None:
        for name in (by, "text"):
            if not all(_has(rows, name) for rows in read.values()):
                raise DataError(
                    f"{next(iter(read))}: predictions without a column {name!r}; name it with "
                    f"--{name}-column, or name the file of the statements with --statements"
                )
        return found
    layout = _by_name(about, layout)
    told = {about: _rows(about, layout, {**asked, "checked": None})}
    _demand(about, told[about], layout, asked, ("text", by))
    said = _statements(told)
    if not said.statements:
        raise _none_read(said.faults[0])
    return Found(said.statements, found.predictions, found.faults + said.faults)


def _by_name(file: str, layout: Layout) -> Layout:
    """Without the format, which is that of the predictions, where a file's name says its own."""
    from dataclasses import replace

    from stance.streaming.reading import input_format

    named = replace(layout, format=None)
    try:
        input_format(file, named)
    except DataError:
        return layout
    return named


def _articles(files: Sequence[str], encoding: str | None, date: dt.date | None) -> Found:
    from stance.reading import statements_from_text
    from stance.streaming.articles import read_article

    statements, unclear = [], 0
    for file in files:
        name = Path(file).name
        dated = _DATED.match(name)
        try:
            day = dt.date.fromisoformat(dated[0]) if dated else date
        except ValueError as error:
            raise DataError(f"{file}: its name begins with a date that is none: {error}") from error
        for item in statements_from_text(read_article(file, encoding)):
            if item.certain:
                place = f"{_name(file)}, {item.start}–{item.end}"
                statements.append(Statement(item.text, item.holder, id=place, date=day))
            unclear += not item.certain
    return Found(statements, unclear=unclear)


def read_events(file: str) -> list[Event]:
    """Read a table of events with the columns ``date`` and ``name``."""
    from stance.positioning.dates import parse_date
    from stance.positioning.page_data import Event
    from stance.streaming import Layout

    events = []
    for row in _rows(file, Layout(), dict.fromkeys(("text", "date", "name"))):
        if row.fault:
            raise DataError(f"{file}, row {row.number}: {row.fault}")
        if not {"date", "name"} <= row.cells.keys():
            raise DataError(f"{file}, row {row.number}: expected the columns 'date' and 'name'")
        where = f"{file}, row {row.number}, column 'date'"
        day = parse_date(row.cells["date"], where)
        name = str(row.cells["name"] or "").strip()
        if day is None or not name:
            raise DataError(f"{where}: expected a day such as 2026-02-28, and a name")
        events.append(Event(day, name))
    return events


def _rows(file: str, layout: Layout, asked: Mapping[str, str | None]) -> list[Row]:
    from dataclasses import replace

    from stance.streaming import open_source

    with open_source(file, replace(layout, columns=dict(asked))) as source:
        rows = list(source)
    if not rows:
        raise DataError(f"{file} holds no rows")
    return rows


def _no_statement(rows: Iterable[Row]) -> bool:
    return all(row.statement is None for row in rows)


def _none_read(first: str) -> DataError:
    return DataError(f"none of the rows could be read; the first: {first}")


def _has(rows: Iterable[Row], name: str) -> bool:
    return any(name in row.cells for row in rows)


def _demand(
    file: str,
    rows: Iterable[Row],
    layout: Layout,
    asked: Mapping[str, str | None],
    names: Iterable[str],
) -> None:
    """Refuse a file without a column that statements need."""
    from stance.streaming.reading import STDIN, input_format

    if _no_statement(rows):
        return  # no row could be read: that is said of the rows
    if input_format(file, layout)[0] == "txt":
        return  # lines have no columns: their statements are of nobody
    for name in names:
        if not _has(rows, name) and file != STDIN:
            _rows(file, layout, {"text": None, name: asked[name] or name})  # names the nearest
        if not _has(rows, name):
            raise DataError(f"{_name(file)}: no column {name!r}; name it with --{name}-column")


def _statements(read: Mapping[str, Iterable[Row]]) -> Found:
    from stance.positioning.dates import parse_date

    taken: dict[str, str] = {}
    found = Found()
    for file, rows in read.items():
        for row in rows:
            where = f"{_name(file)}, row {row.number}"
            if row.statement is None:
                found.faults.append(f"{where}: {row.fault}")
                continue
            if str(row.cells.get("checked") or "").strip():
                raise DataError(f"{where}, column 'checked': {_UNCHECKED}")
            name = row.name if row.cells.get("id") or len(read) == 1 else where
            if name in taken:
                raise DataError(f"{where}: the id {name!r} is also that of {taken[name]}")
            taken[name] = where
            said = row.statement
            date = parse_date(row.cells.get("date"), f"{where}, column 'date'")
            found.statements.append(Statement(said.text, said.holder, said.side, name, date))
    return found


def _predictions(read: Mapping[str, Iterable[Row]]) -> Found:
    import pandas as pd

    places, cells, faults = [], [], []
    for file, rows in read.items():
        for row in rows:
            where = f"{_name(file)}, row {row.number}"
            if row.statement is None:
                faults.append(f"{where}: {row.fault}")
                continue
            said: dict[str, Any] = {"statement": row.name, **row.cells}
            for name in ("holder", "side"):
                if name in said:
                    said[name] = getattr(row.statement, name)
            places.append(where)
            cells.append(said)
    return Found(predictions=pd.DataFrame(cells, index=places, dtype=object), faults=faults)


def _name(file: str) -> str:
    """As it was given: files in two folders may be called the same."""
    return "standard input" if file == "-" else decodable(file)


def decodable(name: str) -> str:
    """A file's name for a table or a page: what is not UTF-8 in it could not be written there."""
    return os.fsencode(name).decode("utf-8", "replace")
