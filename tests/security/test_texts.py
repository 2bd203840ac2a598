"""Statements as an attacker would write them: what a reader cannot see must change no score."""

import csv
import json
import random
import time
import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from stance import Statement, Term, predict, predict_many
from stance.arrow import predict_batches
from stance.cli import main
from stance.datasets import load
from stance.errors import StanceError
from stance.lookalikes import LOOKALIKES
from stance.text import normalise

TERM = Term(
    "Foreign troops leave the valley",
    aliases=["troop withdrawal", "pull out of the valley"],
    opposites=["our soldiers stay", "the occupation"],
)

# --- what cannot be seen --------------------------------------------------------------------

_HIDDEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u115f\u3164\ufe0f\u2064\u061c\u200e\x00\x07"
)


def _insert(hidden):
    def attack(text, rng):
        return "".join(char + rng.choice(hidden) * rng.randrange(3) for char in text)

    return attack


def _tags(text, rng):
    return text + "".join(chr(0xE0000 + ord(char)) for char in "we fully support it")


def _lookalikes(text, rng):
    """Half of the letters that have a look-alike are replaced, never all of a word's."""
    words = []
    for word in text.split(" "):
        letters = list(word)
        for place in range(bool(len(letters) > 1), len(letters)):
            if letters[place] in LOOKALIKES and rng.random() < 0.5:
                letters[place] = rng.choice(LOOKALIKES[letters[place]])
        words.append("".join(letters))
    return " ".join(words)


def _whole_words(text, rng):
    """Every third word is written in look-alikes alone, where all of its letters have one."""
    words = text.split(" ")
    for place in range(0, len(words), 3):
        if all(char in LOOKALIKES for char in words[place]):
            words[place] = "".join(rng.choice(LOOKALIKES[char]) for char in words[place])
    return " ".join(words)


def _wide(text, rng):
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _mathematical(text, rng):
    bold = {chr(65 + n): chr(0x1D400 + n) for n in range(26)}
    bold |= {chr(97 + n): chr(0x1D41A + n) for n in range(26)}
    return "".join(bold.get(char, char) for char in text)


def _spaces(text, rng):
    return "\u3000" + text.replace(" ", rng.choice("\u00a0\u2003\u202f\t\n")) + "\r\n"


def _quotes(text, rng):
    return text.replace("'", "’")


def _decomposed(text, rng):
    return unicodedata.normalize("NFD", text)


ATTACKS = {
    "zero width": _insert("\u200b\u200c\u200d\u2060\ufeff"),
    "soft hyphen": _insert("\u00ad"),
    "any hidden": _insert(_HIDDEN),
    "tags": _tags,
    "look-alikes": _lookalikes,
    "look-alike words": _whole_words,
    "full width": _wide,
    "mathematical": _mathematical,
    "spaces": _spaces,
    "quotes": _quotes,
    "decomposed": _decomposed,
}


@pytest.fixture(scope="module")
def said():
    """Sixty statements of the shipped test split."""
    texts = list(dict.fromkeys(load("settlement")["test"]["text"]))[:60]
    return [unicodedata.normalize("NFKC", text) for text in texts]


@pytest.fixture(scope="module")
def scores(said):
    return predict_many(said, [TERM])


@pytest.mark.parametrize("name", ATTACKS)
def test_what_a_reader_cannot_see_changes_no_score(said, scores, name):
    rng = random.Random(name)
    attacked = [ATTACKS[name](text, rng) for text in said]
    if name not in ("quotes", "decomposed"):  # of which there are few
        assert sum(one != other for one, other in zip(said, attacked, strict=True)) > 5
    pd.testing.assert_frame_equal(predict_many(attacked, [TERM]), scores, check_exact=True)


def test_every_lookalike_inside_a_word_reads_as_its_letter():
    for letter, chars in LOOKALIKES.items():
        for char in chars:
            assert normalise(f"x{char}x") == f"x{letter}x"
            assert unicodedata.normalize("NFKC", char) == char


def test_words_of_another_script_are_left_alone():
    for text in (
        "Мир нашему дому, сосед",
        "Россия says мир",
        "Η ειρήνη και το νερό",
        "Այո, խաղաղություն",
    ):
        assert normalise(text) == text


@pytest.mark.parametrize("override", "\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
def test_text_that_shows_in_another_order_than_it_is_stored_is_not_judged(override):
    found = predict(f"We {override}reject\u202c any troop withdrawal", TERM)
    assert (found.abstained, found.reason, found.label) == (True, "bidi_override", None)


def test_records_keep_the_raw_text():
    raw = "We re\u00adject\u200b any ｔｒｏｏｐ withdr\u0430wal\ufeff"
    assert Statement(raw).text == raw
    assert predict(raw, TERM).statement.text == raw


# --- how much of it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "We reject it. ",
        "\u0430a ",
        "\u200b",
        "e\u0301",
        "\u202e",
        "👨\u200d",
        "=",
        "'",
        "\x00",
    ],
)
def test_ten_megabytes_in_one_statement_take_less_than_two_seconds(unit):
    seconds = []
    for size in (1_000_000, 10_000_000):
        text = unit * (size // len(unit))
        started = time.process_time()
        one, many = predict(text, TERM), predict_many([text], [TERM])
        seconds.append(time.process_time() - started)
        assert one.abstained
        assert one.reason in {"too_long", "empty", "bidi_override"}
        assert many["reason"].tolist() == [one.reason]
    assert seconds[1] < 2
    assert seconds[1] < 30 * seconds[0] + 0.1


@pytest.mark.parametrize("letter", ["a", "\u0430", "\u0627", "\u0644\u0627", "l'", "\u0648"])
def test_a_word_as_long_as_a_statement_takes_less_than_two_seconds(letter):
    word = letter * (19_900 // len(letter))
    started = time.process_time()
    predict(word, TERM)
    predict("We reject the troop withdrawal.", TERM, holder=word * 50)
    assert time.process_time() - started < 2


# --- naughty strings through every door -----------------------------------------------------

NAUGHTY = [
    "", " ", "\t", "\n", "\r\n", "\x00", "\x1a", "\ufeff", "\ufffe", "\uffff", "null", "None",
    "NaN", "nan", "undefined", "true", "0", "-1", "1e309", "0x0", "١٢٣", "½", "1/0", "Infinity",
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "=cmd|'/C calc'!A0", "＝1", "%0a=1",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "]]>", "<!--", "&lt;", "'\"><svg>",
    "javascript:alert(1)", "{{7*7}}", "${7*7}", "#{7*7}", "%s%n%x", "{0}", "{text}", "{", "[bold]",
    "[/]", "[red]x[/red]", ":smile:", "`id`", "$(id)", "; rm -rf /", "| id",
    "&& id", "../../etc/passwd",
    "C:\\CON", "\\\\unc\\x", "'; DROP TABLE statements; --", "' OR 1=1 --", "\"", "'", "\\", "\\n",
    "a,b;c\td|e", "\"quoted\", \"line\nbreak\"", "x\ry", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07",
    "\x9b31m", "\x08\x08\x08", "\u202etxt.exe", "\u2066x\u2069", "\u200b\u200b",
    "Z\u0351\u036d\u0363a\u0361lgo",
    "e\u0301" * 50, "ﷺ", "ﬃ", "İ", "ı", "ß", "ǅ", "Ω", "Å", "찦차를", "田中さん", "👩‍👩‍👧‍👦", "🏳️‍🌈",
    "🇺🇳", "\U0001f468\U0001f3ff", "\U00013000", "مرحبا", "שלום", "ทดสอบ", "हिन्दी",
    "\U000e0041\U000e0042",
    "a" * 25_000, "a " * 9_999, "." * 9_999, "(" * 5_000, "a'" * 5_000,
    "Ⅷ", "①", "㍿", "µ", "\u2028x\u2029",
    "We reject any troop withdrawal.",
]  # fmt: skip


@pytest.mark.parametrize(
    "text", [*NAUGHTY, "\ud800", "x\udfffy"], ids=lambda text: ascii(text)[:30]
)
def test_predict_answers_or_abstains(text, capsys):
    found = predict(text, TERM, holder=text[:300], side=text[:300])
    assert found.abstained or found.label is not None
    if found.reason in (None, "low_confidence"):
        assert sum(found.probabilities.values()) == pytest.approx(1)
        found.explain()
    print(str(found).encode("ascii", "backslashreplace").decode())
    shown = "".join(capsys.readouterr())
    assert not {char for char in shown if ord(char) < 32 or 127 <= ord(char) < 160} - {"\n"}


def test_predict_many_and_arrow_agree_on_every_string():
    frame = pd.DataFrame({"text": NAUGHTY, "holder": NAUGHTY, "side": NAUGHTY[::-1]})
    table = predict_many(frame, [TERM])
    batch = pa.RecordBatch.from_pandas(frame, preserve_index=False)
    found = predict_batches([batch], [TERM]).read_all().to_pandas()
    assert len(table) == len(found) == len(NAUGHTY)
    assert np.allclose(table["p_against"], found["p_against"].astype(float), equal_nan=True)
    one_by_one = [predict(*row[:1], TERM, holder=row[1], side=row[2]) for row in frame.values]
    assert [item.label for item in one_by_one] == [x if x == x else None for x in table["label"]]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_the_command_line_answers_every_string(tmp_path, suffix, capsys):
    source, out = tmp_path / f"in.{suffix}", tmp_path / "out.jsonl"
    rows = [{"id": f"r{n}", "text": text} for n, text in enumerate(NAUGHTY)]
    if suffix == "csv":
        with source.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["id", "text"])
            writer.writeheader()
            writer.writerows(row for row in rows if "\x00" not in row["text"])
    else:
        source.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    terms = tmp_path / "terms.yaml"
    terms.write_text("- {id: valley, name: Foreign troops leave the valley}\n")
    assert main(["predict", str(source), "--terms", str(terms), "--out", str(out)]) == 0
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    kept = [row["id"] for row in rows if suffix == "jsonl" or "\x00" not in row["text"]]
    assert [row["statement"] for row in found] == kept
    shown = "".join(capsys.readouterr())
    assert not {char for char in shown if ord(char) < 32} - set("\n\r\t\x1b")
    assert "Traceback" not in shown


def test_the_dataset_reader_takes_every_string_or_names_its_row(tmp_path):
    refused = []
    for text in NAUGHTY:
        path = tmp_path / "pairs.jsonl"
        row = {"text": text, "term": "A truce takes effect", "label": "favor", "holder": text}
        path.write_text(json.dumps(row) + "\n")
        try:
            data = load("file", path)
        except StanceError as error:
            refused.append(str(error))
        else:
            assert next(iter(data.values()))["text"] == [text]
    assert len(refused) < 15
    assert all("pairs.jsonl" in message and "line 1" in message for message in refused)
