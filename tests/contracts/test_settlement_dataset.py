"""What the shipped dataset promises: clean, counted, documented, and in step with itself."""

import json
import re
from collections import Counter, defaultdict

import pytest

from stance.datasets import definition
from stance.datasets.card_section import with_section
from stance.datasets.checks import check
from stance.datasets.settlement import StatementEntry, default_path
from stance.datasets.source import read_source
from stance.datasets.statistics import statistics
from stance.labels import LABELS
from stance.similarity import near_duplicates

FOLDER = default_path()
REMEDY = "run python -m stance.datasets statistics"


@pytest.fixture(scope="module")
def source():
    return read_source()


@pytest.fixture(scope="module")
def report(source):
    return check(source)


@pytest.fixture(scope="module")
def committed():
    return json.loads((FOLDER / "statistics.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def card():
    return (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def codebook():
    return (FOLDER / "CODEBOOK.md").read_text(encoding="utf-8")


def test_the_checks_find_nothing(report):
    assert [finding.message for finding in report.findings] == []
    assert all(measure.value is not None for measure in report.measures)


def test_the_promised_sizes(source, report):
    assert report.counts["statements"] >= 3500
    assert report.counts["pairs"] >= 9000
    assert report.counts["terms"] >= 90
    assert report.counts["conflicts"] >= 18
    foreign = [statement for statement in source.statements if statement.lang != "en"]
    assert len(foreign) >= 300
    assert sum(len(statement.pairs) for statement in foreign) >= 600
    assert {statement.split for statement in foreign} == {"test_multilingual"}
    assert sum(statement.split == "test_grid" for statement in source.statements) >= 150


def test_the_grid_has_every_term_of_a_conflict_but_the_held_out(source):
    held_out = {p.term for s, p in source.pairs() if s.split == "test_unseen_terms"}
    terms = defaultdict(set)
    for term in source.terms.values():
        terms[term.conflict].add(term.id)
    missing = 0
    for statement in source.statements:
        if statement.split == "test_grid":
            given = {pair.term for pair in statement.pairs}
            wanted = terms[statement.conflict] - held_out
            assert given <= wanted
            missing += len(wanted - given)
    assert missing <= 10  # pairs that no third reader settled


def test_every_pair_carries_two_votes_or_more_and_the_label_of_most(source):
    for _, pair in source.pairs():
        assert len(pair.votes) >= 2
        assert Counter(pair.votes).most_common(1)[0] == (pair.label, pair.votes.count(pair.label))
        assert pair.votes.count(pair.label) >= 2


def test_the_statistics_are_those_of_the_data(source, committed):
    assert committed == json.loads(json.dumps(statistics(source))), REMEDY


def test_readers_agree(committed):
    agreement = committed["agreement"]
    assert agreement["overall"] >= 0.8
    assert set(agreement["labels"]) == set(LABELS)
    assert set(agreement["conflicts"]) == set(committed["conflicts"])
    assert set(agreement["registers"]) == set(committed["registers"])
    assert min(agreement["labels"].values()) >= 0.8


def test_the_counts_of_the_card_are_those_of_the_statistics(card, committed):
    assert with_section(card, committed) == card, REMEDY


def _documented(text, heading):
    """The names in the first column of the table that follows a heading or sentence."""
    table = text.split(heading, 1)[1].split("\n\n", 2)[1]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_the_card_names_all_fields_splits_registers_and_languages(card, committed):
    fields = {name.rstrip("_") for name in StatementEntry.model_fields}
    assert set(_documented(card, "Fields of a statement:")) == fields - {"date", "source"}
    splits = card.split("## Splits", 1)[1].split("## Counts", 1)[0]
    assert all(f"`{name}`" in splits for name in committed["splits"])
    assert set(committed["splits"]) == set(definition("settlement").card.splits)
    assert set(_documented(card, "## Registers")) == set(committed["registers"])
    assert set(committed["languages"]) == set(definition("settlement").card.languages)
    assert all(f"`{lang}`" in card for lang in committed["languages"])


def test_the_card_says_what_the_data_are_not(card):
    text = " ".join(card.split())
    for promise in (
        "written by a language model. No statement is a quotation",
        "Three passes, all by language-model readers",
        "not whether people would agree",
        "Apache-2.0",
        "Not meant for:",
        "## Known gaps",
    ):
        assert promise in text


EXAMPLE = re.compile(
    r'^- "(?P<text>.+?)" \((?P<holder>.+?)\) — \*(?P<term>.+?)\* → `(?P<label>\w+)`$'
)


def _rules(codebook):
    parts = re.split(r"^### Rule (\d+)\. ", codebook, flags=re.MULTILINE)
    return dict(zip(map(int, parts[1::2]), parts[2::2], strict=True))


def test_every_rule_of_the_codebook_has_two_worked_examples(codebook):
    rules = _rules(codebook)
    assert list(rules) == list(range(1, 16))
    seen = set()
    for number, text in rules.items():
        lines = [line for line in text.splitlines() if line.startswith("- ")]
        examples = [EXAMPLE.match(line) for line in lines if '"' in line]
        assert all(examples), number
        assert len(examples) >= 2, number
        seen |= {example["label"] for example in examples}
    assert seen == set(LABELS)


def test_no_example_of_the_codebook_is_in_the_dataset(codebook, source):
    examples = sorted({found["text"] for line in codebook.splitlines()
                       if (found := EXAMPLE.match(line))})  # fmt: skip
    texts = [statement.text for statement in source.statements if statement.lang == "en"]
    clashes = near_duplicates(examples + texts, 0.5)
    assert [pair for pair in clashes if pair[0] < len(examples) <= pair[1]] == []
