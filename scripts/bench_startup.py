"""Time what a user waits for first: ``import stance``, and the first prediction of a process.

    python scripts/bench_startup.py           # prints a table
    python scripts/bench_startup.py --check   # and fails if the best of the runs is over a limit

Each run is a process of its own. The best wall time is what the limits are for: on a machine
that does other work too, the rest measures the other work.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
from rich.console import Console
from rich.table import Table

IMPORT_LIMIT = 0.1
PREDICT_LIMIT = 2.5

_CATALOGUE = "predict('We demand that foreign troops leave Afghanistan at once.', 'af_troops')"
_OWN = (
    "predict('We reject any withdrawal.', Term('Troops leave the valley', aliases=['withdrawal']))"
)
PROGRAMS = {
    "python": "pass",
    "import stance": "import stance",
    "predict, term of the catalogue": f"from stance import predict; {_CATALOGUE}",
    "predict, term of one's own": f"from stance import Term, predict; {_OWN}",
}


@dataclass(frozen=True)
class Timing:
    """Seconds that the runs of one program took, and the processor time of the best."""

    wall: tuple[float, ...]
    cpu: float

    @property
    def best(self) -> float:
        """The shortest run."""
        return min(self.wall)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 with ``--check`` if a limit is passed, else 0."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5, help="of each program (default 5)")
    parser.add_argument("--check", action="store_true", help="fail over a limit")
    given = parser.parse_args(arguments)
    timings = {name: measure(program, given.runs) for name, program in PROGRAMS.items()}
    base = timings["python"].best
    limits = {
        name: base + IMPORT_LIMIT if name == "import stance" else PREDICT_LIMIT
        for name in timings
        if name != "python"
    }
    show(timings, limits)
    over = [name for name, limit in limits.items() if timings[name].best > limit]
    return int(given.check and bool(over))


def measure(program: str, runs: int) -> Timing:
    """Run a program a few times; the first, which fills the disk's cache, does not count."""
    timed = [run(program) for _ in range(runs + 1)][1:]
    return Timing(tuple(wall for wall, _ in timed), min(cpu for _, cpu in timed))


def run(program: str) -> tuple[float, float]:
    """Run a program once, away from the checkout; wall and processor seconds."""
    before = psutil.Process().cpu_times()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", program], check=True, cwd=folder)
    wall = time.perf_counter() - start
    after = psutil.Process().cpu_times()
    cpu = after.children_user + after.children_system
    return wall, cpu - before.children_user - before.children_system


def run_without_imports(program: str) -> tuple[float, float]:
    """The same less what it costs to import anything but stance."""
    with tempfile.TemporaryDirectory() as folder:

        def output(code: str) -> list[str]:
            done = subprocess.run(
                [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=folder
            )
            return done.stdout.split()

        loaded = output(f"import sys; {program}; print(*sys.modules)")
        others = [name for name in loaded if name.partition(".")[0] != "stance"]
        wall, processor = output(
            "import contextlib, importlib, time\n"
            f"for name in {others!r}:\n"
            "    with contextlib.suppress(ImportError): importlib.import_module(name)\n"
            "wall, processor = time.perf_counter(), time.process_time()\n"
            f"{program}\n"
            "print(time.perf_counter() - wall, time.process_time() - processor)"
        )
        return float(wall), float(processor)


def show(timings: dict[str, Timing], limits: dict[str, float]) -> None:
    """Print one row a program."""
    table = Table(title=f"Seconds, {sys.version.split()[0]}, {psutil.cpu_count()} cores")
    table.add_column("program")
    for column in ("best", "median", "processor", "limit"):
        table.add_column(column, justify="right")
    for name, timing in timings.items():
        limit = f"{limits[name]:.2f}" if name in limits else ""
        median = statistics.median(timing.wall)
        table.add_row(name, f"{timing.best:.2f}", f"{median:.2f}", f"{timing.cpu:.2f}", limit)
    Console(width=100).print(table)


if __name__ == "__main__":
    sys.exit(main())
