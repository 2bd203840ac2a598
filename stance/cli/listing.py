"""``stance terms`` and ``stance models``: what there is to ask about, and with what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stance.cli.choosing import complete_conflicts
from stance.inert import printable
from stance.resources import user_path

if TYPE_CHECKING:
    from stance.records import Term

__all__ = ["models", "terms"]


@click.command(
    epilog="""\b
Examples:
  stance terms
  stance terms --conflict afghanistan
  stance terms ceasefire
  stance terms --file my-terms.yaml        checks a file of your own
  stance terms --conflict afghanistan --json > my-terms.jsonl
"""
)
@click.argument("words", nargs=-1)
@click.option("--conflict", "-c", shell_complete=complete_conflicts, help="Of one conflict only.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False),
    help="A YAML or JSON lines file instead.",
)
@click.option("--json", "as_json", is_flag=True, help="Whole terms, one JSON object a line.")
def terms(words: tuple[str, ...], conflict: str | None, file: str | None, as_json: bool) -> None:
    """List terms: those that ship, or those of a file; with WORDS, those that hold them all."""
    from stance.terms import TermCatalogue

    catalogue = TermCatalogue.default() if file is None else TermCatalogue.from_yaml(file)
    if conflict is not None:
        catalogue = catalogue.of_conflict(conflict)
    found = [term for term in catalogue.values() if _holds(term, words)]
    if as_json:
        for term in found:
            click.echo(json.dumps(asdict(term), ensure_ascii=True))
        return
    rows = [[term.id, term.name, term.conflict] for term in found]
    _show(["id", "name", "conflict"], rows)
    click.echo(f"{len(found):,} of {len(catalogue):,} terms", err=True)


def _holds(term: Term, words: tuple[str, ...]) -> bool:
    said = " ".join([term.id, term.name, term.description, *term.aliases, *term.opposites])
    return all(word.casefold() in said.casefold() for word in words)


@click.command(
    epilog="""\b
Examples:
  stance models                 the model that ships, and those under the current folder
  stance models outputs ~/archive
"""
)
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
def models(folders: tuple[Path, ...]) -> None:
    """List model folders below FOLDERS, and what is in them; each is checked as it is read."""
    from stance.errors import StanceError
    from stance.predict import DEFAULT_MODEL
    from stance.resources import shipped

    places: dict[Path, str] = {}
    try:
        places[shipped(DEFAULT_MODEL).resolve()] = "default"
    except StanceError:
        click.echo(
            "no model ships with this installation; train one: python -m stance.train", err=True
        )
    for folder in folders:
        if not user_path(folder).is_dir():
            raise click.UsageError(f"{folder}: there is no such folder")
    for folder in folders or (Path("outputs"),):
        for place in sorted(_below(user_path(folder))):
            places.setdefault(place.resolve(), str(place))
    header = ["model", "run", "trained on", "macro F1", "abstains", "size"]
    _show(header, [[name, *_contents(place)] for place, name in places.items()])


def _below(folder: Path) -> Iterator[Path]:
    for manifest in folder.rglob("manifest.json"):
        if not manifest.parent.name.endswith(".parts"):
            yield manifest.parent


def _contents(place: Path) -> list[str]:
    from stance.errors import ModelFileError
    from stance.persistence import load_folder

    try:
        saved = load_folder(place, warn=False)
    except ModelFileError as error:
        return [f"cannot be used: {error}", "", "", "", ""]
    notes: Any = saved.notes
    measured = notes.get("macro_f1")
    known = measured if isinstance(measured, dict) else {}
    scores = ", ".join(f"{name} {value}" for name, value in known.items())
    size = sum(file.stat().st_size for file in place.iterdir() if file.is_file())
    return [
        str(notes.get("run", "")),
        str(saved.data.get("name", "")),
        scores,
        "by error or coverage" if "abstention" in notes else "no",
        f"{size / 1e6:.1f} MB",
    ]


def _show(header: list[str], rows: list[list[str]]) -> None:
    """A table in a terminal; cells divided by tabs elsewhere."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        for row in [header, *rows]:
            click.echo("\t".join(map(printable, row)))
        return
    table = Table(*header)
    for row in rows:
        table.add_row(*(Text(printable(item)) for item in row))
    console.print(table)
