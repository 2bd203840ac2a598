"""Statements and terms that have gone wrong before, or could."""

import pytest

from stance import Term
from stance.datasets import to_frame
from stance.predict import load_model
from stance.records import Statement
from stance.scoring import reference_score, score

TERMS = (
    Term(
        "Foreign troops leave the valley",
        "All foreign soldiers of Ruritania go home within a year.",
        aliases=["troop withdrawal", "pull out of the valley", "withdrawal of the troops"],
        opposites=["our soldiers stay", "the occupation", "troops stay in the valley"],
        id="full",
    ),
    Term("Troops", id="bare"),
    Term("Ruritania joins the League", aliases=["Ruritania", "League"], id="names"),
    Term("The same, again!", aliases=["same", "same", "again same"], opposites=["same"], id="same"),
    Term("of the", "", aliases=["and"], id="function_words"),
    Term("?!", "% % %", id="signs"),
    Term("Sanctions are lifted", aliases=["end the sanctions"], opposites=["keep"], id="ends"),
    Term("Ειρήνη und Überwachung", "Ein Waffenstillstand.", aliases=["перемирие"], id="scripts"),
    Term("A truce", aliases=[f"truce number {n}" for n in range(30)], id="many"),
    Term("One", "x " * 50, opposites=["x y z", "Z", "not only if"], id="cues"),
)

TEXTS = (
    "",
    "   ",
    "troops",
    "troops troops troops",
    "troops stay troops stay soldiers soldiers occupation",
    "We reject any troop withdrawal until the sanctions are lifted, and not before!",
    "Only if out of the question as long as in exchange for in return step by step",
    "until such time until until such as long as as long",
    "Ruritania Ruritania League the League of Ruritania",
    "No. Never! Will you? 100% of them won't; the troops' sanctions' end.",
    "перемирие сейчас, Ειρήνη, Überwachung \u202e \ufeff zero\u200bwidth trооps",
    "same again same again again same",
    "x y z x y z truce number 7 truce number 29 not only if",
    "the of and a " * 40,
    "troops " + "word " * 300 + "withdrawal",
    "‹P› ‹none› ‹P› < troops > >> ends: begins: side:north",
)


@pytest.fixture(scope="session")
def hostile_terms():
    return list(TERMS)


@pytest.fixture(scope="session")
def hostile_statements():
    holders = [("", ""), ("commander of the troops", "north_league"), ("Ruritania!", "x")]
    return [Statement(text, *holders[number % 3]) for number, text in enumerate(TEXTS)]


@pytest.fixture(scope="session")
def default_model():
    return load_model().estimator


@pytest.fixture(scope="session")
def train(toy_data):
    return to_frame(toy_data["train"])


@pytest.fixture(scope="session")
def differ():
    """The largest difference between the fast path and the pipeline."""

    def difference(estimator, statements, terms):
        expected = reference_score(estimator, statements, terms)
        return abs(score(estimator, statements, terms) - expected).max(initial=0.0)

    return difference
