"""Which terms a command is about: the shipped catalogue, a file, names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from stance.errors import DataError
from stance.resources import user_path

if TYPE_CHECKING:
    from stance.records import Term

__all__ = [
    "complete_conflicts",
    "complete_terms",
    "conflicts",
    "select_terms",
    "term_files",
    "term_options",
]


def select_terms(names: Sequence[str], conflict_names: Sequence[str]) -> list[Term]:
    """Gather terms from files, ids, names and conflicts; each once.

    Raises
    ------
    DataError
        If nothing is named, or a file holds no terms or is called otherwise than files of terms.
    UnknownNameError
        If an id or a conflict is not known.
    """
    from stance.predict import choose_terms
    from stance.terms import TermCatalogue

    chosen: list[Term] = []
    for name in names:
        if _is_file(name):
            chosen += TermCatalogue.from_yaml(user_path(name)).values()
        elif " " not in name and user_path(name).is_file():
            raise DataError(f"--terms {name}: files of terms end in .yaml, .yml or .jsonl")
        else:
            chosen += choose_terms([name])
    for conflict in conflict_names:
        chosen += TermCatalogue.default().of_conflict(conflict).values()
    if not chosen:
        raise DataError(
            "no terms to ask about: give --terms FILE.yaml, --terms ID, --terms 'A clause of your "
            "own' or --conflict NAME; the command stance terms lists what ships"
        )
    return choose_terms(list(dict.fromkeys(chosen)))


def term_files(names: Sequence[str]) -> list[Path]:
    """Those of the names that are files of terms."""
    return [user_path(name) for name in names if _is_file(name)]


def _is_file(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml", ".jsonl")) or (
        "/" in name and user_path(name).is_file()
    )


def conflicts() -> list[str]:
    """The conflicts of the shipped catalogue."""
    from stance.terms import TermCatalogue

    return sorted({term.conflict for term in TermCatalogue.default().values()} - {""})


def complete_terms(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Ids of the shipped catalogue, and files."""
    from stance.terms import TermCatalogue

    found = [
        CompletionItem(term.id, help=term.name)
        for term in TermCatalogue.default().values()
        if term.id.startswith(incomplete)
    ]
    return found or [CompletionItem(incomplete, type="file")]


def complete_conflicts(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Conflicts of the shipped catalogue."""
    return [CompletionItem(name) for name in conflicts() if name.startswith(incomplete)]


def term_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options ``--terms`` and ``--conflict``."""
    for option in (
        click.option(
            "--conflict",
            "-c",
            multiple=True,
            shell_complete=complete_conflicts,
            metavar="NAME",
            help="All terms of a conflict of the shipped catalogue.",
        ),
        click.option(
            "--terms",
            "-t",
            multiple=True,
            shell_complete=complete_terms,
            metavar="FILE|ID|NAME",
            help="A file of terms (YAML or JSON lines), an id or name of the shipped catalogue, or "
            "a clause of your own. Can be given several times.",
        ),
    ):
        command = option(command)
    return command
