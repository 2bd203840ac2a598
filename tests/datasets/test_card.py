import pytest
from pydantic import ValidationError

from stance.datasets import DEFINITIONS, Card, definition
from stance.labels import LABELS


def _fields(**changes):
    return {**definition("argkp").card.model_dump(), **changes}


def test_a_card_is_what_its_fields_say():
    assert Card(**_fields()) == definition("argkp").card


def test_a_field_that_is_left_out_is_refused():
    fields = _fields()
    for name in Card.model_fields:
        rest = {key: value for key, value in fields.items() if key != name}
        with pytest.raises(ValidationError, match=rf"{name}\n  Field required"):
            Card(**rest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"licens": "user"}, r"licens\n  Extra inputs are not permitted"),
        ({"licence": "free"}, r"licence\n  Input should be 'Apache-2.0', "),
        ({"origin": "web"}, r"origin\n  Input should be 'language-model', "),
        ({"annotators": "robots"}, r"annotators\n  Input should be 'language-model-passes', "),
        ({"title": "  "}, r"title\n  String should have at least 1 character"),
        ({"splits": ()}, r"splits\n  Tuple should have at least 1 item"),
        ({"label_map": {}}, r"label_map\n  Dictionary should have at least 1 item"),
        ({"label_map": {"pro": "favour"}}, r"label_map.pro\n  Input should be 'favor', "),
        ({"known_faults": ("",)}, r"known_faults.0\n  String should have at least 1 character"),
    ],
)
def test_a_wrong_field_is_refused(change, message):
    with pytest.raises(ValidationError, match=message):
        Card(**_fields(**change))


def test_a_card_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        definition("argkp").card.licence = "user"


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_card_fits_its_definition(name):
    card = definition(name).card
    assert card.name == name
    assert card.shipped == (name == "settlement")
    assert set(card.label_map.values()) <= set(LABELS)
    assert len(card.splits) == len(set(card.splits))
