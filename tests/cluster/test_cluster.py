"""A Dask cluster of two workers gives the same bytes as one process, through losses too."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import distributed
import pytest

from stance.cli import main
from stance.errors import ClusterError, DataError
from stance.records import Term
from stance.reference import Reference, digest_of
from stance.streaming import Job, run
from stance.streaming.answering import stretches
from stance.streaming.cluster import _explained, on_cluster
from stance.streaming.rows import Row, Statement

TEXTS = ["We reject the truce", "We welcome a withdrawal", "", "Wheat prices rose again"]


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.arrow._PAIRS_AT_ONCE", 8)


@pytest.fixture
def job(tmp_path: Path, model: Path, terms: list[Term]) -> Job:
    """Sixty rows in thirty parts; row 6 cannot be read."""
    rows = [f"{number},{TEXTS[number % 4]} {number}" for number in range(60)]
    rows[4] = "4,a,b,c"
    source = tmp_path / "in.csv"
    source.write_text("\n".join(["id,text", *rows]) + "\n")
    promises = {"label_set": 0.9}
    return Job(str(source), tmp_path / "out.csv", terms, model=str(model), promises=promises)


def whole(job: Job) -> bytes:
    """What one process gives."""
    alone = replace(job, out=job.out.with_name(f"alone-{job.out.name}"), scheduler=None)
    return run(alone).out.read_bytes()


def workers(address: str) -> list[int]:
    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=180)
        return list(client.run(os.getpid).values())


def after(parts: int, act: Callable[[], None]) -> Callable[[int, int | None, int], None]:
    """A progress that acts once, when so many parts are done."""
    seen: list[int] = []

    def progress(position: int, total: int | None, rows: int) -> None:
        seen.append(rows)
        if len(seen) == parts:
            act()

    return progress


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_the_same_bytes_as_one_process(job: Job, name: str, scheduler: str) -> None:
    job = replace(job, out=job.out.with_name(name), with_text=True, scheduler=scheduler)
    done = run(job)
    assert (done.rows, done.rejected) == (59, 1)
    assert done.out.read_bytes() == whole(job)


def test_the_same_bytes_when_a_worker_is_killed_and_started_again(job: Job, scheduler: str) -> None:
    _killed(job, scheduler)


def test_the_same_bytes_when_a_worker_is_gone_for_good(job: Job, start: Callable[..., Any]) -> None:
    address, _ = start("--no-nanny")
    _killed(job, address)


def _killed(job: Job, address: str) -> None:
    victim = workers(address)[0]
    done = run(replace(job, scheduler=address), after(3, lambda: os.kill(victim, signal.SIGKILL)))
    assert victim not in workers_left(address)
    assert done.out.read_bytes() == whole(job)


def workers_left(address: str) -> list[int]:
    with distributed.Client(address, set_as_default=False) as client:
        return list(client.run(os.getpid).values())


def test_a_lost_scheduler_is_said_and_the_job_resumed(
    job: Job, start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, process = start()
    workers(address)
    with pytest.raises(ClusterError, match=r"the scheduler tcp://.* was lost .*; start it again"):
        run(replace(job, scheduler=address), after(3, process.kill))
    done = run(replace(job, resume=True))
    assert done.resumed >= 6
    assert done.out.read_bytes() == whole(job)


def test_begun_alone_and_ended_on_a_cluster(job: Job, scheduler: str) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, after(3, interrupt))
    done = run(replace(job, scheduler=scheduler, resume=True))
    assert done.resumed == 6
    assert done.out.read_bytes() == whole(job)


def test_a_fault_of_the_input_is_said_as_it_is_alone(job: Job, scheduler: str) -> None:
    with pytest.raises(DataError, match=r"in.csv, row 6: 4 cells, but the header has 2"):
        run(replace(job, scheduler=scheduler, stop_on_fault=True))


def test_from_the_command_line(
    job: Job, scheduler: str, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--terms", "A truce takes effect", "--model", str(model), "--scheduler", scheduler]
    assert main(["predict", job.source, "--out", str(job.out), *options]) == 3
    assert "59 statements × 1 terms" in capsys.readouterr().err


def judged(scheduler: str, reference: Reference, terms: list[Term]) -> int:
    rows = [Row(1, "1", Statement("We reject the truce"))]
    with on_cluster(scheduler, reference, terms, {}) as answers:
        return sum(batch.num_rows for _, batch in answers(stretches(rows, 10, 1)))


def test_workers_say_what_is_wrong_with_their_model(
    scheduler: str, model: Path, terms: list[Term], tmp_path: Path
) -> None:
    right = Reference.to(model, model)
    assert judged(scheduler, right, terms) == len(terms)
    with pytest.raises(
        ClusterError, match=r"a worker on .* has another model in .*/model; give ev"
    ):
        judged(scheduler, replace(right, digest="0"), terms)
    with pytest.raises(ClusterError, match=r"a worker on .* runs stance .*, and this is 0\.0; in"):
        judged(scheduler, replace(right, version="0.0"), terms)
    absent = replace(right, model=str(tmp_path / "none"))
    with pytest.raises(
        ClusterError,
        match=r"a worker on .* does not find the model: .*/none: not a model folder: .*; put it "
        "where every worker sees it under the same path, or name it by an MLflow URI",
    ):
        judged(scheduler, absent, terms)


def test_no_scheduler(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.streaming.cluster._PATIENCE", "1s")
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with pytest.raises(ClusterError, match=f"--scheduler {address}: no scheduler answers the"):
            run(replace(job, scheduler=address))
        assert not job.out.with_name("out.csv.parts").exists()


def test_tls_without_certificates(job: Job) -> None:
    with pytest.raises(ClusterError, match=r"tls needs certificates in Dask's configuration, unde"):
        run(replace(job, scheduler="tls://127.0.0.1:9"))


def test_without_the_extra(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"--scheduler needs the extra dask: pip install 'st"):
        run(replace(job, scheduler="tcp://127.0.0.1:9"))


def test_references_are_absolute_or_uris(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    assert Reference.to("model", Path("model")) == Reference(str(model), digest_of(model))
    assert Reference.to("models:/stance@champion", model).model == "models:/stance@champion"
    assert Reference.to(None, model).model is None


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            distributed.KilledWorker("judge_texts-1", SimpleNamespace(address="tcp://w"), 3),
            "workers ended one after the other while they answered (.|\\n)*; --resume goes on",
        ),
        (
            ModuleNotFoundError("No module named 'stance'", name="stance"),
            "a worker has no stance; install the same stance on every worker",
        ),
    ],
)
def test_what_dask_raises_is_explained(error: Exception, message: str) -> None:
    with pytest.raises(ClusterError, match=message), _explained(None):
        raise error
