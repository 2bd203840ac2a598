"""Answer a whole file: read, judge, keep in parts, put together, move into place."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from stance.arrow import output_schema, statements_at_once
from stance.errors import DataError, StanceError
from stance.features.glossary import digest
from stance.inert import cell, printable
from stance.judging import Judge
from stance.predict import find_model, load_model
from stance.records import Term
from stance.reference import Reference, digest_of
from stance.resources import user_path
from stance.streaming.answering import Answers, Stretch, answered, here, stretches
from stance.streaming.parts import Parts
from stance.streaming.places import (
    REJECTS_HEADER,
    check_rejects,
    is_rejects,
    locked,
    refuse_inputs,
    rejects_of,
    sharded,
)
from stance.streaming.reading import STDIN, Layout, Source, existing, open_source
from stance.streaming.writing import SHEET_ROWS, output_format, write
from stance.version import __version__

__all__ = ["Job", "Outcome", "run"]

Progress = Callable[[int, int | None, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What to answer and where to put it.

    Attributes
    ----------
    source : str
        A file, or ``-`` for standard input.
    out : pathlib.Path
        Its name says the format; with a shard, the shard's number is put into the name.
    terms : sequence of Term
    layout : Layout
    model : str, optional
    promises : mapping of str to float
        ``max_error``, ``coverage``, ``label_set``, as for :func:`stance.predict`.
    shard : (int, int), optional
        Take every n-th row, starting with the i-th: ``(i, n)`` with i from 1 to n.
    with_text : bool
        Repeat the statement in the output.
    stop_on_fault : bool
        Stop at the first row that cannot be read instead of setting it aside.
    resume, overwrite : bool
        What to do with an unfinished run, and with an output that is there.
    scheduler : str, optional
        Of a Dask cluster that answers; by default this process does. The output is the same.
    beside : sequence of pathlib.Path
        Further files that were read, such as those of the terms: no output takes their place.
    """

    source: str
    out: Path
    terms: Sequence[Term]
    layout: Layout = field(default_factory=Layout)
    model: str | None = None
    promises: dict[str, float] = field(default_factory=dict)
    shard: tuple[int, int] | None = None
    with_text: bool = False
    stop_on_fault: bool = False
    resume: bool = False
    overwrite: bool = False
    scheduler: str | None = None
    beside: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job ended with.

    Attributes
    ----------
    out : pathlib.Path
    rows : int
        Statements answered, those of earlier runs included.
    resumed : int
        Rows that were taken from an earlier run.
    rejected : int
    rejects : pathlib.Path or None
        Where the rows that were set aside are listed.
    complete_before : bool
        True where there was nothing to do.
    """

    out: Path
    rows: int = 0
    resumed: int = 0
    rejected: int = 0
    rejects: Path | None = None
    complete_before: bool = False


def run(job: Job, progress: Progress = lambda done, total, rows: None) -> Outcome:
    """Answer every row of a file, in bounded memory.

    Parameters
    ----------
    job : Job
    progress : callable, optional
        Called after each part with the position, its end where known, and rows done.

    Returns
    -------
    Outcome

    Raises
    ------
    DataError
        If input, output or options are not as expected, or another process writes the output.
    ClusterError
        If the scheduler does not answer, or a worker cannot do its part.
    """
    out = sharded(user_path(job.out), job.shard)
    kind, packed = output_format(out)
    _check_places(job, out)
    with locked(out):
        return _run(job, out, kind, packed, progress)


def _run(job: Job, out: Path, kind: str, packed: bool, progress: Progress) -> Outcome:
    judge = Judge(load_model(job.model), job.terms, **job.promises)
    parts = Parts(out, _schema(job))
    if not _begin(job, out, parts, kind):
        return Outcome(out, complete_before=True)
    resumed = parts.rows()
    try:
        with _answering(job, judge) as answers:
            _answer(job, answers, parts, kind, progress)
        return _finish(job, out, parts, kind, packed, resumed)
    except BaseException as error:
        # Standard input is not read twice; and without a part there is nothing to go on with.
        if job.source == STDIN or (isinstance(error, StanceError) and not parts.finished()):
            parts.remove()
        raise


def _answering(job: Job, judge: Judge) -> AbstractContextManager[Answers]:
    if job.scheduler is None:
        return nullcontext(here(judge))
    from stance.streaming.cluster import on_cluster  # needs an extra

    reference = Reference.to(job.model, find_model(job.model))
    return on_cluster(job.scheduler, reference, job.terms, job.promises)


def _check_places(job: Job, out: Path) -> None:
    if out.exists() and not out.is_file():
        raise DataError(f"--out {out}: expected a file, but this is something else")
    if not out.parent.is_dir():
        raise DataError(f"--out {out}: the folder {out.parent} does not exist; make it first")
    sources = [] if job.source == STDIN else [user_path(job.source)]
    refuse_inputs(out, [*sources, *job.beside])
    check_rejects(out, overwrite=job.overwrite)
    if job.source == STDIN and job.resume:
        raise DataError("standard input cannot be resumed: it cannot be read twice; use a file")


def _begin(job: Job, out: Path, parts: Parts, kind: str) -> bool:
    """Make or take up the folder of parts; False where the output is complete."""
    if job.resume and parts.exist():
        try:
            parts.check(_description(job, kind))
            return True
        except DataError:
            if not job.overwrite:
                raise
    if job.resume and out.exists() and not job.overwrite:
        return False
    if parts.exist() and not job.overwrite:
        resume = "go on with --resume, or " if job.source != STDIN else ""
        raise DataError(
            f"{parts.folder} holds an unfinished run; {resume}start over with --overwrite"
        )
    if out.exists() and not job.overwrite:
        raise DataError(f"{out} is already there; add --overwrite to replace it")
    parts.begin(_description(job, kind))
    return True


def _description(job: Job, kind: str) -> dict[str, Any]:
    """All that the answers depend on."""
    layout = job.layout
    return {
        "input": _digest(existing(job.source)) if job.source != STDIN else "standard input",
        "model": digest_of(find_model(job.model)),
        "terms": hashlib.sha256(repr(list(job.terms)).encode()).hexdigest(),
        "columns": dict(layout.columns),
        "reading": [layout.format, layout.encoding, layout.delimiter, layout.sheet],
        "promises": job.promises,
        "shard": job.shard,
        "with text": job.with_text,
        "errors": "stop" if job.stop_on_fault else "reject",
        "output format": kind,
        "rows in a part": statements_at_once(job.terms),
        "version of stance": __version__,
        "glossary": digest(),
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _answer(job: Job, answers: Answers, parts: Parts, kind: str, progress: Progress) -> None:
    number, rows = parts.finished(), parts.rows()
    written = sum(batch.num_rows for batch in parts.batches()) if kind == "xlsx" else 0
    with open_source(job.source, job.layout) as source:
        found = _stretches(job, source, rows)
        for stretch, batch in answers(found):
            written += batch.num_rows
            if kind == "xlsx" and written > SHEET_ROWS:
                raise DataError(
                    f"an Excel sheet holds {SHEET_ROWS:,} rows below its header, and there are "
                    "more answers; choose --out with .parquet or .csv"
                )
            whole = answered(stretch, batch, _schema(job), with_text=job.with_text)
            parts.add(number, whole, stretch.rejects, stretch.rows)
            number, rows = number + 1, rows + stretch.rows
            progress(source.position(), source.total, rows)


def _stretches(job: Job, source: Source, done: int) -> Iterator[Stretch]:
    """What is left to answer after ``done`` rows of this job's shard."""
    first, step = (0, 1) if job.shard is None else (job.shard[0] - 1, job.shard[1])
    rows = source.rows(first + done * step, step)
    repeats = len(job.terms) if job.with_text else 1
    for stretch in stretches(rows, statements_at_once(job.terms), repeats):
        if stretch.rejects and job.stop_on_fault:
            fault = stretch.rejects[0]
            raise DataError(f"{job.source}, row {fault.row}: {fault.reason}")
        yield stretch


def _schema(job: Job) -> pa.Schema:
    schema = output_schema(label_set="label_set" in job.promises)
    schema = schema.insert(0, pa.field("row", pa.int64()))
    return schema.append(pa.field("text", pa.string())) if job.with_text else schema


def _finish(job: Job, out: Path, parts: Parts, kind: str, packed: bool, resumed: int) -> Outcome:
    answered = 0

    def counted() -> Iterator[pa.RecordBatch]:
        nonlocal answered
        for batch in parts.batches():
            answered += batch.num_rows
            yield batch

    beside = parts.folder / "output"
    write(beside, counted(), _schema(job), kind, packed=packed)
    listed, rejected = _write_rejects(out, parts)
    beside.replace(out)
    parts.remove()
    return Outcome(out, answered // len(job.terms), resumed, rejected, listed)


def _write_rejects(out: Path, parts: Parts) -> tuple[Path | None, int]:
    target = rejects_of(out)
    rejects = list(parts.rejects())
    if not rejects:
        if is_rejects(target):  # of an earlier run
            target.unlink()
        return None, 0
    beside = parts.folder / "rejects"
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(REJECTS_HEADER)
        writer.writerows([item.row, cell(printable(item.reason))] for item in rejects)
    beside.replace(target)
    return target, len(rejects)
