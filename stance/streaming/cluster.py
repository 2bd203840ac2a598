"""The stretches of a job as tasks of a Dask cluster.

This process reads the input and writes the output; workers get texts and send back answers, and
need to see nothing but the model. The tasks of a worker that is lost go to another.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa

from stance.arrow import to_batch
from stance.errors import ClusterError
from stance.judging import Judge
from stance.predict import find_same, load_model
from stance.records import Statement, Term
from stance.reference import Reference
from stance.streaming.answering import Answers, Stretch

__all__ = ["Work", "on_cluster"]

_LOG = logging.getLogger(__name__)
_PATIENCE = "15s"


@dataclass(frozen=True, slots=True)
class Work:
    """What every task of a job has in common.

    Attributes
    ----------
    reference : Reference
    terms : tuple of Term
    promises : tuple of (str, float)
    """

    reference: Reference
    terms: tuple[Term, ...]
    promises: tuple[tuple[str, float], ...]


@contextmanager
def on_cluster(
    address: str, reference: Reference, terms: Sequence[Term], promises: Mapping[str, float]
) -> Iterator[Answers]:
    """Answer on the workers of a scheduler.

    Parameters
    ----------
    address : str
        ``tcp://HOST:PORT``, or ``tls://HOST:PORT`` with the certificates of Dask's
        configuration (``distributed.comm.tls``).
    reference : Reference
        To the model.
    terms, promises
        As of a :class:`stance.streaming.Job`.

    Raises
    ------
    ClusterError
        If the extra is missing or no scheduler answers; later, if it is lost, or workers
        cannot do their part.
    """
    distributed = _distributed()
    secure = distributed.Security().get_connection_args("client").get("ssl_context")
    if address.startswith("tls://") and secure is None:
        raise ClusterError(
            f"--scheduler {address}: tls needs certificates in Dask's configuration, under "
            "distributed.comm.tls"
        )
    try:
        client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(f"--scheduler {address}: no scheduler answers there: {error}") from error
    work = Work(reference, tuple(terms), tuple(promises.items()))
    with client:
        if not client.nthreads():
            _LOG.warning("the scheduler %s has no workers yet; waiting for one", address)
        yield partial(_answers, client, work)


def _answers(
    client: Any, work: Work, found: Iterable[Stretch]
) -> Iterator[tuple[Stretch, pa.RecordBatch]]:
    waiting: deque[tuple[Stretch, Any]] = deque()
    for stretch in found:
        with _explained(client):
            waiting.append((stretch, _submit(client, work, stretch)))
            # Enough to keep all workers busy, and no more than that in memory.
            most = 2 * sum(client.nthreads().values()) + 1
        while len(waiting) > most:
            yield _taken(client, *waiting.popleft())
    while waiting:
        yield _taken(client, *waiting.popleft())


def _submit(client: Any, work: Work, stretch: Stretch) -> Any:
    texts, holders, sides = (
        [getattr(item, name) for item in stretch.statements] for name in ("text", "holder", "side")
    )
    return client.submit(judge_texts, work, texts, holders, sides, stretch.names, pure=False)


def _taken(client: Any, stretch: Stretch, future: Any) -> tuple[Stretch, pa.RecordBatch]:
    with _explained(client):
        return stretch, future.result()


@contextmanager
def _explained(client: Any) -> Iterator[None]:
    """Turn what Dask raises into an error for people."""
    try:
        yield
    except _distributed().KilledWorker as error:
        raise ClusterError(
            f"workers ended one after the other while they answered the same rows: {error}. Have "
            "they enough memory? Their logs say more; --resume goes on"
        ) from error
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"a worker has no {error.name}; install the same stance on every worker"
        ) from error
    except (CancelledError, OSError, TimeoutError) as error:
        raise ClusterError(
            f"the scheduler {client.scheduler.address} was lost ({type(error).__name__}); start it "
            "again and go on with --resume"
        ) from error


def judge_texts(
    work: Work,
    texts: Sequence[str],
    holders: Sequence[str],
    sides: Sequence[str],
    names: Sequence[str],
) -> pa.RecordBatch:
    """What a worker does for one stretch."""
    return to_batch(_judge(work), list(map(Statement, texts, holders, sides)), names)


@lru_cache(maxsize=2)
def _judge(work: Work) -> Judge:
    return Judge(load_model(find_same(work.reference)), work.terms, **dict(work.promises))


def _distributed() -> Any:
    """The library that speaks with a scheduler, or how to install it."""
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(
            "--scheduler needs the extra dask: pip install 'stance[dask]'"
        ) from error
    return distributed
