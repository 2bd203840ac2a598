import socket

import pytest

from stance.errors import TrackingError
from stance.tracking.uris import (
    check_store_uri,
    is_reachable,
    local_store,
    masked,
    without_password,
)


@pytest.mark.parametrize(
    "uri",
    [
        "sqlite:///mlflow.db",
        "sqlite:////srv/runs/mlflow.db",
        "http://localhost:5000",
        "https://runs.example",
        "postgresql://me@db.example/stance",
        "postgresql+psycopg2://me@/stance?host=/run/postgresql",
    ],
)
def test_what_can_be_a_store_is_taken(uri):
    check_store_uri(uri)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("sqllite:///a.db", "unknown kind of store 'sqllite'; did you mean 'sqlite'"),
        ("sqlite://a.db", "expected sqlite:///path/of/the/file.db"),
        ("sqlite:///", "expected sqlite:///path/of/the/file.db"),
        ("http:///x", "expected a host, such as http://localhost:5000"),
        ("postgresql://me:pa/ssword@db/x", r"me:\*\*\*@db/x: expected HOST:PORT with a number"),
        ("http://localhost:abc", "expected HOST:PORT with a number for the port"),
        ("http://[::1", "expected HOST:PORT with a number for the port"),
        ("ftp://me:secret@x", r"ftp://me:\*\*\*@x: unknown kind"),
    ],
)
def test_what_cannot_be_a_store_is_refused(uri, message):
    with pytest.raises(TrackingError, match=message):
        check_store_uri(uri)


def test_an_sqlite_uri_may_have_options():
    assert local_store("sqlite:////srv/a.db?timeout=3").as_posix() == "/srv/a.db"


@pytest.mark.parametrize(
    "uri",
    [
        "http://me:p@ss:w@rd@host/x",
        "postgresql://h/x?user=me&PASSWORD=p%40ss",
        "mysql://h/x?user=me&passwd=p%40ss",
        "mysql://h/x?pwd=p%40ss",
        "postgresql://me:p@ss@h:5432/x?name=a@b",
        "http://me:5432p@ss@h/x?name=a@b",
        "http://t:p@h",
    ],
)
def test_no_password_is_shown(uri):
    shown = without_password(uri)
    assert "***" in shown
    assert "p@ss" not in shown
    assert "p%40ss" not in shown
    assert "rd@host" not in shown


def test_no_password_is_in_the_words_of_a_library():
    uri = "http://me:p@ss@db:5000"
    said = masked(OSError(f"no answer from {uri}/api"), uri)
    assert said == "no answer from http://me:***@db:5000/api"
    said = masked(OSError("tried http://me:secret@db/x and http://you@db/x"), "http://me@db")
    assert said == "tried http://me:***@db/x and http://you@db/x"


def test_a_port_that_nobody_listens_at_is_told_from_one_that_somebody_does():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert not is_reachable(uri)
        server.listen()
        assert is_reachable(uri)
    assert is_reachable("sqlite:///anything.db")
    assert is_reachable("postgresql:///by_socket")
