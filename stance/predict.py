"""``stance.predict``: where a holder stands on a term.

This module is light: it imports scikit-learn and pandas when a prediction is asked for.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.errors import ClusterError, DataError, ModelFileError, StanceError, UnknownNameError
from stance.labels import LABELS
from stance.records import Prediction, Statement, Term
from stance.reference import Reference, scheme
from stance.resources import shipped, user_path
from stance.statements import gather
from stance.terms import TermCatalogue

if TYPE_CHECKING:
    import pandas as pd

    from stance.persistence import SavedModel

__all__ = ["choose_terms", "find_model", "find_same", "load_model", "predict", "predict_many"]

DEFAULT_MODEL = "data/model"


def predict(
    text: str,
    term: str | Term,
    *,
    holder: str | None = None,
    side: str | None = None,
    model: str | os.PathLike[str] | None = None,
    max_error: float | None = None,
    coverage: float | None = None,
    label_set: float | None = None,
) -> Prediction:
    """Say where a holder stands on one term, judging by one statement.

    Parameters
    ----------
    text : str
        One to four sentences that the holder said, or is reported to have said.
    term : str or Term
        The id or name of a term of the shipped catalogue, or a term of your own. A name
        that is not in the catalogue is taken as a term of your own without aliases.
    holder : str, optional
        Who holds the position.
    side : str, optional
        The party that the holder speaks for.
    model : path-like or str, optional
        A model folder, or an MLflow URI (``runs:/…``, ``models:/stance@champion``);
        by default the model that ships with stance.
    max_error : float, optional
        Abstain (``low_confidence``) so that at most this share of the given labels is
        wrong; see :meth:`stance.abstention.Calibration.threshold` for what is promised.
    coverage : float, optional
        Abstain so that about this share of pairs is answered; not with ``max_error``.
    label_set : float, optional
        Also give the set of labels that holds the true one with this probability; see
        :meth:`stance.abstention.Calibration.least_probability`.

    Returns
    -------
    Prediction
        With ``abstained`` set where it should not be counted on.

    Raises
    ------
    UnknownNameError
        If ``term`` looks like an id (one word) and is not in the catalogue.
    DataError
        If an argument has the wrong type or is out of range, or the model cannot keep
        the error that was asked for.
    ModelFileError
        If the model cannot be read.

    Examples
    --------
    >>> from stance import Term, predict
    >>> term = Term("Foreign troops leave the valley", aliases=["troop withdrawal"])
    >>> predict("We reject any troop withdrawal.", term).label
    'against'
    """
    from stance.attribution import attribute
    from stance.judging import Judge
    from stance.judging import label_set as labels_of

    statement = Statement(text, holder or "", side or "")
    chosen = choose_terms([term])
    saved = load_model(model)
    judge = Judge(saved, chosen, max_error=max_error, coverage=coverage, label_set=label_set)
    judged = judge([statement])
    reason = judged.reasons[0, 0]
    return Prediction(
        label=judged.labels[0, 0],
        confidence=float(judged.confidence[0, 0]),
        probabilities=dict(zip(LABELS, judged.probabilities[0, 0].tolist(), strict=True)),
        statement=statement,
        term=chosen[0],
        abstained=reason is not None,
        reason=reason,
        label_set=None if judged.in_set is None else labels_of(judged.in_set[0, 0]),
        explainer=partial(attribute, saved.estimator),
    )


def predict_many(
    statements: str | Statement | Iterable[str | Statement] | pd.DataFrame,
    terms: str | Term | Iterable[str | Term],
    *,
    model: str | os.PathLike[str] | None = None,
    max_error: float | None = None,
    coverage: float | None = None,
    label_set: float | None = None,
) -> pd.DataFrame:
    """Say where holders stand, for every statement and every term.

    Parameters
    ----------
    statements : iterable of str or Statement, or pandas or Dask DataFrame
        A DataFrame needs a column ``text`` and may have ``id``, ``holder`` and ``side``. A Dask
        DataFrame is judged when it is computed, a partition at a time, where its partitions
        are; statements without ``id`` are named by their index label, which may occur in
        several partitions.
    terms : iterable of str or Term
        As for :func:`predict`.
    model : path-like or str, optional
        As for :func:`predict`.
    max_error, coverage, label_set : float, optional
        As for :func:`predict`.

    Returns
    -------
    pandas or Dask DataFrame, shape (n_statements * n_terms, 11)
        ``statement`` (its id, or its position; "row 7" where only others have an id), ``term``
        (its id), ``label``, ``confidence``, ``p_favor`` … ``p_unrelated``, ``abstained``,
        ``reason``; the terms vary fastest.
        With ``label_set``, a twelfth column of that name holds tuples of labels.

    Raises
    ------
    DataError
        If the statements or terms are not as expected; the message gives row and column.
    UnknownNameError, ModelFileError
        As for :func:`predict`.
    ClusterError
        When a Dask DataFrame is computed: if a worker has another model or stance.

    Examples
    --------
    >>> from stance import Term, predict_many
    >>> terms = [Term("A truce takes effect", aliases=["truce"])]
    >>> table = predict_many(["The truce must start today.", ""], terms)
    >>> table[["statement", "term", "abstained"]].values.tolist()
    [[0, 'a_truce_takes_effect', False], [1, 'a_truce_takes_effect', True]]
    """
    import pandas as pd

    from stance.judging import Judge

    chosen = choose_terms(terms)
    promises: dict[str, Any] = {
        "max_error": max_error,
        "coverage": coverage,
        "label_set": label_set,
    }
    if hasattr(statements, "map_partitions"):
        from stance.partitions import judge_partitions

        reference = Reference.to(model, find_model(model))
        lazy: pd.DataFrame = judge_partitions(
            statements, partial(_judge_frame, reference=reference, terms=chosen, **promises)
        )
        return lazy
    rows, names = gather(statements)
    judge = Judge(load_model(model), chosen, **promises)
    columns = judge(rows).columns(names, chosen)
    for name in ("label", "reason"):
        columns[name] = pd.Series(columns[name], dtype="object")
    return pd.DataFrame(columns)


def _judge_frame(
    frame: pd.DataFrame, reference: Reference, terms: Sequence[Term], **promises: Any
) -> pd.DataFrame:
    """Judge one partition, wherever it is."""
    find_same(reference)
    return predict_many(frame, terms, model=reference.model, **promises)


def find_same(reference: Reference) -> Path:
    """The folder in which this process finds a model that another one refers to.

    Raises
    ------
    ClusterError
        If it does not, or what it finds is another model.
    """
    try:
        folder = find_model(reference.model)
    except StanceError as error:
        raise ClusterError(
            f"a worker on {platform.node()} does not find the model: {error}; put it where every "
            "worker sees it under the same path, or name it by an MLflow URI"
        ) from error
    reference.check(folder)
    return folder


def load_model(model: str | os.PathLike[str] | None = None) -> SavedModel:
    """Read a model folder, once; see :func:`predict` for what ``model`` may be."""
    folder = find_model(model)
    found = (folder / "manifest.json").stat()
    return _cached(folder.resolve(), found.st_mtime_ns, found.st_size)


def find_model(model: str | os.PathLike[str] | None = None) -> Path:
    """The folder of a model; see :func:`predict` for what ``model`` may be.

    Raises
    ------
    ModelFileError
        If there is no model folder.
    """
    if model is None:
        folder = shipped(DEFAULT_MODEL)
    elif isinstance(model, str) and scheme(model):
        folder = _fetch(model)
    else:
        folder = user_path(model)
    if not (folder / "manifest.json").is_file():
        raise ModelFileError(f"{folder}: not a model folder: it has no manifest.json")
    return folder


@lru_cache(maxsize=4)
def _cached(folder: Path, changed: int, size: int) -> SavedModel:
    from stance.persistence import load_folder

    # Who takes the shipped model chose neither it nor its versions, and has no other to turn to.
    return load_folder(folder, warn=folder != shipped(DEFAULT_MODEL).resolve())


def _fetch(uri: str) -> Path:
    """Bring a model from where a scheme says; who can do so is an entry point."""
    from importlib.metadata import entry_points

    sources = {point.name: point for point in entry_points(group="stance.model_sources")}
    name = scheme(uri)
    if name not in sources:
        raise UnknownNameError.of("model scheme", name, sources)
    fetch: Any = sources[name].load()
    return Path(fetch(uri))


def choose_terms(terms: str | Term | Iterable[str | Term]) -> list[Term]:
    """Look terms up in the shipped catalogue; see :func:`predict` for what they may be.

    A catalogue of one's own, or another mapping, stands for the terms in it.

    Raises
    ------
    DataError
        If one is neither text nor a term, or two have the same id.
    UnknownNameError
        As for :func:`predict`.
    """
    if isinstance(terms, (str, Term)):
        terms = [terms]
    given = terms.values() if isinstance(terms, Mapping) else terms
    chosen = [_term(term, index) for index, term in enumerate(given)]
    ids = [term.id for term in chosen]
    for name in ids:
        if ids.count(name) > 1:
            raise DataError(
                f"two of the terms have the id {name!r}; give each Term an id of its own"
            )
    return chosen


def _term(term: object, index: int) -> Term:
    if isinstance(term, Term):
        return term
    if not isinstance(term, str):
        raise DataError(f"terms[{index}]: expected a term or its name, got {type(term).__name__}")
    catalogue = TermCatalogue.default()
    if term in catalogue or " " not in term.strip():
        return catalogue[term]
    return Term(term)
