"""What scripts/fuzz.py feeds with bytes; without Atheris, runs kept cases again.

    python scripts/fuzz_targets.py tests/security/cases

A target takes any bytes. It returns when stance refused them with an error of its own, or gave an
answer that holds; any other exception is a hole. Cases lie in a folder named after their target.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import struct
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from stance.datasets import load, to_frame
from stance.datasets.source import read_source
from stance.errors import DataError, ModelFileError, OtherVersionsWarning
from stance.labels import LABELS
from stance.persistence import MANIFEST, TRUSTED, load_folder
from stance.persistence.manifest import sealed
from stance.text import normalise, unusable

__all__ = ["DICTIONARY", "TARGETS", "seeds"]

TESTS = Path(__file__).resolve().parent.parent / "tests"
TOY = TESTS / "toy"
GOLDEN = max((TESTS / "golden").glob("*/model"))
RAW, EDITED = b"\0", b"\1"
REMOVE, REPLACE, COPY, ARRAY = range(4)
TABLES = (".csv", ".tsv", ".jsonl", ".jsonl.gz", ".csv.gz", ".parquet")
FOLDER_FILES = ("statements.jsonl", "terms.yaml", "terms.jsonl")
HIDDEN = "\u200b\u00ad\ufe0f\U000e0041"
DICTIONARY = (
    *TRUSTED,
    *LABELS,
    *("type", "state", "array", "strings", "count", "list", "tuple", "dict", "float", "inf"),
    *("text", "term", "label", "id", "pairs", "votes", "split", "holder", "null", "1e309"),
    *HIDDEN,
    *("\u202e", "\u0430", "\u0301", "’", "ﬃ", "\ufeff", "\x00"),
)
"""Words that a blind search would take long to find."""

Target = Callable[[bytes], None]


def model_target() -> Target:
    """A model folder with a raw manifest, or a sealed one with edits in manifest and arrays."""
    _forbid_deeds()
    warnings.simplefilter("ignore", OtherVersionsWarning)
    folder = Path(tempfile.mkdtemp()) / "model"
    manifest = json.loads((GOLDEN / MANIFEST).read_text(encoding="utf-8"))
    del manifest["seal"]
    whole, places = json.dumps(manifest), [place for place in _places(manifest) if place]
    pairs = to_frame(load("settlement", TOY)["test"])

    def run(data: bytes) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(GOLDEN, folder)
        if data[:1] == RAW:
            (folder / MANIFEST).write_bytes(data[1:])
        else:
            changed = json.loads(whole)
            for edit in _edits(data[1:]):
                _apply(edit, changed, places, folder)
            try:
                (folder / MANIFEST).write_bytes(sealed(changed))
            except (ModelFileError, ValueError, RecursionError):
                return  # too large, or nested too deeply, to be written at all
        try:
            with _Watch():
                model = load_folder(folder).estimator
        except ModelFileError as error:
            _says(error, f"{folder}: ")
        else:
            found = model.predict_proba(pairs)
            assert np.isfinite(found).all(), found
            assert np.allclose(found.sum(axis=1), 1), found

    return run


def dataset_target() -> Target:
    """A table in any format, or a file of a folder in the settlement format."""
    where = Path(tempfile.mkdtemp())

    def run(data: bytes) -> None:
        kinds = (*TABLES, *FOLDER_FILES)
        kind = kinds[data[0] % len(kinds)] if data else ".csv"
        if kind in FOLDER_FILES:
            name, path = "settlement", where / "folder"
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(TOY, path)
            (path / kind).write_bytes(data[1:])
        else:
            name, path = "file", where / f"pairs{kind}"
            path.write_bytes(data[1:])
        try:
            pairs = [to_frame(rows) for rows in load(name, path).values()]
        except DataError as error:
            _says(error, str(where))
        else:
            assert all(part["label"].isin(LABELS).all() for part in pairs), pairs
            assert all(part["text"].str.strip().all() for part in pairs), pairs
            assert read_source(path).faults == (), "the reader and the check disagree"
        try:
            read_source(path)
        except DataError as error:
            _says(error, str(where))

    return run


def text_target() -> Target:
    """The gate: known reasons, a fixed point, and no change by what nobody sees."""

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "surrogatepass" if _decodes(data) else "replace")
        reason = unusable(text)
        assert reason in {None, "empty", "too_long", "bidi_override", "unsupported_script"}, reason
        plain = normalise(text)
        assert normalise(plain) == plain, "the normal form of a normal form is another"
        for char in HIDDEN:
            assert normalise(char.join(text)) == plain, f"{char!a} changes it"

    return run


TARGETS: dict[str, Callable[[], Target]] = {
    "model": model_target,
    "dataset": dataset_target,
    "text": text_target,
}
"""Makers of targets, by the name that ``scripts/fuzz.py`` and the folders of cases have."""


def seeds(target: str) -> list[bytes]:
    """Well-formed beginnings, from which a search gets further than from nothing."""
    if target == "model":
        edits = [struct.pack(">BHB", kind, 7, 4) + b"\0\3ab" for kind in range(4)]
        edits.append(struct.pack(">BHB", REPLACE, 40, 4) + b"null")
        raw = RAW + (GOLDEN / MANIFEST).read_bytes()
        return [raw, EDITED, *(EDITED + edit for edit in edits)]
    if target == "dataset":
        lines = (TOY / "statements.jsonl").read_bytes().split(b"\n")[:2]
        terms = (TOY / "terms.yaml").read_bytes()[:800]
        table = b'text,term,label,holder,split\n"We, sign",A truce,favor,X,train\n'
        pair = b'{"text": "We sign", "term": "A truce", "label": "against"}\n'
        term = b'{"id": "valley_troops", "name": "Foreign troops leave the valley"}\n'
        parquet = io.BytesIO()
        pd.read_csv(io.BytesIO(table)).to_parquet(parquet)
        contents = [table, table.replace(b",", b"\t"), pair, gzip.compress(pair)]
        contents += [gzip.compress(table), parquet.getvalue(), b"\n".join(lines), terms, term]
        return [bytes([kind]) + content for kind, content in enumerate(contents)]
    said = ["We reject it.", "se\u0441urity now", "e\u0301te\u0301", "ｔｒｏｏｐ", "Мир", "\u202ex"]
    return [text.encode() for text in said]


def _says(error: Exception, place: str) -> None:
    assert str(error).startswith(place), f"{error!s:.300} does not begin with {place}"


# --- the folder of a model ------------------------------------------------------------------


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield from _places(node[key], (*path, key))


def _edits(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    stream = io.BytesIO(data)
    while len(head := stream.read(4)) == 4:
        kind, place, length = struct.unpack(">BHB", head)
        yield kind % 4, place, stream.read(length)


def _apply(
    edit: tuple[int, int, bytes], manifest: Any, places: list[tuple[Any, ...]], folder: Path
) -> None:
    kind, number, value = edit
    try:
        if kind == ARRAY:
            _overwrite(manifest["arrays"], number, value, folder)
            return
        *path, last = places[number % len(places)]
        node = _at(manifest, path)
        if isinstance(node, dict) != isinstance(last, str):
            return  # an edit before it put another thing into the place
        if kind == REMOVE:
            node.pop(last)
        elif kind == COPY:
            other = places[int.from_bytes(value[:2]) % len(places)]
            node[last] = json.loads(json.dumps(_at(manifest, other)))
        else:
            node[last] = _value(value)
    except (AttributeError, KeyError, IndexError, TypeError):
        return  # an edit before it took the place away


def _at(node: Any, path: Any) -> Any:
    for key in path:
        node = node[key]
    return node


def _value(value: bytes) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value.decode("latin-1")


def _overwrite(arrays: Any, number: int, value: bytes, folder: Path) -> None:
    """Write into an array, as somebody does who can make its digest too."""
    files = sorted(folder.glob("*.npy"))
    path = files[number % len(files)]
    content = bytearray(path.read_bytes())
    start = int.from_bytes(value[:2]) % len(content)
    content[start : start + len(value) - 2] = value[2:]
    path.write_bytes(content)
    arrays[path.stem] |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


_DEEDS = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.", "pickle.")
_watching = False


class _Watch:
    """While it lasts, what a file must not bring about raises an error."""

    def __enter__(self) -> None:
        global _watching
        _watching = True

    def __exit__(self, *_: object) -> None:
        global _watching
        _watching = False


def _forbid_deeds() -> None:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if _watching and event.startswith(_DEEDS):
            raise SystemError(f"{event} while a model was read: {arguments!r:.200}")

    sys.addaudithook(hook)


# --- text -----------------------------------------------------------------------------------


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


# --- cases ----------------------------------------------------------------------------------


def main() -> int:
    """Run all cases of a folder; 0, or the error of the first that is a hole."""
    cases = sorted(path for path in Path(sys.argv[1]).glob("*/*") if path.is_file())
    made = {name: make() for name, make in TARGETS.items()}
    for path in cases:
        made[path.parent.name](path.read_bytes())
    for name, run in made.items():
        for seed in seeds(name):
            run(seed)
    print(f"{len(cases)} cases")
    return 0


if __name__ == "__main__":
    sys.exit(main())
