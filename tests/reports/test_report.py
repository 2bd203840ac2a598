"""What a run shows of itself: numbers that agree with each other, and pages that are safe."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from stance.behaviour import load_cases, measure
from stance.errors import DataError
from stance.evaluation import evaluate
from stance.metrics import expected_calibration_error
from stance.models import baselines
from stance.reports import build_report, learning_curve
from stance.reports.errors import error_page, error_table
from stance.reports.tables import reliability_table, risk_coverage_table, safe_cells


@pytest.fixture(scope="module")
def evaluation(toy_model, toy_frames):
    train = toy_frames["train"]
    others = {name: model.fit(train, train["label"]) for name, model in baselines(0).items()}
    name = next(name for name in sorted(toy_frames) if name.startswith("test"))
    return evaluate(toy_model, toy_frames[name], name, baselines=others)


@pytest.fixture(scope="module")
def report(toy_model, evaluation):
    return build_report(toy_model, [evaluation])


def test_every_picture_has_its_numbers_as_a_table(report, evaluation):
    split = evaluation.split
    assert set(report.figures) == {"scores", "ngrams", f"{split}/overview", f"{split}/terms"}
    of_overview = {"confusion", "labels", "reliability", "risk_coverage"}
    wanted = {"scores", "ngrams", f"{split}/terms", *(f"{split}/{name}" for name in of_overview)}
    assert wanted <= set(report.tables)


def test_the_behaviour_of_a_model_is_shown_by_capability_and_case_by_case(toy_model, evaluation):
    behaviour = measure(toy_model, load_cases())
    report = build_report(toy_model, [evaluation], behaviour=behaviour)
    rates = report.tables["behaviour"].set_index("capability")
    cases = report.tables["behaviour_cases"].drop_duplicates("case")
    assert (
        rates.loc["negation", "passed"] == cases[cases["capability"] == "negation"]["passed"].sum()
    )
    (axes,) = report.figures["behaviour"].axes
    assert [bar.get_width() for bar in axes.patches] == rates["rate"].tolist()
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert shown[:2] == ["minimum function (80)", "negation (69)"]


def test_the_tables_agree_with_the_pairs(report, evaluation):
    pairs, split = evaluation.pairs, evaluation.split
    right = pairs["label"] == pairs["predicted"]
    counts = report.tables[f"{split}/confusion"].set_index("true")
    assert np.trace(counts.to_numpy()) == right.sum()
    assert counts.to_numpy().sum() == len(pairs)
    risk = report.tables[f"{split}/risk_coverage"]
    assert risk.iloc[-1][["coverage", "risk"]].tolist() == pytest.approx([1, 1 - right.mean()])
    terms = report.tables[f"{split}/terms"].set_index("term")
    assert terms["accuracy"].to_dict() == pytest.approx(
        right.groupby(pairs["term"]).mean().to_dict()
    )
    reliability = report.tables[f"{split}/reliability"]
    assert reliability["pairs"].sum() == len(pairs)
    assert (reliability["accuracy"] * reliability["pairs"]).sum() == pytest.approx(right.sum())
    labels = report.tables[f"{split}/labels"].set_index("label")
    assert labels["f1"].mean() == pytest.approx(evaluation.scores["macro_f1"].value)
    assert {"majority", "term_only", "text_only", "holder_only"} <= set(labels.columns)


def _answered(evaluation, confidence, correct):
    pairs = pd.DataFrame({"confidence": confidence, "predicted": "favor"})
    pairs["label"] = np.where(correct, "favor", "against")
    return replace(evaluation, pairs=pairs, n_pairs=len(pairs))


@pytest.mark.parametrize("turn", [1, -1])
def test_the_tables_do_not_divide_equal_confidences(evaluation, turn):
    confidence = np.array([0.6] * 50 + [0.9] * 20)[::turn]
    correct = np.array([True] * 30 + [False] * 20 + [True] * 18 + [False] * 2)[::turn]
    answered = _answered(evaluation, confidence, correct)
    table = reliability_table(answered)
    assert table.to_numpy() == pytest.approx(np.array([[0.6, 0.6, 50], [0.9, 0.9, 20]]))
    gaps = (table["confidence"] - table["accuracy"]).abs() * table["pairs"]
    error = expected_calibration_error(confidence, correct)
    assert gaps.sum() / 70 == pytest.approx(error) == pytest.approx(0)
    risk = risk_coverage_table(answered)
    assert risk.to_numpy() == pytest.approx(np.array([[20 / 70, 0.1, 0.9], [1, 22 / 70, 0.6]]))


def test_the_curve_of_many_confidences_has_a_hundred_points(evaluation):
    answered = _answered(evaluation, np.arange(1000) / 1000, np.arange(1000) >= 100)
    table = risk_coverage_table(answered)
    assert len(table) == 100
    assert table.iloc[0].tolist() == pytest.approx([0.001, 0, 0.999])
    assert table.iloc[-1].tolist() == pytest.approx([1, 0.1, 0])


def test_without_probabilities_there_is_nothing_to_compare(evaluation):
    answered = _answered(evaluation, np.full(9, np.nan), np.full(9, True))
    assert reliability_table(answered).empty
    assert risk_coverage_table(answered).empty


def test_the_worst_errors_are_the_surest_ones(toy_model, evaluation):
    table = error_table(toy_model, evaluation, top=3)
    columns = ["text", "holder", "term", "label", "predicted", "confidence", "evidence"]
    assert list(table.columns) == columns
    wrong = evaluation.pairs[evaluation.pairs["label"] != evaluation.pairs["predicted"]]
    assert len(table) == min(3, len(wrong))
    assert (table["label"] != table["predicted"]).all()
    assert table["confidence"].tolist() == sorted(wrong["confidence"], reverse=True)[:3]
    assert table["evidence"].str.len().gt(0).any()


def test_a_page_of_errors_runs_nothing_that_a_statement_says():
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e"
    table = pd.DataFrame({"text": [hostile], "holder": [hostile], "confidence": [0.5]})
    page = error_page(table, hostile)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img src=x" in page
    assert "<bdi>" in page  # what turns the direction of text stays inside its cell
    assert "default-src 'none'" in page


def test_cells_are_text_for_a_spreadsheet():
    table = safe_cells(pd.DataFrame({"text": ["=1", "+1", "-1", "@a", "\t=1", "a=1"], "n": -1}))
    assert table["text"].tolist() == ["'=1", "'+1", "'-1", "'@a", "'\t'=1", "a=1"]
    assert table["n"].tolist() == [-1] * 6


def test_the_learning_curve_grows_by_whole_statements(toy_frames):
    train, seen = toy_frames["train"], []

    class Majority:
        def predict(self, pairs):
            return ["favor"] * len(pairs)

    def fit(part):
        seen.append(set(part["statement_id"]))
        if len(seen) == 1:
            raise DataError("a label of which this part has no pair")
        return Majority()

    table = learning_curve(fit, train, train)
    assert list(table["share"]) == [0.25, 0.5, 1.0]  # the part that was too small is left out
    assert all(small < large for small, large in pairwise(seen))
    assert table["pairs"].iloc[-1] == len(train)
    assert table["macro_f1"].nunique() == 1
