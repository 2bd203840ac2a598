"""What a model is and how far to trust it, in plain words, from what is noted in its folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stance.labels import LABELS
from stance.positioning.page_data import PageData
from stance.positioning.wording import counted

if TYPE_CHECKING:
    from stance.persistence import SavedModel

__all__ = ["Part", "trust"]

_SPLITS = {
    "test": "new statements on terms that it knew",
    "test_grid": "statements with every term of their conflict",
    "test_multilingual": "languages other than English",
    "test_unseen_terms": "terms that it never saw",
    "test_unseen_conflicts": "conflicts that it never saw",
}
_REASONS = {
    "empty": "no text",
    "too_long": "longer than one statement",
    "bidi_override": "characters that change the direction of the text",
    "unsupported_script": "a script that it cannot read",
    "no_known_words": "hardly a word that it knows, as in another language",
    "low_confidence": "not sure enough",
}
_SURE = (0.9, 0.7, 0.5, 0.0)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, what stands below it, and a table whose first row is its header."""

    title: str
    lines: list[str]
    table: list[list[str]]


def trust(page: PageData, model: SavedModel, left_out: Sequence[str] = ()) -> list[Part]:
    """Say what the model is, how often it is right, and what the page's numbers are made of.

    Parameters
    ----------
    page : PageData
    model : SavedModel
        That gave the labels.
    left_out : sequence of str, optional
        What was left out of the input before, a sentence each.
    """
    return [
        _model(model),
        _scores(model),
        _labels(page),
        _counted(page, left_out),
        Part("How the numbers are made", _numbers(page), []),
        Part("What it cannot tell", list(_LIMITS), []),
    ]


def _model(model: SavedModel) -> Part:
    notes, data = model.notes, model.data
    name = f" It is called {notes['run']}." if notes.get("run") else ""
    lines = [
        "A program read each statement and gave each pair of a statement and a term one of five "
        "labels: in favour, a yes with a condition, against, neutral, or not about the term, each "
        f"with a probability. No person read the statements for this page, unless marked.{name}"
    ]
    if data.get("name") == "settlement":
        lines.append(
            "It learnt from the dataset that ships with stance, whose statements a language model "
            "wrote and whose labels language models gave. Nothing in it was ever said by anybody."
        )
    elif data.get("name"):
        lines.append(f"It learnt from the dataset {data['name']}.")
    return Part("What the model is", lines, [])


def _scores(model: SavedModel) -> Part:
    scores = model.notes.get("macro_f1") or {}
    lines = ["The makers of the model noted no score for it. Take nothing here on trust."]
    if scores:
        lines = [
            "Macro F1 on statements kept from training: 1 is perfect, and a model that guesses "
            "gets about 0.2. On statements from elsewhere, real quotations above all, expect less."
        ]
    rows = [
        [f"{name}: {_SPLITS[name]}" if name in _SPLITS else str(name), f"{float(score):.2f}"]
        for name, score in scores.items()
    ]
    sure = _sureness(model.notes.get("abstention") or {})
    table = [["measured on", "macro F1"], *rows] if rows else []
    if sure:
        lines.append(f"Of statements kept from training it was right about {sure}.")
    return Part("How often it is right", lines, table)


def _sureness(counts: Any) -> str:
    """How often it was right, by how sure it was: from the table for abstaining."""
    try:
        rows = list(zip(counts["confidence"], counts["answered"], counts["errors"], strict=True))
    except (KeyError, TypeError, ValueError):
        return ""
    parts = []
    for least in _SURE:
        above = [row for row in rows if row[0] >= least]
        if above:
            _, answered, errors = above[-1]
            right = f"{round(100 * (1 - errors / answered))} %"
            parts.append(f"{right} where at least {round(100 * least)} % sure" if least else right)
    return f"{', '.join(parts[:-1])}, and {parts[-1]} over all" if len(parts) > 1 else ""


def _labels(page: PageData) -> Part:
    counts = page.positions.reliability.counts
    rows = [["the model said", *LABELS]]
    for column, label in enumerate(LABELS):
        given = sum(row[column] for row in counts)
        if given:
            shares = [f"{round(100 * row[column] / given)} %" for row in counts]
            rows.append([f"{label} ({given:,})", *shares])
    line = "What was true of the pairs kept from training that the model gave each label to."
    return Part("What its labels are worth", [line], rows)


def _counted(page: PageData, left_out: Sequence[str]) -> Part:
    pairs = page.positions.pairs
    withheld = pairs.loc[pairs["abstained"], "reason"].value_counts().to_dict()
    total, silent = len(pairs), int(pairs["abstained"].sum())
    counts = page.positions.table
    lines = [
        f"{counted(pairs['statement'].nunique(), 'statement')} with "
        f"{counted(len(page.terms), 'term')} make {counted(total, 'pair')}. Of these, "
        f"{counted(int(counts['n'].sum()), 'pair')} count; in {int(counts['n_unrelated'].sum()):,} "
        f"the statement is not about the term, and in {silent:,} the model gave no answer "
        f"({silent / total:.0%}).",
    ]
    if withheld:
        named = [f"{_REASONS.get(key, key)} ({count:,})" for key, count in withheld.items() if key]
        lines.append(f"Why there was no answer: {', '.join(named) or 'not said'}.")
    checked = int(pairs["checked"].sum())
    lines.append(
        f"A person checked {counted(checked, 'pair')}; such a label counts as certain."
        if checked
        else "No label was checked by a person."
    )
    return Part("What is counted here", [*lines, *left_out], [])


def _numbers(page: PageData) -> list[str]:
    positions = page.positions
    return [
        "A position is the mean over statements: in favour counts +1, a yes with a condition "
        "+0.5, neutral 0, against −1. It is corrected for what the model gets wrong, as measured "
        "on pairs kept from training.",
        f"The interval holds the position of all that the holder says on the term, of which these "
        f"statements are a sample, with a probability of {100 * positions.level:g}%. It grows with "
        "few statements, with unsure labels and with an unreliable model. It knows nothing of "
        "statements that nobody collected.",
        f"With fewer than {positions.min_n} counted statements there is no number: “too few” is "
        "not 0.",
        "Filters compute positions and intervals anew in this page, by the same method from the "
        "statements that are left. As it draws by chance, from a fixed seed, they may differ by a "
        "few hundredths from what stance computes, and by a tenth where statements are few.",
    ]


_LIMITS = (
    "It judges what a statement says: not what a party wants, will do, or says behind closed "
    "doors.",
    "It misses paraphrase, irony and what stands between the lines. What is quoted from somebody "
    "else may be taken for the holder's own view.",
    "Copies of a text, and several sentences of one article or speech, count as if each had been "
    "said apart: with many of them intervals are too narrow, and shifts too many. With fewer than "
    "ten statements that a person checked intervals are too narrow as well.",
    "Do not publish a position without reading the statements behind it, and let it decide nothing "
    "about a person.",
)
