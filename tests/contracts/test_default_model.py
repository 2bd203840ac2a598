"""The model that ships is small, loads at once, is made from data/settlement, and is not absurd.

That it is what the data make today, ``scripts/build_default_model.py --check`` says.
"""

import time

import pytest

from stance import Term, predict
from stance.datasets import load
from stance.datasets.loading import digest
from stance.persistence import load_folder
from stance.resources import shipped
from stance.splits import split

REMEDY = "run: python scripts/build_default_model.py"

WITHDRAWAL = Term(
    "Foreign troops leave the valley",
    aliases=["troop withdrawal", "withdrawal"],
    opposites=["our troops stay", "occupation"],
)
EXCHANGE = Term(
    "Both sides exchange all prisoners",
    aliases=["prisoner exchange", "swap of prisoners"],
    opposites=["the prisoners stay in custody"],
)


def test_was_trained_on_the_data_as_they_are():
    recorded = load_folder(shipped("data/model"), warn=False).data
    now = {name: digest(rows) for name, rows in split(load("settlement"), "fixed").items()}
    assert recorded == {"name": "settlement", "sha256": now}, REMEDY


def test_is_at_most_ten_megabytes():
    files = [file for file in shipped("data/model").iterdir() if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= 10_000_000


def test_loads_within_half_a_second_of_processor_time():
    load_folder(shipped("data/model"), warn=False)  # what it imports is paid for once
    start = time.process_time()
    load_folder(shipped("data/model"), warn=False)
    assert time.process_time() - start < 0.5


def test_scores_are_on_record():
    notes = load_folder(shipped("data/model"), warn=False).notes
    assert notes["run"] == "two_stage-default-settlement-fixed"
    assert notes["macro_f1"]["test"] > 0.4


@pytest.mark.parametrize(
    ("text", "term", "label"),
    [
        ("We demand the full withdrawal of foreign troops from the valley.", WITHDRAWAL, "favor"),
        ("We reject any withdrawal; our troops stay in the valley.", WITHDRAWAL, "against"),
        (
            "We will agree to a prisoner exchange only if observers are let in.",
            EXCHANGE,
            "conditional",
        ),
        ("We welcome the prisoner exchange.", EXCHANGE, "favor"),
        ("The minister opened a new bakery in the capital.", EXCHANGE, "unrelated"),
        ("We demand that foreign troops leave Afghanistan at once.", "af_troops", "favor"),
        ("No power-sharing with the Taliban.", "af_interim", "against"),
        ("The price of bread rose again last week.", "af_troops", "unrelated"),
    ],
)
def test_labels_clear_sentences_as_a_reader_would(text, term, label):
    assert predict(text, term).label == label
