import pytest

from stance.datasets.card_section import BEGIN, END, card_section, with_section
from stance.datasets.statistics import statistics
from stance.errors import DataError


@pytest.fixture
def found(source_of, rows):
    return statistics(source_of(rows))


def test_the_tables_give_counts_shares_and_alpha(found):
    text = card_section(found)
    assert "8 statements (0 of them twins), 11 pairs, 5 terms, 2 conflicts." in text
    assert "The first two votes differ on 0 pairs; 0 carry a third." in text
    assert "| favor | 4 | 36.4 % | 1.000 |" in text
    assert "| train | 3 | 3 | 2 | 33.3 % | 33.3 % | 33.3 % | 0.0 % | 0.0 % |" in text
    assert "| coast | 1 | 2 | 2 | 0.0 % | 0.0 % | 50.0 % | 0.0 % | 50.0 % | 1.000 |" in text


def test_perfect_agreement_is_called_a_selection(found):
    assert "It is 1 by selection: no pair on which they differ" in card_section(found)


def test_agreement_that_was_measured_is_not(source_of, rows):
    rows[0]["pairs"][0]["votes"] = ["favor", "against", "favor"]
    assert "by selection" not in card_section(statistics(source_of(rows)))


def test_only_the_section_of_a_card_is_rewritten(found):
    card = f"# Title\n{BEGIN}\nold\n{END}\n## Rest\n"
    written = with_section(card, found)
    assert written.startswith(f"# Title\n{BEGIN}\n\n8 statements")
    assert written.endswith(f"\n\n{END}\n## Rest\n")
    assert "old" not in written
    assert with_section(written, found) == written


@pytest.mark.parametrize("card", ["# Title", f"{END} {BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_card_without_its_two_marks_is_refused(found, card):
    with pytest.raises(DataError, match=r"the card needs the lines .*, once each"):
        with_section(card, found)
