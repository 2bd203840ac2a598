"""Kills, resumes, shards, rejects: the output is the same bytes, or nothing is there."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from stance import Term, predict_many
from stance.errors import DataError
from stance.streaming import Job, Layout, Outcome, open_source, run
from stance.streaming.parts import Parts

TEXTS = ["We reject the truce", "We welcome the pull-out", "", "Wheat prices rose again"]
SMALL = 6  # pairs at once: two statements of three terms


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.arrow._PAIRS_AT_ONCE", SMALL)


@pytest.fixture
def make(tmp_path: Path, model: Path, terms: list[Term]) -> Callable[..., Job]:
    """A job over eleven rows, of which the fifth (row 6) cannot be read."""
    source = tmp_path / "in.csv"
    rows = [f"{index},{TEXTS[index % 4]}" for index in range(11)]
    rows[4] = "4,a,b,c"
    source.write_text("\n".join(["id,text", *rows]) + "\n")

    def job(out: str = "out.csv", **options: object) -> Job:
        return Job(str(source), tmp_path / out, terms, model=str(model), **options)  # type: ignore[arg-type]

    return job


def killed_at(part: int) -> Callable[[int, int | None, int], None]:
    seen = []

    def progress(position: int, total: int | None, rows: int) -> None:
        seen.append(rows)
        if len(seen) == part:
            raise KeyboardInterrupt

    return progress


def test_answers_are_those_of_predict_many(make: Callable[..., Job], terms: list[Term]) -> None:
    outcome = run(make("out.parquet"))
    table = pd.read_parquet(outcome.out)
    texts = [TEXTS[index % 4] for index in range(11) if index != 4]
    expected = predict_many(texts, terms, model=make().model)
    assert outcome == Outcome(
        outcome.out, 10, 0, 1, outcome.out.with_name("out.parquet.rejects.csv")
    )
    assert table["row"].drop_duplicates().tolist() == [2, 3, 4, 5, 7, 8, 9, 10, 11, 12]
    for name in ("term", "label", "confidence", "p_favor", "abstained", "reason"):
        found = table[name].astype(object).where(table[name].notna(), None).tolist()
        wanted = expected[name].astype(object).where(expected[name].notna(), None).tolist()
        assert found == pytest.approx(wanted) if name in ("confidence", "p_favor") else wanted


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl.gz", "out.parquet", "out.xlsx"])
def test_killed_and_resumed_gives_the_same_bytes(make: Callable[..., Job], name: str) -> None:
    whole = run(make(f"whole-{name}", with_text=True, promises={"label_set": 0.9})).out
    job = make(name, with_text=True, promises={"label_set": 0.9})
    for part in (1, 2, 1):
        with pytest.raises(KeyboardInterrupt):
            run(
                make(name, with_text=True, promises={"label_set": 0.9}, resume=True),
                killed_at(part),
            )
        assert not job.out.exists()
    done = run(make(name, with_text=True, promises={"label_set": 0.9}, resume=True))
    assert done.resumed == 8
    assert done.out.read_bytes() == whole.read_bytes()
    rejects = [item.with_name(f"{item.name}.rejects.csv").read_text() for item in (done.out, whole)]
    assert (
        rejects[0]
        == rejects[1]
        == 'row,reason\n6,"4 cells, but the header has 2; is a quote missing?"\n'
    )
    assert not list(job.out.parent.glob("*.parts")) + list(job.out.parent.glob("*.lock"))


def test_parts_that_are_whole_are_not_computed_again(
    make: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(make(), killed_at(4))
    added: list[int] = []
    real = Parts.add
    monkeypatch.setattr(
        Parts, "add", lambda self, n, *rest: (added.append(n), real(self, n, *rest))
    )
    run(make(resume=True))
    assert added == [4, 5]


def test_a_part_that_is_not_whole_is_done_again(make: Callable[..., Job]) -> None:
    whole = run(make("whole.csv")).out.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        run(make(), killed_at(2))
    parts = make().out.with_name("out.csv.parts")
    (parts / "000002.arrow.new").write_bytes(b"half")
    (parts / "output").write_bytes(b"half")
    assert run(make(resume=True)).out.read_bytes() == whole


@pytest.mark.parametrize("moment", [1, 4])
def test_a_process_killed_for_good_is_resumed(
    make: Callable[..., Job], moment: int, tmp_path: Path
) -> None:
    whole = run(make("whole.csv")).out.read_bytes()
    program = (
        "import sys, time, stance.arrow as arrow, stance.streaming.job as job\n"
        f"arrow._PAIRS_AT_ONCE = {SMALL}\n"
        "import pickle; asked = pickle.load(sys.stdin.buffer)\n"
        "job.run(asked, lambda *_: time.sleep(0.2))\n"
    )
    import pickle

    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(pickle.dumps(make()))
    child.stdin.close()
    wanted = tmp_path / "out.csv.parts" / f"{moment:06d}.arrow"
    deadline = time.monotonic() + 60
    while not wanted.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not (tmp_path / "out.csv").exists()
    assert run(make(resume=True)).out.read_bytes() == whole


def test_shards_together_are_the_whole(make: Callable[..., Job]) -> None:
    whole = pd.read_csv(run(make("whole.csv")).out)
    outcomes = [run(make("out.csv", shard=(index, 3))) for index in (1, 2, 3)]
    assert [item.out.name for item in outcomes] == [f"out-{i}-of-3.csv" for i in (1, 2, 3)]
    assert sum(item.rejected for item in outcomes) == 1
    together = pd.concat([pd.read_csv(item.out) for item in outcomes])
    together = together.sort_values("row", kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(together, whole)


def test_a_shard_of_a_packed_output_keeps_its_format(make: Callable[..., Job]) -> None:
    outcome = run(make("OUT.CSV.GZ", shard=(1, 2)))
    assert outcome.out.name == "OUT-1-of-2.CSV.GZ"
    assert len(pd.read_csv(outcome.out, compression="gzip")) == 3 * outcome.rows


def test_zero_bytes_leave_a_table_that_can_be_read(make: Callable[..., Job]) -> None:
    Path(make().source).write_text('{"id": "1", "text": "We re\\u0000ject the truce"}\n')
    options = {"layout": Layout(format="jsonl"), "with_text": True}
    for name in ("out.csv", "out.xlsx"):
        out = run(make(name, **options)).out
        with open_source(str(out), Layout()) as source:
            rows = list(source.rows(0, 1))
        assert {row.statement and row.statement.text for row in rows} == {
            "We re\\x00ject the truce"
        }


def test_no_character_makes_a_workbook_that_cannot_be_read(make: Callable[..., Job]) -> None:
    said = [json.dumps({"text": f"We reject {chr(code)}"}) for code in (*range(32), 0xFFFE, 0xFFFF)]
    Path(make().source).write_text("\n".join(said))
    out = run(make("out.xlsx", layout=Layout(format="jsonl"), with_text=True)).out
    assert openpyxl.load_workbook(out).active.max_row == 1 + 3 * len(said)


def test_stop_at_the_first_fault(make: Callable[..., Job]) -> None:
    with pytest.raises(DataError, match=r"in.csv, row 6: 4 cells, but the header has 2"):
        run(make(stop_on_fault=True))
    assert not make().out.exists()


def test_a_run_of_other_options_is_not_taken_up(make: Callable[..., Job]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(make(), killed_at(1))
    with pytest.raises(DataError, match=r"out.csv.parts is of a run that differs in: promises"):
        run(make(resume=True, promises={"coverage": 0.5}))
    Path(make().source).write_text("text\nother\n")
    with pytest.raises(DataError, match="differs in: input"):
        run(make(resume=True))


def test_a_run_that_cannot_be_taken_up_is_started_over_where_that_is_asked(
    make: Callable[..., Job],
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(make(), killed_at(2))
    assert run(make("out.csv", resume=True, overwrite=True)).resumed == 4  # it can
    with pytest.raises(KeyboardInterrupt):
        run(make("b.csv"), killed_at(2))
    Path(make().source).write_text("text\nWe reject the truce\n")
    with pytest.raises(DataError, match="differs in: input"):
        run(make("b.csv", resume=True))
    done = run(make("b.csv", resume=True, overwrite=True))
    assert (done.rows, done.resumed) == (1, 0)


@pytest.mark.parametrize("damaged", ["manifest.json", "000001.arrow", "000000.arrow"])
@pytest.mark.parametrize("content", [b"", b"{", b"ARROW1\0\0half"])
def test_a_damaged_run_is_started_over(
    make: Callable[..., Job], damaged: str, content: bytes
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(make(), killed_at(2))
    (make().out.with_name("out.csv.parts") / damaged).write_bytes(content)
    with pytest.raises(DataError, match=rf"{damaged}: damaged \(.*\); start over with --overwrite"):
        run(make(resume=True))
    assert run(make(resume=True, overwrite=True)).resumed == 0
    with pytest.raises(KeyboardInterrupt):
        run(make("b.csv"), killed_at(2))
    (make().out.with_name("b.csv.parts") / damaged).write_bytes(content)
    assert run(make("b.csv", overwrite=True)).rows == 10


def test_damage_that_shows_late_is_named(make: Callable[..., Job]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(make(), killed_at(3))
    rejects = make().out.with_name("out.csv.parts") / "000002.json"
    assert rejects.is_file()
    rejects.write_text("[")
    with pytest.raises(DataError, match=r"002\.json: damaged .* --overwrite, without --resume"):
        run(make(resume=True))
    assert not make().out.exists()
    assert run(make(overwrite=True)).rows == 10


def test_a_killed_run_of_standard_input_cannot_be_gone_on_with(make: Callable[..., Job]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(make(), killed_at(1))
    job = replace(make(), source="-", layout=Layout(format="csv"))
    with pytest.raises(DataError, match=r"holds an unfinished run; start over with --overwrite"):
        run(job)


def test_an_unfinished_run_is_not_thrown_away(make: Callable[..., Job]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(make(), killed_at(1))
    with pytest.raises(DataError, match="holds an unfinished run; go on with --resume, or start"):
        run(make())
    assert run(make(overwrite=True)).resumed == 0


def test_a_folder_of_the_user_is_not_thrown_away(make: Callable[..., Job], tmp_path: Path) -> None:
    mine = tmp_path / "out.csv.parts" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("precious")
    for options in ({}, {"overwrite": True}, {"resume": True}):
        with pytest.raises(
            DataError,
            match=r"out\.csv\.parts is not of an unfinished run, .*; move it away, or cho",
        ):
            run(make(**options))
        assert mine.read_text() == "precious"
        assert not make().out.exists()
    (mine.parent / "manifest.json").write_text("{}")  # as many programs have one
    with pytest.raises(DataError, match=r"out\.csv\.parts is not of an unfinished run"):
        run(make(overwrite=True))
    assert mine.read_text() == "precious"
    with pytest.raises(DataError, match=r"differs in: .*rows in a part, .*version of stance"):
        run(make(resume=True))
    (mine.parent / "manifest.json").write_text("{")
    with pytest.raises(DataError, match=r"manifest\.json: damaged .*; start over with --overwrite"):
        run(make(resume=True))
    (tmp_path / "b.csv.parts").write_text("precious")
    with pytest.raises(DataError, match=r"b\.csv\.parts is not of an unfinished run"):
        run(make("b.csv"))
    assert (tmp_path / "b.csv.parts").read_text() == "precious"


@pytest.mark.parametrize(
    "left", [(), ("manifest.json.new",), ("000003.arrow", "output", "output.sheet")]
)
def test_what_a_killed_run_left_without_a_manifest_goes(
    left: tuple[str, ...], make: Callable[..., Job]
) -> None:
    folder = make().out.with_name("out.csv.parts")
    folder.mkdir()
    for name in left:
        (folder / name).write_bytes(b"")
    assert run(make()).rows == 10
    assert not folder.exists()


def test_an_output_is_not_overwritten_unasked(make: Callable[..., Job]) -> None:
    run(make())
    with pytest.raises(DataError, match=r"out.csv is already there; add --overwrite to replace it"):
        run(make())
    assert run(make(resume=True)).complete_before
    assert run(make(overwrite=True)).rows == 10


def test_rejects_of_an_earlier_run_go(make: Callable[..., Job]) -> None:
    run(make())
    Path(make().source).write_text("text\nWe reject the truce\n")
    assert run(make(overwrite=True)).rejects is None
    assert not make().out.with_name("out.csv.rejects.csv").exists()


def test_a_list_of_the_user_is_not_thrown_away(make: Callable[..., Job]) -> None:
    mine = make().out.with_name("out.csv.rejects.csv")
    mine.write_text("mine")
    for resume in (False, True):
        with pytest.raises(DataError, match=r"rejects\.csv is no list of rows .*; move it a"):
            run(make(resume=resume))
        assert mine.read_text() == "mine"
    assert run(make(overwrite=True)).rejects == mine
    mine.write_text("mine")
    Path(make().source).write_text("text\nWe reject the truce\n")
    assert run(make(overwrite=True)).rejects is None
    assert mine.read_text() == "mine"  # nothing was to be written there
    mine.unlink()
    mine.mkdir()
    with pytest.raises(DataError, match="is no list of rows that were set aside"):
        run(make(overwrite=True))


def test_a_lock_of_the_user_is_not_thrown_away(make: Callable[..., Job]) -> None:
    mine = make().out.with_name("out.csv.lock")
    mine.write_text("mine")
    with pytest.raises(DataError, match=r"csv\.lock is no lock of a run, .*; move it away, or"):
        run(make(overwrite=True))
    assert mine.read_text() == "mine"
    mine.write_text("")  # as a killed run leaves it
    assert run(make()).rows == 10
    assert not mine.exists()


@pytest.mark.parametrize("name", ["rejects.csv", "lock", "parts/in.csv"])
@pytest.mark.parametrize("shard", [None, (1, 2)])
def test_no_input_has_the_place_of_what_stands_beside_the_output(
    make: Callable[..., Job], name: str, shard: tuple[int, int] | None
) -> None:
    out = make("out-1-of-2.csv" if shard else "out.csv").out
    place = out.parent / f"{out.name}.{name}"
    place.parent.mkdir(exist_ok=True)
    if name == "parts/in.csv":
        (place.parent / "manifest.json").write_text('{"rows in a part": 1}')
    place.write_text("row,reason\n1,x\n")
    job = make(overwrite=True, shard=shard)
    for asked in (replace(job, source=str(place)), replace(job, beside=[place])):
        with pytest.raises(DataError, match=r"the place of out.* is needed beside it, and that is"):
            run(asked)
    assert place.read_text() == "row,reason\n1,x\n"
    assert not out.exists()


def test_one_writer_at_a_time(make: Callable[..., Job]) -> None:
    with (
        FileLock(f"{make().out}.lock"),
        pytest.raises(DataError, match="another process is writing it; wait until it ends"),
    ):
        run(make())


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("out.pdf", "--out .*out.pdf: unknown format 'pdf'; expected one of 'csv', .* says which"),
        ("out.parquet.gz", "out.parquet.gz: parquet is compressed already; leave out the .gz"),
        ("none/out.csv", "the folder .*none does not exist; make it first"),
        ("in.csv", "--out .*in.csv is an input itself; choose another name"),
    ],
)
def test_places_that_cannot_be_written(make: Callable[..., Job], out: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        run(make(out, overwrite=True))


def test_an_output_that_is_no_file(make: Callable[..., Job], tmp_path: Path) -> None:
    (tmp_path / "dir.csv").mkdir()
    with pytest.raises(DataError, match=r"expected a file, but this is something else"):
        run(make("dir.csv"))


def test_standard_input_is_not_resumed(make: Callable[..., Job], terms: list[Term]) -> None:
    with pytest.raises(DataError, match="standard input cannot be resumed: it cannot be read tw"):
        run(Job("-", make().out, terms, resume=True))


def test_standard_input_that_is_broken_off_leaves_no_parts(
    make: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = io.TextIOWrapper(io.BytesIO(Path(make().source).read_bytes()))
    monkeypatch.setattr("sys.stdin", content)
    job = replace(make(), source="-", layout=Layout(format="csv"))
    with pytest.raises(KeyboardInterrupt):
        run(job, killed_at(2))
    assert sorted(item.name for item in job.out.parent.iterdir()) == ["in.csv"]


def test_a_sheet_has_an_end(make: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.streaming.job.SHEET_ROWS", 10)
    for resume in (False, True, True):  # the parts of before count too
        with pytest.raises(DataError, match=r"an Excel sheet holds 10 rows below its header"):
            run(make("out.xlsx", resume=resume))


def test_what_a_workbook_would_read_as_a_character_is_read_again(
    model: Path, terms: list[Term], tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "_x0041_ truce_", "id": "_x005F_x0041_"}\n')
    job = Job(str(tmp_path / "in.jsonl"), tmp_path / "o.xlsx", terms[:1], model=str(model))
    out = run(replace(job, with_text=True)).out
    with open_source(str(out), Layout({"id": "statement"})) as source:
        (row,) = source
    assert (row.name, row.statement and row.statement.text) == ("_x005F_x0041_", "_x0041_ truce_")


def test_text_in_a_workbook_is_inert(model: Path, terms: list[Term], tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "=HYPERLINK(1) truce\\u001b[2J", "id": "@x"}\n')
    out = run(
        Job(str(source), tmp_path / "o.xlsx", terms[1:2], model=str(model), with_text=True)
    ).out
    row = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))[1]
    assert (row[1], row[-1]) == ("'@x", "'=HYPERLINK(1) truce\\x1b[2J")


def test_a_pipe_is_not_read_twice(make: Callable[..., Job], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match=r"a pipe or device, which cannot be read twice; give it t"):
        run(replace(make(), source=str(tmp_path / "pipe"), layout=Layout(format="csv")))


def test_a_missing_input_is_missed_where_an_output_is(make: Callable[..., Job]) -> None:
    run(make())
    with pytest.raises(DataError, match=r"none\.csv: no such file"):
        run(replace(make(overwrite=True), source="none.csv"))
    for name in ("speech.csv.lock", "speech.csv.rejects.csv"):
        make().out.with_name(name).write_text("")
    asked = replace(make(overwrite=True), source=str(make().out.with_name("speech.csv")))
    with pytest.raises(DataError, match=r"speech\.csv: no such file$"):
        run(asked)
    make().out.with_name("speechs.csv").write_text("")
    with pytest.raises(DataError, match=r"no such file; did you mean 'speechs.csv'\?"):
        run(asked)


def test_long_texts_make_short_parts_and_the_same_bytes(
    make: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.streaming.answering.CHARACTERS_AT_ONCE", 3 * 19)
    whole = run(make("whole.csv", with_text=True)).out.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        run(make(with_text=True), killed_at(3))
    parts = Parts(make().out, pa.schema([]))
    assert (parts.finished(), parts.rows()) == (3, 4)
    done = run(make(with_text=True, resume=True))
    assert (done.resumed, done.out.read_bytes()) == (4, whole)


def test_parquet_is_resumed_without_reading_what_is_done(
    make: Callable[..., Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "in.parquet"
    table = pa.table({"text": TEXTS * 5, "id": range(20)})
    pq.write_table(table, source, row_group_size=3)
    job = replace(make("out.parquet"), source=str(source))
    whole = run(replace(job, out=tmp_path / "whole.parquet")).out.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        run(job, killed_at(6))
    read: list[list[int]] = []
    real = pq.ParquetFile.iter_batches
    monkeypatch.setattr(
        pq.ParquetFile,
        "iter_batches",
        lambda self, *args, **options: (
            read.append(options["row_groups"]),
            real(self, *args, **options),
        )[1],
    )
    done = run(replace(job, resume=True))
    assert read == [[4, 5, 6]]
    assert (done.rows, done.resumed, done.out.read_bytes()) == (20, 12, whole)


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl", "in.parquet", "in.xlsx", "in.txt"])
@pytest.mark.parametrize(("start", "step"), [(0, 1), (5, 1), (1, 3), (7, 40), (900, 1)])
def test_any_row_can_be_the_first(name: str, start: int, step: int, tmp_path: Path) -> None:
    texts = [f"We sign clause {index}" for index in range(800)]
    source, frame = tmp_path / name, pd.DataFrame({"text": texts})
    if name == "in.csv":
        frame.to_csv(source, index=False)
    elif name == "in.jsonl":
        frame.to_json(source, orient="records", lines=True)
    elif name == "in.parquet":
        frame.to_parquet(source, row_group_size=90)
    elif name == "in.xlsx":
        frame.to_excel(source, index=False)
    else:
        source.write_text("\n".join(texts))
    with open_source(str(source), Layout()) as opened:
        rows = list(opened.rows(start, step))
    assert [row.statement.text for row in rows if row.statement] == texts[start::step]
    first = 2 if name in ("in.csv", "in.xlsx") else 1
    assert [row.number for row in rows] == list(range(first, 800 + first))[start::step]
