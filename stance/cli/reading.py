"""``stance read``: where the holders in articles stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stance.cli.choosing import select_terms, term_files, term_options
from stance.inert import printable
from stance.resources import user_path
from stance.writing import refuse_input

if TYPE_CHECKING:
    import pyarrow as pa

    from stance.judging import Judge

__all__ = ["read"]

_EXAMPLES = """\b
Examples:
  stance read article.txt --terms my-terms.yaml
  stance read monday.txt tuesday.txt --conflict afghanistan --out positions.csv
  cat briefing.txt | stance read - --terms "A truce takes effect" --out positions.jsonl

\b
An article is plain English text: news, a press briefing, a transcript. The output
has a row for each attributed statement and each term that it is not unrelated to:
article, start, end (in characters), holder, certain, candidates, cue, kind,
statement, term, label, confidence, p_favor … p_unrelated, abstained, reason.
Where certain is no, the article does not make plain who is meant.
"""


@click.command(epilog=_EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="ARTICLE...", type=click.Path())
@term_options
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    help="Where the table goes: .csv, .tsv, .jsonl (each also .gz), .parquet or .xlsx "
    "[shown in the terminal].",
)
@click.option("--all", "unrelated", is_flag=True, help="Keep the terms that are unrelated.")
@click.option("--encoding", metavar="NAME", help="Of the articles [UTF-8, or by their mark].")
@click.option("--model", "-m", metavar="FOLDER|URI", help="A model [the one that ships].")
@click.option("--max-error", type=float, help="Abstain so that at most this share is wrong.")
@click.option("--coverage", type=float, help="Abstain so that about this share is answered.")
@click.option("--overwrite", is_flag=True, help="Replace the output.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing when it is done.")
def read(files: tuple[str, ...], **given: Any) -> None:
    """Find who said what in articles (- for standard input), and where they stand."""
    from stance.judging import Judge
    from stance.predict import load_model
    from stance.reading.answers import answers_schema
    from stance.streaming.articles import check_output, write_answers

    terms = select_terms(given["terms"], given["conflict"])
    out: Path | None = given["out"] and user_path(given["out"])
    if out is not None:
        check_output(out, files, overwrite=given["overwrite"])
        refuse_input(out, term_files(given["terms"]))
    judge = Judge(
        load_model(given["model"]),
        terms,
        max_error=given["max_error"],
        coverage=given["coverage"],
    )
    batches = _answers(files, judge, given["encoding"], unrelated=given["unrelated"])
    if out is None:
        _show(list(batches))
        return
    rows = write_answers(out, batches, answers_schema())
    if not given["quiet"]:
        articles = f"{len(files):,} article{'s' if len(files) > 1 else ''}"
        click.echo(f"{out}: {rows:,} rows from {articles}", err=True)


def _answers(
    files: tuple[str, ...], judge: Judge, encoding: str | None, *, unrelated: bool
) -> Iterator[pa.RecordBatch]:
    from stance.cli.inputs import decodable
    from stance.reading.answers import answer_article
    from stance.streaming.articles import read_article

    for file in files:
        article = read_article(file, encoding)
        yield answer_article(article, decodable(file), judge, unrelated=unrelated)


def _show(batches: list[pa.RecordBatch]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = [row for batch in batches for row in batch.to_pylist()]
    if not rows:
        click.echo("no statement of a holder that is related to a term was found", err=True)
        return
    several = len(batches) > 1
    headers = [*(["article"] if several else []), "holder", "statement", "term", "label", "conf."]
    table = Table(show_lines=True)
    for header in headers:
        table.add_column(header, overflow="fold", justify="right" if header == "conf." else "left")
    for row in rows:
        holder = row["holder"] if row["certain"] else f"{row['holder']}?"
        label = row["label"] or f"none ({row['reason']})"
        confidence = "" if row["confidence"] is None else f"{row['confidence']:.2f}"
        doubt = "?" if row["abstained"] and row["label"] else ""
        cells = [holder, row["statement"], row["term"], label + doubt, confidence]
        shown = [*([row["article"]] if several else []), *cells]
        table.add_row(*(Text(printable(cell)) for cell in shown))
    Console().print(table)
    if not all(row["certain"] for row in rows):
        click.echo("holder?: the article does not make plain who is meant", err=True)
