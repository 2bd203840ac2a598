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
        ("Nur, wenn sie zahlen, wird unterschrieben.", "wenn sie zahlen"),
        ("Ohne Vertrag, nein.", "Ohne Vertrag"),
        ("Pas de retrait avant un traité.", "avant un traité"),
        ("No hay retirada sin garantías.", "sin garantías"),
        ("Не уйдём без гарантий.", "без гарантий"),
        ("Не підемо, доки вони не підпишуть.", "доки вони не підпишуть"),
        ("لن ننسحب قبل الاتفاق.", "قبل الاتفاق"),
        ("Not until the last soldier goes", "until the last soldier goes"),
        ("We accept it when the government falls.", "when the government falls"),
        ("Wir gehen, falls sie zahlen.", "falls sie zahlen"),
        ("Falls sie zahlen, gehen wir.", "Falls sie zahlen"),
        ("Acceptable once 1,000 prisoners are freed.", "once 1,000 prisoners are freed"),
        ("We sign if growth is 2.5 percent. Then we go.", "if growth is 2.5 percent"),
        ("We sign unless the U.S. leaves first.", "unless the U.S. leaves first"),
        ("On restera jusqu’à ce que les troupes partent.", "jusqu’à ce que les troupes partent"),
    ],
)
def test_found(text: str, clause: str) -> None:
    found = find_condition(text)
    assert found is not None
    assert text[slice(*found)] == clause


@pytest.mark.parametrize("text", ["We sign today.", "", "The iffy siren rang.", "He falls."])
def test_not_found(text: str) -> None:
    assert find_condition(text) is None
