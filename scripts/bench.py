"""Time the scoring of an archive beside the plain scikit-learn pipeline, on one core.

    python scripts/bench.py                          # prints a table, takes about two minutes
    python scripts/bench.py --out bench.json         # and writes the numbers
    python scripts/bench.py --index 1000000          # and asks an index of so many statements

Statements and terms come from the shipped dataset: its English statements, then sentences of two
of them put together; the terms of the largest conflicts. The pipeline is given a sample of the
same pairs. Both run in turns in one process, with one thread and pinned to one core; wall time
says what a user waits, processor time what the work costs where the machine is shared.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
from bench_startup import PROGRAMS, run_without_imports
from bench_startup import run as run_process
from pages import write_results
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from stance import Term, predict_many
from stance.arrow import predict_batches, statements_at_once
from stance.datasets import load
from stance.features.lexicon import analyse
from stance.index import Index, build_index
from stance.judging import Judge
from stance.labels import LABELS
from stance.persistence import SavedModel, load_folder, versions
from stance.predict import DEFAULT_MODEL
from stance.records import Statement
from stance.resources import shipped
from stance.scoring import reference_score
from stance.terms import TermCatalogue

TERMS = 48
NEW_TERMS = 8
TEXTS = 50_000
"""Statements of an index that are also read from their text."""

SAMPLE = 200
"""Statements that the plain pipeline is given, with every term."""

FIRST = PROGRAMS["predict, term of the catalogue"]


@dataclass
class Row:
    """One line of the table: what was measured, and what it should be."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = True
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the limit is kept, if there is one."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and write the numbers; 1 with ``--check`` if a limit is not kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--statements", type=int, default=10_000, help="default 10000")
    parser.add_argument("--runs", type=int, default=3, help="of each measurement (default 3)")
    parser.add_argument("--index", type=int, default=0, help="statements to index (default none)")
    parser.add_argument("--out", type=Path, help="a JSON file for the numbers")
    parser.add_argument("--check", action="store_true", help="fail if a limit is not kept")
    given = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    model, terms = load_folder(shipped(DEFAULT_MODEL)), some_terms()
    with threadpool_limits(1):
        statements = list(some_statements(given.statements))
        rows = [*throughput(model, statements, terms, given.runs)]
        rows += latency(model, statements, terms)
        rows += start(given.runs)
        rows += size_and_load(given.runs)
        if given.index:
            rows += index_ratio(given.index, terms)
    show(rows)
    if given.out:
        write(rows, given.out, given)
    return int(given.check and not all(row.passed for row in rows))


def some_terms() -> list[Term]:
    """The terms of the largest conflicts."""
    catalogue = TermCatalogue.default()
    all_terms = [catalogue[key] for key in catalogue]
    size = {term.conflict: len(catalogue.of_conflict(term.conflict)) for term in all_terms}
    ordered = sorted(all_terms, key=lambda term: (-size[term.conflict], term.conflict))
    return ordered[:TERMS]


def some_statements(count: int, seed: int = 0) -> Iterator[Statement]:
    """The shipped English statements, then new ones of sentences of two of them."""
    rows = [row for part in load("settlement").values() for row in part if row["lang"] == "en"]
    by_text = {row["text"]: row for row in rows}
    shipped_rows = list(by_text.values())
    rng = random.Random(seed)  # noqa: S311 (no secret)
    rng.shuffle(shipped_rows)
    for number in range(count):
        if number < len(shipped_rows):
            row, text = shipped_rows[number], shipped_rows[number]["text"]
        else:
            row, other = rng.sample(shipped_rows, 2)
            mine, theirs = (item["text"].split(". ") for item in (row, other))
            text = ". ".join([rng.choice(mine), rng.choice(theirs)])
        yield Statement(text, row["holder"], row["side"], id=str(number))


def _read(ask: Callable[[list[Term]], pa.RecordBatchReader], terms: list[Term]) -> None:
    ask(terms).read_all()


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Wall and processor seconds of one run."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def throughput(
    model: SavedModel, statements: Sequence[Statement], terms: Sequence[Term], runs: int
) -> list[Row]:
    """From text to labels, in turns."""
    sample = statements[:: max(1, len(statements) // SAMPLE)][:SAMPLE]
    judge, step = Judge(model, terms), statements_at_once(terms)

    def plain() -> None:
        analyse.cache_clear()  # a text that was read before is not read again
        reference_score(model.estimator, sample, terms).argmax(axis=2)

    def fast() -> None:
        for begin in range(0, len(statements), step):
            judge(statements[begin : begin + step])

    plain()
    fast()
    seconds = [(timed(plain), timed(fast)) for _ in range(runs)]
    pairs = len(sample) * len(terms), len(statements) * len(terms)
    rates = [
        [pairs[way] / min(run[way][clock] for run in seconds) for way in (0, 1)] for clock in (0, 1)
    ]
    ratios = [
        [run[0][clock] / pairs[0] / (run[1][clock] / pairs[1]) for run in seconds]
        for clock in (0, 1)
    ]
    found = reference_score(model.estimator, sample, terms)
    again = judge(sample).probabilities
    differ = float(np.nanmax(abs(found - again)))
    notes = {"pairs": pairs, "seconds": seconds, "ratios": ratios, "largest difference": differ}
    return [
        Row("plain pipeline, wall", rates[0][0], "pairs/s"),
        Row("plain pipeline, processor", rates[1][0], "pairs/s"),
        Row("text to labels, wall", rates[0][1], "pairs/s", 150_000, notes=notes),
        Row("text to labels, processor", rates[1][1], "pairs/s"),
        Row("times as fast, median, wall", float(np.median(ratios[0])), "x", 100),
        Row("times as fast, median, processor", float(np.median(ratios[1])), "x", 100),
        Row("largest difference of a probability", differ, "", 1e-6, at_least=False),
    ]


def latency(
    model: SavedModel, statements: Sequence[Statement], terms: Sequence[Term], calls: int = 1000
) -> list[Row]:
    """One statement with all terms, warm."""
    judge = Judge(model, terms)
    rows = []
    for name, work, limit in (
        ("one statement, judge", judge, 2.0),
        ("one statement, predict_many", partial(predict_many, terms=terms), None),
    ):
        for item in statements[:100]:
            work([item])
        seconds = np.array([timed(partial(work, [item])) for item in statements[:calls]])
        for clock, kind in enumerate(("wall", "processor")):
            middle, high = np.percentile(seconds[:, clock] * 1000, [50, 99])
            rows.append(Row(f"{name}, median, {kind}", float(middle), "ms"))
            rows.append(Row(f"{name}, p99, {kind}", float(high), "ms", limit, at_least=False))
    return rows


def start(runs: int) -> list[Row]:
    """A new process up to its first answer, and how much of that is not importing others' code."""
    whole = min(run_process(FIRST) for _ in range(runs + 1))
    own = [run_without_imports(FIRST) for _ in range(runs + 1)]
    best = min(own)
    return [
        Row("process to first answer, wall", whole[0], "s", 2.0, at_least=False),
        Row("process to first answer, processor", whole[1], "s"),
        Row("of which ours, wall", best[0], "s", 0.2, at_least=False, notes={"runs": own}),
        Row("of which ours, processor", best[1], "s"),
    ]


def size_and_load(runs: int) -> list[Row]:
    """The default model's folder."""
    folder = shipped(DEFAULT_MODEL)
    size = sum(file.stat().st_size for file in folder.iterdir())
    seconds = min(timed(lambda: load_folder(folder))[0] for _ in range(runs))
    return [
        Row("default model", size / 1e6, "MB", 10, at_least=False),
        Row("default model, to load", seconds, "s", 0.2, at_least=False),
    ]


def index_ratio(count: int, terms: Sequence[Term]) -> list[Row]:
    """A new term over statements that were read before, and over the same from their text."""
    catalogue = TermCatalogue.default()
    known = {term.id for term in terms}
    others = [catalogue[key] for key in catalogue if key not in known]
    new = random.Random(0).sample(others, NEW_TERMS)  # noqa: S311 (no secret)
    sample = list(some_statements(min(count, TEXTS)))
    batch = pa.record_batch(
        {
            field: [getattr(item, field) for item in sample]
            for field in ("text", "id", "holder", "side")
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "index"
        built = timed(lambda: build_index(some_statements(count), place))
        size = sum(file.stat().st_size for file in place.iterdir())
        opened = timed(lambda: Index.open(place))
        index = Index.open(place, verify=False)
        index.predict(terms[:1]).read_all()
        seconds = [
            (
                timed(partial(_read, index.predict, [term])),
                timed(partial(_read, partial(predict_batches, [batch]), [term])),
            )
            for term in new
        ]
    each = np.array(seconds) / np.array([count, len(sample)])[None, :, None]
    ratio = np.median(each[:, 1] / each[:, 0], axis=0)
    wall = np.median(each[:, :, 0], axis=0) * 1e6
    notes = {"terms": [term.id for term in new], "seconds": seconds, "texts": len(sample)}
    return [
        Row("index, to build, wall", built[0], "s", notes={"statements": count}),
        Row("index, to open and verify, wall", opened[0], "s"),
        Row("index, bytes a statement", size / count, "B"),
        Row("new term over the index, wall", float(wall[0]), "us a statement", notes=notes),
        Row("new term from text, wall", float(wall[1]), "us a statement"),
        Row("index, times as fast, median, wall", float(ratio[0]), "x", 20),
        Row("index, times as fast, median, processor", float(ratio[1]), "x", 20),
    ]


def show(rows: Sequence[Row]) -> None:
    """Print one line a row."""
    table = Table(title=f"{platform.processor() or platform.machine()}, one core")
    table.add_column("measured")
    for column in ("value", "limit", ""):
        table.add_column(column, justify="right")
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        limit = "" if row.limit is None else f"{sign} {row.limit:,g}"
        value = f"{row.value:,.0f}" if row.value >= 1000 else f"{row.value:.3g}"
        verdict = "" if row.limit is None else "yes" if row.passed else "NO"
        table.add_row(row.name, f"{value} {row.unit}", limit, verdict)
    Console(width=100).print(table)


def write(rows: Sequence[Row], out: Path, given: argparse.Namespace) -> None:
    """Write the numbers, with what they were measured on."""
    report = {
        "command": " ".join(["python", *sys.argv]),
        "statements": given.statements,
        "terms": TERMS,
        "labels": list(LABELS),
        "cores": psutil.cpu_count(),
        "load": os.getloadavg(),
        "versions": versions(),
        "rows": [vars(row) | {"passed": row.passed} for row in rows],
    }
    write_results(out, report)


if __name__ == "__main__":
    sys.exit(main())
