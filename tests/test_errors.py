import pytest

from stance import errors
from stance.errors import StanceError, UnknownNameError, nearest, shown


def test_every_error_can_be_caught_as_one():
    kinds = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]
    assert len(kinds) == 8
    assert all(issubclass(kind, StanceError) for kind in kinds)


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("favour", ["favor", "against"], "did you mean 'favor'?"),
        ("test_term", ["test_terms", "test_tern"], "did you mean 'test_terms' or 'test_tern'?"),
        ("xyz", ["favor", "against", "favor"], "expected one of 'against', 'favor'"),
        ("xyz", [], "none is known"),
        ("xyz", iter(["b", "a"]), "expected one of 'a', 'b'"),
    ],
)
def test_nearest_names(name, known, expected):
    assert nearest(name, known) == expected


def test_a_long_list_of_names_is_cut():
    said = nearest("zzz", [f"name{index:02d}" for index in range(40)])
    assert said.startswith("expected one of 'name00', ")
    assert said.endswith("'name11' …")


def test_an_unknown_name_says_what_it_was_to_be():
    error = UnknownNameError.of("dataset", "setlement", ["settlement", "vast"])
    assert str(error) == "unknown dataset 'setlement'; did you mean 'settlement'?"
    assert isinstance(error, KeyError)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("truce", "str 'truce'"),
        (None, "NoneType None"),
        ({"a": {"b": {"c": 1}}}, "dict {'a': {'b': {...}}}"),
        ("x" * 1_000, "str 'xxxxx"),
    ],
)
def test_values_in_messages_are_short(value, expected):
    assert shown(value).startswith(expected)
    assert len(shown(value)) < 100
