"""``python -m stance.datasets``: check a dataset, count it, send it to annotators and back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from rich.console import Console

from stance.datasets.answers import FORMATS, Format
from stance.datasets.source import Source, read_source
from stance.datasets.terminal import agreement_tables
from stance.errors import DataError, StanceError
from stance.inert import printable
from stance.writing import refuse_input

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 when all is well, 1 when the check found faults, 2 when something cannot be read
        or written, 130 when it is interrupted.
    """
    given = _parser().parse_args(arguments)
    run = cast("Callable[[argparse.Namespace, Console], int]", given.run)
    try:
        return run(given, Console())
    except StanceError as error:
        for line in str(error).split("\n"):
            print(f"error: {printable(line)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130


def _check(given: argparse.Namespace, console: Console) -> int:
    from stance.datasets.checks import check
    from stance.datasets.checks.display import show
    from stance.datasets.writing import write_json

    source = _source(given)
    if given.json:
        # Of a folder's two files of terms one is read; the other is none to write over either.
        terms = (source.path / name for name in ("terms.yaml", "terms.jsonl"))
        refuse_input(given.json, [*source.files, *terms, *filter(None, [given.terms])], "--json")
    report = check(source)
    show(report, console)
    if given.json:
        write_json(given.json, report.to_dict())
    return report.exit_code


def _statistics(given: argparse.Namespace, console: Console) -> int:
    from stance.datasets.card_section import BEGIN, with_section
    from stance.datasets.statistics import refuse_other, statistics
    from stance.datasets.writing import write_json, write_text

    source = _source(given)
    folder = source.path if source.is_folder else source.path.parent
    out = given.out or folder / "statistics.json"
    refuse_other(out)
    found = statistics(source)
    write_json(out, found)
    console.print(f"{out} written", markup=False, highlight=False)
    card = folder / "README.md"
    if source.is_folder and not given.out and card.exists():
        text = card.read_text(encoding="utf-8")
        if BEGIN in text:
            write_text(card, with_section(text, found))
            console.print(f"{card} brought in step", markup=False, highlight=False)
    return 0


def _export(given: argparse.Namespace, console: Console) -> int:
    from stance.datasets.annotation import export_pairs

    endings: dict[str, Format] = {".csv": "csv", ".json": "label-studio"}
    form: Format | None = given.format or endings.get(given.out.suffix.lower())
    if form is None:
        raise DataError(
            f"--out {given.out}: expected a name that ends in {' or '.join(endings)}, or --format"
        )
    count = export_pairs(_source(given, labelled=False), given.out, form)
    console.print(f"{count:,} pairs written to {given.out}", markup=False, highlight=False)
    return 0


def _import(given: argparse.Namespace, console: Console) -> int:
    from stance.datasets.annotation import import_labels, write_folder

    source = _source(given, labelled=False)
    done = import_labels(given.file, source, given.use)
    name = source.path.name if source.is_folder else source.path.stem
    out = given.out or source.path.parent / f"{name}-labelled"
    write_folder(done.source, out)
    console.print(
        f"{done.labels:,} labels written to {out}; {done.ties:,} pairs without a majority, "
        f"{done.unlabelled:,} pairs left out that have no label",
        markup=False,
        highlight=False,
    )
    return 0


def _agreement(given: argparse.Namespace, console: Console) -> int:
    from stance.datasets.agreement import alpha, alpha_by_label, pairwise
    from stance.datasets.annotation import votes_of
    from stance.datasets.writing import write_json

    if given.json:
        refuse_input(given.json, given.files, "--json")
    votes = votes_of(given.files)
    if len({vote.reader for vote in votes}) < 2:
        raise DataError("agreement takes the labels of two readers; these files have fewer")
    found = {
        "pairwise": [item._asdict() for item in pairwise(votes)],
        "alpha": alpha(votes),
        "labels": alpha_by_label(votes),
    }
    for table in agreement_tables(found):
        console.print(table)
    if given.json:
        write_json(given.json, found)
    return 0


def _source(given: argparse.Namespace, *, labelled: bool = True) -> Source:
    return read_source(
        given.path,
        columns=_mapping(given.column, "--column"),
        label_map=_mapping(given.label, "--label"),
        terms=given.terms,
        labelled=labelled,
    )


def _mapping(items: Sequence[str], option: str) -> dict[str, str]:
    for item in items:
        if "=" not in item:
            raise DataError(f"{option} {item!r}: expected LEFT=RIGHT")
    return {left: right for left, _, right in (item.partition("=") for item in items)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stance.datasets", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace, Console], int], text: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    check = command("check", _check, "find faults, and what a model could cheat with")
    _add_dataset(check, optional=True)
    check.add_argument("--json", type=Path, metavar="OUT", help="write the report as JSON too")

    count = command(
        "statistics",
        _statistics,
        "write statistics.json into the folder or beside the file, and the card's tables; older "
        "statistics are replaced, another file of that name is not",
    )
    _add_dataset(count, optional=True)
    count.add_argument("--out", type=Path, help="another place; the card is then left alone")

    export = command("export", _export, "write the pairs for annotators, without labels")
    _add_dataset(export)
    export.add_argument("--format", choices=FORMATS, help="by default as the file's name ends")
    export.add_argument(
        "--out", type=Path, required=True, help="a .csv or .json file that is not there yet"
    )

    back = command("import-labels", _import, "put annotators' labels into a copy of the dataset")
    back.add_argument("file", type=Path, metavar="FILE")
    _add_dataset(back)
    back.add_argument("--out", type=Path, help="the copy's folder; by default PATH-labelled")
    back.add_argument(
        "--as",
        dest="use",
        choices=("votes", "labels"),
        default="votes",
        help="add to the votes only, or make the readers' majority the label too",
    )

    agree = command("agreement", _agreement, "compare readers: pairwise, and Krippendorff's alpha")
    agree.add_argument("files", type=Path, nargs="+", metavar="FILE")
    agree.add_argument("--json", type=Path, metavar="OUT", help="write the numbers as JSON too")
    return parser


def _add_dataset(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?" if optional else None,
        help="a folder with statements.jsonl and terms.yaml, or a CSV, TSV, JSON lines or Parquet "
        "file of pairs" + ("; by default the dataset that ships" if optional else ""),
    )
    parser.add_argument("--terms", type=Path, help="a file's terms: a YAML catalogue")
    for option, text in (
        ("--column", "a file's column, as in text=body"),
        ("--label", "a file's label, as in PRO=favor"),
    ):
        parser.add_argument(option, action="append", default=[], metavar="LEFT=RIGHT", help=text)


if __name__ == "__main__":
    sys.exit(main())
