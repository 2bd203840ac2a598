"""Configs of somebody else's: what they name, what they read, what they cost."""

import pkgutil
import sys
import time

import pytest
from omegaconf.basecontainer import BaseContainer
from sklearn.base import BaseEstimator

import stance
from stance.config_guard import check_files, check_hydra, check_values
from stance.errors import ConfigError
from stance.models.build import ALLOWED_PREFIXES, build_estimator
from stance.train import main

SECRET = "correct-horse-battery-staple"


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def mine(inside):
    """A folder of configs to write in."""
    (inside / "mine" / "model").mkdir(parents=True)
    return inside / "mine"


# --- what a config names --------------------------------------------------------------------


def _modules():
    """Every module that is loaded, and every module of stance."""
    for module in pkgutil.walk_packages(stance.__path__, "stance."):
        if not module.name.endswith(("__main__", "_shipped")):
            __import__(module.name)
    for name in ("joblib", "numpy", "pandas", "mlflow", "yaml", "pickle", "shutil", "ctypes"):
        __import__(name)
    return [module for module in list(sys.modules.values()) if hasattr(module, "__name__")]


# Some of scikit-learn's classes are deprecated; they are built all the same.
@pytest.mark.filterwarnings("ignore:Class .* is deprecated:FutureWarning")
def test_of_all_callables_in_the_environment_only_estimators_of_allowed_packages_are_built():
    tried, built, packages = 0, set(), set()
    for module in _modules():
        for name, value in list(vars(module).items()):
            if not callable(value) or not isinstance(name, str):
                continue
            target = f"{module.__name__}.{name}"
            tried += 1
            packages.add(module.__name__.partition(".")[0])
            before = len(sys.modules)
            try:
                found = build_estimator({"_target_": target})
            except ConfigError:
                if not target.startswith(ALLOWED_PREFIXES):
                    assert len(sys.modules) == before, f"{target} imported something"
                continue
            kind = type(found)
            assert issubclass(kind, BaseEstimator), target
            assert f"{kind.__module__}.".startswith(ALLOWED_PREFIXES), target
            built.add(kind)
    assert tried > 20_000
    assert len(packages) > 100
    assert 50 < len(built) < 400


@pytest.mark.parametrize(
    "target",
    [
        "sklearn.linear_model.LogisticRegression.fit",
        "sklearn.linear_model.os.system",
        "sklearn..linear_model",
        "sklearn.",
        ".sklearn.linear_model.LogisticRegression",
        "sklearn.linear_model.",
        "sklearn.\0.LogisticRegression",
        "sklearn.../../evil.Model",
        "stance.models.build.importlib.import_module",
        "stance.models.build.build_estimator",
        "SKLEARN.linear_model.LogisticRegression",
        "sklеarn.linear_model.LogisticRegression",
        "builtins.eval",
        "sklearn.linear_model.__builtins__",
        "x" * 100_000,
        ["os.system"],
        {"a": 1},
        None,
        7,
    ],
    ids=lambda target: repr(target)[:50],
)
def test_a_target_that_only_looks_allowed_is_refused(target):
    with pytest.raises(ConfigError) as caught:
        build_estimator({"_target_": target})
    assert "_target_" in str(caught.value)


# --- what a config makes Hydra do -----------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"callbacks": {"x": {"_target_": "os.system", "command": "id"}}}, r"callbacks\.x"),
        ({"callbacks": {"x": {"_target_": "stance.train.main"}}}, r"callbacks\.x"),
        ({"callbacks": {"x": "os.system"}}, r"callbacks\.x"),
        ({"callbacks": {"x": {"_target_": "${a}"}}}, r"callbacks\.x"),
        (
            {"callbacks": {"x": {"_target_": "stance.train.SweepCallback",
                                 "y": {"_target_": "z"}}}},
            r"callbacks\.x",
        ),
        ({"launcher": {"_target_": "hydra_plugins.x", "y": [{"_target_": "z"}]}}, "launcher"),
        ({"sweeper": {"sampler": {"_target_": "z"}}}, "sweeper"),
        ({"job_logging": {"handlers": {"h": {"()": "os.system"}}}}, "job_logging"),
        ({"job_logging": {"formatters": {"f": {"()": "os.system"}}}}, "job_logging"),
        ({"job_logging": {"formatters": {"f": {"class": "a.b"}}}}, r"job_logging\.formatters"),
        (
            {"job_logging": {"handlers": {"h": {"class": "logging.handlers.SocketHandler"}}}},
            r"job_logging\.handlers\.h",
        ),
        (
            {"job_logging": {"handlers": {"h": {"class": "logging.FileHandler", "filename": "~"}}}},
            r"job_logging\.handlers\.h",
        ),
        (
            {"hydra_logging": {"handlers": {"h": {"class": "logging.StreamHandler",
                                                  "stream": "ext://evil.stream"}}}},
            r"hydra_logging\.handlers\.h",
        ),
        ({"job_logging": {"filters": {"f": {"name": "ext://evil.x"}}}}, r"job_logging\.name"),
        ({"job": {"env_set": {"MLFLOW_TRACKING_URI": "http://evil"}}}, r"job\.env_set"),
        (
            {"job_logging": {"handlers": {"h": {"class": "logging.FileHandler", "mode": "w"}}}},
            r"job_logging\.handlers\.h",
        ),
        ({"job": {"name": "../../mine/app"}}, r"job\.name"),
        ({"job": {"name": "..\\app"}}, r"job\.name"),
        ({"job": {"name": "${model.name}"}}, r"job\.name"),
        ({"job": {"name": ".hidden"}}, r"job\.name"),
        ({"run": {"dir": "outputs/${oc.env:HOME}"}}, r"run\.dir"),
        ({"sweep": {"dir": "outputs/${oc.${a}:HOME}"}}, r"sweep\.dir"),
        ({"sweep": {"subdir": "${${a}:HOME}"}}, r"sweep\.subdir"),
    ],
)  # fmt: skip
def test_hydra_runs_and_writes_nothing_that_a_config_names(settings, key):
    with pytest.raises(
        ConfigError, match=rf"hydra\.{key}: a training config may not set this, got"
    ):
        check_hydra(settings)


def test_places_named_after_the_time_and_other_keys_are_allowed():
    check_hydra({"run": {"dir": "outputs/${now:%Y-%m-%d}/${model.name}/${hydra:job.num}"}})


def test_a_callback_in_a_folder_of_configs_is_never_built(mine, capsys):
    (mine / "model" / "evil.yaml").write_text(
        "# @package _global_\nhydra:\n  callbacks:\n    evil:\n      _target_: pathlib.Path.touch\n"
        "      _args_: [sprung]\nmodel:\n  name: x\n  classifier: {_target_: a.b}\n"
    )
    for option, flags in (("evil", []), ("logistic,evil", ["-m"])):
        given = ["--config-dir", "mine", *flags, "tracking=none", "dataset=file"]
        assert main([*given, f"model={option}"]) == 2
        assert "hydra.callbacks.evil: a training config may not set" in capsys.readouterr().err
    assert not list(mine.parent.rglob("sprung"))


# --- what a config reads --------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "${oc.env:SECRET}",
        "${ oc.env : SECRET }",
        "${oc.${name}:SECRET}",
        "${${name}:SECRET}",
        "x ${oc.decode:${oc.env:SECRET}} y",
        "${oc.env:NOPE,${oc.env:SECRET}}",
        "${hydra:runtime.cwd}",
        "$${oc.env:SECRET}",
        "${oc.env:\nSECRET}",
        *(f"${{{name}:SECRET}}" for name in sorted(BaseContainer._resolvers)),
    ],
)
def test_no_resolver_reaches_the_logged_config(value):
    for node in ({"a": value}, {"a": {"b": [{"c": value}]}}, [[value]]):
        with pytest.raises(ConfigError, match="resolvers are not allowed in a training config"):
            check_values(node)


@pytest.mark.parametrize(
    "given",
    [
        ["tracking=none", "model.name=${oc.env:SECRET}"],
        ["tracking=none", "hydra.run.dir=${oc.env:SECRET}"],
        ["tracking=none", "hydra.job.name=${oc.env:SECRET}"],
        ["tracking=none", "hydra.run.dir=x/${model.name}", "model.name=${oc.env:SECRET}"],
        ["tracking=none", "+x=${oc.env:SECRET}"],
        # A sweep opens its store before its first job.
        ["-m", "seed=1,2", "tracking.uri=sqlite:///${oc.env:SECRET}.db"],
        ["hydra.mode=MULTIRUN", "tracking.uri=sqlite:///${oc.env:SECRET}.db"],
        ["-m", "seed=1,2", "tracking.experiment=${oc.env:SECRET}"],
    ],
)
def test_a_secret_of_the_environment_is_written_nowhere(inside, monkeypatch, capfd, given):
    monkeypatch.setenv("SECRET", SECRET)
    assert main([*given, "dataset=file"]) == 2
    assert SECRET not in "".join(capfd.readouterr())
    for path in inside.rglob("*"):
        assert SECRET not in path.name
        assert path.is_dir() or SECRET not in path.read_text(errors="replace")


# --- what a config costs --------------------------------------------------------------------


def _bomb():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join([*lines, "name: bomb", "classifier: {}"])


def _references(form):
    lines = ["name: bomb", "classifier:", "  _target_: sklearn.linear_model.Ridge", "  a0: [x]"]
    for n in range(1, 9):
        whole = form.format(f"a{n - 1}")
        lines.append(f"  a{n}: [{', '.join([repr(whole)] * 9)}]")
    return "\n".join(lines)


def _through_another():
    lines = ["name: bomb", "classifier:", "  h0: {v: [x]}", "  p0: '${model.classifier.h0}'"]
    for n in range(1, 9):
        whole = f"${{model.classifier.p{n - 1}.v}}"
        lines.append(f"  h{n}: {{v: [{', '.join([repr(whole)] * 9)}]}}")
        lines.append(f"  p{n}: '${{model.classifier.h{n}}}'")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_references("${{model.classifier.{0}}}"), "20,000 values once its references are written"),
        (_references("${{model.classifier[{0}]}}"), "20,000 values once its references are writt"),
        ("name: x\nclassifier: {a: '${model.${model.name}}'}", "a: expected references such as "),
        (_through_another(), r"h1\.v\.0: expected references such as "),
        (_references("${{..{0}}}"), "more than 20,000 values once its references are written out"),
        (_bomb(), "more than 20,000 values once its aliases are written out"),
        ("name: x\n" + "# padding\n" * 1_000_000, "10,000,008 bytes; a config file may have"),
        ("[" * 5_000, "evil.yaml: (nested too deeply|cannot read the config)"),
        ("a: &a [*a]", "evil.yaml: cannot read the config: a value that holds itself"),
        ("a: [", "evil.yaml: cannot read the config: while parsing"),
        ("a: \x00", "evil.yaml: cannot read the config"),
    ],
    ids=[
        "references",
        "brackets",
        "nested",
        "through",
        "relative",
        "bomb",
        "huge",
        "deep",
        "endless",
        "broken",
        "nul",
    ],
)
def test_a_config_that_would_take_all_memory_is_refused_at_once(mine, capsys, content, message):
    import re

    (mine / "model" / "evil.yaml").write_text(content)
    started = time.process_time()
    code = main(["--config-dir", "mine", "model=evil", "tracking=none"])
    seconds = time.process_time() - started
    assert code == 2
    assert re.search(message, capsys.readouterr().err.replace("\n", " "))
    assert seconds < 1


def test_a_file_that_is_not_utf8_is_named(mine):
    (mine / "bad.yaml").write_bytes(b"a: \xff\xfe")
    with pytest.raises(ConfigError, match=r"bad\.yaml: cannot read the config: 'utf-8' codec"):
        check_files(mine)


def test_importing_a_target_is_what_an_allowed_prefix_lets_a_config_do(mine, monkeypatch, capsys):
    """``--config-dir`` is as good as code for the packages of ``allowed_prefixes``, and no more."""
    (mine.parent / "my_package.py").write_text("print('imported')\n")
    monkeypatch.syspath_prepend(mine.parent)
    own = "name: own\nclassifier: {_target_: my_package.Model}\n"
    (mine / "model" / "not.yaml").write_text(own)
    (mine / "model" / "own.yaml").write_text(own + "allowed_prefixes: [my_package.]\n")
    for option, imported in (("not", False), ("own", True)):
        given = ["--config-dir", "mine", "tracking=none", "dataset=file", f"model={option}"]
        assert main(given) == 2
        assert ("imported" in capsys.readouterr().out) is imported
