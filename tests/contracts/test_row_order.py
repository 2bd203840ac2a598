"""The same rows in another order make the same model and the same metrics, to the last digit."""

import csv
import json
import random
import shutil

import pytest

from stance.config import DatasetConfig, FeaturesConfig, ModelConfig, SplitConfig, TrainConfig
from stance.training import train


@pytest.fixture
def trained(tmp_path, toy_blocks, toy_classifier):
    """Train on a dataset; scores as they were computed, and the content of the model's folder."""

    def run(name, path, by):
        config = TrainConfig(
            dataset=DatasetConfig(name, str(path)),
            split=SplitConfig(by, test_size=0.3, validation_size=0.3),
            features=FeaturesConfig("toy", toy_blocks),
            model=ModelConfig("two_stage", toy_classifier),
            output=str(tmp_path / f"output{len(list(tmp_path.iterdir()))}"),
        )
        outcome = train(config)
        scores = [(item.metrics(), item.confusion.tolist()) for item in outcome.evaluations]
        scores.append((outcome.validation.metrics(), outcome.validation.confusion.tolist()))
        return scores, {path.name: path.read_bytes() for path in outcome.model.iterdir()}

    return run


def mixed(rows):
    other = random.Random(0).sample(rows, len(rows))
    assert other != rows
    return other


@pytest.mark.parametrize("by", ["fixed", "statement", "term", "conflict"])
def test_lines_pairs_and_terms_of_a_settlement_dataset(trained, toy_folder, tmp_path, by):
    other = shutil.copytree(toy_folder, tmp_path / "other")
    path = other / "statements.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [{**row, "pairs": row["pairs"][::-1]} for row in mixed(rows)]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    terms = (other / "terms.yaml").read_text(encoding="utf-8").split("- id: ")[1:]
    turned = "".join(f"- id: {term.rstrip()}\n" for term in reversed(terms))
    (other / "terms.yaml").write_text(turned, encoding="utf-8")
    assert trained("settlement", toy_folder, by) == trained("settlement", other, by)


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path, rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


@pytest.fixture
def pairs(toy_data):
    """Rows of a table; three contradict another of the same statement and term."""
    labels = toy_data["train"].features["label"].names
    rows = [
        {
            "id": row["statement_id"],
            "text": row["text"],
            "holder": row["holder"],
            "term": row["term_name"],
            "label": labels[row["label"]],
            "split": name,
        }
        for name, part in toy_data.items()
        for row in part
    ]
    return rows + [{**row, "label": "neutral"} for row in rows[:3]]


@pytest.mark.parametrize("by", ["fixed", "statement"])
@pytest.mark.parametrize("with_ids", [True, False], ids=["ids", "no ids"])
@pytest.mark.parametrize(("kind", "write"), [("csv", write_csv), ("jsonl", write_jsonl)])
def test_rows_of_a_table(trained, pairs, tmp_path, kind, write, with_ids, by):
    outcomes = []
    for number, rows in enumerate((pairs, mixed(pairs))):
        path = tmp_path / f"pairs{number}.{kind}"
        left_out = set() if with_ids else {"id"}
        write(path, [{key: row[key] for key in row if key not in left_out} for row in rows])
        outcomes.append(trained("file", path, by))
    assert outcomes[0] == outcomes[1]
