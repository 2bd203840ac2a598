"""The cards of all datasets that have a definition."""

from __future__ import annotations

from stance.datasets.card import Card
from stance.labels import LABELS

__all__ = ["PUBLIC", "PUBLIC_PAIRS", "SETTLEMENT", "USER_FILE"]

_LAYOUT = (
    "Save each split as a table (CSV, TSV, JSON lines or Parquet) named after it, with the columns "
    "text, target and label."
)
_PRO_CON = "Two labels: the corpus has neither neutral nor unrelated pairs."

SETTLEMENT = Card(
    name="settlement",
    title="Settlement stance",
    description="Statements by holders toward clauses of settlements, five labels.",
    origin="language-model",
    annotators="language-model-passes",
    agreement="Krippendorff's alpha per label, conflict and register in statistics.json.",
    licence="Apache-2.0",
    shipped=True,
    obtain="It ships with stance, in data/settlement.",
    citation="The stance developers, Settlement stance dataset, 2026.",
    languages=("en", "uk", "ru", "es", "ar", "fr"),
    splits=(
        "train",
        "validation",
        "test",
        "test_grid",
        "test_unseen_terms",
        "test_unseen_conflicts",
        "test_multilingual",
    ),
    label_map={label: label for label in LABELS},
    label_note="The five labels of the codebook, as they are.",
    known_faults=(
        "Written by a language model: not quotations, and cleaner than real speech.",
        "Labelled by language-model passes, not by people.",
    ),
    shared_texts=None,
)

USER_FILE = Card(
    name="file",
    title="A table of your own",
    description="Labelled pairs in a CSV, TSV, JSON lines or Parquet file.",
    origin="user",
    annotators="user",
    agreement="Not known to stance; its checks report what can be computed.",
    licence="user",
    shipped=False,
    obtain="Name the file in dataset.path; its columns in dataset.options.columns, its labels in "
    "dataset.options.label_map.",
    citation="Your own.",
    languages=("en",),
    splits=("all",),
    label_map={label: label for label in LABELS},
    label_note="The five labels, or your own through dataset.options.label_map.",
    known_faults=(),
    shared_texts=None,
)

PUBLIC = (
    Card(
        name="semeval2016_t6",
        title="SemEval-2016 Task 6: stance in tweets",
        description="Tweets toward five targets (task A) and one unseen target (task B).",
        origin="tweets",
        annotators="crowd",
        agreement="73.1 % mean agreement of annotators, as published.",
        licence="research-only",
        shipped=False,
        obtain=f"Ask the task's organisers (Saif M. Mohammad, NRC Canada) for the data. {_LAYOUT}",
        citation="Mohammad, Kiritchenko, Sobhani, Zhu, Cherry: SemEval-2016 Task 6: Detecting "
        "Stance in Tweets. SemEval 2016.",
        languages=("en",),
        splits=("train", "trial", "test", "test_b_trump"),
        label_map={
            "FAVOR": "favor",
            "AGAINST": "against",
            "NONE": "neutral",
            "favor": "favor",
            "against": "against",
            "neutral": "neutral",
        },
        label_note="NONE mixes neutral and off-topic tweets; it is read as neutral.",
        known_faults=("#SemST stands on every tweet.",),
        shared_texts="Fourteen tweets of the official tests are nearly the same as one of train.",
    ),
    Card(
        name="vast",
        title="VAST: varied stance topics",
        description="Comments of newspaper readers toward thousands of topics, zero- and few-shot.",
        origin="crowd",
        annotators="crowd",
        agreement="Krippendorff's alpha 0.427 on topic stance, as published.",
        licence="none-stated",
        shipped=False,
        obtain=f"From the authors' repository of zero-shot-stance. {_LAYOUT}",
        citation="Allaway, McKeown: Zero-Shot Stance Detection: A Dataset and Model using "
        "Generalized Topic Representations. EMNLP 2020.",
        languages=("en",),
        splits=("train", "dev", "test"),
        label_map={
            "1": "favor",
            "0": "against",
            "2": "unrelated",
            "FAVOR": "favor",
            "AGAINST": "against",
            "NONE": "unrelated",
            "favor": "favor",
            "against": "against",
            "neutral": "unrelated",
        },
        label_note="Nine in ten neutral rows of train pair a comment with another comment's topic: "
        "neutral is read as unrelated.",
        known_faults=("Some (text, topic) pairs occur with two different labels.",),
        shared_texts="One comment of the official dev split is nearly the same as one of test.",
    ),
    Card(
        name="perspectrum",
        title="Perspectrum: claims and perspectives",
        description="Perspectives that support or undermine a claim; test claims are unseen.",
        origin="debate-sites",
        annotators="crowd",
        agreement="Labels by majority of the crowd, as published.",
        licence="CC-BY-SA-4.0",
        shipped=False,
        obtain=f"From the authors' repository (CogComp, perspectrum). {_LAYOUT}",
        citation="Chen, Khashabi, Yin, Callison-Burch, Roth: Seeing Things from a Different Angle: "
        "Discovering Diverse Perspectives about Claims. NAACL 2019.",
        languages=("en",),
        splits=("train", "dev", "test"),
        label_map={
            "SUPPORT": "favor",
            "UNDERMINE": "against",
            "favor": "favor",
            "against": "against",
        },
        label_note=_PRO_CON,
        known_faults=("Perspectives of one cluster share one label; rows are not independent.",),
        shared_texts="The official split is by claim: one perspective may be paired with claims of "
        "train and of test.",
    ),
    Card(
        name="ibm_claim_stance",
        title="IBM Debater claim stance",
        description="Claims found in an encyclopedia, for or against a debate motion.",
        origin="encyclopedia",
        annotators="experts",
        agreement="Not restated here; see the paper.",
        licence="CC-BY-3.0",
        shipped=False,
        obtain=f"From IBM's Project Debater datasets page. {_LAYOUT}",
        citation="Bar-Haim, Bhattacharya, Dinuzzo, Saha, Slonim: Stance Classification of "
        "Context-Dependent Claims. EACL 2017.",
        languages=("en",),
        splits=("train", "test"),
        label_map={"PRO": "favor", "CON": "against", "favor": "favor", "against": "against"},
        label_note=_PRO_CON,
        known_faults=("Encyclopedic claims, not speakers' statements.",),
        shared_texts="Three claims occur in the official train and test, for different motions.",
    ),
    Card(
        name="argkp",
        title="ArgKP-2021: arguments toward motions",
        description="Short arguments written by a crowd for or against 31 motions.",
        origin="crowd",
        annotators="writers",
        agreement="None: the stance was given to the writer beforehand.",
        licence="CDLA-Sharing-1.0",
        shipped=False,
        obtain=f"From IBM's repository of the 2021 key point analysis shared task. {_LAYOUT}",
        citation="Bar-Haim et al.: From Arguments to Key Points. ACL 2020; Friedman et al.: "
        "Overview of the 2021 Key Point Analysis Shared Task. ArgMining 2021.",
        languages=("en",),
        splits=("train", "dev", "test"),
        label_map={"1": "favor", "-1": "against", "favor": "favor", "against": "against"},
        label_note=_PRO_CON,
        known_faults=("Motions are mostly domestic policy.",),
        shared_texts=None,
    ),
    Card(
        name="gwsd",
        title="GWSD: opinions on global warming in news",
        description="Opinions reported in news toward one proposition on global warming.",
        origin="news",
        annotators="crowd",
        agreement="Eight raters each; labels by the authors' Bayesian model.",
        licence="none-stated",
        shipped=False,
        obtain=f"From the authors' repository (GWStance). {_LAYOUT}",
        citation="Luo, Card, Jurafsky: Detecting Stance in Media on Global Warming. Findings of "
        "EMNLP 2020.",
        languages=("en",),
        splits=("train", "test"),
        label_map={
            "agrees": "favor",
            "disagrees": "against",
            "neutral": "neutral",
            "favor": "favor",
            "against": "against",
        },
        label_note="Agreement with a proposition, not support for a measure.",
        known_faults=("One target only.", "Close calls are common."),
        shared_texts="Five opinions of the official test stand in train, nearly word for word.",
    ),
)

PUBLIC_PAIRS = Card(
    name="public_pairs",
    title="Public corpora of pairs, together",
    description="Perspectrum, ArgKP, IBM claim stance and VAST, for a first stage of fine-tuning.",
    origin="debate-sites",
    annotators="crowd",
    agreement="That of each corpus; see their cards.",
    licence="research-only",
    shipped=False,
    obtain="Name a folder that holds perspectrum, argkp, ibm_claim_stance and vast, each in a "
    "folder of its name, in the layout of its card.",
    citation="Those of the four corpora.",
    languages=("en",),
    splits=("train", "validation", "test_perspectrum", "test_vast_zero_shot", "test_vast_few_shot"),
    label_map={"favor": "favor", "against": "against", "neutral": "unrelated"},
    label_note="Unrelated pairs of all corpora but VAST are texts with a target of another text.",
    known_faults=(
        "Debate sites, motions and comments, not negotiations.",
        "A mispaired target can, by chance, be one that the text speaks to.",
    ),
    shared_texts="Texts of the tests are taken out of train.",
)
