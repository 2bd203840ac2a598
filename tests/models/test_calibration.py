import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from stance.errors import DataError
from stance.models import TemperatureCalibrated


class Fixed(ClassifierMixin, BaseEstimator):
    """Returns the probabilities that it is given as X."""

    classes_ = np.array(["against", "favor"])

    def fit(self, X, y):
        raise AssertionError("fitted again")

    def __sklearn_is_fitted__(self):
        return True

    def predict_proba(self, X):
        return np.asarray(X, dtype=float)


def _sharpened(true_temperature, size=4000):
    """Probabilities whose logits were multiplied by a number, with labels drawn before that."""
    rng = np.random.default_rng(0)
    logit = rng.normal(0, 1.5, size)
    truth = np.where(rng.random(size) < 1 / (1 + np.exp(-logit)), "favor", "against")
    shown = 1 / (1 + np.exp(-logit * true_temperature))
    return np.column_stack([1 - shown, shown]), truth


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_is_found(temperature):
    shown, truth = _sharpened(temperature)
    model = TemperatureCalibrated(Fixed()).fit(shown, truth)
    assert model.temperature_ == pytest.approx(temperature, rel=0.1)


def test_calibration_lowers_the_loss_and_keeps_the_order():
    shown, truth = _sharpened(4.0)
    model = TemperatureCalibrated(Fixed()).fit(shown[:2000], truth[:2000])
    softened = model.predict_proba(shown[2000:])
    column = (truth[2000:] == "favor").astype(int)
    rows = np.arange(len(column))
    assert -np.log(softened[rows, column]).mean() < -np.log(shown[2000:][rows, column]).mean()
    assert np.array_equal(softened.argmax(axis=1), shown[2000:].argmax(axis=1))
    assert softened.sum(axis=1) == pytest.approx(1)


def test_certainty_stays_finite():
    model = TemperatureCalibrated(Fixed()).fit([[1.0, 0.0], [0.0, 1.0]], ["against", "against"])
    assert np.isfinite(model.predict_proba([[1.0, 0.0], [0.5, 0.5]])).all()


def test_labels_that_were_not_trained_are_passed_over():
    shown, truth = _sharpened(2.0)
    odd = np.concatenate([truth, ["neutral"] * 50])
    more = np.concatenate([shown, [[0.5, 0.5]] * 50])
    alone = TemperatureCalibrated(Fixed()).fit(shown, truth)
    assert TemperatureCalibrated(Fixed()).fit(more, odd).temperature_ == alone.temperature_


def test_no_known_label_at_all_is_refused():
    with pytest.raises(DataError, match="calibration needs pairs with the labels that the model"):
        TemperatureCalibrated(Fixed()).fit([[0.5, 0.5]], ["neutral"])


def test_the_estimator_must_be_fitted_and_is_not_fitted_again(toy_pairs, toy_model):
    with pytest.raises(NotFittedError):
        TemperatureCalibrated(LogisticRegression()).fit([[0.0]], ["favor"])
    inner = toy_model.estimator
    before = inner.predict_proba(toy_pairs)
    TemperatureCalibrated(inner).fit(toy_pairs.iloc[:9], toy_pairs["label"].iloc[:9])
    assert np.array_equal(inner.predict_proba(toy_pairs), before)
