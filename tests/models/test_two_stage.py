import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from stance.errors import DataError
from stance.labels import UNRELATED
from stance.models import TwoStageClassifier


def _data(seed=0, size=200):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(size, 2))
    stance = np.where(features[:, 1] > 0, "favor", "against")
    return features, np.where(features[:, 0] > 0, stance, UNRELATED)


def test_both_questions_are_learnt():
    features, labels = _data()
    model = TwoStageClassifier().fit(features, labels)
    assert model.classes_.tolist() == ["against", "favor", UNRELATED]
    assert (model.predict(features) == labels).mean() > 0.95


def test_probabilities_are_the_product_of_the_stages():
    features, labels = _data()
    model = TwoStageClassifier(LogisticRegression(C=2.0), LogisticRegression(C=0.5))
    found = model.fit(features, labels).predict_proba(features)
    related = model.related_.predict_proba(features)[:, 1]
    stance = model.stance_.predict_proba(features)
    assert found.sum(axis=1) == pytest.approx(1)
    assert found[:, -1] == pytest.approx(1 - related)
    assert found[:, :-1] / related[:, None] == pytest.approx(stance)
    assert (model.related_.C, model.stance_.C) == (2.0, 0.5)


class Remembering(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.rows_ = X.shape[0]
        self.classes_ = np.unique(y)
        return self


def test_the_second_stage_never_sees_an_unrelated_pair():
    features, labels = _data()
    model = TwoStageClassifier(LogisticRegression(), Remembering())
    model.fit(sparse.csr_matrix(features), labels)
    assert model.stance_.rows_ == (labels != UNRELATED).sum()
    assert model.stance_.classes_.tolist() == ["against", "favor"]


def test_the_given_classifiers_are_not_fitted():
    related = LogisticRegression()
    TwoStageClassifier(related).fit(*_data())
    assert not hasattr(related, "coef_")


def test_stages_join_over_grids():
    related, stance = np.full((3, 4), 0.5), np.full((3, 4, 2), 0.5)
    assert TwoStageClassifier.join(related, stance).shape == (3, 4, 3)
    assert TwoStageClassifier.join(related, stance).sum(axis=-1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["favor", "against"], "against, favor"),
        (["favor", "unrelated"], "favor, unrelated"),
        (["unrelated", "unrelated"], "unrelated"),
    ],
)
def test_labels_that_leave_nothing_to_learn_are_refused(labels, found):
    message = f"needs unrelated pairs and two related labels to learn from; found {found}. Use mod"
    with pytest.raises(DataError, match=message):
        TwoStageClassifier().fit(np.eye(2), labels)
