"""How MLflow loads and serves a logged model: from the same folder, without pickle or code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.types.schema import Array, ColSpec, DataType, Schema

from stance.errors import DataError, StanceError
from stance.features.pairs import PAIR_COLUMNS
from stance.judging import Judge
from stance.persistence import load_folder
from stance.records import Statement, Term

__all__ = ["PairModel", "signature"]

_NEEDED = ("text", "term_name")
_PHRASES = ("term_aliases", "term_opposites")


def signature() -> ModelSignature:
    """What a served model takes and gives; only the text and the term's name are needed."""
    inputs: list[Any] = [
        ColSpec(
            Array(DataType.string) if name in _PHRASES else DataType.string,
            name,
            required=name in _NEEDED,
        )
        for name in PAIR_COLUMNS
    ]
    outputs: list[Any] = [
        ColSpec(DataType.string, "label", required=False),
        ColSpec(DataType.double, "confidence", required=False),
        ColSpec(DataType.boolean, "abstained"),
        ColSpec(DataType.string, "reason", required=False),
    ]
    return ModelSignature(Schema(inputs), Schema(outputs))


class PairModel:
    """A model as MLflow serves it: pairs in, answers out, as :func:`stance.predict` gives them."""

    def __init__(self, path: str) -> None:
        self._saved = load_folder(path)

    def predict(self, pairs: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Answer each row of a DataFrame of pairs.

        Parameters
        ----------
        pairs : pandas.DataFrame
            ``text`` and ``term_name``, and where there are any ``holder``, ``side``,
            ``term_description``, and the lists ``term_aliases`` and ``term_opposites``.

        Returns
        -------
        pandas.DataFrame, shape (n_pairs, 4)
            ``label`` (None where the text cannot be judged), ``confidence``, ``abstained`` and
            ``reason``.

        Raises
        ------
        mlflow.exceptions.MlflowException
            If a row cannot be read; a server answers with the status 400 and the message.
        """
        try:
            return self._answers(*_records(pairs))
        except StanceError as error:
            raise MlflowException(str(error), INVALID_PARAMETER_VALUE) from error

    def _answers(self, statements: list[Statement], terms: list[Term]) -> pd.DataFrame:
        labels = np.full(len(terms), None, dtype=object)
        reasons = labels.copy()
        confidence = np.full(len(terms), np.nan)
        for term, rows in _rows_of(terms).items():
            judged = Judge(self._saved, [term])([statements[row] for row in rows])
            labels[rows], reasons[rows] = judged.labels[:, 0], judged.reasons[:, 0]
            confidence[rows] = judged.confidence[:, 0]
        return pd.DataFrame(
            {
                "label": pd.Series(labels, dtype=object),
                "confidence": confidence,
                "abstained": reasons.astype(bool),
                "reason": pd.Series(reasons, dtype=object),
            }
        )


def _rows_of(terms: list[Term]) -> dict[Term, list[int]]:
    """The rows of each distinct term."""
    rows: dict[Term, list[int]] = {}
    for row, term in enumerate(terms):
        rows.setdefault(term, []).append(row)
    return rows


def _records(pairs: pd.DataFrame) -> tuple[list[Statement], list[Term]]:
    """The statement and the term of each row; what is missing is empty."""
    statements, terms = [], []
    for number, row in enumerate(pairs.to_dict("records")):
        cells = {str(name): _cell(value) for name, value in row.items()}
        try:
            statements.append(
                Statement(cells.get("text"), cells.get("holder"), cells.get("side"))  # type: ignore[arg-type]
            )
            terms.append(
                Term(
                    cells.get("term_name"),  # type: ignore[arg-type]
                    cells.get("term_description") or "",
                    aliases=cells.get("term_aliases") or (),
                    opposites=cells.get("term_opposites") or (),
                )
            )
        except DataError as error:
            raise DataError(f"row {number}: {error}") from error
    return statements, terms


def _cell(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return None if value is None or value is pd.NA or value != value else value


def _load_pyfunc(path: str) -> PairModel:
    return PairModel(path)
