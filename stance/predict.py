"""``stance.predict``: where a holder stands on a term.

This module is light: it imports scikit-learn and pandas when a prediction is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.errors import DataError, ModelFileError, UnknownNameError, nearest
from stance.labels import LABELS
from stance.records import Prediction, Statement, Term
from stance.resources import shipped
from stance.terms import TermCatalogue

if TYPE_CHECKING:
    import pandas as pd

    from stance.persistence import SavedModel

__all__ = ["choose_terms", "find_model", "load_model", "predict", "predict_many"]

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
    statements : iterable of str or Statement, or pandas.DataFrame
        A DataFrame needs a column ``text`` and may have ``id``, ``holder`` and ``side``.
    terms : iterable of str or Term
        As for :func:`predict`.
    model : path-like or str, optional
        As for :func:`predict`.
    max_error, coverage, label_set : float, optional
        As for :func:`predict`.

    Returns
    -------
    pandas.DataFrame, shape (n_statements * n_terms, 11)
        ``statement`` (its id, or its position), ``term`` (its id), ``label``, ``confidence``,
        ``p_favor`` … ``p_unrelated``, ``abstained``, ``reason``; the terms vary fastest.
        With ``label_set``, a twelfth column of that name holds tuples of labels.

    Raises
    ------
    DataError
        If the statements or terms are not as expected; the message gives row and column.
    UnknownNameError, ModelFileError
        As for :func:`predict`.

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

    rows, names = _statements(statements)
    chosen = choose_terms([terms] if isinstance(terms, (str, Term)) else list(terms))
    judge = Judge(
        load_model(model), chosen, max_error=max_error, coverage=coverage, label_set=label_set
    )
    columns = judge(rows).columns(names, chosen)
    for name in ("label", "reason"):
        columns[name] = pd.Series(columns[name], dtype="object")
    return pd.DataFrame(columns)


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
    elif isinstance(model, str) and _scheme(model):
        folder = _fetch(model)
    else:
        folder = Path(model).expanduser()
    if not (folder / "manifest.json").is_file():
        raise ModelFileError(f"{folder}: not a model folder: it has no manifest.json")
    return folder


@lru_cache(maxsize=4)
def _cached(folder: Path, changed: int, size: int) -> SavedModel:
    from stance.persistence import load_folder

    return load_folder(folder)


def _scheme(model: str) -> str:
    scheme, colon, _ = model.partition(":/")
    return scheme if colon and len(scheme) > 1 else ""


def _fetch(uri: str) -> Path:
    """Bring a model from where a scheme says; who can do so is an entry point."""
    from importlib.metadata import entry_points

    sources = {point.name: point for point in entry_points(group="stance.model_sources")}
    scheme = _scheme(uri)
    if scheme not in sources:
        raise UnknownNameError.of("model scheme", scheme, sources)
    fetch: Any = sources[scheme].load()
    return Path(fetch(uri))


def choose_terms(terms: Sequence[str | Term]) -> list[Term]:
    """Look terms up in the shipped catalogue; see :func:`predict` for what they may be.

    Raises
    ------
    DataError
        If one is neither text nor a term, or two have the same id.
    UnknownNameError
        As for :func:`predict`.
    """
    chosen = [_term(term, index) for index, term in enumerate(terms)]
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


def _statements(statements: Any) -> tuple[list[Statement], list[Any]]:
    if hasattr(statements, "columns"):
        return _from_frame(statements)
    if isinstance(statements, (str, Statement)):
        statements = [statements]
    rows, names = [], []
    for index, item in enumerate(statements):
        if isinstance(item, str):
            item = Statement(item)
        if not isinstance(item, Statement):
            raise DataError(
                f"statements[{index}]: expected text or a Statement, got {type(item).__name__}"
            )
        rows.append(item)
        names.append(item.id or index)
    return rows, names


def _from_frame(frame: pd.DataFrame) -> tuple[list[Statement], list[Any]]:
    if "text" not in frame.columns:
        have = [str(column) for column in frame.columns]
        raise DataError(f"the statements have no column 'text'; {nearest('text', have)}")
    cells = {
        name: list(frame[name]) for name in ("text", "holder", "side") if name in frame.columns
    }
    rows = []
    for number, label in enumerate(frame.index):
        values = {name: _cell(column[number], label, name) for name, column in cells.items()}
        rows.append(Statement(values["text"], values.get("holder", ""), values.get("side", "")))
    return rows, list(frame["id"] if "id" in frame.columns else frame.index)


def _cell(value: Any, row: Any, column: str) -> str:
    if value is None or value != value:  # NaN and NA: an empty cell
        return ""
    if not isinstance(value, str):
        raise DataError(
            f"statements, row {row!r}, column {column!r}: expected text, "
            f"got {type(value).__name__} {value!r}"
        )
    return value
