"""Each association is planted in random text, and not found in the same text without it."""

import random

import pytest

from stance.datasets.checks import associations
from stance.labels import LABELS

VOCABULARY = [f"word{number}" for number in range(400)]


@pytest.fixture
def chance():
    """300 texts of random words whose label, side and length are drawn apart from each other."""
    draw = random.Random(3)
    return [
        (
            " ".join(draw.choices(VOCABULARY, k=draw.randint(8, 30))) + draw.choice([".", ""]),
            draw.choice(["north", "south", "hills"]),
            draw.choice(LABELS),
        )
        for _ in range(300)
    ]


def test_chance_raises_no_alarm(made_of, chance):
    source = made_of(chance)
    assert list(associations.cues(source)) == []
    measures = [*associations.length(source), *associations.sides(source)]
    assert len(measures) == 3
    assert all(item.value is not None for item in measures)
    assert [item.finding() for item in measures] == [None] * 3


def test_a_word_that_gives_the_label_away_is_found(made_of, chance):
    planted = [
        (f"{text} sadly" if label == "against" else text, side, label)
        for text, side, label in chance
    ]
    (finding,) = associations.cues(made_of(planted))
    assert finding.severity == "warning"
    assert finding.message.startswith("the word 'sadly' predicts against: ")
    assert "above the limit of 0.70" in finding.message


def test_a_word_of_few_statements_is_not_judged(made_of, chance):
    rare = [item for item in chance if item[2] == "against"][: associations.CUE_STATEMENTS - 1]
    planted = [
        (f"{item[0]} sadly", *item[1:]) if item in rare else item
        for item in chance
    ]  # fmt: skip
    assert list(associations.cues(made_of(planted))) == []


def test_a_label_that_nearly_all_pairs_have_makes_no_word_a_cue(made_of, chance):
    planted = [
        (f"{text} clause", side, "favor" if at % 10 else "against")
        for at, (text, side, _) in enumerate(chance)
    ]
    assert list(associations.cues(made_of(planted))) == []


def test_a_length_that_gives_the_label_away_is_found(made_of, chance):
    planted = [
        (text, side, "favor" if len(text.split()) > 18 else "against") for text, side, _ in chance
    ]
    everything, related = associations.length(made_of(planted))
    assert everything.value > 0.3
    assert "above the limit of 0.05 (majority baseline" in everything.finding().message
    assert related.finding().severity == "fault"


def test_a_length_that_parts_the_related_labels_is_found_behind_many_unrelated(made_of, chance):
    planted = [
        (text, side, "unrelated" if at % 4 else "favor" if len(text.split()) > 18 else "against")
        for at, (text, side, _) in enumerate(chance * 4)
    ]
    _, related = associations.length(made_of(planted))
    assert "(without unrelated)" in related.what
    assert related.finding() is not None


def test_a_mark_that_gives_the_label_away_is_found(made_of, chance):
    planted = [(text, side, "favor" if text.endswith(".") else "against")
               for text, side, _ in chance]  # fmt: skip
    assert next(associations.length(made_of(planted))).finding() is not None


def test_a_side_that_gives_the_label_away_is_found(made_of, chance):
    labels = {"north": "favor", "south": "against", "hills": "conditional"}
    planted = [(text, side, labels[side]) for text, side, _ in chance]
    (measure,) = associations.sides(made_of(planted))
    assert measure.value > 0.9
    assert measure.finding().message.endswith("above the limit of 0.5833")
    (measure,) = associations.sides(
        made_of([(*item[:2], "favor" if item[1] == "north" else "against") for item in chance])
    )
    assert measure.finding().message.endswith("above the limit of 0.75")


@pytest.mark.parametrize("labels", [LABELS[:2], LABELS[:3], LABELS[:4], LABELS], ids=len)
@pytest.mark.parametrize("seed", range(3))
def test_sides_that_tell_nothing_are_no_fault_however_few_the_labels(made_of, chance, labels, seed):
    draw = random.Random(seed)
    (measure,) = associations.sides(
        made_of([(text, side, draw.choice(labels)) for text, side, _ in chance])
    )
    assert measure.finding() is None
    assert measure.high == max(0.45, 0.25 + 1 / len(labels))


def test_a_small_dataset_is_not_measured_and_says_so(made_of, chance):
    source = made_of(chance[:50])
    for measure in [*associations.length(source), *associations.sides(source)]:
        assert measure.value is None
        assert measure.finding() is None
        assert measure.note == "not measured: it takes 200 labelled pairs, 5 texts and two labels"
