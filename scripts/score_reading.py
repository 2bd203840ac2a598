"""Score stance.reading on written articles: precision and recall of attributed statements.

python scripts/score_reading.py    # the test articles, into experiments/reading/results.json
python scripts/score_reading.py --split dev --faults
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from stance import AttributedStatement, statements_from_text
from stance.inert import printable

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = ROOT / "tests" / "reading" / "articles"
RESULTS = ROOT / "experiments" / "reading" / "results.json"
OVERLAP = 0.8
RESAMPLES, SEED = 2000, 0
COUNTS = ("right", "found", "right_certain", "certain", "recalled", "gold")


def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """F1 of the characters of two spans."""
    shared = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return 2 * shared / ((one[1] - one[0]) + (other[1] - other[0]))


def same_holder(found: AttributedStatement, gold: dict[str, Any]) -> bool:
    """Whether the holder is resolved to the gold holder, or left open where it is open."""
    if gold["holder"] is None:
        return not found.certain
    return plain(found.holder) in {plain(name) for name in (gold["holder"], *gold["names"])}


def plain(name: str) -> str:
    """A name without capitals and article."""
    words = " ".join(name.casefold().replace("’", "'").split())
    return re.sub(r"^(?:the|an?) ", "", words)


def match(
    found: Sequence[AttributedStatement], gold: Sequence[dict[str, Any]]
) -> list[tuple[AttributedStatement, int | None]]:
    """Pair each statement with the gold statement that it overlaps most, each once."""
    pairs = sorted(
        (
            (-overlap((item.start, item.end), (other["start"], other["end"])), i, j)
            for i, item in enumerate(found)
            for j, other in enumerate(gold)
        )
    )
    taken: dict[int, int] = {}
    for score, i, j in pairs:
        if -score >= OVERLAP and i not in taken and j not in taken.values():
            taken[i] = j
    return [(item, taken.get(i)) for i, item in enumerate(found)]


def score_article(article: dict[str, Any], faults: list[str]) -> dict[str, Counter[str]]:
    """Counts by kind, and under ``all``."""
    gold = article["statements"]
    counts: dict[str, Counter[str]] = {}
    matched = set()
    for item, index in match(statements_from_text(article["text"]), gold):
        right = index is not None and same_holder(item, gold[index])
        if index is not None and right:
            matched.add(index)
        for kind in ("all", item.kind):
            counts.setdefault(kind, Counter()).update(
                right=right,
                found=1,
                right_certain=right and item.certain,
                certain=item.certain,
            )
        if not right:
            said = "" if index is None else f" (gold: {gold[index]['holder']})"
            faults.append(f"{article['id']} wrong: {item.holder}{said}: {item.text[:80]}")
    for index, item in enumerate(gold):
        for kind in ("all", item["kind"]):
            counts.setdefault(kind, Counter()).update(gold=1, recalled=index in matched)
        if index not in matched:
            faults.append(f"{article['id']} missed: {item['holder']}: {item['text'][:80]}")
    return counts


def figures(counts: np.ndarray) -> dict[str, float]:
    """Precision, precision of those that are certain, and recall, of summed counts."""
    right, found, right_certain, certain, recalled, gold = counts
    return {
        "precision": right_certain / certain if certain else float("nan"),
        "precision_all": right / found if found else float("nan"),
        "recall": recalled / gold if gold else float("nan"),
    }


def summarise(scored: Sequence[dict[str, Counter[str]]], kind: str) -> dict[str, Any]:
    """Figures of a kind with 95 % intervals, bootstrapped over articles."""
    rows = np.array([[item.get(kind, Counter())[name] for name in COUNTS] for item in scored])
    rng = np.random.default_rng(SEED)
    draws = rng.integers(0, len(rows), (RESAMPLES, len(rows)))
    drawn = [figures(rows[draw].sum(axis=0)) for draw in draws]
    result: dict[str, Any] = {
        "found": int(rows[:, 1].sum()),
        "certain": int(rows[:, 3].sum()),
        "gold": int(rows[:, 5].sum()),
    }
    for name, value in figures(rows.sum(axis=0)).items():
        low, high = np.nanpercentile([item[name] for item in drawn], [2.5, 97.5])
        result[name] = {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}
    return result


def show(results: dict[str, dict[str, Any]], articles: int) -> None:
    """Print a table, a row for each kind."""
    names = ("precision", "precision_all", "recall")
    table = Table(title=f"{articles} articles", title_justify="left")
    for header in ("kind", "gold", "found", "certain", "precision", "of all found", "recall"):
        table.add_column(header, justify="left" if header == "kind" else "right")
    for kind, row in results.items():
        cells = [f"{row[n]['value']:.3f} ({row[n]['low']:.3f}–{row[n]['high']:.3f})" for n in names]
        table.add_row(kind, str(row["gold"]), str(row["found"]), str(row["certain"]), *cells)
    Console(width=130).print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """Score a split; write the results of the test split."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--split", choices=["dev", "test"], default="test")
    parser.add_argument("--faults", action="store_true", help="list what is wrong or missed")
    given = parser.parse_args(arguments)
    lines = (ARTICLES / f"{given.split}.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    faults: list[str] = []
    begun = time.perf_counter()
    scored = [score_article(article, faults) for article in articles]
    seconds = time.perf_counter() - begun
    kinds = ("all", "direct", "reported", "headline", "transcript")
    results = {kind: summarise(scored, kind) for kind in kinds}
    show(results, len(articles))
    print(f"{seconds / len(articles) * 1000:.1f} ms an article")
    if given.faults:
        print(*map(printable, faults), sep="\n")
    if given.split == "test":
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        content = {"articles": len(articles), "overlap": OVERLAP, "kinds": results}
        RESULTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
