"""The clause that states a condition."""

from __future__ import annotations

import pytest

from stance.conditions import find_condition


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("We sign if the guns fall silent.", "if the guns fall silent"),
        ("Unless they leave, there is no deal.", "Unless they leave"),
        ("After lunch we said: only if they pay, yes.", "only if they pay"),
        ("We go in exchange for guarantees; not before.", "in exchange for guarantees"),
        ("Acceptons la trêve à condition que l'armée parte.", "à condition que l'armée parte"),
        ("Підпишемо, якщо вони підуть.", "якщо вони підуть"),
        ("Not until the last soldier goes", "until the last soldier goes"),
    ],
)
def test_found(text: str, clause: str) -> None:
    found = find_condition(text)
    assert found is not None
    assert text[slice(*found)] == clause


@pytest.mark.parametrize("text", ["We sign today.", "", "The iffy siren rang."])
def test_not_found(text: str) -> None:
    assert find_condition(text) is None
