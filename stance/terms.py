"""Catalogues of terms: the clauses that statements are judged against."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from stance.errors import DataError, UnknownNameError, nearest
from stance.records import Term
from stance.resources import shipped

__all__ = ["TermCatalogue", "distinct", "scan_jsonl", "scan_yaml", "sound", "term_of"]

_FIELDS = {field.name for field in fields(Term)}


class TermCatalogue(Mapping[str, Term]):
    """Terms by id, with lookup by name.

    Parameters
    ----------
    terms : iterable of Term

    Raises
    ------
    DataError
        If two terms share an id.

    Examples
    --------
    >>> catalogue = TermCatalogue([Term("A truce takes effect", id="truce")])
    >>> catalogue["a truce takes effect"].id
    'truce'
    >>> catalogue["truse"]
    Traceback (most recent call last):
    stance.errors.UnknownNameError: unknown term 'truse'; did you mean 'truce'?
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by_id: dict[str, Term] = {}
        for term in terms:
            if term.id in self._by_id:
                raise DataError(f"two terms share the id {term.id!r}; ids must differ")
            self._by_id[term.id] = term
        self._by_name = {term.name.casefold(): term for term in self._by_id.values()}

    def __getitem__(self, key: str) -> Term:
        found = self._by_id.get(key) or self._by_name.get(str(key).casefold())
        if found is None:
            names = [*self._by_id, *(term.name for term in self._by_id.values())]
            raise UnknownNameError.of("term", str(key), names)
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._by_id or str(key).casefold() in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def __repr__(self) -> str:
        return f"TermCatalogue({len(self)} terms)"

    def of_conflict(self, conflict: str) -> TermCatalogue:
        """Keep the terms of one conflict.

        Raises
        ------
        UnknownNameError
            If no term belongs to it.
        """
        kept = [term for term in self._by_id.values() if term.conflict == conflict]
        if not kept:
            known = {term.conflict for term in self._by_id.values()}
            raise UnknownNameError.of("conflict", conflict, known)
        return TermCatalogue(kept)

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> TermCatalogue:
        """Read a YAML file: a list of terms, each a mapping of a term's fields.

        A file whose name ends in ``.jsonl`` holds a JSON object a line instead, as
        ``stance terms --json`` writes it.

        Raises
        ------
        DataError
            If the file is not such a list; the message names the entry and the field.
        """
        file = Path(path)
        lines = file.name.lower().endswith(".jsonl")
        return cls(sound(scan_jsonl(file) if lines else scan_yaml(file)))

    @classmethod
    def default(cls) -> TermCatalogue:
        """The catalogue of the settlement dataset, read once."""
        return _default()


@cache
def _default() -> TermCatalogue:
    source = shipped("data/settlement/terms.yaml")
    return TermCatalogue(sound(_compiled(source) or scan_yaml(source)))


def _compiled(source: Path) -> list[Term | DataError]:
    """The same terms from the JSON beside them, if it was made of this very file.

    It is read in a tenth of the time; ``scripts/compile_terms.py`` writes it.
    """
    try:
        found = json.loads(source.with_suffix(".json").read_bytes())
        if found["sha256"] != sha256(source.read_bytes()).hexdigest():
            return []
        return [term_of(entry, f"{source}, entry {n}") for n, entry in enumerate(found["terms"], 1)]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def scan_yaml(path: Path) -> Iterator[Term | DataError]:
    """Yield each term of a YAML file, or what is wrong with it.

    Raises
    ------
    DataError
        If the file does not hold a list.
    """
    import yaml

    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_loader())  # noqa: S506 - safe
    # Of tags that do not fit their value, such as !!int '', PyYAML raises what it happens to meet.
    except (
        OSError,
        RecursionError,
        ValueError,
        LookupError,
        AttributeError,
        yaml.YAMLError,
    ) as error:
        raise DataError(f"{path}: cannot read the terms: {error}") from error
    if not isinstance(entries, list):
        raise DataError(f"{path}: expected a list of terms, got {type(entries).__name__}")
    places = ((f"{path}, entry {number}", entry) for number, entry in enumerate(entries, 1))
    yield from distinct((where, term_of(entry, where)) for where, entry in places)


def scan_jsonl(path: Path) -> Iterator[Term | DataError]:
    """Yield each term of a file of JSON lines, or what is wrong with it.

    Raises
    ------
    DataError
        If the file cannot be read, or holds no terms.
    """
    from stance.jsonl import parsed_lines

    places = list(parsed_lines(path, "the terms"))
    if not places:
        raise DataError(f"{path}: expected a term a line, got an empty file")
    yield from distinct(
        (where, row if isinstance(row, DataError) else term_of(row, where)) for where, row in places
    )


@cache
def _loader() -> Any:
    """A YAML loader of plain values that refuses a repeated key, of which YAML keeps the last."""
    import yaml

    # libyaml's loader is ten times as fast.
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            lines: dict[str, int] = {}
            for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
                line = key.start_mark.line + 1
                # "<<" may stand twice, and keys that are no plain text are refused elsewhere.
                if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                    continue
                if key.value in lines:
                    raise DataError(_repeated(key.value, line, lines[key.value]))
                lines[key.value] = line
            return super().construct_mapping(node, deep=deep)

    return Loader


def _repeated(key: str, line: int, first: int) -> str:
    return (
        f"line {line}: the field {key!r} stands in line {first} of the same entry already; "
        'a new entry begins with "- "'
    )


def distinct(found: Iterable[tuple[str, Term | DataError]]) -> Iterator[Term | DataError]:
    """Yield what was found at each place; an id that an earlier place has is a fault.

    Examples
    --------
    >>> truce = Term("A truce takes effect", id="truce")
    >>> list(distinct([("entry 1", truce), ("entry 2", truce)]))[1]
    DataError("entry 2: the id 'truce' is also that of entry 1; ids must differ")
    """
    places: dict[str, str] = {}
    for where, term in found:
        if isinstance(term, DataError) or (first := places.setdefault(term.id, where)) == where:
            yield term
        else:
            yield DataError(f"{where}: the id {term.id!r} is also that of {first}; ids must differ")


def term_of(entry: Any, where: str) -> Term | DataError:
    """Build a term from a mapping of its fields, or say what is wrong with it, and where."""
    if not isinstance(entry, dict):
        return DataError(f"{where}: expected a mapping of fields, got {type(entry).__name__}")
    for key in entry:
        if key not in _FIELDS:
            return DataError(f"{where}: unknown field {key!r}; {nearest(str(key), _FIELDS)}")
    if "name" not in entry:
        return DataError(f"{where}: the field 'name' is missing")
    try:
        return Term(**entry)
    except DataError as error:
        return DataError(f"{where}: {error}")


def sound(terms: Iterable[Term | DataError]) -> Iterator[Term]:
    """Yield the terms, and raise the first thing that is wrong with one."""
    for term in terms:
        if isinstance(term, DataError):
            raise term
        yield term
