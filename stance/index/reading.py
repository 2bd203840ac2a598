"""Ask an index about terms."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stance.arrow import answers, output_schema, statements_at_once
from stance.errors import DataError
from stance.features.glossary import digest
from stance.index.building import UNKNOWN
from stance.index.stored import Stored
from stance.index.storing import digest_of, open_arrays, read_manifest
from stance.judging import Judge
from stance.persistence import SavedModel
from stance.predict import choose_terms, find_model, load_model
from stance.records import REASONS, Term
from stance.resources import user_path
from stance.scoring import Reader, Scorer, compiled
from stance.scoring.reading import WordTable
from stance.statements import unnamed

__all__ = ["Index"]

_NO_KNOWN_WORDS = REASONS.index("no_known_words")


class Index:
    """Statements that :func:`stance.index.build_index` has read, for terms of any time.

    Only the statements in which a word of a term stands are looked at again; the answers of
    all others to any term were computed when the index was built.

    Parameters
    ----------
    arrays : mapping of str to ndarray
    saved : SavedModel

    See Also
    --------
    Index.open : how to make one.
    """

    def __init__(self, arrays: dict[str, NDArray[Any]], saved: SavedModel) -> None:
        made = compiled(saved.estimator)
        assert made.reader is not None
        assert made.scorer is not None
        self._arrays, self._saved = arrays, saved
        self._reader: Reader = made.reader
        self._scorer: Scorer = made.scorer
        self._table = _table(made.reader, arrays)
        self._stored = Stored(arrays, made.scorer.gap)

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str],
        model: str | os.PathLike[str] | None = None,
        *,
        verify: bool = True,
    ) -> Index:
        """Open a folder.

        Parameters
        ----------
        folder : path-like
        model : path-like or str, optional
            The model that it was built with, as for :func:`stance.predict`.
        verify : bool, default True
            Read every file once to see that it is as it was written.

        Raises
        ------
        DataError
            If it is damaged, cut short, of another format, or was built with another model or
            glossary.
        """
        place = user_path(folder)
        manifest = read_manifest(place)
        if manifest["model"] != digest_of(find_model(model) / "manifest.json"):
            raise DataError(
                f"{place}: built with another model than this one; give the model that it was "
                "built with, or build it again with stance.index.build_index"
            )
        if manifest.get("glossary") != digest():
            raise DataError(
                f"{place}: built with another glossary than that of this version of stance; build "
                "it again with stance.index.build_index"
            )
        arrays = open_arrays(place, manifest["arrays"], verify=verify)
        return cls(arrays, load_model(model))

    def __len__(self) -> int:
        return len(self._stored)

    def predict(
        self,
        terms: str | Term | Iterable[str | Term],
        *,
        max_error: float | None = None,
        coverage: float | None = None,
        label_set: float | None = None,
    ) -> pa.RecordBatchReader:
        """Say where holders stand, for every statement of the index and every term.

        Parameters
        ----------
        terms : iterable of str or Term
            As for :func:`stance.predict`.
        max_error, coverage, label_set : float, optional
            As for :func:`stance.predict`.

        Returns
        -------
        pyarrow.RecordBatchReader
            As of :func:`stance.arrow.predict_batches` for the same statements.

        Raises
        ------
        DataError, UnknownNameError
            As for :func:`stance.predict`.
        """
        chosen = choose_terms(terms)
        judge = Judge(
            self._saved, chosen, max_error=max_error, coverage=coverage, label_set=label_set
        )
        schema = output_schema(label_set=label_set is not None)
        return pa.RecordBatchReader.from_batches(schema, self._batches(judge))

    def score(self, terms: Sequence[Term]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Probabilities, some statements at a time.

        Parameters
        ----------
        terms : sequence of Term

        Yields
        ------
        rows : slice
            Which statements.
        probabilities : ndarray, shape (n_rows, n_terms, 5)
            As of :func:`stance.scoring.score`; those of statements that cannot be judged
            mean nothing.
        """
        for rows, probabilities, _ in self._scored(terms):
            yield rows, probabilities

    def _scored(
        self, terms: Sequence[Term]
    ) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.bool_]]]:
        """The same, and which pairs have a word of the term."""
        if not terms:
            return
        catalogue = self._reader.catalogue(terms)
        step = statements_at_once(terms)
        for rows, stretches in self._stored.touched(self._table, catalogue, step):
            found = self._arrays["probabilities"][rows][:, catalogue.ends.astype(np.int64)]
            met = np.zeros(found.shape[:2], dtype=bool)
            for part in stretches:
                row, term = part.rows.start - rows.start + part.hits.text, part.hits.term
                scores = self._scorer.of_pairs(
                    part.texts,
                    part.facts,
                    catalogue,
                    part.hits,
                    self._arrays["of_text"][part.rows],
                )
                found[row, term] = self._scorer.probabilities(scores)
                met[row, term] = True
            yield rows, found, met

    def _batches(self, judge: Judge) -> Iterator[pa.RecordBatch]:
        for rows, probabilities, met in self._scored(judge.terms):
            why = np.repeat(self._arrays["withheld"][rows][:, None], met.shape[1], axis=1)
            why[why == UNKNOWN] = np.where(met[why == UNKNOWN], -1, _NO_KNOWN_WORDS)
            yield answers(judge.decide(probabilities, why), self._names(rows), judge.terms)

    def _names(self, rows: slice) -> pa.Array:
        ends = np.asarray(self._arrays["name_ends"][rows.start : rows.stop + 1])
        text = np.ascontiguousarray(self._arrays["names"][ends[0] : ends[-1]])
        if len(text) != ends[-1] - ends[0] or (np.diff(ends) < 0).any():
            raise DataError("the index is damaged: names end before they begin; build it again")
        offsets = (ends - ends[0]).astype(np.int32)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(text)]
        names = pa.Array.from_buffers(pa.string(), len(ends) - 1, buffers)
        blank = np.diff(ends) == 0
        if not blank.any():
            return names
        # There may be a million, so not one by one: a number and what the rule puts before it.
        instead = pa.array(np.arange(rows.start, rows.start + len(blank))).cast(pa.string())
        if before := unnamed("", ids=bool(self._arrays["name_ends"][-1])):
            instead = pc.binary_join_element_wise(before, instead, "")
        return pc.if_else(pa.array(blank), instead, names)


def _strings(arrays: dict[str, NDArray[Any]], name: str) -> list[str]:
    text, ends = arrays[name].tobytes(), arrays[f"{name}_ends"].tolist()
    return [text[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(ends)]


def _table(reader: Reader, arrays: dict[str, NDArray[Any]]) -> WordTable:
    table = reader.new_table()
    content = arrays["content"].astype(bool).tolist()
    for stem, carries in zip(_strings(arrays, "stems"), content, strict=True):
        table.add(stem, carries)
    return table
