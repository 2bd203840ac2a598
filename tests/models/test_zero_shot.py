import numpy as np
import pytest

from stance.errors import ConfigError
from stance.labels import LABELS
from stance.models import ZeroShotClassifier
from stance.models.reading import softmax
from stance.models.zero_shot import HYPOTHESES

torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")


def test_a_label_is_as_probable_as_its_hypothesis_follows(tiny_nli, toy_pairs):
    fitted = ZeroShotClassifier(str(tiny_nli)).fit(toy_pairs, toy_pairs["label"])
    pair = toy_pairs.iloc[[0]]
    holder, side = pair["holder"].item(), pair["side"].item()
    who = f"{holder} ({side})" if holder and side else holder or side
    said = f"{who}: {pair['text'].item()}" if who else pair["text"].item()
    asked = [HYPOTHESES[label].replace("{term}", pair["term_name"].item()) for label in LABELS]
    follows = softmax(fitted.open_network()([said] * 5, asked))[:, fitted.entailment_]
    expected = dict(zip(LABELS, follows / follows.sum(), strict=True))
    found = dict(zip(fitted.classes_, fitted.predict_proba(pair)[0], strict=True))
    assert found == pytest.approx(expected, abs=1e-6)
    assert fitted.entailment_ == 1


def test_hypotheses_of_ones_own(tiny_nli, toy_pairs):
    own = {"favor": "They like {term}.", "against": "They hate {term}."}
    fitted = ZeroShotClassifier(str(tiny_nli), hypotheses=own).fit(toy_pairs, toy_pairs["label"])
    default = ZeroShotClassifier(str(tiny_nli)).fit(toy_pairs, toy_pairs["label"])
    assert not np.allclose(fitted.predict_proba(toy_pairs), default.predict_proba(toy_pairs))


@pytest.mark.parametrize(
    ("hypotheses", "message"),
    [
        ({"favour": "Yes to {term}."}, "unknown label 'favour'; did you mean 'favor'"),
        ({"favor": "Yes."}, r"hypotheses\.favor: expected a sentence with \{term\}, got 'Yes\.'"),
        ({"favor": None}, r"hypotheses\.favor: expected a sentence with \{term\}, got None"),
    ],
)
def test_hypotheses_that_cannot_be(tiny_nli, toy_pairs, hypotheses, message):
    with pytest.raises(ConfigError, match=message):
        ZeroShotClassifier(str(tiny_nli), hypotheses=hypotheses).fit(toy_pairs, toy_pairs["label"])


def test_an_encoder_that_was_not_trained_for_inference(tiny_encoder, toy_pairs):
    with pytest.raises(ConfigError, match="tells apart LABEL_0, LABEL_1; expected a model for nat"):
        ZeroShotClassifier(str(tiny_encoder)).fit(toy_pairs, toy_pairs["label"])
