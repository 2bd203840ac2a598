"""``python -m stance.promote RUN``: make a run's model the champion, if it is better."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mlflow import MlflowClient
from mlflow.entities import Run

from stance.compare import paired_test
from stance.errors import DataError, StanceError, TrackingError, nearest
from stance.inert import printable
from stance.tracking.predictions import find_run, read_predictions
from stance.tracking.registry import CHAMPION, champion, check_complete, crown, store_uri
from stance.tracking.store import open_store

__all__ = ["main", "promote"]

_LEVEL = 0.05


def promote(uri: str, name: str, *, split: str | None = None, force: bool = False) -> str:
    """Move the alias ``champion`` to a run's model.

    Parameters
    ----------
    uri : str
        Of the store.
    name : str
        Id or name of the run.
    split : str, optional
        What the two are compared on; ``test`` by default, else the first that both have.
    force : bool, default False
        Promote a run that is not shown to be better. A run that is not complete is refused
        all the same.

    Returns
    -------
    str
        What was done, for people.

    Raises
    ------
    TrackingError
        If the run is not complete, or not better than the champion.
    """
    client = open_store(uri)
    run = check_complete(client, uri, find_run(client, name).info.run_id)
    current = champion(client)
    if current is not None and current.run_id == run.info.run_id:
        return f"{run.info.run_name} is the champion already (version {current.version})"
    reason = "it is the first" if current is None else "forced"
    if current is not None and not force:
        reason = _check_better(client, run, str(current.run_id), split)
    version = crown(client, run)
    return f"{run.info.run_name} is now models:/stance@{CHAMPION} (version {version}): {reason}"


def _check_better(client: MlflowClient, run: Run, rival: str, split: str | None) -> str:
    hint = "--force promotes it all the same"
    old, new = (read_predictions(client, item) for item in (rival, run.info.run_id))
    common = sorted(set(old) & set(new))
    chosen = split or ("test" if "test" in common else next(iter(common), ""))
    if chosen not in common:
        raise TrackingError(
            f"split {chosen!r}: the run and the champion do not both have it; "
            f"{nearest(chosen, common)}"
        )
    try:
        test = paired_test(old[chosen], new[chosen])
    except DataError as error:
        raise TrackingError(
            f"{run.info.run_name} cannot be compared with the champion on {chosen}: {error}. {hint}"
        ) from error
    numbers = (
        f"macro F1 {test.second:.3f} against {test.first:.3f} on {chosen}, "
        f"{test.difference:+.3f}, p = {test.p_value:.4f}"
    )
    if test.difference <= 0 or test.p_value >= _LEVEL:
        raise TrackingError(
            f"{run.info.run_name} is not shown to be better than the champion: {numbers}. {hint}"
        )
    return numbers


def main(arguments: Sequence[str] | None = None) -> int:
    """Promote a run.

    Returns
    -------
    int
        0 when the run is champion, 1 when it was refused.
    """
    parser = argparse.ArgumentParser(prog="python -m stance.promote", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a run's id or name")
    parser.add_argument("--uri", help="the tracking store")
    parser.add_argument("--split", help="what to compare on")
    parser.add_argument("--force", action="store_true", help="even if it is not better")
    given = parser.parse_args(arguments)
    try:
        done = promote(store_uri(given.uri), given.run, split=given.split, force=given.force)
    except StanceError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return 1
    print(done)
    return 0


if __name__ == "__main__":
    sys.exit(main())
