"""``stance report``: where everybody stands, as a page to read or a table to go on with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stance.cli.choosing import select_terms, term_files
from stance.cli.predicting import predict
from stance.errors import DataError, nearest
from stance.resources import user_path
from stance.writing import refuse_input

if TYPE_CHECKING:
    import pandas as pd

    from stance.cli.inputs import Found
    from stance.positioning.page_data import Event
    from stance.positioning.table import Positions
    from stance.records import Statement, Term

__all__ = ["report"]

_FORMATS = ("html", "xlsx", "csv", "parquet", "dta")
_AT_ONCE = 2000
_SHOWN_FAULTS = 5
_EXAMPLES = """\b
Examples:
  stance report speeches.csv --terms my-terms.yaml --out report.html
  stance report speeches.xlsx --conflict cyprus --by side --events talks.csv --out report.html
  stance report stances.csv --statements speeches.csv --out positions.xlsx
  stance report speeches.csv --terms my-terms.yaml --out positions.csv --wide
  stance report 2026-02-28-talks.txt 2026-03-02-speech.txt --conflict cyprus --out report.html

\b
FILE is a table of statements with who said them (holder or side) and, for timelines and
filters, when (date, such as 2026-02-28); or a table that stance predict wrote, whose holders
and texts are in it or in --statements: the options of columns (but --checked-column), --sheet,
--encoding and --delimiter are then of that file. A column checked of predictions holds labels
that a person gave.
A .txt file is an article, whose statements are found as by stance read (--format txt: a
statement a line, of no holder).
"""


def _as_predict(*names: str) -> Callable[[click.Command], click.Command]:
    """Add the options that mean the same as in ``stance predict``."""

    def add(command: click.Command) -> click.Command:
        shared = [option for option in predict.params if option.name in names]
        command.params[1:1] = shared
        return command

    return add


@_as_predict(
    *("terms", "conflict", "format", "text_column", "id_column", "holder_column"),
    *("side_column", "sheet", "encoding", "delimiter", "model", "max_error", "coverage"),
)
@click.command(epilog=_EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True), metavar="FILE…")
@click.option(
    "--out",
    "-o",
    required=True,
    type=click.Path(path_type=Path),
    help="What to write: .html, .xlsx, .csv, .parquet or .dta.",
)
@click.option("--date-column", metavar="NAME", help="Column of when it was said [date].")
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Of articles whose names do not begin with theirs.",
)
@click.option(
    "--checked-column",
    metavar="NAME",
    help="Column of predictions with labels by a person [checked].",
)
@click.option("--statements", metavar="FILE", help="What the predictions in FILE are of.")
@click.option(
    "--by",
    type=click.Choice(["holder", "side"]),
    default="holder",
    show_default=True,
    help="Whose positions.",
)
@click.option(
    "--min-n",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="No position with fewer statements.",
)
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--events", metavar="FILE", help="Table of date and name, marked on the timelines.")
@click.option("--title", metavar="TEXT", help="Of the page [the name of the first FILE].")
@click.option("--wide", is_flag=True, help="A column for each term; for .csv, .parquet, .dta.")
@click.option("--overwrite", is_flag=True, help="Replace the output.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
def report(files: tuple[str, ...], **given: Any) -> int:
    """Say where each holder stands on each term, as a page or a table.

    The end of OUT says which: .html is one page with everything in it, .xlsx, .csv, .parquet
    and .dta (Stata) hold the positions.
    """
    out = user_path(given["out"])
    _check_kind(out, given)
    beside = [given[name] for name in ("statements", "events") if given[name]]
    inputs = [user_path(file) for file in (*files, *beside)]
    refuse_input(out, [*inputs, *term_files(given["terms"])])
    _check_place(out, overwrite=given["overwrite"])
    from stance.cli.inputs import decodable, read_events

    try:
        events = read_events(given["events"]) if given["events"] else []
        found = _read(files, given)
        positions = _positions(found, given)
        if out.suffix.lower() == ".html":
            title = decodable(given["title"] or _stem(files[0]))
            _write_page(positions, out, given["model"], title, events, found)
        else:
            positions.export(out, "matrix" if given["wide"] else None)
    except KeyboardInterrupt:
        click.echo("error: interrupted; nothing was written", err=True)
        return 130
    if not given["quiet"]:
        _tell(out, positions, found)
    return 3 if found.faults else 0


def _check_kind(out: Path, given: dict[str, Any]) -> None:
    kind = out.suffix.lstrip(".").lower()
    if kind not in _FORMATS:
        raise DataError(
            f"--out {out}: unknown format {kind!r}; {nearest(kind, _FORMATS)}; "
            "the end of the name says which"
        )
    if given["wide"] and kind in ("html", "xlsx"):
        raise DataError(f"--wide is for .csv, .parquet and .dta; an .{kind} file holds the matrix")
    for name in ("events", "title"):
        if given[name] is not None and kind != "html":
            raise DataError(f"--{name} is for .html; an .{kind} file has no place for it")


def _check_place(out: Path, *, overwrite: bool) -> None:
    if out.exists() and not out.is_file():
        raise DataError(f"--out {out}: expected a file, but this is something else")
    if not out.parent.is_dir():
        raise DataError(f"--out {out}: the folder {out.parent} does not exist; make it first")
    if out.exists() and not overwrite:
        raise DataError(f"{out} is already there; add --overwrite to replace it")


def _read(files: Sequence[str], given: dict[str, Any]) -> Found:
    from stance.cli.inputs import read_inputs
    from stance.streaming import Layout

    names = ("text", "id", "holder", "side", "date", "checked")
    columns = {name: given[f"{name}_column"] for name in names}
    layout = Layout({}, *(given[name] for name in ("format", "encoding", "delimiter", "sheet")))
    return read_inputs(
        files,
        layout,
        columns,
        by=given["by"],
        about=given["statements"],
        date=given["date"] and given["date"].date(),
    )


def _positions(found: Found, given: dict[str, Any]) -> Positions:
    from stance.positioning import positions

    chosen = bool(given["terms"] or given["conflict"] or found.predictions is None)
    terms = select_terms(given["terms"], given["conflict"]) if chosen else None
    asked = {name: given[name] for name in ("by", "model", "min_n", "level")}
    if found.predictions is not None:
        for name in ("max_error", "coverage"):
            if given[name] is not None:
                raise DataError(
                    f"--{name.replace('_', '-')} is for statements; these predictions are made: "
                    "give it to stance predict"
                )
        about = found.statements or None
        return positions(found.predictions, statements=about, terms=terms, **asked)
    assert terms is not None
    predicted = _score(found.statements, terms, given)
    return positions(predicted, statements=found.statements, terms=terms, **asked)


def _score(
    statements: Sequence[Statement], terms: Sequence[Term], given: dict[str, Any]
) -> pd.DataFrame:
    import pandas as pd

    from stance.cli.progress import showing
    from stance.predict import predict_many

    promises = {name: given[name] for name in ("model", "max_error", "coverage")}
    tables = []
    with showing(quiet=given["quiet"]) as progress:
        for start in range(0, len(statements), _AT_ONCE):
            tables.append(predict_many(statements[start : start + _AT_ONCE], terms, **promises))
            done = min(start + _AT_ONCE, len(statements))
            progress(done, len(statements), done)
    return pd.concat(tables, ignore_index=True)


def _write_page(
    positions: Positions,
    out: Path,
    model: str | None,
    title: str,
    events: Sequence[Event],
    found: Found,
) -> None:
    from stance.positioning.html import report_page
    from stance.predict import load_model
    from stance.writing import beside

    page = report_page(
        positions, model=load_model(model), title=title, events=events, left_out=found.left_out()
    )
    with beside(out) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")


def _stem(file: str) -> str:
    return "Positions" if file == "-" else Path(file).name.partition(".")[0]


def _tell(out: Path, positions: Positions, found: Found) -> None:
    from stance.inert import printable

    pairs = positions.pairs
    click.echo(
        f"{out}: {pairs['statement'].nunique():,} statements, {pairs[positions.by].nunique():,} "
        f"{positions.by}s × {pairs['term'].nunique():,} terms",
        err=True,
    )
    if pairs["date"].isna().all():
        click.echo("no statement has a date (--date-column): there are no timelines", err=True)
    if found.unclear:
        click.echo(found.left_out()[-1], err=True)
    for fault in found.faults[:_SHOWN_FAULTS]:
        click.echo(f"left out: {printable(fault)}", err=True)
    if len(found.faults) > _SHOWN_FAULTS:
        click.echo(f"left out: {len(found.faults) - _SHOWN_FAULTS:,} more rows", err=True)
