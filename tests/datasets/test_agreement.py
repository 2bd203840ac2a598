import sys

import pytest

from stance.datasets.agreement import Vote, alpha, alpha_by_label, pairwise
from stance.errors import StanceError

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers,
# twelve units, gaps; nominal alpha 0.743. Values 1 to 5 are the five labels.
RELIABILITY = {
    "a": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "b": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "c": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "d": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}
NAMES = {1: "favor", 2: "conditional", 3: "against", 4: "neutral", 5: "unrelated"}


def published():
    return [
        Vote(reader, str(unit), NAMES[value])
        for reader, values in RELIABILITY.items()
        for unit, value in enumerate(values)
        if value is not None
    ]


def test_alpha_is_the_published_one():
    assert alpha(published()) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_a_label_is_that_of_the_label_against_the_rest():
    votes = published()
    found = alpha_by_label(votes)
    assert list(found) == ["favor", "conditional", "against", "neutral", "unrelated"]
    assert found["unrelated"] == 1.0
    one_against_rest = [v._replace(label=str(v.label == "favor")) for v in votes]
    assert found["favor"] == pytest.approx(alpha(one_against_rest))
    assert found["favor"] != pytest.approx(found["neutral"])


def test_opposite_votes_are_worse_than_chance():
    votes = [Vote("a", "1", "favor"), Vote("b", "1", "against"),
             Vote("a", "2", "against"), Vote("b", "2", "favor")]  # fmt: skip
    assert alpha(votes) == pytest.approx(-0.5)


def test_where_agreement_says_nothing_alpha_is_none():
    assert alpha([]) is None
    assert alpha([Vote("a", "1", "favor"), Vote("b", "2", "against")]) is None
    assert alpha([Vote("a", "1", "favor"), Vote("b", "1", "favor")]) is None


def test_readers_are_compared_on_what_both_labelled():
    votes = [Vote("a", "1", "favor"), Vote("a", "2", "against"), Vote("b", "2", "against"),
             Vote("b", "3", "neutral"), Vote("c", "9", "favor")]  # fmt: skip
    first, second, _ = pairwise(votes)
    assert (first.one, first.other, first.items, first.agreed) == ("a", "b", 1, 1.0)
    assert first.alpha is None
    assert (second.items, second.agreed) == (0, None)


def test_without_nltk_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "nltk.metrics.agreement", None)
    with pytest.raises(StanceError, match=r"not installed: pip install 'stance\[data\]'"):
        alpha(published())
