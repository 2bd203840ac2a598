"""Stream a million statements from Parquet to Parquet, kill it five times, and compare bytes.

    python scripts/stream_million.py --out million.json
    python scripts/stream_million.py --statements 20000     a small try

The statements are sentences of the settlement dataset, put together anew, so that no two are
equal. One ``stance predict`` runs unbroken while its memory is watched, children included.
Another is killed (SIGKILL) at random moments, and once while its parts are put together, and
resumed each time with ``--resume``. The program ends with 1 if the outputs differ by a byte, or
the memory was above the limit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from stance import TermCatalogue, __version__
from stance.datasets import load

_ROW_GROUP = 50_000
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def main() -> int:
    """Run the two, and say what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--terms", type=int, default=12)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--limit", type=int, default=1000, help="megabytes of memory")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="for the files; by default a temporary one")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        figures = _measure(asked, Path(name))
    print(json.dumps(figures, indent=1))
    if asked.out:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if figures["equal"] and figures["peak_megabytes"] <= asked.limit else 1


def _measure(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    source = folder / "statements.parquet"
    _write_statements(source, asked.statements, asked.seed)
    terms = [term.id for term in TermCatalogue.default().values()][: asked.terms]
    whole, broken = folder / "whole.parquet", folder / "broken.parquet"
    begun = time.monotonic()
    peak = _watched(_start(source, whole, terms))
    seconds = time.monotonic() - begun
    pairs = pq.ParquetFile(whole).metadata.num_rows
    assert pairs == asked.statements * len(terms), pairs
    return {
        "statements": asked.statements,
        "terms": len(terms),
        "pairs": pairs,
        "seconds": round(seconds, 1),
        "pairs_per_second": round(pairs / seconds),
        "peak_megabytes": round(peak / 1e6),
        "input_megabytes": round(source.stat().st_size / 1e6),
        "output_megabytes": round(whole.stat().st_size / 1e6),
        "killed_after_parts": _broken(asked, source, broken, terms, seconds),
        "equal": _digest(whole) == _digest(broken),
        "stance": __version__,
        "python": platform.python_version(),
        "processors": psutil.cpu_count(),
    }


def _write_statements(path: Path, count: int, seed: int) -> None:
    rows = [row for split in load("settlement").values() for row in split]
    texts = sorted({row["text"] for row in rows if row["lang"] == "en"})
    sentences = sorted({item for text in texts for item in _SENTENCE.split(text)})
    holders = sorted({(row["holder"], row["side"]) for row in rows})
    draw = random.Random(seed)  # noqa: S311 - to be the same each time, not to be secret
    schema = pa.schema([(name, pa.string()) for name in ("id", "text", "holder", "side")])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, count, _ROW_GROUP):
            ids = [f"s{number:07d}" for number in range(first, min(first + _ROW_GROUP, count))]
            made = [" ".join(draw.sample(sentences, draw.choice((1, 2, 2, 3)))) for _ in ids]
            said = [draw.choice(holders) for _ in ids]
            columns = [ids, made, [item[0] for item in said], [item[1] for item in said]]
            writer.write_table(pa.table(columns, schema=schema))


def _start(source: Path, out: Path, terms: list[str], *options: str) -> subprocess.Popen[bytes]:
    named = [word for term in terms for word in ("--terms", term)]
    command = [sys.executable, "-m", "stance", "predict", str(source), "--out", str(out)]
    return subprocess.Popen([*command, *named, "--quiet", *options])


def _watched(child: subprocess.Popen[bytes]) -> int:
    """Wait for a process; the most memory that it and its children had at once, in bytes."""
    peak = 0
    process = psutil.Process(child.pid)
    while child.poll() is None:
        try:
            family = [process, *process.children(recursive=True)]
            peak = max(peak, sum(item.memory_info().rss for item in family))
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.05)
    if child.returncode:
        raise SystemExit(f"stance predict ended with {child.returncode}")
    return peak


def _broken(
    asked: argparse.Namespace, source: Path, out: Path, terms: list[str], seconds: float
) -> list[int]:
    """Kill and resume; how many parts were whole at each kill."""
    draw = random.Random(asked.seed + 1)  # noqa: S311 - as above
    parts = out.with_name(f"{out.name}.parts")
    total = max(1, asked.statements * len(terms) // 48_000)
    killed = []
    for wanted in [*sorted(draw.choices(range(total), k=asked.kills)), None]:
        child = _start(source, out, terms, "--resume")
        while child.poll() is None and not _reached(parts, wanted):
            time.sleep(0.005)
        if wanted is not None:
            time.sleep(draw.uniform(0, seconds / total))
        child.kill()
        child.wait()
        if out.exists():
            raise SystemExit("a run ended before it could be killed; ask for more statements")
        killed.append(len(list(parts.glob("*.arrow"))))
    _watched(_start(source, out, terms, "--resume"))
    return killed


def _reached(parts: Path, wanted: int | None) -> bool:
    """Whether so many parts are whole, or, for None, they are being put together."""
    if wanted is None:
        return (parts / "output").exists()
    return len(list(parts.glob("*.arrow"))) >= wanted


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
