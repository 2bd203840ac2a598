"""``stance predict``: answers for a file of statements."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stance.cli.choosing import select_terms, term_files, term_options

if TYPE_CHECKING:
    from stance.streaming import Outcome

__all__ = ["predict"]

_FORMATS = ("csv", "tsv", "jsonl", "parquet", "xlsx", "txt")
_EXAMPLES = """\b
Examples:
  stance predict speeches.csv --conflict afghanistan --out stances.csv
  stance predict speeches.xlsx --text-column Quote --terms af_troops --out stances.xlsx
  stance predict news.parquet --terms my-terms.yaml --out stances.parquet --max-error 0.1
  stance predict big.jsonl --terms my-terms.yaml --out stances.parquet --resume
  stance predict big.jsonl --terms my-terms.yaml --out stances.parquet --shard 2/8
  stance predict big.parquet --terms my-terms.yaml --out stances.parquet --scheduler tcp://HOST:8786
  cat lines.txt | stance predict - --format txt --terms "A truce takes effect" --out stances.jsonl

\b
The output has a row for each statement and term: row, statement (its id, or its
row), term, label, confidence, p_favor … p_unrelated, abstained, reason.
"""


class Shard(click.ParamType[Any]):
    """``2/8``: the second of eight."""

    name = "i/n"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read it, or say what it should look like."""
        found = re.fullmatch(r"(\d+)/(\d+)", str(value))
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            self.fail(f"expected i/n with i from 1 to n, such as 2/8; got {value!r}", param, ctx)
        return int(found[1]), int(found[2])


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=click.Path(allow_dash=True))
@term_options
@click.option(
    "--out",
    "-o",
    required=True,
    type=click.Path(path_type=Path),
    help="Where the answers go: .csv, .tsv, .jsonl (each also .gz), .parquet or .xlsx.",
)
@click.option("--format", type=click.Choice(_FORMATS), help="Of FILE, where its name does not say.")
@click.option("--text-column", metavar="NAME", help="Column of the statements [text].")
@click.option("--id-column", metavar="NAME", help="Column of their names [id, or the row number].")
@click.option("--holder-column", metavar="NAME", help="Column of who speaks [holder].")
@click.option("--side-column", metavar="NAME", help="Column of the party spoken for [side].")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook [the one last in view].")
@click.option("--encoding", metavar="NAME", help="Of a text file [UTF-8, or by its mark].")
@click.option("--delimiter", metavar="CHAR", help="Between cells of a CSV file [found by looking].")
@click.option("--model", "-m", metavar="FOLDER|URI", help="A model [the one that ships].")
@click.option("--max-error", type=float, help="Abstain so that at most this share is wrong.")
@click.option("--coverage", type=float, help="Abstain so that about this share is answered.")
@click.option("--label-set", type=float, help="Add the labels that hold the true one this often.")
@click.option("--with-text", is_flag=True, help="Repeat the statement in the output.")
@click.option("--shard", type=Shard(), help="Take every n-th row, starting with the i-th.")
@click.option("--resume", is_flag=True, help="Go on with a run that was killed.")
@click.option("--overwrite", is_flag=True, help="Replace the output, or an unfinished run.")
@click.option(
    "--errors",
    type=click.Choice(["reject", "stop"]),
    default="reject",
    show_default=True,
    help="List rows that cannot be read in OUT.rejects.csv and go on, or stop at the first.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Answer on the workers of a Dask scheduler, tcp://HOST:PORT or tls://HOST:PORT.",
)
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
def predict(file: str, **given: Any) -> int:
    """Say where holders stand, for every statement of FILE (- for standard input)."""
    from stance.cli.progress import showing
    from stance.streaming import Job, Layout, run
    from stance.streaming.reading import STDIN

    columns = {
        field: given[f"{field}_column"]
        for field in ("text", "id", "holder", "side")
        if given[f"{field}_column"] is not None
    }
    promises = {
        name: given[name]
        for name in ("max_error", "coverage", "label_set")
        if given[name] is not None
    }
    job = Job(
        source=file,
        out=given["out"],
        terms=select_terms(given["terms"], given["conflict"]),
        layout=Layout(
            columns, given["format"], given["encoding"], _tab(given["delimiter"]), given["sheet"]
        ),
        model=given["model"],
        promises=promises,
        shard=given["shard"],
        with_text=given["with_text"],
        stop_on_fault=given["errors"] == "stop",
        resume=given["resume"],
        overwrite=given["overwrite"],
        scheduler=given["scheduler"],
        beside=term_files(given["terms"]),
    )
    try:
        with showing(quiet=given["quiet"]) as progress:
            outcome = run(job, progress)
    except KeyboardInterrupt:
        if file == STDIN:
            raise
        click.echo("error: interrupted; run the same command with --resume to go on", err=True)
        return 130
    if not given["quiet"]:
        _report(outcome, len(job.terms))
    return 3 if outcome.rejected else 0


def _tab(delimiter: str | None) -> str | None:
    """A tab is hard to type in a shell."""
    return "\t" if delimiter in (r"\t", "tab") else delimiter


def _report(outcome: Outcome, terms: int) -> None:
    if outcome.complete_before:
        click.echo(
            f"{outcome.out} is there already and no run is unfinished: nothing was done. Whether "
            "it is of this input and these terms was not looked at; --overwrite starts over",
            err=True,
        )
        return
    taken = f", {outcome.resumed:,} rows of them from before" if outcome.resumed else ""
    click.echo(f"{outcome.out}: {outcome.rows:,} statements × {terms:,} terms{taken}", err=True)
    if outcome.rejects is not None:
        click.echo(
            f"{outcome.rejects}: {outcome.rejected:,} rows could not be read, with the reason",
            err=True,
        )
