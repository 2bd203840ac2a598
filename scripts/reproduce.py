"""Redo an experiment of experiments/, or check that its results.json is what comes out today.

    python scripts/reproduce.py SLUG [MODEL …] [--data FOLDER]   # writes its results.json
    python scripts/reproduce.py SLUG [MODEL …] --check           # compares, and changes nothing
    python scripts/reproduce.py SLUG [MODEL …] --keep FOLDER     # leaves the trained models there

Each MODEL is a config experiments/SLUG/MODEL.yaml, which `python -m stance.train --config-dir
experiments/SLUG --config-name MODEL` trains as well; all of them by default. FOLDER holds the
corpora that do not ship, each in a folder of its dataset's name; STANCE_CORPORA may name it. Seeds
other than the config's own stand in it as a sweep: hydra.sweeper.params.seed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf, open_dict

import stance.train  # noqa: F401 - registers the schema that configs/train.yaml begins with
from stance.compare import PairedTest, compare_splits
from stance.config import TrainConfig
from stance.datasets import definition
from stance.errors import DataError, StanceError, nearest
from stance.evaluation import Evaluation
from stance.metrics import bootstrap, confusion, macro_f1
from stance.persistence import load_folder
from stance.resources import shipped
from stance.training import Outcome, train
from stance.version import __version__
from stance.writing import beside

ROOT = Path(__file__).resolve().parents[1] / "experiments"
REFERENCE = "default"
"""The model that the others of an experiment are compared with, where it is one of them."""

TOLERANCE = 0.005
"""Of scores between 0 and 1: other versions and processors differ in last digits, and so in
single pairs."""

_FEW = 12
"""Up to so many terms are shown one by one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Redo or check one experiment.

    Returns
    -------
    int
        0 when it was written or is as it should be, 1 when it is not, 2 when it cannot be redone.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("slug", help="a folder of experiments/")
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--data", type=Path, default=os.environ.get("STANCE_CORPORA"))
    parser.add_argument("--check", action="store_true", help="compare, and change nothing")
    parser.add_argument("--keep", type=Path, help="where FOLDER/MODEL/SEED/model is to stay")
    given = parser.parse_args(arguments)
    path = ROOT / given.slug / "results.json"
    kept = json.loads(path.read_text("utf-8"))["models"] if path.exists() else {}
    found: dict[str, Any] = {}
    try:
        chosen = choose(path.parent, given.models)
        needs = " --data FOLDER" if missing(path.parent, chosen[0]) else ""
        command = f"python scripts/reproduce.py {given.slug}{needs}"
        for name, result in redo(path.parent, chosen, given.data, given.keep):
            found[name] = result
            if not given.check:  # one after the other: a later one may fail, an hour from here
                write(path, {"command": command, "models": {**kept, **found}})
    except StanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if given.check:
        faults = list(differences({name: kept.get(name) for name in found}, found))
        print("\n".join(faults) or f"{path}: as it comes out today, within {TOLERANCE}")
        return 1 if faults else 0
    return 0


def write(path: Path, results: Any) -> None:
    """Replace the results of an experiment."""
    with beside(path) as draft:
        draft.write_text(laid_out(results), encoding="utf-8")


def laid_out(results: Any) -> str:
    """JSON with a line for each innermost object, such as a score with its interval.

    Examples
    --------
    >>> print(laid_out({"a": {"b": {"value": 0.5, "low": 0.4}}}), end="")
    {
     "a": {
      "b": { "low": 0.4, "value": 0.5 }
     }
    }
    """
    text = json.dumps(results, indent=1, sort_keys=True, ensure_ascii=False)
    return re.sub(r"\{[^{}]*\}", lambda found: " ".join(found[0].split()), text) + "\n"


def choose(folder: Path, names: Sequence[str]) -> list[str]:
    """The models of an experiment that are asked for, the reference first."""
    there = sorted(path.stem for path in folder.glob("*.yaml"))
    if not there:
        known = [path.parent.name for path in ROOT.glob("*/*.yaml")]
        raise DataError(f"{folder}: no experiment with configs; {nearest(folder.name, known)}")
    for name in names:
        if name not in there:
            raise DataError(f"{folder}: no config {name}.yaml; {nearest(name, there)}")
    wanted = {*names, REFERENCE} if names else set(there)
    return sorted(wanted.intersection(there), key=lambda name: (name != REFERENCE, name))


def missing(folder: Path, model: str) -> list[str]:
    """The keys that a config leaves to be filled: where the data lie."""
    config, _ = _composed(folder, model, [])
    keys = set(OmegaConf.missing_keys(config))
    if config.dataset.path is None and definition(config.dataset.name).default_path is None:
        keys.add("dataset.path")
    return sorted(keys)


def configs(folder: Path, model: str, data: Path | None) -> list[TrainConfig]:
    """The config of a model, once for each of its seeds."""
    plain, seeds = _composed(folder, model, [])
    filled = ["tracking=none"]
    for key in missing(folder, model):
        if data is None:
            raise DataError(f"{folder / model}.yaml: give the folder of the corpora, --data FOLDER")
        name = plain.dataset.name if key == "dataset.path" else key.rpartition(".")[2]
        place = Path(data).expanduser().resolve() / name
        # What is put together from several corpora has no folder of its own.
        filled.append(f"{key}={place.parent if name == 'public_pairs' else place}")
    composed = [_composed(folder, model, [*filled, f"seed={seed}"])[0] for seed in seeds]
    return [cast(TrainConfig, OmegaConf.to_object(config)) for config in composed]


def _composed(folder: Path, model: str, overrides: Sequence[str]) -> tuple[Any, list[str]]:
    """A config and the seeds that it sweeps over."""
    own = f"hydra.searchpath=[file://{shipped('configs')}]"
    with initialize_config_dir(str(folder), version_base="1.3"):
        config = compose(model, overrides=[own, *overrides], return_hydra_config=True)
    swept = OmegaConf.select(config, "hydra.sweeper.params.seed", default=config.seed)
    with open_dict(config):
        del config["hydra"]
    return config, str(swept).split(",")


def redo(
    folder: Path, models: Sequence[str], data: Path | None, keep: Path | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Train the models with all of their seeds and measure them, one model after the other."""
    jobs = {name: configs(folder, name, data) for name in models}
    reference: list[Evaluation] = []
    for name, made in jobs.items():
        with tempfile.TemporaryDirectory() if keep is None else nullcontext(keep / name) as place:
            runs = [_train(config, Path(place) / str(config.seed), name) for config in made]
            digests = load_folder(runs[0].model).data["sha256"]
        measured = [{item.split: measure(item) for item in _splits(run)} for run in runs]
        found: dict[str, Any] = {
            "stance": __version__,
            "data_sha256": digests,
            "seeds": [config.seed for config in made],
            "train_seconds": round(float(np.mean([run.seconds for run in runs])), 1),
            "splits": mean(measured),
        }
        if name == REFERENCE:
            reference = _splits(runs[0])
        elif reference:
            found[f"against_{REFERENCE}"] = against(reference, _splits(runs[0]))
        yield name, found


def _train(config: TrainConfig, output: Path, name: str) -> Outcome:
    config.output = str(output)
    show = f"{name}, seed {config.seed}"
    return train(config, report=lambda step: print(f"{show}: {step} …", flush=True))


def _splits(outcome: Outcome) -> list[Evaluation]:
    return [outcome.validation, *outcome.evaluations]


def measure(found: Evaluation) -> dict[str, Any]:
    """All that is kept of one split: of the whole, and by what its pairs differ in."""
    right = found.pairs["label"] == found.pairs["predicted"]
    sure = right[found.pairs["confidence"].sort_values(ascending=False, kind="stable").index]
    halved = sure[: max(1, len(sure) // 2)]
    return {
        **scores(found.pairs),
        **{
            score: {label: values[score] for label, values in found.labels.items()}
            for score in ("precision", "recall", "f1")
        },
        **found.extras,
        "error": float(1 - right.mean()),
        "error_at_half_coverage": float(1 - halved.mean()),
        "by": {
            column: {str(value): scores(part) for value, part in found.pairs.groupby(column)}
            for column in ("term", "register", "lang")
            if 1 < found.pairs[column].nunique() <= _FEW
        },
    }


def scores(pairs: pd.DataFrame) -> dict[str, Any]:
    """Scores of a model on some pairs, with intervals, beside the baselines' macro F1."""
    truth, groups = list(pairs["label"]), list(pairs["statement_id"])
    found = bootstrap(truth, list(pairs["predicted"]), groups)
    baselines = {
        name.removeprefix("baseline_"): float(macro_f1(confusion(truth, list(pairs[name]))))
        for name in pairs.columns
        if name.startswith("baseline_")
    }
    return {
        "pairs": len(pairs),
        **{
            name: {"value": item.value, "low": item.low, "high": item.high}
            for name, item in found.items()
        },
        "baselines": baselines,
    }


def mean(runs: Sequence[Any]) -> Any:
    """The mean of each number over seeds, rounded; scores keep the value of each seed."""
    if not isinstance(runs[0], dict):
        whole = all(isinstance(number, int) for number in runs)
        return runs[0] if whole else round(float(np.mean(runs)), 4)
    # A seed that divides the data may leave a part without a label or a term.
    keys = dict.fromkeys(key for run in runs for key in run)
    found = {key: mean([run[key] for run in runs if key in run]) for key in keys}
    if "value" in found and len(runs) > 1:
        found["seeds"] = [round(run["value"], 4) for run in runs]
    return found


def against(reference: Sequence[Evaluation], other: Sequence[Evaluation]) -> dict[str, Any]:
    """Macro F1 by which a model is better than the reference, by approximate randomisation."""
    tests = compare_splits(
        *({item.split: item.pairs for item in splits} for splits in (reference, other))
    )
    return {
        split: {"difference": round(test.difference, 4), "p_value": round(test.p_value, 4)}
        for split, test in tests.items()
        if isinstance(test, PairedTest)  # a seed may have divided the data in another way
    }


def differences(kept: Any, found: Any, place: str = "") -> Iterator[str]:
    """Say where results are not those that are kept."""
    if isinstance(kept, dict) and isinstance(found, dict):
        for key in sorted(kept.keys() | found.keys()):
            if key not in ("train_seconds", "p_value", "stance"):
                yield from differences(kept.get(key), found.get(key), f"{place}/{key}".lstrip("/"))
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        for number, (one, other) in enumerate(zip(kept, found, strict=True)):
            yield from differences(one, other, f"{place}/{number}")
    elif isinstance(kept, float | int) and isinstance(found, float | int):
        if not abs(kept - found) <= TOLERANCE:  # nor is what is no number within it
            yield f"{place}: now {found}, kept {kept}"
    elif kept != found:
        yield f"{place}: now {found}, kept {kept}"


if __name__ == "__main__":
    sys.exit(main())
