"""A Dask scheduler and two worker processes on loopback, and a small model that they see."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from stance.persistence import SavedModel, save_folder
from stance.terms import TermCatalogue
from stance.training import held_out_notes


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask's command line, ended afterwards."""
    child = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def cluster(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a scheduler with two worker processes, and the scheduler's process."""
    where = folder / "scheduler.json"
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            process(
                *("scheduler", "--host", "127.0.0.1", "--port", "0"),
                *("--no-dashboard", "--scheduler-file", str(where)),
            )
        )
        deadline = time.monotonic() + 180
        while not (address := _address(where)):
            assert time.monotonic() < deadline, "the scheduler did not start"
            time.sleep(0.05)
        for _ in range(2):
            stack.enter_context(
                process(
                    *("worker", "--scheduler-file", str(where), "--nthreads", "1"),
                    *("--no-dashboard", "--memory-limit", "0"),
                    *("--local-directory", str(folder), *options),
                )
            )
        yield address, scheduler


def _address(where: Path) -> str:
    """What a scheduler has written of itself; empty where it has not yet, or not all of it."""
    try:
        return str(json.loads(where.read_text())["address"])
    except (FileNotFoundError, ValueError):
        return ""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., tuple[str, subprocess.Popen[bytes]]]]:
    """Start a cluster of one's own."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(cluster(tmp_path, *options))


@pytest.fixture(scope="session")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster whose workers are started again when they end."""
    with cluster(tmp_path_factory.mktemp("cluster")) as (address, _):
        yield address


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, toy_model, toy_frames) -> Path:
    notes = held_out_notes(toy_model, toy_frames["validation"])
    saved = SavedModel(toy_model, data={"name": "toy"}, notes=notes)
    return save_folder(saved, tmp_path_factory.mktemp("model") / "model")


@pytest.fixture(scope="session")
def terms(toy_folder: Path):
    return list(TermCatalogue.from_yaml(toy_folder / "terms.yaml").values())
