"""What a tracker is told of a run: its settings, scores, data and the versions that made it."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from stance.config import TrainConfig
from stance.evaluation import Evaluation
from stance.features import PAIR_COLUMNS
from stance.inert import markdown
from stance.persistence import versions
from stance.reports import RunReport
from stance.tracking.base import RUN_ID, DatasetInput, Result
from stance.tracking.uris import without_password

__all__ = ["describe", "run_name"]


def run_name(config: TrainConfig) -> str:
    """Name a run after what it is.

    Examples
    --------
    >>> run_name(TrainConfig())
    'two_stage-default-settlement-fixed'
    """
    parts = (config.model.name, config.features.name, config.dataset.name, config.split.by)
    return "-".join(parts)


def describe(
    config: TrainConfig,
    folder: Path,
    frames: Mapping[str, pd.DataFrame],
    digests: Mapping[str, str],
    evaluations: list[Evaluation],
    report: RunReport,
    extras: Mapping[str, float],
    curves: Mapping[str, list[float]],
) -> Result:
    """Put together all that a tracker is told of a run.

    Parameters
    ----------
    config : TrainConfig
    folder : pathlib.Path
        The model folder.
    frames : mapping of str to DataFrame
        The pairs of each split.
    digests : mapping of str to str
        SHA-256 of each split.
    evaluations : list of Evaluation
    report : RunReport
    extras : mapping of str to float
        Further metrics.
    curves : mapping of str to list of float
        Numbers by step of training.
    """
    settings = asdict(config)
    if config.tracking.uri is not None:
        settings["tracking"]["uri"] = without_password(config.tracking.uri)
    metrics = {"train/pairs": float(len(frames["train"])), **extras}
    for item in evaluations:
        metrics |= item.metrics()
    source = config.dataset.path or f"the {config.dataset.name} dataset shipped with stance"
    inputs = tuple(
        DatasetInput(
            name=f"{config.dataset.name}-{name}",
            split=name,
            digest=digests[name],
            source=source,
            pairs=len(frame),
            columns=tuple(map(str, frame.columns)),
        )
        for name, frame in frames.items()
    )
    together = hashlib.sha256("".join(digests[name] for name in sorted(digests)).encode())
    return Result(
        name=run_name(config),
        description=_description(config, evaluations),
        config=yaml.safe_dump(settings, sort_keys=False, allow_unicode=True),
        params=_flat(settings),
        tags={**_code_version(), "data_sha256": together.hexdigest(), **_version_tags()},
        metrics=metrics,
        datasets=inputs,
        tables=report.tables,
        figures=report.figures,
        pages=report.pages,
        curves=curves,
        model=folder,
        example=frames["train"][list(PAIR_COLUMNS)].head(2).map(_plain),
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _description(config: TrainConfig, evaluations: list[Evaluation]) -> str:
    first = evaluations[0]
    names = (config.model.name, config.features.name, config.dataset.name, config.split.by)
    model, features, dataset, split = map(markdown, names)
    lines = [
        f"**{model}** with the **{features}** features, trained on **{dataset}**, divided by "
        f"**{split}**: macro F1 **{first.scores['macro_f1']}** on {first.split}.",
        "",
        "```python",
        f'stance.predict("…", "…", model="runs:/{RUN_ID}")',
        "```",
        "",
        "| split | macro F1 with its 95 % interval |",
        "|---|---|",
        *(f"| {item.split} | {item.scores['macro_f1']} |" for item in evaluations),
        "",
        "Away from the folder of the store, `MLFLOW_TRACKING_URI` has to name the store.",
    ]
    return "\n".join(lines)


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


def _version_tags() -> dict[str, str]:
    return {f"version.{name}": number for name, number in versions().items()}


def _code_version() -> dict[str, str]:
    """Commit of the checkout that this package lies in, if it lies in one."""
    here = Path(__file__).resolve().parent
    if not (here.parent / ".git").exists():
        return {}
    try:
        commit = _git(here, "rev-parse", "HEAD")
        dirty = bool(_git(here, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"git_commit": commit, "git_dirty": str(dirty).lower()}


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()
