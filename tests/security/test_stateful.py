"""Long lives, invented by Hypothesis: answers that stay, datasets that come back as they went.

Few and short by default; ``pytest --hypothesis-profile thorough`` tries many and long ones.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from stance import Term, predict_many
from stance.arrow import predict_batches
from stance.datasets import load
from stance.datasets.annotation import write_folder
from stance.datasets.source import Source, SourcePair, SourceStatement, read_source
from stance.errors import DataError, StanceError
from stance.labels import LABELS
from stance.streaming import Job, run
from stance.streaming.parts import Parts

TRIES = settings.default.max_examples
"""100, or what the profile says; a whole life costs far more than a text."""

LIFE = settings(
    max_examples=TRIES // 10,
    stateful_step_count=max(8, TRIES // 50),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
COLUMNS = ["label", *(f"p_{label}" for label in LABELS), "reason"]
TERMS = st.sampled_from(
    [
        Term("Foreign troops leave the valley", aliases=["pull-out"], id="valley"),
        Term("The treaty is signed", aliases=["treaty"], opposites=["no treaty"], id="treaty"),
        Term("=1+1", aliases=["x"], id="formula"),
        Term("停火", id="script"),
        Term("A truce takes effect", description="<b>", aliases=["truce", "truce"], id="truce"),
    ]
)
TEXTS = st.text(max_size=40) | st.sampled_from(
    ["We reject the treaty.", "We accept the truce if you leave.", "=1+1", "", "\x00", "\u202ex"]
)


class Answering(RuleBasedStateMachine):
    """Statements and terms are added, runs are broken off and taken up, batches are cut anew.

    What was once answered must be answered alike for ever.
    """

    model: Path
    folder: Path
    patch: pytest.MonkeyPatch
    lives = 0

    @initialize()
    def begin(self):
        Answering.lives += 1
        self.place = self.folder / str(self.lives)
        self.place.mkdir()
        self.texts = ["We reject the treaty."]
        self.terms = [Term("The treaty is signed", aliases=["treaty"], id="treaty")]
        self.known = {}
        self.begun = None

    @rule(texts=st.lists(TEXTS, min_size=1, max_size=4))
    def add_statements(self, texts):
        self.texts += texts

    @rule(term=TERMS)
    def add_a_term(self, term):
        if term.id not in {item.id for item in self.terms}:
            self.terms.append(term)

    @rule(pairs=st.integers(1, 12))
    def cut_batches_anew(self, pairs):
        if self.begun is None:  # a run that was broken off goes on with what it was begun with
            self.patch.setattr("stance.arrow._PAIRS_AT_ONCE", pairs)

    @rule(rows=st.integers(1, 5))
    def ask_through_arrow(self, rows):
        table = pa.table({"text": self.texts})
        batches = table.to_batches(max_chunksize=rows)
        self._learn(predict_batches(batches, self.terms, model=self.model).read_all().to_pandas())

    @rule()
    def ask_at_once(self):
        self._learn(predict_many(self.texts, self.terms, model=self.model))

    @rule(after=st.integers(1, 3))
    def break_off(self, after):
        left = [after]

        def progress(*_):
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt

        job = self._job(overwrite=True)
        try:
            run(job, progress)
        except KeyboardInterrupt:
            self.begun = self._asked()
        else:
            self.begun = None

    @precondition(lambda self: self.begun is not None)
    @rule()
    def go_on(self):
        assert Parts(self.place / "out.parquet", pa.schema([])).exist()
        if self.begun != self._asked():
            with pytest.raises(DataError, match="is of a run that differs in: "):
                run(self._job(resume=True))
            return
        self._finish(self._job(resume=True))

    @rule()
    def start_over(self):
        self._finish(self._job(overwrite=True))

    @invariant()
    def no_draft_is_left(self):
        if hasattr(self, "place"):
            left = {path.name for path in self.place.iterdir()}
            assert left <= {"in.jsonl", "out.parquet", "out.parquet.parts"}

    def _asked(self):
        return [*self.texts], [*self.terms]

    def _job(self, **options):
        source = self.place / "in.jsonl"
        source.write_text("".join(f"{json.dumps({'text': text})}\n" for text in self.texts))
        out = self.place / "out.parquet"
        return Job(str(source), out, self.terms, model=str(self.model), **options)

    def _finish(self, job):
        found = run(job)
        self.begun = None
        assert (found.rows, found.rejected) == (len(self.texts), 0)
        self._learn(pd.read_parquet(found.out))

    def _learn(self, answers):
        asked = [(text, term.id) for text in self.texts for term in self.terms]
        assert len(answers) == len(asked)
        assert answers["term"].tolist() == [term for _, term in asked]
        answers = answers[COLUMNS].astype(dict.fromkeys(COLUMNS[1:-1], float))
        rows = answers.itertuples(index=False, name=None)
        for pair, (label, *numbers, reason) in zip(asked, rows, strict=True):
            row = (_none(label), _none(reason), np.round(numbers, 9))
            before = self.known.setdefault(pair, row)
            assert before[:2] == row[:2], pair
            assert np.array_equal(before[2], row[2], equal_nan=True), pair


def _none(value):
    return None if pd.isna(value) else value


def test_an_answer_stays_whatever_is_added_cut_or_broken_off(toy_saved, tmp_path, monkeypatch):
    Answering.model, Answering.folder, Answering.patch = toy_saved, tmp_path, monkeypatch
    run_state_machine_as_test(Answering, settings=LIFE)


# --- datasets -------------------------------------------------------------------------------

FILLED = st.text(min_size=1, max_size=20).filter(str.strip)
STATEMENTS = st.builds(
    SourceStatement,
    where=st.just(""),
    id=FILLED,
    text=FILLED,
    holder=st.text(max_size=10),
    side=st.text(max_size=10),
    conflict=st.text(max_size=10),
    lang=FILLED,
    date=st.none() | st.dates().map(str),
    split=st.sampled_from(["all", "train", "test_7"]),
    pairs=st.lists(
        st.builds(
            SourcePair,
            term=st.sampled_from(["valley", "treaty", "formula"]),
            label=st.sampled_from(LABELS),
            votes=st.lists(st.sampled_from(LABELS), max_size=3).map(tuple),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda pair: pair.term,
    ).map(tuple),
)
KNOWN = {
    "valley": Term("Foreign troops leave", aliases=["pull-out", "=1"], id="valley"),
    "treaty": Term("yes: no", description="- #", opposites=["null", "a\u2028b"], id="treaty"),
    "formula": Term("=1+1", conflict="{}", id="formula"),
}


@settings(max_examples=TRIES // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(statements=st.lists(STATEMENTS, min_size=1, max_size=4, unique_by=lambda item: item.id))
def test_a_dataset_that_is_written_reads_back_equal_or_is_refused(tmp_path_factory, statements):
    out = tmp_path_factory.mktemp("written") / "data"
    write_folder(Source(out, (), tuple(statements), KNOWN, (), is_folder=True), out)
    found = read_source(out)
    assert found.faults == ()
    assert [replace(item, where="") for item in found.statements] == statements
    assert dict(found.terms) == KNOWN
    try:
        loaded = load("settlement", out)
    except StanceError as error:
        message = str(error)
        assert str(out) in message
        return
    pairs = [(item.text, pair.term, pair.label) for item in statements for pair in item.pairs]
    rows = [row for part in loaded.values() for row in part]
    read = [(row["text"], row["term"], LABELS[row["label"]]) for row in rows]
    assert sorted(read) == sorted(pairs)


CELLS = st.text(max_size=12) | st.sampled_from(["favor", "A truce", '"', ",", "\n", "\x00", "NA"])


@settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    header=st.lists(st.sampled_from(["text", "term", "label", "holder", "id", "split", "x"])),
    rows=st.lists(st.lists(CELLS, max_size=7), max_size=4),
    separator=st.sampled_from(",\t;"),
    suffix=st.sampled_from([".csv", ".tsv", ".jsonl"]),
)
def test_a_table_is_read_or_refused_with_its_name(
    tmp_path_factory, header, rows, separator, suffix
):
    path = tmp_path_factory.mktemp("tables") / f"pairs{suffix}"
    if suffix == ".jsonl":
        lines = [json.dumps(dict(zip(header, row, strict=False))) for row in rows]
    else:
        lines = [separator.join(row) for row in [header, *rows]]
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    try:
        loaded = load("file", path)
    except StanceError as error:
        message = str(error)
        assert message.startswith(str(path))
        return
    assert {LABELS[row["label"]] for part in loaded.values() for row in part} <= set(LABELS)
    assert read_source(path).faults == ()
