"""Kill train, predict and promote at many of their writes, and see what is lost and what is not.

    python scripts/kill_points.py --points 200 --state kill_points.jsonl

Each program is first run whole and its steps that change the disk are counted (an audit hook sees
files opened for writing, renames, removals and new folders; SQLAlchemy tells of each statement that
changes the store, and of each commit). It is then killed with SIGKILL at each chosen step, always
from the same beginning: a trained champion, an older model in the place where the new one goes, an
older table of predictions. After each kill the older things must be there, whole and usable, and a
second try must work, and leave nothing behind. A program that ends before its step comes, as its
steps are not always the same, does not count as killed. With ``--state`` a later call goes on where
an earlier one stopped. The figures go into ``experiments/robustness/results.json``, with
``--no-record`` only to the screen.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from robustness_results import record
from sqlalchemy import event
from sqlalchemy.engine import Engine
from toy import write_toy

from stance import Term, arrow, predict
from stance.cli import main as stance
from stance.persistence import load_folder
from stance.promote import main as promote
from stance.tracking.registry import champion
from stance.tracking.store import open_store
from stance.train import main as train

STORE = "sqlite:///mlflow.db"
TERM = Term("The treaty is signed")
TERMS = "- {id: treaty, name: The treaty is signed, aliases: [the treaty]}\n"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.link"})
ROWS_IN_A_PART = 6  # rather than thousands: the toy table of answers is written in 20 parts


def run_train() -> int:
    """Train into a folder that holds an older model."""
    given = ["dataset=file", "dataset.path=toy.csv", "split=statement", "model=logistic"]
    return train([*given, "features=statement", "hydra.run.dir=out", "seed=2"])


def run_predict() -> int:
    """Answer a table over an older table of answers, or go on with it."""
    given = ["predict", "toy.csv", "--terms", "terms.yaml", "--out", "answers.csv"]
    resume = "--resume" if Path("answers.csv.parts").exists() else "--overwrite"
    return stance([*given, "--model", "out/model", "--quiet", resume])


def run_promote() -> int:
    """Make the second run the champion."""
    return promote([Path("second").read_text(encoding="utf-8"), "--force", "--uri", STORE])


PROGRAMS: Mapping[str, Callable[[], int]] = {
    "train": run_train,
    "predict": run_predict,
    "promote": run_promote,
}


def main() -> int:
    """Print and record the counts; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after this time")
    parser.add_argument("--state", type=Path, default=Path("kill_points.jsonl"))
    parser.add_argument("--record", action=argparse.BooleanOptionalAction, default=True)
    given = parser.parse_args()
    state = given.state.absolute()
    done = _done(state)
    deadline = time.monotonic() + 60 * given.minutes
    arrow._PAIRS_AT_ONCE = ROWS_IN_A_PART
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        _in_child(_prepare)
        _import_what_was_needed()
        steps = {name: _count(run) for name, run in PROGRAMS.items()}
        shares = _shares(steps, given.points)
        chosen = [(name, step) for name in steps for step in _spread(steps[name], shares[name])]
        random.Random(0).shuffle(chosen)  # noqa: S311 (no secret): a run cut short is a sample
        for name, step in chosen:
            if f"{name} {step}" not in done and time.monotonic() < deadline:
                found = {"program": name, "step": step, **_kill_at(PROGRAMS[name], step)}
                done[f"{name} {step}"] = found
                with state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(found) + "\n")
    for name, total in steps.items():
        here = [found for found in done.values() if found["program"] == name]
        figures = {
            "steps": total,
            "killed": sum(found["killed"] for found in here),
            "lost": [found for found in here if found["faults"]],
        }
        print(name, json.dumps(figures))
        if given.record:
            record("kills", name, figures)
    if given.record:
        record("kills", "command", f"python scripts/kill_points.py --points {given.points}")
    return 1 if any(found["faults"] for found in done.values()) else 0


def _done(state: Path) -> dict[str, Any]:
    if not state.exists():
        return {}
    rows = map(json.loads, state.read_text(encoding="utf-8").splitlines())
    return {f"{row['program']} {row['step']}": row for row in rows}


def _shares(steps: Mapping[str, int], points: int) -> dict[str, int]:
    """Equal shares of the points; what a short program leaves goes to the longer ones."""
    shares, left = {}, points
    for place, (name, total) in enumerate(sorted(steps.items(), key=lambda item: item[1])):
        shares[name] = min(total, left // (len(steps) - place))
        left -= shares[name]
    return shares


def _spread(total: int, wanted: int) -> list[int]:
    return sorted({1 + number * total // wanted for number in range(min(wanted, total))})


def _prepare() -> None:
    work = Path("work")
    work.mkdir()
    os.chdir(work)
    write_toy(Path("toy.csv"))
    Path("terms.yaml").write_text(TERMS, encoding="utf-8")
    for seed in (0, 1):
        given = ["dataset=file", "dataset.path=toy.csv", "split=statement", "model=logistic"]
        assert train([*given, "features=statement", "hydra.run.dir=out", f"seed={seed}"]) == 0
        run = open_store(STORE).search_runs(["1"])[0].info.run_id
        if seed == 0:
            assert promote([run, "--uri", STORE]) == 0
        Path("second").write_text(run, encoding="utf-8")
    assert run_predict() == 0
    os.chdir("..")
    shutil.copytree(work, "base")
    Path("modules").write_text("\n".join(sorted(sys.modules)), encoding="utf-8")


def _import_what_was_needed() -> None:
    """Here once, so that no child has to: it halves the work."""
    for name in Path("modules").read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _count(run: Callable[[], int]) -> int:
    _restore()
    _in_child(lambda: _counted(run))
    return int(Path("steps").read_text(encoding="utf-8"))


def _counted(run: Callable[[], int]) -> None:
    seen = [0]
    _on_change(lambda: seen.__setitem__(0, seen[0] + 1))
    os.chdir("work")
    assert run() == 0
    total = seen[0]
    Path("../steps").write_text(str(total), encoding="utf-8")


def _kill_at(run: Callable[[], int], step: int) -> dict[str, Any]:
    _restore()

    def killed() -> None:
        left = [step]

        def change() -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        _on_change(change)
        os.chdir("work")
        run()

    status = _in_child(killed, check=False)
    faults = []
    checks = (("older things", _check_older), ("second try", lambda: _again(run)))
    for name, check in checks:
        if _in_child(check, check=False):
            faults.append(name)
    return {"killed": os.WIFSIGNALED(status), "faults": faults}


def _check_older() -> None:
    """The older model or the new one, the champion, and a whole table of answers are there."""
    os.chdir("work")
    assert load_folder("out/model").notes["seed"] in (1, 2)
    assert predict("We reject the treaty.", TERM, model="models:/stance@champion").label
    lines = Path("answers.csv").read_bytes()
    assert hashlib.sha256(lines).digest() == hashlib.sha256(_base("answers.csv")).digest()


def _base(name: str) -> bytes:
    return (Path("../base") / name).read_bytes()


def _again(run: Callable[[], int]) -> None:
    os.chdir("work")
    assert run() == 0
    assert Path("answers.csv").read_bytes() == _base("answers.csv")
    client = open_store(STORE)
    if run is run_train:
        assert load_folder("out/model").notes["seed"] == 2
        assert _names("out") == _names("../base/out")
        assert not client.search_runs(["1"], "attributes.status = 'RUNNING'")
    if run is run_promote:
        now = champion(client)
        assert now is not None
        assert now.run_id == Path("second").read_text(encoding="utf-8")


def _names(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


def _on_change(react: Callable[[], None]) -> None:
    """Call back before each step that changes a file or the store."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if writes or event in CHANGES:
            react()

    def statement(*given: Any) -> None:
        if given[2].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            react()

    sys.addaudithook(hook)
    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", lambda connection: react())


def _restore() -> None:
    """The beginning, in the place where the store says that its artifacts lie."""
    shutil.rmtree("work", ignore_errors=True)
    shutil.copytree("base", "work")


def _in_child(run: Callable[[], None], *, check: bool = True) -> int:
    """Run in a fork, which has everything imported already; its wait status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            run()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert not (check and status), f"{run} ended with {status}"
    return status


if __name__ == "__main__":
    sys.exit(main())
