"""Files that go to annotators and come back: CSV and the JSON of Label Studio."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from stance.errors import DataError, nearest
from stance.inert import FORMULA_FIRST, SEPARATED, SIGNS
from stance.labels import LABELS, Label

__all__ = [
    "COLUMNS",
    "FORMATS",
    "INTERFACE",
    "Answer",
    "Format",
    "Question",
    "read_answers",
    "render",
]

Format = Literal["csv", "label-studio"]
FORMATS: tuple[Format, ...] = get_args(Format)

COLUMNS = ("statement", "term", "text", "holder", "side", "term_name", "term_description", "label")
"""Columns of a CSV file, and the data fields of a Label Studio task (without ``label``)."""

_QUOTE = "'"
# As stance.inert's FORMULA_LATER, with the apostrophes that a text has there already.
_LATER = re.compile(rf"{SEPARATED}('*[{SIGNS}])")

INTERFACE = f"""<View>
  <Header value="$term_name"/>
  <Text name="term_description" value="$term_description"/>
  <Header value="$holder"/>
  <Text name="side" value="$side"/>
  <Text name="text" value="$text"/>
  <Choices name="label" toName="text" choice="single" required="true">
{"".join(f'    <Choice value="{label}"/>{chr(10)}' for label in LABELS)}  </Choices>
</View>
"""
"""The labelling interface that a Label Studio project of these tasks needs."""


class Question(NamedTuple):
    """One pair to label; its fields are those of :data:`COLUMNS`, without the label."""

    statement: str
    term: str
    text: str
    holder: str
    side: str
    term_name: str
    term_description: str


class Answer(NamedTuple):
    """The label that a reader gave to a pair; ``where`` is its place, ``question`` the pair."""

    where: str
    reader: str
    question: Question
    label: Label


def render(questions: Sequence[Question], form: Format) -> str:
    """Write questions as the text of a file.

    Cells of CSV that a spreadsheet would run as a formula get an apostrophe in front, and so
    do cells that begin with one: :func:`read_answers` takes one away.

    References
    ----------
    OWASP: CSV Injection.

    Examples
    --------
    >>> question = Question("s1", "truce", "=1+1", "mayor", "town", "A truce takes effect", "")
    >>> print(render([question], "csv").splitlines()[1])
    s1,truce,'=1+1,mayor,town,A truce takes effect,,
    """
    if form == "label-studio":
        tasks = [{"data": question._asdict()} for question in questions]
        return json.dumps(tasks, indent=1, ensure_ascii=False) + "\n"
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([*map(_inert, question), ""] for question in questions)
    return file.getvalue()


def _inert(text: str) -> str:
    """As :func:`stance.inert.cell`, but so that it can be undone: apostrophes get one more."""
    first = _QUOTE if re.match(f"{_QUOTE}|{FORMULA_FIRST}", text) else ""
    return first + _LATER.sub(rf"\1{_QUOTE}\2", text)


def _restored(text: str) -> str:
    later = text.removeprefix(_QUOTE)
    return _LATER.sub(lambda found: found[1] + found[2].removeprefix(_QUOTE), later)


def read_answers(path: Path) -> list[Answer]:
    """Read the labels of a file that came back; pairs without a label are passed over.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file as exported, whose reader is named after the file; or JSON as Label Studio
        exports it, which names its readers.

    Raises
    ------
    DataError
        If it cannot be read, or a label is not one of the five; all such places are named.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot read it: {error}") from error
    found = _label_studio(path, text) if path.suffix.lower() == ".json" else _csv(path, text)
    answers, faults = [], []
    for item in found:
        if isinstance(item, str):
            faults.append(item)
        else:
            answers.append(item)
    if faults:
        raise DataError("\n".join(faults))
    return answers


def _csv(path: Path, text: str) -> Iterator[Answer | str]:
    header = text.partition("\n")[0]
    # Spreadsheets of many countries save CSV with semicolons.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))  # any cell that was exported
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    columns = next(rows, [])
    for name in ("statement", "term", "label"):
        if name not in columns:
            raise DataError(f"{path}: no column {name!r}; {nearest(name, columns)}")
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise DataError(f"{path}: two columns are called {name!r}; rename one of them")
    for number, row in enumerate(rows, start=2):
        cells = dict.fromkeys(COLUMNS, "") | dict(zip(columns, map(_restored, row), strict=False))
        if cells["label"].strip():
            question = Question(*(cells[name] for name in Question._fields))
            where = f"{path}, row {number}"
            yield _answer(where, path.stem, question, cells["label"].strip())


class _Data(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    statement: str
    term: str
    text: str = ""
    holder: str = ""
    side: str = ""
    term_name: str = ""
    term_description: str = ""


class _Value(BaseModel):
    choices: list[str] = []


class _Result(BaseModel):
    from_name: str = ""
    value: _Value = _Value()


class _Annotation(BaseModel):
    completed_by: int | str | dict[str, Any] = "reader"
    was_cancelled: bool = False
    result: list[_Result] = []

    def reader(self) -> str:
        by = self.completed_by
        return str(by.get("email") or by.get("id")) if isinstance(by, dict) else str(by)

    def labels(self) -> list[str]:
        chosen = [] if self.was_cancelled else self.result
        return [
            label for item in chosen if item.from_name == "label" for label in item.value.choices
        ]


class _Task(BaseModel):
    data: _Data
    annotations: list[_Annotation] = []


def _label_studio(path: Path, text: str) -> Iterator[Answer | str]:
    try:
        tasks = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"{path}: not JSON: {error}") from error
    if not isinstance(tasks, list):
        raise DataError(f"{path}: expected the list of tasks that Label Studio exports as JSON")
    for number, given in enumerate(tasks, start=1):
        where = f"{path}, task {number}"
        try:
            task = _Task.model_validate(given)
        except ValidationError as error:
            for fault in error.errors():
                field = ".".join(map(str, fault["loc"])) or "itself"
                yield f"{where}, field {field}: {fault['msg']}; export as JSON"
            continue
        question = Question(**task.data.model_dump())
        for annotation in task.annotations:
            for label in annotation.labels():
                yield _answer(where, annotation.reader(), question, label)


def _answer(where: str, reader: str, question: Question, label: str) -> Answer | str:
    if label not in LABELS:
        return f"{where}, column 'label': {label!r} is not a label; {nearest(label, LABELS)}"
    return Answer(where, reader, question, label)
