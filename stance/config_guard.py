"""What a config of somebody else's must not do, before Hydra acts on it.

Hydra builds callbacks and logging handlers from whatever class a config names, before any of
stance's own code runs. A folder given with ``--config-dir`` is therefore read twice: as files,
for what would take all memory, and as the composed config, for what would run code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import yaml
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import get_args_parser
from omegaconf import DictConfig, OmegaConf

from stance.config import texts
from stance.errors import ConfigError, shown

__all__ = ["check_files", "check_hydra", "check_values", "guarded"]

MAX_BYTES = 1_000_000
"""Of one YAML file."""

MAX_VALUES = 20_000
"""Of one YAML file, once its aliases are written out; of a config, once its references are."""

_OWN_CALLBACKS = frozenset({"stance.train.SweepCallback"})
_HANDLERS = frozenset({"logging.StreamHandler", "logging.FileHandler", "logging.NullHandler"})
_LOG_FILE = "${hydra.runtime.output_dir}/${hydra.job.name}.log"
_STREAMS = frozenset({"ext://sys.stdout", "ext://sys.stderr"})
_REFERENCE = re.compile(r"\$\{(\.*)([\w.\[\]-]+)\}")
_HARMLESS = re.compile(r"\$\{(now:[^{}]*|hydra:[\w.]+|[\w.]+)\}")
"""Interpolations that a folder's name may hold: the time, and other keys."""
_JOB_NAME = re.compile(r"[\w-][\w.-]*")
"""A log file is named after the job: no folders in it, and nothing that is looked up."""


@contextmanager
def guarded(arguments: Sequence[str]) -> Iterator[None]:
    """Check the config files that are given, and every config that Hydra composes meanwhile.

    Parameters
    ----------
    arguments : sequence of str
        The command line.

    Raises
    ------
    ConfigError
        Naming the file or the key.
    """
    given = get_args_parser().parse_known_args(list(arguments))[0]
    for folder in filter(None, (given.config_dir, given.config_path)):
        check_files(Path(folder))
    compose = ConfigLoaderImpl.load_configuration

    @wraps(compose)
    def composed(*positional: Any, **named: Any) -> DictConfig:
        config = compose(*positional, **named)
        plain: Any = OmegaConf.to_container(config, resolve=False)
        check_hydra(plain.pop("hydra"))
        check_values(plain)  # before a sweep's callback reads where the store is
        return config

    ConfigLoaderImpl.load_configuration = composed  # type: ignore[method-assign]
    try:
        yield
    finally:
        ConfigLoaderImpl.load_configuration = compose  # type: ignore[method-assign]


def check_files(folder: Path) -> None:
    """Refuse YAML files that are too large, or would be once their aliases are written out.

    References
    ----------
    The "billion laughs" attack; OmegaConf copies what an alias stands for.
    """
    for path in sorted(folder.rglob("*.y*ml")):
        if not path.is_file():
            continue
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigError(f"{path}: {size:,} bytes; a config file may have {MAX_BYTES:,}")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=loader)
            values = 0 if tree is None else _values(tree, {}, set())
        except RecursionError as error:
            raise ConfigError(f"{path}: nested too deeply for a config file") from error
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise ConfigError(f"{path}: cannot read the config: {error}") from error
        if values > MAX_VALUES:
            raise ConfigError(
                f"{path}: more than {MAX_VALUES:,} values once its aliases are written out"
            )


def _values(node: yaml.Node, known: dict[int, int], open_: set[int]) -> int:
    """How many values a node stands for; each is counted once, and added for each alias."""
    if id(node) in known:
        return known[id(node)]
    if id(node) in open_:
        raise yaml.YAMLError("a value that holds itself")
    open_.add(id(node))
    parts: Any = node.value if isinstance(node, yaml.CollectionNode) else ()
    if isinstance(node, yaml.MappingNode):
        parts = [part for pair in node.value for part in pair]
    total = 1 + sum(_values(part, known, open_) for part in parts)
    open_.remove(id(node))
    known[id(node)] = total
    return total


def check_values(config: Any) -> None:
    """Refuse values that read the environment, or stand for too many once they are written out.

    Parameters
    ----------
    config : dict
        Composed, unresolved: ``${model.classifier}`` stands for all that is there.

    Raises
    ------
    ConfigError
        If there is a resolver, such as ``${oc.env:HOME}``, or a reference that is made of others
        or leads through another, or if there are more than :data:`MAX_VALUES`.
    """
    for key, text in texts(config):
        if re.search(r"\$\{.*:", text, re.DOTALL):
            raise ConfigError(
                f"{key}: resolvers are not allowed in a training config, got {text!r}; "
                "what they read would be logged with the run"
            )
    if _written_out(config, (), config, {}) > MAX_VALUES:
        raise ConfigError(
            f"the config has more than {MAX_VALUES:,} values once its references are written out"
        )


def _written_out(
    node: Any, place: tuple[str, ...], config: Any, known: dict[tuple[str, ...], int]
) -> int:
    """How many values a node stands for; one that refers to itself OmegaConf refuses."""
    if place in known:
        return known[place]
    known[place] = 1
    if isinstance(node, dict | list):
        parts = node.items() if isinstance(node, dict) else enumerate(node)
        inner = [(part, (*place, str(key))) for key, part in parts]
    else:
        inner, text = [], node if isinstance(node, str) else ""
        if "${" in _REFERENCE.sub("", text):  # such as one reference within another
            _refuse_reference(place, text)
        for dots, name in _REFERENCE.findall(text):
            keys = name.replace("[", ".").replace("]", "").split(".")
            target = (*(place[: -len(dots)] if dots else ()), *keys)
            if any(isinstance(_at(config, target[:end]), str) for end in range(1, len(target))):
                _refuse_reference(place, text)  # it leads through another one
            inner.append((_at(config, target), target))
    known[place] = 1 + sum(_written_out(part, to, config, known) for part, to in inner)
    return known[place]


def _refuse_reference(place: tuple[str, ...], text: str) -> None:
    raise ConfigError(
        f"{'.'.join(place)}: expected references such as ${{model.name}}, got {shown(text)}"
    )


def _at(config: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        if isinstance(config, dict):
            config = config.get(key)
        elif isinstance(config, list) and key.isdecimal() and int(key) < len(config):
            config = config[int(key)]
        else:
            return None
    return config


def check_hydra(settings: Any) -> None:
    """Refuse settings of Hydra itself that would run code or put secrets into the logged config.

    Parameters
    ----------
    settings : dict
        The node ``hydra`` of a composed config, unresolved.
    """
    for name, callback in (settings.get("callbacks") or {}).items():
        target = callback.get("_target_") if isinstance(callback, dict) else callback
        if target not in _OWN_CALLBACKS or _targets(list(callback.values())):
            _refuse(f"callbacks.{name}", callback)
    for part in ("launcher", "sweeper"):
        # Hydra itself sees to it that the plugin is an installed one.
        inner = {k: v for k, v in (settings.get(part) or {}).items() if k != "_target_"}
        if _targets(inner):
            _refuse(part, inner)
    for part in ("job_logging", "hydra_logging"):
        _check_logging(settings.get(part) or {}, part)
    if (settings.get("job") or {}).get("env_set"):
        _refuse("job.env_set", settings["job"]["env_set"])
    name = (settings.get("job") or {}).get("name") or ""
    if not _JOB_NAME.fullmatch(str(name) or "train"):
        _refuse("job.name", name)
    for part, key in (("run", "dir"), ("sweep", "dir"), ("sweep", "subdir")):
        place = (settings.get(part) or {}).get(key)
        if isinstance(place, str) and "${" in _HARMLESS.sub("", place):
            _refuse(f"{part}.{key}", place)


def _check_logging(settings: dict[str, Any], part: str) -> None:
    if any(key == "()" for key, _ in _walk(settings)):
        _refuse(part, settings)
    for name, handler in (settings.get("handlers") or {}).items():
        options = handler if isinstance(handler, dict) else {}
        fits = (
            options.get("class") in _HANDLERS
            and options.get("stream", "ext://sys.stdout") in _STREAMS
            and options.get("filename", _LOG_FILE) == _LOG_FILE
            and options.get("mode", "a") == "a"
        )
        if not fits:
            _refuse(f"{part}.handlers.{name}", handler)
    for key, value in _walk(settings):
        if isinstance(value, str) and "://" in value and value not in _STREAMS:
            _refuse(f"{part}.{key}", value)
    if any("class" in (item or {}) for item in (settings.get("formatters") or {}).values()):
        _refuse(f"{part}.formatters", settings["formatters"])


def _refuse(key: str, value: Any) -> None:
    raise ConfigError(
        f"hydra.{key}: a training config may not set this, got {shown(value)}; it would run code, "
        "write elsewhere or log what the environment holds"
    )


def _targets(node: Any) -> bool:
    return any(key == "_target_" for key, _ in _walk(node))


def _walk(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)
