"""The same network with inputs of like size."""

import copy

import numpy as np
import pytest

from stance.encoder.checkpoints import open_classifier
from stance.encoder.export import export_int8
from stance.encoder.network import Network
from stance.encoder.smoothing import smoothed
from stance.encoder.tokens import TextTokenizer, tokenizer_bytes
from stance.labels import LABELS
from stance.models.reading import sequences

torch = pytest.importorskip("torch")


@pytest.fixture
def uneven(tiny_encoder):
    """A classifier two of whose sixteen numbers a word are a hundred times larger than the rest."""
    model = open_classifier(tiny_encoder, LABELS, seed=0).eval()
    layer = model.encoder.encoder.layer[0]
    with torch.no_grad():
        norm = layer.attention.output.LayerNorm
        norm.weight[[3, 11]] *= 100
        layer.intermediate.dense.weight[:, [3, 11]] /= 100
        # What goes past the matrix is scaled back by the next norm's other input.
        layer.output.dense.weight *= 5
    return model


@pytest.fixture
def tokens(tiny_encoder, toy_pairs):
    return TextTokenizer(tokenizer_bytes(tiny_encoder), 128)(*sequences(toy_pairs))


def scores(model, tokens):
    with torch.inference_mode():
        return np.vstack([model(*torch.tensor([[ids], [kinds]])) for ids, kinds in tokens])


def test_it_computes_nearly_the_same(uneven, tokens):
    exact = scores(uneven, tokens)
    lost = np.abs(scores(smoothed(uneven, tokens), tokens) - exact)
    assert lost.mean() < 0.02 * exact.std()


def test_it_computes_the_same_where_nothing_is_rounded(uneven, tokens, monkeypatch):
    monkeypatch.setattr("stance.encoder.smoothing.rounded", lambda weight, products: weight)
    monkeypatch.setattr("stance.encoder.smoothing._table", torch.nn.Embedding.from_pretrained)
    before = copy.deepcopy(uneven.state_dict())
    even = smoothed(uneven, tokens)
    assert np.allclose(scores(even, tokens), scores(uneven, tokens), atol=1e-4)
    after = uneven.state_dict()
    assert all(torch.equal(after[name], kept) for name, kept in before.items())


def test_eight_bits_lose_less(uneven, tokens, tiny_encoder, toy_pairs):
    exact = scores(uneven, tokens)
    lost = {}
    for name, sample in {"plain": (), "smoothed": tokens}.items():
        content = export_int8(uneven, output="pairs", sample=sample)
        tokenizer = np.frombuffer(tokenizer_bytes(tiny_encoder), dtype=np.uint8)
        found = Network(content, tokenizer, 128)(*sequences(toy_pairs))
        lost[name] = np.abs(found - exact).mean()
    assert lost["smoothed"] < 0.6 * lost["plain"]


def test_what_is_stored_is_what_was_rounded(uneven, tokens):
    onnx = pytest.importorskip("onnx")
    network = onnx.load_from_string(export_int8(uneven, output="pairs", sample=tokens).tobytes())
    stored = {item.name: onnx.numpy_helper.to_array(item) for item in network.graph.initializer}
    wholes = [item for item in stored.values() if item.dtype == np.int8 and item.ndim == 2]
    even = smoothed(uneven, tokens).encoder.encoder.layer[0].intermediate.dense
    weight = even.weight.detach().numpy().T
    expected = np.rint(64 * weight / np.abs(weight).max(axis=0))
    assert np.allclose(64 * weight / np.abs(weight).max(axis=0), expected, atol=1e-3)
    assert any(np.array_equal(item, expected) for item in wholes)


def test_products_of_two_weights_fit_into_sixteen_bits(uneven, tokens):
    """Without instructions for it, processors add up two products of 8 bits in 16."""
    onnx = pytest.importorskip("onnx")
    network = onnx.load_from_string(export_int8(uneven, output="pairs", sample=tokens).tobytes())
    stored = {item.name: onnx.numpy_helper.to_array(item) for item in network.graph.initializer}
    products = [node for node in network.graph.node if node.op_type == "MatMulInteger"]
    largest = [np.abs(stored[node.input[1]].astype(int)).max() for node in products]
    assert len(largest) > 5
    assert 2 * 255 * max(largest) < 2**15


def test_what_reads_the_same_is_scaled_once(uneven, tokens):
    attention = smoothed(uneven, tokens).encoder.encoder.layer[0].attention.self
    assert attention.query.inverse is attention.key.inverse is attention.value.inverse


def test_only_matrices_that_make_less_of_much_have_a_scale_for_each_word(uneven, tokens):
    onnx = pytest.importorskip("onnx")
    network = onnx.load_from_string(export_int8(uneven, output="pairs", sample=tokens).tobytes())
    scaled = sum(node.op_type == "ReduceMax" for node in network.graph.node)
    layers = [item for item in uneven.encoder.modules() if isinstance(item, torch.nn.Linear)]
    assert 0 < scaled == sum(layer.out_features < layer.in_features for layer in layers)


def test_each_vector_of_a_table_has_a_scale_of_its_own(uneven, tokens, tiny_encoder, toy_pairs):
    words = uneven.encoder.embeddings.word_embeddings
    with torch.no_grad():
        words.weight[0] *= 1e4  # of the padding, which no text holds
    tokenizer = np.frombuffer(tokenizer_bytes(tiny_encoder), dtype=np.uint8)
    network = export_int8(uneven, output="pairs", sample=tokens)
    lost = Network(network, tokenizer, 128)(*sequences(toy_pairs)) - scores(uneven, tokens)
    assert np.abs(lost).mean() < 0.05 * scores(uneven, tokens).std()
    table = smoothed(uneven, tokens).encoder.embeddings.word_embeddings
    error = (table.weight - words.weight).abs().amax(dim=1)
    assert (error <= words.weight.abs().amax(dim=1) / 127 / 2 * 1.001).all()


class Words(torch.nn.Module):
    """Answers from the first word; the word 3 has numbers a thousand times larger than others."""

    def __init__(self):
        super().__init__()
        self.encoder = torch.nn.ModuleList([torch.nn.Embedding(20, 16), torch.nn.Linear(16, 5)])

    def forward(self, ids, kinds):
        vectors = self.encoder[0](ids) * (1 + 999 * (ids == 3).unsqueeze(-1).float())
        return self.encoder[1](vectors)[:, 0]


def test_a_word_of_large_numbers_costs_the_others_nothing(tiny_encoder):
    torch.manual_seed(0)
    model = Words()
    sentences = [[word, 3] for word in range(4, 20)]
    tokens = [(ids, [0, 0]) for ids in sentences]
    tokenizer = np.frombuffer(tokenizer_bytes(tiny_encoder), dtype=np.uint8)
    lost = {}
    for name, sample in {"plain": (), "smoothed": tokens}.items():
        network = Network(export_int8(model, output="pairs", sample=sample), tokenizer, 128)
        found = np.vstack([network._run(item) for item in tokens])
        lost[name] = np.abs(found - scores(model, tokens)).mean()
    assert lost["smoothed"] < 0.05 * lost["plain"]
