"""From a dataset to annotators and back: export pairs, import labels, measure agreement."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from stance.datasets.agreement import Vote
from stance.datasets.answers import INTERFACE, Answer, Format, Question, read_answers, render
from stance.datasets.matching import by_pair, twice
from stance.datasets.source import Source, SourceStatement
from stance.datasets.writing import write_text
from stance.errors import DataError
from stance.labels import Label

__all__ = ["Imported", "export_pairs", "import_labels", "questions", "votes_of", "write_folder"]

Use = Literal["votes", "labels"]
_BREAKS = re.compile("[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Imported:
    """A dataset with the labels of a file in it, and how many there were.

    ``ties`` counts pairs whose readers gave no majority, ``unlabelled`` those that have no
    label and are left out.
    """

    source: Source
    labels: int
    ties: int
    unlabelled: int


def questions(source: Source) -> list[Question]:
    """All pairs of a dataset as questions; labels are not shown, so that readers are blind.

    Raises
    ------
    DataError
        If the dataset has faults, or two statements that read differently share an id.
    """
    return [
        Question(
            statement.id,
            pair.term,
            statement.text,
            statement.holder,
            statement.side,
            source.terms[pair.term].name,
            source.terms[pair.term].description,
        )
        for statement, pair in _distinct(source).pairs()
    ]


def _distinct(source: Source) -> Source:
    """The source itself, where an id tells which statement an answer is for."""
    first: dict[str, SourceStatement] = {}
    for item in source.sound().statements:
        held = first.setdefault(item.id, item)
        for field in ("text", "holder", "side"):
            if getattr(item, field) != getattr(held, field):
                raise DataError(
                    f"{item.where}: statement {item.id!r} has another {field} in {held.where}; "
                    "ids must differ"
                )
    return source


def export_pairs(source: Source, out: Path, form: Format) -> int:
    """Write the pairs of a dataset to a file for annotators.

    For Label Studio the labelling interface is written beside it, with the suffix ``.xml``.
    Nothing is overwritten: labels may have been filled in already.

    Returns
    -------
    int
        How many pairs.

    Raises
    ------
    DataError
        As :func:`questions`, and if a file is there already or cannot be written.
    """
    asked = questions(source)
    interface = out.with_suffix(".xml") if form == "label-studio" else None
    if out == interface:
        raise DataError(f"{out}: the labelling interface goes there; choose a .json with --out")
    for path in filter(None, (out, interface)):
        _refuse_existing(path)
    # Spreadsheets need the mark in front to show other scripts than Latin.
    mark = "\ufeff" if form == "csv" else ""
    write_text(out, mark + render(asked, form))
    if interface:
        write_text(interface, INTERFACE)
    return len(asked)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise DataError(f"{path}: it is there already; choose another with --out")


def import_labels(path: Path, source: Source, use: Use = "votes") -> Imported:
    """Put the labels of a file that came back into a dataset.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file or a JSON export of Label Studio.
    source : Source
        The dataset that the pairs were exported from.
    use : {"votes", "labels"}, default "votes"
        Labels are added to the votes of their pair. With ``"labels"`` the majority of the
        file's readers also becomes the pair's label, as it always does where the pair has none.

    Returns
    -------
    Imported

    Raises
    ------
    DataError
        If a label is not one of the five, a pair is not of this dataset, its text is another
        statement's, or a reader labels a pair twice; all such places are named. Also as
        :func:`questions`.
    """
    answers = by_pair(read_answers(path), _distinct(source))
    statements, ties, unlabelled = [], 0, 0
    for statement in source.statements:
        pairs = []
        for pair in statement.pairs:
            given = [answer.label for answer in answers.get((statement.id, pair.term), [])]
            winner = _majority(given)
            ties += bool(given) and winner is None
            label = (winner or pair.label) if use == "labels" else (pair.label or winner)
            unlabelled += label is None
            if label is not None:
                pairs.append(replace(pair, label=label, votes=(*pair.votes, *given)))
        if pairs:
            statements.append(replace(statement, pairs=tuple(pairs)))
    labels = sum(map(len, answers.values()))
    return Imported(replace(source, statements=tuple(statements)), labels, ties, unlabelled)


def votes_of(files: Sequence[Path]) -> list[Vote]:
    """The answers of several files as votes, to measure agreement on.

    Raises
    ------
    DataError
        As :func:`read_answers`, and if a reader labels a pair twice.
    """
    stems = Counter(file.stem for file in files)
    given: dict[tuple[str, str], Answer] = {}
    faults = []
    for file in files:
        for answer in read_answers(file):
            # Files of one name in two folders come from two readers.
            named = answer.reader == file.stem and stems[file.stem] > 1
            reader = str(file) if named else answer.reader
            item = f"{answer.question.statement}\t{answer.question.term}"
            if (reader, item) in given:
                faults.append(twice(answer))
            given[reader, item] = answer
    if faults:
        raise DataError("\n".join(faults))
    return [Vote(reader, item, answer.label) for (reader, item), answer in given.items()]


def _majority(labels: Sequence[Label]) -> Label | None:
    ranked = Counter(labels).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def write_folder(source: Source, out: Path) -> None:
    """Write a dataset in the settlement format: ``statements.jsonl`` and ``terms.yaml``.

    Raises
    ------
    DataError
        If something of that name is there already, or the folder cannot be written.
    """
    _refuse_existing(out)
    terms = [_filled({"id": term.id} | asdict(term)) for term in source.terms.values()]
    said = _with_twins(source.statements)
    lines = [json.dumps(_entry(item), ensure_ascii=False) for item in said]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise DataError(f"{out}: cannot write it: {error}") from error
    try:
        beside.chmod(0o755)  # mkdtemp's folders are for their owner only
        write_text(beside / "statements.jsonl", "".join(f"{line}\n" for line in lines))
        write_text(beside / "terms.yaml", _yaml(terms))
        beside.rename(out)
    except BaseException as error:
        shutil.rmtree(beside, ignore_errors=True)
        if isinstance(error, OSError):
            raise DataError(f"{out}: cannot write it: {error}") from error
        raise


def _yaml(terms: Sequence[dict[str, Any]]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        def represent_str(self, text: str) -> yaml.ScalarNode:
            # Raw, as PyYAML writes them elsewhere than in these quotes, they are read as spaces.
            style = '"' if _BREAKS.search(text) else None
            return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, Dumper.represent_str)
    text: str = yaml.dump(terms, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100)
    return text


def _with_twins(statements: Sequence[SourceStatement]) -> list[SourceStatement]:
    """Let each statement name the first with its text, where another speaker said that."""
    first: dict[str, SourceStatement] = {}
    found = []
    for item in statements:
        held = first.setdefault(item.text, item)
        if item.twin_of is None and (item.holder, item.side) != (held.holder, held.side):
            item = replace(item, twin_of=held.id)
        found.append(item)
    return found


def _entry(statement: SourceStatement) -> dict[str, Any]:
    fields = asdict(statement)
    pairs = [_filled(pair | {"where": ""}) for pair in fields.pop("pairs")]
    del fields["where"]
    return _filled(fields) | {"pairs": pairs}


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value

    return {name: plain(value) for name, value in fields.items() if value not in (None, "", ())}
