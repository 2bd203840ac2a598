"""What is dropped in training: how much, where, and the same again from the same seed."""

import pytest

from stance.encoder.checkpoints import open_classifier
from stance.encoder.dropout import drop_between_layers
from stance.labels import LABELS

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SMALL = {"vocab_size": 20, "num_hidden_layers": 2, "num_attention_heads": 2}
WIDTH = {"hidden_size": 8, "intermediate_size": 16}
NO_ATTENTION = {"attention_probs_dropout_prob": 0.0}
ENCODERS = {
    "bert": lambda: transformers.BertModel(
        transformers.BertConfig(**SMALL, **WIDTH, **NO_ATTENTION)
    ),
    "distilbert": lambda: transformers.DistilBertModel(
        transformers.DistilBertConfig(
            vocab_size=20, n_layers=2, n_heads=2, dim=8, hidden_dim=16, attention_dropout=0.0
        )
    ),
    "mpnet": lambda: transformers.MPNetModel(
        transformers.MPNetConfig(**SMALL, **WIDTH, **NO_ATTENTION)
    ),
}


def spread(encoder):
    """How far two runs on the same words are apart."""
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.inference_mode():
        first, second = (encoder(input_ids=ids).last_hidden_state for _ in range(2))
    return float((first - second).abs().max())


@pytest.mark.parametrize("architecture", ENCODERS)
def test_nothing_of_torchs_own_dropout_is_left(architecture):
    encoder = ENCODERS[architecture]().train()
    assert spread(encoder) > 0
    drop_between_layers(encoder, 0.0)
    assert spread(encoder) == 0
    drop_between_layers(encoder := ENCODERS[architecture]().train(), 0.5)
    assert spread(encoder) > 0
    assert spread(encoder.eval()) == 0


def test_the_share_is_dropped_and_the_rest_made_larger():
    parts = torch.nn.ModuleDict({"drop": torch.nn.Dropout(0.1), "none": torch.nn.Dropout(0.0)})
    drop_between_layers(parts, 0.25)
    assert type(parts["none"]) is torch.nn.Dropout
    given = torch.ones(101, 999, requires_grad=True)  # no multiple of eight
    found = parts["drop"].train()(given)
    assert float((found == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert found.unique().tolist() == [0.0, pytest.approx(4 / 3)]
    found.sum().backward()
    assert torch.equal(given.grad, found)
    # Neighbours share a draw, and must not be dropped together for that.
    together = (found[:, 1:] == 0) & (found[:, :-1] == 0)
    assert float(together.float().mean()) == pytest.approx(0.25**2, abs=0.01)


def test_a_share_next_to_everything_leaves_something():
    part = torch.nn.ModuleList([torch.nn.Dropout(0.1)])
    drop_between_layers(part, 0.9999)
    found = part[0](torch.ones(100_000))
    assert torch.isfinite(found).all()
    assert 0 < float((found > 0).float().mean()) < 0.01


def test_a_seed_gives_the_same_again():
    part = torch.nn.ModuleList([torch.nn.Dropout(0.1)])
    drop_between_layers(part, 0.1)
    runs = []
    for _ in range(2):
        torch.manual_seed(3)
        runs.append(part[0](torch.ones(1000)))
    assert torch.equal(*runs)
    assert not torch.equal(runs[0], part[0](torch.ones(1000)))


def test_attention_is_kept_whole(tiny_encoder):
    plain = open_classifier(tiny_encoder, LABELS, seed=0).encoder
    assert plain.config.attention_probs_dropout_prob == 0.1
    model = open_classifier(tiny_encoder, LABELS, seed=0, dropout=0.0).encoder.train()
    assert model.config.attention_probs_dropout_prob == 0.0
    assert spread(model) == 0
