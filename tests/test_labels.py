import pytest

from stance.errors import UnknownNameError
from stance.labels import LABELS, RELATED, UNRELATED, check_label


def test_the_order_of_the_labels_is_part_of_every_file():
    assert LABELS == ("favor", "conditional", "against", "neutral", "unrelated")
    assert (*RELATED, UNRELATED) == LABELS


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_returned_as_it_is(label):
    assert check_label(label) == label


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("Favor ", "did you mean 'favor'"),
        ("nutral", "did you mean 'neutral'"),
        ("", "expected one of 'against', 'conditional'"),
        (float("nan"), "unknown label 'nan'"),
        (None, "unknown label 'None'"),
    ],
)
def test_anything_else_is_refused(wrong, hint):
    with pytest.raises(UnknownNameError, match=hint):
        check_label(wrong)
