"""The training program as a user runs it."""

import re

import pytest

from stance.train import main

QUICK = ("tracking=none", "features=statement", "model=logistic")


def _file(toy_table):
    return (
        *QUICK,
        "dataset=file",
        f"dataset.path={toy_table}",
        "split=statement",
        "dataset.options.columns={text: quote, term: clause, id: number}",
        "dataset.options.label_map={pro: favor, con: against, conditional: conditional, "
        "neutral: neutral, unrelated: unrelated}",
    )


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["modle.name=x"], "modle"),
        (["split.test_sise=0.3"], "unknown key split.test_sise; did you mean 'split.test_size'"),
        (["split.test_size=big"], "split.test_size"),
        (["model.few_phrases=2"], "model.few_phrases: expected a share from 0 to 1, got 2.0"),
        (["split.test_size=2"], "split.test_size: expected a share between 0 and 0.9, got 2.0"),
        (["split.test_size=1e-310", "seed=-1"], "seed: expected a whole number from 0 to 42949672"),
        (
            ["dataset=file", 'dataset.path="caf\udce9.csv"'],
            "dataset.path: expected a name that can be written in UTF-8, got str 'caf\\udce9.csv'",
        ),
        (["split.fold=5"], "split.fold: expected a fold from 0 to 4, got 5"),
        (["seed=-1"], "seed: expected a whole number from 0 to 4294967295, got -1"),
        (["model=two_stages"], "two_stages"),
        (["model.classifier._target_=os.system"], "is outside the allowed packages"),
        (["+modle.name=x"], "unknown key modle; did you mean 'model'?"),
        (["+model.foo=1"], "unknown key model.foo; did you mean 'model.name'?"),
        (["++split.test_sise=0.3"], "unknown key split.test_sise; did you mean 'split.test_size'"),
        (["+features.blocks.statment.max_n=1"], "unknown block 'statment'; did you mean 'stateme"),
        (["+features.blocks.statement.max=1"], "features.blocks.statement.max: there is no such"),
        (
            ["model.classifier.C=-1", "model=logistic"],
            "The 'C' parameter of LogisticRegression",
        ),
        (["model=sgd", "model.classifier.loss=hinge"], "model.classifier.loss: 'hinge' gives no p"),
        (["model=null"], "Config group override must be a string or a list. Got NoneType"),
        (["-m", "--cfg", "job"], "Only one of --run, --multirun, --cfg, --info and --shell_compl"),
        (["output=${oc.env:HOME}"], "output: resolvers are not allowed in a training config"),
        (["output=mine"], "output: set hydra.run.dir=mine instead, which is its folder"),
        (
            ["dataset.path=дані.csv"],
            """these characters as they stand; write 'dataset.path="дані.""",
        ),
        (["dataset.path=my (1).csv"], "dataset.path=my (1).csv: Hydra does not read these charact"),
        (["dataset.options.label_map={за: favor}"], "put such names into a YAML file of its own"),
        (["dataset=file", 'dataset.path="дані.csv"'], "дані.csv: no such file or folder"),
        (["dataset=file", "dataset.path=/no/such.csv"], "/no/such.csv: no such file"),
    ],
)
def test_refuses_in_one_readable_message(arguments, message, inside, capsys):
    assert main(["tracking=none", *arguments]) == 2
    shown = capsys.readouterr().err
    assert message in shown
    assert "Traceback" not in shown
    assert not list(inside.rglob("manifest.json"))


def test_trains_on_a_table_and_says_what_comes_next(toy_table, inside, capsys):
    assert main(_file(toy_table)) == 0
    shown = capsys.readouterr().out
    for word in ("majority", "term-only", "text-only", "holder-only", "interval", "Predict:"):
        assert word in shown
    assert re.search(
        r"Behaviour: passes \d+% of 477 written cases; weakest: \w+( \w+)? \d+%, ", shown
    )
    folder = re.search(r"Model:\s+(\S+)", shown).group(1)
    assert (inside / folder / "manifest.json").is_file()
    # Hydra's own copies of the overrides would hold the password of a store.
    assert not list(inside.rglob(".hydra"))


def test_sweeps(toy_table, inside):
    assert main(["-m", *_file(toy_table), "seed=0,1"]) == 0
    assert len(list(inside.glob("multirun/*/*/*/model/manifest.json"))) == 2


def test_takes_a_users_own_option(toy_table, inside):
    folder = inside / "mine" / "model"
    folder.mkdir(parents=True)
    (folder / "bayes.yaml").write_text(
        "name: bayes\nclassifier:\n  _target_: sklearn.naive_bayes.ComplementNB\ncalibrate: true\n"
    )
    given = [item for item in _file(toy_table) if not item.startswith("model=")]
    assert main(["--config-dir", str(inside / "mine"), *given, "model=bayes"]) == 0
    assert list(inside.glob("outputs/*/*/model/manifest.json"))


OWN = """
from sklearn.linear_model import LogisticRegression

class LogisticRegressions(LogisticRegression):
    pass
"""


def test_a_class_that_cannot_be_saved_is_refused_before_anything_is_trained(
    inside, capsys, monkeypatch
):
    (inside / "my_own_models.py").write_text(OWN)
    monkeypatch.syspath_prepend(inside)
    target = "model.classifier._target_=my_own_models.LogisticRegressions"
    given = ["tracking=none", "model=logistic", target, "dataset=file", "dataset.path=/no/such.csv"]
    assert main(given) == 2
    assert "add its prefix to model.allowed_prefixes" in capsys.readouterr().err
    assert main([*given, "model.allowed_prefixes=[my_own_models.]"]) == 2
    shown = capsys.readouterr().err
    assert "model.classifier._target_: a model folder cannot hold my_own_models.Logist" in shown
    assert "did you mean 'LogisticRegression'? It can hold sklearn.linear_model.Log" in shown


@pytest.mark.parametrize("sweep", [[], ["-m"]])
def test_a_remote_store_has_to_be_named(sweep, toy_table, inside, capsys):
    given = [item for item in _file(toy_table) if item != "tracking=none"]
    assert main([*sweep, *given, "tracking=remote"]) == 2
    shown = capsys.readouterr().err
    assert "tracking.uri: expected the address of a store, such as http://localhost:5000" in shown
    assert not list(inside.rglob("mlflow.db"))
