from collections import Counter

import pandas as pd
import pytest

from stance.datasets import load
from stance.errors import DataError

CORPORA = ("perspectrum", "argkp", "ibm_claim_stance", "vast")


@pytest.fixture
def corpora(tmp_path):
    for corpus in CORPORA:
        labels = ("favor", "against", "neutral") if corpus == "vast" else ("favor", "against")
        for split in ("train", "dev", "test"):
            rows = [
                {
                    "id": str(number),
                    "text": f"{corpus} says the {number}th thing for {split}",
                    "target": f"{corpus} claim {number % 3}",
                    "label": labels[number % len(labels)],
                    "seen": number % 2,
                }
                for number in range(12)
            ]
            (tmp_path / corpus).mkdir(exist_ok=True)
            pd.DataFrame(rows).to_csv(tmp_path / corpus / f"{split}.csv", index=False)
    return tmp_path


def test_all_that_may_be_learnt_is_in_train(corpora):
    found = load("public_pairs", corpora)
    assert list(found) == [
        "train",
        "validation",
        "test_perspectrum",
        "test_vast_zero_shot",
        "test_vast_few_shot",
    ]
    learnt = Counter(name.split("-")[0] for name in found["train"]["statement_id"])
    # A sixth comes a second time, mispaired, but not of VAST, which has pairs of that kind.
    assert learnt == {"perspectrum": 14, "argkp": 28, "ibm_claim_stance": 14, "vast": 12}
    assert not {text for text in found["train"]["text"] if text.endswith("test")}


def test_a_mispaired_text_is_unrelated_to_a_target_of_another_text(corpora):
    pairs = load("public_pairs", corpora)["train"].to_pandas()
    unrelated = load("public_pairs", corpora)["train"].features["label"].str2int("unrelated")
    own = pairs[~pairs["statement_id"].str.startswith("vast")]
    related = own[own["label"] != unrelated].groupby("text")["term"].agg(set)
    mispaired = own[own["label"] == unrelated]
    assert len(mispaired) == 2 + 4 + 2
    for row in mispaired.itertuples():
        corpus = row.statement_id.split("-")[0]
        assert row.term not in related[row.text]
        assert row.term.startswith(corpus)
        assert row.term_name in set(own.loc[own["term"] == row.term, "term_name"])


def test_the_same_folder_gives_the_same_pairs(corpora):
    assert load("public_pairs", corpora)["train"].to_list() == (
        load("public_pairs", corpora)["train"].to_list()
    )


def test_a_text_of_a_test_is_not_learnt(corpora):
    test = pd.read_csv(corpora / "perspectrum" / "test.csv")
    leaked = pd.read_csv(corpora / "argkp" / "train.csv")
    leaked.loc[0, "text"] = test.loc[5, "text"]
    leaked.to_csv(corpora / "argkp" / "train.csv", index=False)
    found = load("public_pairs", corpora)
    assert test.loc[5, "text"] not in found["train"]["text"][:]
    assert test.loc[5, "text"] in found["test_perspectrum"]["text"][:]


def test_topics_of_vast_are_told_apart(corpora):
    found = load("public_pairs", corpora)
    assert set(found["test_vast_zero_shot"]["register"]) == {"0"}
    assert set(found["test_vast_few_shot"]["register"]) == {"1"}


def test_a_missing_corpus_is_named(corpora):
    (corpora / "vast").rename(corpora / "vats")
    with pytest.raises(
        DataError,
        match=r"vast: no such folder; expected the corpora perspectrum, argkp, ibm_claim_stance, "
        r"vast, each in a folder of its name\. vast: ",
    ):
        load("public_pairs", corpora)


def test_a_missing_split_is_named(corpora):
    (corpora / "perspectrum" / "test.csv").unlink()
    with pytest.raises(DataError, match=r"perspectrum: no table of its split test"):
        load("public_pairs", corpora)
