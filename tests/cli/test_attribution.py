"""Evidence adds up to the model's score and points at the right words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from stance import Prediction, Statement, Term, predict
from stance.attribution import attribute
from stance.errors import DataError
from stance.labels import LABELS
from stance.persistence import load_folder
from stance.scoring import pairs_of

TEXTS = [
    "We reject the truce",
    "We accept the cease\u00adfire, if Geneva signs first",
    "Foreign troops, foreign troops: the pull-out is on the agenda",
    "Wheat prices rose again",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("index", [0, 1])
def test_two_stage_weights_add_up_to_the_log_odds(
    text: str, index: int, model: Path, terms: list[Term]
) -> None:
    statement, term = Statement(text, "chief negotiator", "north"), terms[index]
    found = predict(text, term, holder=statement.holder, side=statement.side, model=model)
    pipeline = load_folder(model).estimator.estimator
    row = pipeline[:-1].transform(pairs_of([statement], [term]))
    classifier = pipeline[-1]
    spoken = float(classifier.related_.decision_function(row)[0])
    scores = classifier.stance_.decision_function(row)[0]
    if found.label == "unrelated":
        expected = -spoken
    else:
        mine = list(classifier.stance_.classes_).index(found.label)
        expected = spoken + scores[mine] - np.delete(scores, mine).max()
    assert found.evidence.total == pytest.approx(expected, abs=1e-5)
    assert found.evidence.method == "linear"


@pytest.mark.parametrize("text", TEXTS[:3])
def test_logistic_weights_add_up_to_the_log_odds(
    text: str, plain_model: Path, terms: list[Term]
) -> None:
    found = predict(text, terms[1], model=plain_model)
    first, second = sorted(found.probabilities.values())[:-3:-1]
    assert found.evidence.total == pytest.approx(np.log(first / second), abs=1e-5)


def test_spans_point_into_the_raw_text_and_name_the_phrase(model: Path, terms: list[Term]) -> None:
    text = "  We fully support\tthe TROOP  with\u00addrawal today"
    found = predict(text, terms[0], model=model)
    assert found.label == "favor"
    spans = {text[span.start : span.end]: span for span in found.evidence}
    assert spans["TROOP  with\u00addrawal"].phrase == "troop withdrawal"
    assert spans["support"].phrase == ""
    assert spans["support"].weight > 0
    assert "holder" in found.evidence.rest


def test_condition_is_found_for_conditional(model: Path, terms: list[Term]) -> None:
    text = "We accept the truce if Geneva signs"
    found = predict(text, terms[1], model=model)
    assert found.label == "conditional"
    clause = found.evidence.condition
    assert clause is not None
    assert text[clause.start : clause.end] == "if Geneva signs"
    assert clause.weight > 0


class Counting(ClassifierMixin, BaseEstimator):
    """Against where a text holds "reject", else favor: nothing linear to read."""

    classes_ = np.array(LABELS)

    def predict_proba(self, pairs: pd.DataFrame) -> np.ndarray:
        against = pairs["text"].str.contains("reject").to_numpy()
        rows = np.full((len(pairs), 5), 0.05)
        rows[np.arange(len(pairs)), np.where(against, 2, 0)] = 0.8
        return rows


def test_other_models_are_explained_by_leaving_words_out(terms: list[Term]) -> None:
    text = "We reject the truce"
    found = Prediction("against", 0.8, {}, Statement(text), terms[1])
    evidence = attribute(Counting(), found)
    assert evidence.method == "occlusion"
    assert [text[span.start : span.end] for span in evidence] == ["reject"]
    assert evidence.spans[0].weight == pytest.approx(np.log(0.8 / 0.05))


def test_explain_prints_and_html_is_escaped(
    model: Path, terms: list[Term], capsys: pytest.CaptureFixture[str]
) -> None:
    found = predict("We reject the <script>truce\x1b[2J</script>", terms[1], model=model)
    found.explain()
    shown = capsys.readouterr().out
    assert shown.startswith("against (")
    assert "\x1b" not in shown
    assert "<script>" not in found._repr_html_()
    assert "&lt;script&gt;" in found._repr_html_()


def test_no_evidence_without_a_label(model: Path, terms: list[Term]) -> None:
    found = predict("", terms[1], model=model)
    found.explain()
    assert found._repr_html_() == "<div><p><b>no label (empty) · A truce takes effect</b></p></div>"
    with pytest.raises(DataError, match="no evidence for a label that was not given: empty"):
        _ = found.evidence
