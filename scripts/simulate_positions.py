"""Do the intervals of positions hold what they promise? A simulation with known positions.

    python scripts/simulate_positions.py           # writes experiments/positions/results.json
    python scripts/simulate_positions.py --choose  # compares settings on the validation split

Holders whose true shares of labels are known are made of real pairs of the shipped dataset: each
statement is drawn among the pairs with its true label, with the probabilities that the default
model gave it, so that the model errs as it does. See experiments/positions/README.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from stance import positions
from stance.datasets import load, to_frame
from stance.labels import LABELS, RELATED
from stance.positioning import estimation
from stance.positioning.cells import mean_shares
from stance.positioning.estimation import VALUES, Sample, impute
from stance.positioning.given import PROBABILITIES
from stance.predict import load_model
from stance.reliability import Reliability, reliability
from stance.splits import split

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "experiments" / "positions" / "results.json"

NUMBERS = (5, 10, 25, 50, 100, 200)
"""Expected numbers of statements that speak of the term; as many again do not."""

LEVELS = (0.9, 0.95)
ALPHA = 0.05


def _around(label: str, share: float) -> list[float]:
    rest = (1 - share) / (len(RELATED) - 1)
    return [share if name == label else rest for name in RELATED]


MIXES = {
    **{f"all {name}": _around(name, 1.0) for name in ("favor", "against", "conditional")},
    **{f"90 % {name}": _around(name, 0.9) for name in ("favor", "against", "conditional")},
    **{f"70 % {name}": _around(name, 0.7) for name in RELATED},
    "40 % favor, 40 % against": [0.4, 0.1, 0.4, 0.1],
    "25 % of each": [0.25] * 4,
}
"""Shares of the labels among a holder's related statements, in the order of ``RELATED``."""

_VALUES = np.array([VALUES[label] for label in RELATED])


@dataclass(frozen=True)
class Pool:
    """Real pairs: what the model said of each, and its true label as a column.

    ``held_out`` is how many pairs the model's reliability was counted on.
    """

    probabilities: NDArray[np.float64]
    truth: NDArray[np.int64]
    held_out: int

    def draw(self, labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """A random pair for each true label."""
        rows = np.empty(labels.shape, dtype=np.int64)
        for label in range(len(LABELS)):
            wanted = labels == label
            rows[wanted] = rng.choice(np.flatnonzero(self.truth == label), wanted.sum())
        return rows

    def resampled(self, rng: np.random.Generator) -> Reliability:
        """Reliability as it could have been counted on as many held-out pairs."""
        rows = rng.integers(len(self.truth), size=self.held_out)
        return Reliability.measure(self.probabilities[rows], self.truth[rows].tolist())


def pools(names: Sequence[str]) -> dict[str, Pool]:
    """Score splits of the shipped dataset with the shipped model."""
    model = load_model()
    estimator, counts = model.estimator, reliability(model.notes).counts
    columns = [list(estimator.classes_).index(label) for label in LABELS]
    found = {}
    for name, rows in split(load("settlement"), "fixed").items():
        if name in names:
            frame = to_frame(rows)
            truth = frame["label"].map(LABELS.index).to_numpy()
            probabilities = estimator.predict_proba(frame)[:, columns]
            found[name] = Pool(probabilities, truth, held_out=int(np.sum(counts)))
    return found


def holders(pool: Pool, number: int, repeats: int, rng: np.random.Generator) -> Sample:
    """``repeats`` holders of each mix, each with ``2 * number`` statements."""
    labels = np.concatenate(
        [rng.choice(5, (repeats, 2 * number), p=_shares(mix)) for mix in MIXES.values()]
    )
    rows = pool.draw(labels, rng)
    return Sample(
        cells=np.repeat(np.arange(len(labels)), 2 * number),
        probabilities=pool.probabilities[rows.ravel()],
        checked=np.full(labels.size, -1),
        size=len(labels),
    )


def _shares(mix: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of all five labels, half of the statements being unrelated."""
    shares = np.zeros(len(LABELS))
    shares[[LABELS.index(label) for label in RELATED]] = mix
    shares[LABELS.index("unrelated")] = 1.0
    return np.asarray(shares / shares.sum())


def cover(
    pool: Pool, table: Reliability | None, rounds: int, repeats: int, draws: int, seed: int
) -> pd.DataFrame:
    """Whether each holder's interval holds the true position.

    Parameters
    ----------
    pool : Pool
    table : Reliability or None
        None: counted anew in each round, on a resample of the pool.
    rounds, repeats, draws, seed : int
    """
    rng = np.random.default_rng(seed)
    parts = []
    for _, number in itertools.product(range(rounds), NUMBERS):
        sample = holders(pool, number, repeats, rng)
        used = pool.resampled(rng) if table is None else table
        drawn = impute(sample, used, draws=draws, seed=int(rng.integers(2**31)))
        truth = np.repeat([np.dot(mix, _VALUES) for mix in MIXES.values()], repeats)
        found = {"mix": np.repeat(list(MIXES), repeats), "n": number, "truth": truth}
        found["position"] = mean_shares(drawn.shares) @ _VALUES
        given = sample.probabilities.argmax(axis=1)
        found["plain"] = _plain(sample, given)
        for level in LEVELS:
            low = np.quantile(drawn.low, (1 - level) / 2, axis=0)
            high = np.quantile(drawn.high, (1 + level) / 2, axis=0)
            # Certain to a millionth: shares are kept as numbers of seven digits.
            found[f"held {level}"] = (low <= truth + 1e-6) & (truth - 1e-6 <= high)
            found[f"width {level}"] = high - low
        parts.append(pd.DataFrame(found))
    return pd.concat(parts, ignore_index=True)


def _plain(sample: Sample, given: NDArray[np.int64]) -> NDArray[np.float64]:
    """The plain mean of the labels as given, for comparison."""
    values = np.array([VALUES.get(label, np.nan) for label in LABELS])[given]
    return pd.Series(values).groupby(sample.cells).mean().to_numpy()


def summary(found: pd.DataFrame) -> dict[str, object]:
    """Coverage by number and level, overall and for each mix, with widths and errors."""
    out: dict[str, object] = {"holders_for_each_n": int(len(found) / len(NUMBERS))}
    for level in LEVELS:
        by_n = found.groupby("n")[[f"held {level}", f"width {level}"]].mean().round(3)
        by_mix = found.groupby(["mix", "n"], sort=False)[f"held {level}"].mean().round(3)
        out[f"coverage at {level}"] = {str(n): x for n, x in by_n[f"held {level}"].items()}
        out[f"width at {level}"] = {str(n): x for n, x in by_n[f"width {level}"].items()}
        out[f"coverage at {level} by mix"] = {
            mix: {str(n): share for n, share in part.droplevel(0).items()}
            for mix, part in by_mix.groupby(level=0, sort=False)
        }
    for name in ("position", "plain"):
        error = (found[name] - found["truth"]).abs().groupby(found["n"]).mean().round(3)
        out[f"mean absolute error of the {name}"] = {str(n): x for n, x in error.items()}
    return out


def timelines(
    pool: Pool, statements: int, planted: frozenset[tuple[int, int]], rng: np.random.Generator
) -> pd.DataFrame:
    """A year of 8 holders on 5 terms; those planted turn from favor to against at midyear."""
    before, after = (np.array(_around(label, 0.85)) for label in ("favor", "against"))
    parts = []
    for holder, term in itertools.product(range(8), range(5)):
        mix = rng.dirichlet([0.5] * 4)
        days = np.sort(rng.integers(360, size=statements))
        labels = np.empty(statements, dtype=np.int64)
        for half, turned in ((days < 180, before), (days >= 180, after)):
            shares = _shares(turned if (holder, term) in planted else mix)
            labels[half] = rng.choice(5, half.sum(), p=shares)
        rows = pool.draw(labels, rng)
        part = pd.DataFrame(pool.probabilities[rows], columns=PROBABILITIES)
        part["label"] = [LABELS[column] for column in pool.probabilities[rows].argmax(axis=1)]
        part["date"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(days, unit="D")
        part["statement"] = [f"{holder}-{term}-{number}" for number in range(statements)]
        parts.append(part.assign(holder=f"holder {holder}", term=f"term {term}"))
    return pd.concat(parts, ignore_index=True)


def calm_tables(pool: Pool, repeats: int, seed: int) -> dict[str, int]:
    """How often shifts are found where there are none."""
    rng = np.random.default_rng(seed)
    alarms = lenient = tests = 0
    for _ in range(repeats):
        calm = positions(timelines(pool, 60, frozenset(), rng), n_boot=100, seed=seed)
        found = calm.shifts("90D")
        alarms += bool(found["shift"].any())
        lenient += bool((stats.false_discovery_control(found["p_value"]) <= ALPHA).any())
        tests += len(found)
    return {
        "tables without change": repeats,
        "of these with a false alarm": alarms,
        "tests in them": tests,
        "with Benjamini-Hochberg instead": lenient,
    }


def turning_tables(pool: Pool, statements: int, repeats: int, seed: int) -> dict[str, int]:
    """How many of the shifts that were planted are found, and how many that were not."""
    rng = np.random.default_rng(seed)
    planted = frozenset((number, number % 5) for number in range(4))
    true = false = 0
    for _ in range(repeats):
        turning = timelines(pool, statements, planted, rng)
        found = positions(turning, n_boot=100, seed=seed).shifts("180D")
        keys = zip(found["holder"].str[7:], found["term"].str[5:], strict=True)
        real = np.array([(int(holder), int(term)) in planted for holder, term in keys])
        true += int((found["shift"] & real).sum())
        false += int((found["shift"] & ~real).sum())
    return {"planted": len(planted) * repeats, "found": true, "false": false}


def choose(pool: Pool, rounds: int, repeats: int, draws: int) -> Iterator[str]:
    """Coverage on the validation split for each of some settings."""
    for prior, extra, worth in itertools.product((0.1, 0.2), (0.25, 0.5), (0.7, 1.0)):
        estimation.PRIOR, estimation.EXTRA, estimation.WORTH = prior, extra, worth
        found = cover(pool, None, rounds, repeats, draws, seed=0)
        rates = found.groupby("n")[[f"held {level}" for level in LEVELS]].mean().round(3)
        yield f"prior {prior}, extra {extra}, worth {worth}\n{rates.T.to_string()}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulation."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--choose", action="store_true", help="compare settings, write nothing")
    parser.add_argument("--rounds", type=int, default=30, help="draws of reliability")
    parser.add_argument("--repeats", type=int, default=3, help="holders of each mix in a round")
    parser.add_argument("--draws", type=int, default=500, help="of each interval")
    parser.add_argument("--tables", type=int, default=100, help="to look for shifts in")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    sizes = (given.rounds, given.repeats, given.draws)
    if given.choose:
        for text in choose(pools(["validation"])["validation"], *sizes):
            print(text, flush=True)
        return 0
    began = time.monotonic()
    real = pools(["test"])["test"]
    shipped = reliability(load_model().notes)
    found: dict[str, object] = {
        "settings": {
            "prior": estimation.PRIOR,
            "extra": estimation.EXTRA,
            "worth": estimation.WORTH,
            "draws": given.draws,
        }
    }
    runs = {"test, reliability counted anew": None, "test, as shipped": shipped}
    for name, table in runs.items():
        found[name] = summary(cover(real, table, *sizes, seed=1))
        print(name, json.dumps(found[name], indent=1), flush=True)
    found["shifts"] = {
        **calm_tables(real, given.tables, seed=2),
        **{
            f"planted, {number} statements": turning_tables(
                real, number, max(1, given.tables // 10), seed=3
            )
            for number in (100, 300)
        },
    }
    print("shifts", json.dumps(found["shifts"], indent=1))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{given.out}: {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
