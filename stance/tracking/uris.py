"""What can be told of a tracking store from its URI alone, without MLflow."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

from stance.errors import TrackingError, nearest

__all__ = [
    "check_store_uri",
    "is_reachable",
    "local_store",
    "masked",
    "with_driver",
    "without_password",
]

_SQLITE = "sqlite:///"
_PORTS = {
    "http": 80,
    "https": 443,
    "postgresql": 5432,
    "mysql": 3306,
}
_PROBE_SECONDS = 5.0
_HIDDEN = "passw|pwd|token|secret"
"""What stands in the name of an argument that must not be shown; MySQL's drivers know passwd."""

_NO_PORT = r"(?!\d+/[^?@]*\?)"
"""Behind a colon: no port with a database and arguments, which may hold an @ of their own."""


def check_store_uri(uri: str) -> None:
    """Refuse what cannot be a store.

    Raises
    ------
    TrackingError
        If the scheme is not one of SQLite, HTTP, PostgreSQL or MySQL, or the host is missing.

    Examples
    --------
    >>> check_store_uri("htp://example.org")
    Traceback (most recent call last):
    stance.errors.TrackingError: tracking.uri htp://example.org: unknown kind of store 'htp'; \
did you mean 'http' or 'https'?
    """
    if not uri:
        raise TrackingError(
            "tracking.uri: expected the address of a store, such as http://localhost:5000 or "
            "postgresql://user@host/database"
        )
    shown = without_password(uri)
    scheme = _scheme(uri)
    if scheme == "sqlite":
        if not uri.startswith(_SQLITE) or uri == _SQLITE:
            raise TrackingError(f"tracking.uri {shown}: expected sqlite:///path/of/the/file.db")
        return
    if scheme not in _PORTS:
        known = nearest(scheme, ["sqlite", *_PORTS])
        raise TrackingError(f"tracking.uri {shown}: unknown kind of store {scheme!r}; {known}")
    try:
        found = urlsplit(uri)
        host, _ = found.hostname, found.port
    except ValueError:  # its text repeats a part of the address
        raise TrackingError(
            f"tracking.uri {shown}: expected HOST:PORT with a number for the port; in a name or a "
            "password other characters are written as %2F and the like"
        ) from None
    if host is None and scheme.startswith("http"):
        raise TrackingError(f"tracking.uri {shown}: expected a host, such as http://localhost:5000")


def local_store(uri: str) -> Path | None:
    """The file of an SQLite store, or None for a store elsewhere.

    Examples
    --------
    >>> local_store("sqlite:///mlflow.db").name
    'mlflow.db'
    >>> local_store("http://localhost:5000") is None
    True
    """
    if not uri.startswith(_SQLITE):
        return None
    return Path(uri.removeprefix(_SQLITE).partition("?")[0]).absolute()


def without_password(uri: str) -> str:
    """The URI as it may be shown and logged.

    Examples
    --------
    >>> without_password("postgresql://me:secret@db.example/stance?password=secret")
    'postgresql://me:***@db.example/stance?password=***'
    >>> without_password("postgresql://db.example:5432/stance?application_name=me@home")
    'postgresql://db.example:5432/stance?application_name=me@home'
    """
    hidden = re.sub(rf"(://[^:/@]*):{_NO_PORT}.*@", r"\1:***@", uri)
    return re.sub(rf"(?i)([?&][^=&]*(?:{_HIDDEN})[^=&]*=)[^&]*", r"\1***", hidden)


def masked(error: Exception, uri: str) -> str:
    """What an error says, without the password of a store: libraries repeat whole addresses.

    Examples
    --------
    >>> masked(OSError("no answer from http://me:secret@host/api"), "http://me:secret@host")
    'no answer from http://me:***@host/api'
    """
    said = str(error).replace(uri, without_password(uri))
    return re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:***@", said)


def with_driver(uri: str) -> str:
    """Name the driver that the extra ``postgres`` installs, where the URI names none.

    What SQLAlchemy takes by itself differs between its versions.

    Examples
    --------
    >>> with_driver("postgresql://me@db.example/stance")
    'postgresql+psycopg2://me@db.example/stance'
    >>> with_driver("sqlite:///mlflow.db")
    'sqlite:///mlflow.db'
    """
    plain = "postgresql:"
    return f"postgresql+psycopg2:{uri.removeprefix(plain)}" if uri.startswith(plain) else uri


def is_reachable(uri: str, seconds: float = _PROBE_SECONDS) -> bool:
    """Whether somebody answers at the store's host and port.

    MLflow would try for minutes before it said so. Where the URI names no host, as with a
    database's own socket, the answer is True.
    """
    if local_store(uri) is not None:
        return True
    found = urlsplit(uri)
    if not found.hostname:
        return True
    try:
        port = found.port or _PORTS[_scheme(uri)]
        socket.create_connection((found.hostname, port), timeout=seconds).close()
    except OSError:
        return False
    return True


def _scheme(uri: str) -> str:
    """``postgresql`` of ``postgresql+psycopg2://…``."""
    return uri.partition(":")[0].partition("+")[0]
