"""Every estimator over pairs keeps scikit-learn's contract.

scikit-learn's own battery yields one check for estimators that take text; this one is ours.
"""

import numpy as np
import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from scipy import sparse
from sklearn.base import clone

import stance.train  # noqa: F401 - registers the schema that configs/train.yaml begins with
from stance.errors import DataError
from stance.features import BLOCKS, OPTIONAL_BLOCKS, PAIR_COLUMNS, PairFeatures
from stance.models import BASELINES, TemperatureCalibrated, baselines, build_model
from stance.persistence import SavedModel, load_folder, save_folder
from stance.resources import shipped

CONFIGS = sorted((shipped("configs") / "model").glob("*.yaml"))


def _model(name, encoders):
    kind, _, name = name.partition(" ")
    if kind == "baseline":
        return baselines()[name]
    with initialize_config_dir(str(shipped("configs")), version_base="1.3"):
        config = compose("train", overrides=[f"model={name}"])
    spec = OmegaConf.to_container(config.model.classifier)
    blocks = {} if name in READERS else {block: {} for block in BLOCKS}
    return build_model(blocks, _small(spec, encoders))


def _small(spec, encoders):
    """The same with encoders that train in a second."""
    if "slow" in spec:
        return spec | {"slow": _small(spec["slow"], encoders)}
    if "hypotheses" in spec:
        return spec | {"encoder": encoders["nli"]}
    if "encoder" in spec:
        return spec | {"encoder": encoders["any"], "epochs": 1, "save_every": 0}
    return spec


READERS = ("cross_encoder_alone", "zero_shot")
TRANSFORMERS = {
    **{name: block() for name, block in (BLOCKS | OPTIONAL_BLOCKS).items()},
    "all": PairFeatures(),
}
MODELS = [*(f"model {path.stem}" for path in CONFIGS), *(f"baseline {name}" for name in BASELINES)]
RAN = []


def _dense(found):
    return found.toarray() if sparse.issparse(found) else np.asarray(found)


def _fit(estimator, pairs):
    return clone(estimator).fit(pairs, pairs["label"])


def _output(fitted, pairs):
    if hasattr(fitted, "predict_proba"):
        return _dense(fitted.predict_proba(pairs))
    return _dense(fitted.transform(pairs))


def clones_without_loss(estimator, pairs):
    before = {key: repr(value) for key, value in estimator.get_params().items()}
    copy = clone(estimator)
    assert {key: repr(value) for key, value in copy.get_params().items()} == before


def fitting_again_gives_the_same(estimator, pairs):
    fitted = _fit(estimator, pairs)
    first = _output(fitted, pairs)
    assert np.array_equal(_output(fitted.fit(pairs, pairs["label"]), pairs), first)


def two_fits_agree(estimator, pairs):
    first, second = _fit(estimator, pairs), _fit(estimator, pairs)
    assert np.array_equal(_output(first, pairs), _output(second, pairs))


def fitting_leaves_its_input_alone(estimator, pairs):
    before = pairs.copy(deep=True)
    _output(_fit(estimator, pairs), pairs)
    pd.testing.assert_frame_equal(pairs, before)


def rows_are_judged_one_by_one(estimator, pairs):
    fitted = _fit(estimator, pairs)
    whole = _output(fitted, pairs)
    order = np.random.default_rng(0).permutation(len(pairs))
    assert np.allclose(_output(fitted, pairs.iloc[order]), whole[order], atol=1e-9)
    assert np.allclose(_output(fitted, pairs.iloc[[3]]), whole[[3]], atol=1e-6)


def the_index_means_nothing(estimator, pairs):
    fitted = _fit(estimator, pairs)
    renamed = pairs.set_axis([f"row {n}" for n in range(len(pairs))])
    assert np.array_equal(_output(fitted, renamed), _output(fitted, pairs))


def further_columns_mean_nothing(estimator, pairs):
    fitted = _fit(estimator, pairs)
    assert np.array_equal(_output(fitted, pairs.assign(extra=1)), _output(fitted, pairs))


def unseen_words_are_no_error(estimator, pairs):
    fitted = _fit(estimator, pairs)
    strange = pairs.head(2).assign(text="zyxw vutsr", holder="qpon", side="", term_name="mlkj ihg")
    assert np.isfinite(_output(fitted, strange)).all()


def an_empty_text_is_no_error(estimator, pairs):
    fitted = _fit(estimator, pairs)
    assert np.isfinite(_output(fitted, pairs.head(2).assign(text="", holder=""))).all()


def probabilities_sum_to_one(estimator, pairs):
    fitted = _fit(estimator, pairs)
    found = fitted.predict_proba(pairs)
    assert found.shape == (len(pairs), len(fitted.classes_))
    assert np.allclose(found.sum(axis=1), 1)
    assert (fitted.predict(pairs) == fitted.classes_[found.argmax(axis=1)]).all()


def an_empty_batch_gives_an_empty_answer(estimator, pairs):
    found = _output(_fit(estimator, pairs), pairs.head(0))
    assert found.shape[0] == 0


def a_missing_column_is_named(estimator, pairs):
    fitted = _fit(estimator, pairs)
    with pytest.raises(DataError, match=r"no column 'text'; did you mean|no column 'text'"):
        _output(fitted, pairs.drop(columns="text"))


def text_that_is_not_text_is_named(estimator, pairs):
    fitted = _fit(estimator, pairs)
    spoilt = pairs.astype({"text": object})
    spoilt.iloc[1, spoilt.columns.get_loc("text")] = 7
    with pytest.raises(DataError, match=r"row 1, column 'text': expected text, got int 7"):
        _output(fitted, spoilt)


def a_folder_holds_it(estimator, pairs, folder):
    fitted = TemperatureCalibrated(_fit(estimator, pairs)).fit(pairs, pairs["label"])
    save_folder(SavedModel(fitted), folder / "model")
    loaded = load_folder(folder / "model").estimator
    assert np.array_equal(loaded.predict_proba(pairs), fitted.predict_proba(pairs))


EVERY = [
    clones_without_loss,
    fitting_again_gives_the_same,
    two_fits_agree,
    fitting_leaves_its_input_alone,
    rows_are_judged_one_by_one,
    the_index_means_nothing,
    further_columns_mean_nothing,
    unseen_words_are_no_error,
    an_empty_text_is_no_error,
]
OF_TRANSFORMERS = [
    an_empty_batch_gives_an_empty_answer,
    a_missing_column_is_named,
    text_that_is_not_text_is_named,
]
OF_CLASSIFIERS = [probabilities_sum_to_one]


def _run(checks, estimator, pairs):
    for check in checks:
        check(estimator, pairs.copy())
        RAN.append(check.__name__)


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_transformer(name, toy_pairs, tiny_encoder, stance_cache):
    transformer = TRANSFORMERS[name]
    if "encoder" in transformer.get_params():
        transformer = clone(transformer).set_params(encoder=str(tiny_encoder))
    _run([*EVERY, *OF_TRANSFORMERS], transformer, toy_pairs)


@pytest.mark.parametrize("name", MODELS)
def test_classifier(name, toy_pairs, tiny_encoder, tiny_nli, tmp_path):
    model = _model(name, {"any": str(tiny_encoder), "nli": str(tiny_nli)})
    _run([*EVERY, *OF_CLASSIFIERS], model, toy_pairs)
    if name.startswith("model "):
        a_folder_holds_it(model, toy_pairs, tmp_path)
        RAN.append("a_folder_holds_it")


def test_the_battery_ran():
    assert set(PAIR_COLUMNS) <= {"text", "holder", "side"} | {
        f"term_{part}" for part in ("name", "description", "aliases", "opposites")
    }
    # 10 transformers × 12, 12 classifiers × 10, and a folder for each of 8 models.
    assert len(RAN) == 10 * 12 + 12 * 10 + 8 == 248
