"""``python -m stance.train``: train from a Hydra config. The only module that knows Hydra."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import is_dataclass
from pathlib import Path
from traceback import walk_tb
from typing import Any, get_type_hints

import hydra
import rich
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException, OverrideParseException
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stance.behaviour import Behaviour
from stance.config import TrackingConfig, TrainConfig
from stance.config_guard import check_values, guarded
from stance.errors import ConfigError, StanceError, TrackingError, nearest
from stance.inert import printable
from stance.resources import shipped
from stance.run_record import run_name
from stance.tracking.uris import without_password
from stance.training import Outcome, train

__all__ = ["SweepCallback", "main"]

# Tables keep their columns where the output is a file or a pipe. The library's own console, so
# that the progress bar of a long training stands beside the status line.
rich.reconfigure(highlight=False, width=None if sys.stdout.isatty() else 120)
_OUT = rich.get_console()
_ERR = Console(stderr=True, highlight=False)
_LONGEST_NAME = 200

# What is open until Hydra is done: the parent run of a sweep.
_SCOPE = contextlib.ExitStack()

ConfigStore.instance().store(name="schema", node=TrainConfig)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train once, or sweep with ``-m``.

    Returns
    -------
    int
        0 when it went well, 1 when training failed, 2 when the config or the data are not
        as expected, 130 after Ctrl-C.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Hydra prints its own errors and exits unless it is told to raise them.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    before, sys.argv = sys.argv, [sys.argv[0], *given]
    try:
        with _SCOPE, guarded(given):
            _hydra_main()
    except StanceError as error:
        return _refuse(str(error), 2)
    except (HydraException, OmegaConfBaseException) as error:
        return _refuse(_readable(error), 2)
    except ValueError as error:
        # Hydra's own have no cause and are of options that do not go together; what comes back
        # from a job in another process has one.
        if _within_job(error) or error.__cause__ is not None:
            raise
        return _refuse(_readable(error), 2)
    except OSError as error:  # such as a disk that is full or cannot be written to
        return _refuse(str(error) if error.filename else f"{Path.cwd()}: {error}", 1)
    except KeyboardInterrupt:
        return _refuse("stopped", 130)
    finally:
        sys.argv = before
    return 0


def _within_job(error: Exception) -> bool:
    return any(frame.f_code is _job.__code__ for frame, _ in walk_tb(error.__traceback__))


def _refuse(message: str, code: int) -> int:
    shown = "\n".join(map(printable, message.splitlines()))
    _ERR.print(f"[bold red]error:[/] {escape(shown)}", soft_wrap=True)
    return code


def _hydra_main() -> None:
    hydra.main(version_base="1.3", config_path=str(shipped("configs")), config_name="train")(_job)()


def _job(given: DictConfig) -> None:
    config = _typed(given)
    name = escape(printable(run_name(config)))
    with _OUT.status(f"[bold]{name}[/]") as status:
        outcome = train(
            config,
            tracker=_tracker(config),
            report=lambda step: status.update(f"[bold]{name}[/] {escape(printable(step))} …"),
        )
    _show(outcome, config)


def _typed(given: DictConfig) -> TrainConfig:
    """Resolve the config into the schema's dataclasses, without any environment value."""
    plain = OmegaConf.to_container(given, resolve=False)
    _no_unknown_keys(plain, TrainConfig, "")
    check_values(plain)  # a launcher's other processes compose configs of their own
    config = OmegaConf.to_object(given)
    assert isinstance(config, TrainConfig)  # the schema is the first entry of configs/train.yaml
    if config.output != TrainConfig().output:
        raise ConfigError(f"output: set hydra.run.dir={config.output} instead, which is its folder")
    config.output = str(Path(HydraConfig.get().runtime.output_dir))
    return config


def _no_unknown_keys(node: Any, schema: Any, key: str) -> None:
    """Refuse what was put past the schema with ``+key=value``: nothing would ever read it."""
    known = get_type_hints(schema)
    siblings = [f"{key}{name}" for name in known]
    for name, value in node.items():
        if name not in known:
            raise ConfigError(f"unknown key {key}{name}; {nearest(f'{key}{name}', siblings)}")
        if is_dataclass(known[name]):
            _no_unknown_keys(value, known[name], f"{key}{name}.")


class SweepCallback(Callback):
    """Gives the jobs of a sweep a parent run; :func:`main` ends it."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Start the parent run before the first job."""
        if config.tracking.uri is None:
            return
        from stance.tracking.sweeps import Sweep

        varied = [item for item in config.hydra.overrides.task if re.search(r"[,(]", item)]
        name = " ".join(["sweep", *_told_apart(varied, every=True)])
        folder = Path(config.hydra.sweep.dir)
        chosen = config.tracking
        # Hydra would make a warning of the error; the first job raises it again.
        with contextlib.suppress(TrackingError):
            _SCOPE.enter_context(Sweep(chosen.uri, chosen.experiment, name[:_LONGEST_NAME], folder))


def _tracker(config: TrainConfig) -> Any:
    if config.tracking.uri is None:
        return None
    from stance.tracking.mlflow_tracker import MlflowTracker
    from stance.tracking.sweeps import parent_of

    job = HydraConfig.get()
    name = " ".join([run_name(config), *_told_apart(job.overrides.task)])
    return MlflowTracker(
        config.tracking.uri,
        config.tracking.experiment,
        name[:_LONGEST_NAME],
        register=config.tracking.register,
        parent=parent_of(Path(job.sweep.dir)) if job.mode == RunMode.MULTIRUN else None,
    )


def _told_apart(overrides: Sequence[str], *, every: bool = False) -> list[str]:
    """The overrides that a run's name does not tell yet, such as ``seed=1``.

    Choices of a whole group are in the name already; ``every`` keeps them.
    """
    told = []
    for override in overrides:
        key, _, value = override.lstrip("+~").partition("=")
        group = key.partition(".")[0]
        if group == "tracking" or key in ("output", "dataset.path"):
            continue
        if every or key not in ("dataset", "split", "split.by", "features", "model"):
            told.append(f"{'.'.join(key.split('.')[-2:])}={value}")
    return told


def _show(outcome: Outcome, config: TrainConfig) -> None:
    table = Table(title=f"{escape(printable(outcome.name))}: macro F1 with 95 % bootstrap interval")
    for column in ("split", "pairs", "model", "interval"):
        table.add_column(column, justify="left" if column == "split" else "right")
    names = list(outcome.evaluations[0].baselines)
    for name in names:
        table.add_column(name.replace("_", "-"), justify="right")
    for item in outcome.evaluations:
        score = item.scores["macro_f1"]
        others = [f"{item.baselines[name].value:.3f}" for name in names]
        interval = f"{score.low:.3f}–{score.high:.3f}"
        table.add_row(
            escape(printable(item.split)),
            f"{item.n_pairs:,}",
            f"{score.value:.3f}",
            interval,
            *others,
        )
    _OUT.print(table)
    _OUT.print(f"Trained in {outcome.seconds:.1f} s.")
    if outcome.behaviour is not None:
        _OUT.print(_behaviour_line(outcome.behaviour), soft_wrap=True)
    place = os.path.relpath(outcome.model)
    _OUT.print(f"Model:    {place}", markup=False, soft_wrap=True)
    if outcome.run_id:
        _OUT.print(f"Compare:  {_ui_line(config.tracking)}", markup=False, soft_wrap=True)
    _OUT.print(
        "Predict:  python -c \"from stance import predict; print(predict('We will never leave the "
        f"valley', 'Foreign troops leave the valley', model={place!r}))\"",
        markup=False,
        soft_wrap=True,
    )


def _behaviour_line(behaviour: Behaviour) -> str:
    *rows, every = behaviour.rates().to_dict("records")
    ordered = sorted(rows, key=lambda row: float(row["rate"]))
    weakest = [f"{row['capability'].replace('_', ' ')} {row['rate']:.0%}" for row in ordered[:2]]
    passed = f"passes {every['rate']:.0%} of {every['cases']} written cases"
    return f"Behaviour: {passed}; weakest: {', '.join(weakest)}"


def _ui_line(chosen: TrackingConfig) -> str:
    default = TrackingConfig()
    if chosen.uri is not None and chosen.uri.startswith("http"):
        return without_password(chosen.uri)  # a server has a UI of its own
    line = "python -m stance.ui"
    if chosen.uri is not None and chosen.uri != default.uri:
        line += f" --uri {shlex.quote(without_password(chosen.uri))}"
    if chosen.experiment != default.experiment:
        line += f" --experiment {shlex.quote(chosen.experiment)}"
    return line


def _readable(error: Exception) -> str:
    """Hydra's and OmegaConf's messages in one line that names the key and the nearest one."""
    text = str(error.__cause__ or error)
    key = _first(r"full_key: (\S+)", text) or _first(r"Could not override '([^']+)'", str(error))
    if re.search(r"not in struct|not in 'TrainConfig'|Key .* is not in|not in '\w+'", text) and key:
        return f"unknown key {key}; {nearest(key, _keys())}"
    missing = re.search(r"Could not find '([^']+)/([^']+)'", str(error))
    if missing:
        group, name = missing.groups()
        known = [path.stem for path in (shipped("configs") / group).glob("*.yaml")]
        return f"{group}={name}: there is no such option; {nearest(name, known)}"
    if isinstance(error, OverrideParseException):
        key, _, value = error.override.partition("=")
        quoted = f"write '{key}=\"{value}\"', with both kinds of quotes"
        filed = "put such names into a YAML file of its own folder, and give that as --config-dir"
        hint = filed if "{" in value else quoted
        return f"{error.override}: Hydra does not read these characters as they stand; {hint}"
    first = text.strip().splitlines()[0]
    return f"{key}: {first}" if key and key not in first else first


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found.group(1) if found else ""


def _keys() -> list[str]:
    tree = OmegaConf.to_container(OmegaConf.structured(TrainConfig))

    def walk(node: Any, prefix: str) -> list[str]:
        if not isinstance(node, dict) or not node:
            return [prefix]
        return [key for name, value in node.items() for key in walk(value, f"{prefix}.{name}")]

    return [key.lstrip(".") for key in walk(tree, "")]


if __name__ == "__main__":
    # Launchers that start processes find the job by the module's real name, not as __main__.
    from stance.train import main as start

    sys.exit(start())
