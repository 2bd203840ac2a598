import copy
import json

import numpy as np
import pytest

from stance.encoder.network import HoldsNetwork, Network
from stance.errors import ModelFileError

pytest.importorskip("onnxruntime")


def numbers(content):
    return np.frombuffer(content, dtype=np.uint8)


@pytest.fixture
def tokenizer(tiny_encoder):
    return numbers((tiny_encoder / "tokenizer.json").read_bytes())


def test_a_row_for_each_text(make_network, tokenizer):
    network = Network(numbers(make_network(width=3).SerializeToString()), tokenizer, 16)
    assert network.width == 3
    assert network(["we sign", "", "we sign"]).tolist() == [[0.0] * 3] * 3
    assert network([]).shape == (0, 3)
    assert network(["we sign"], ["a treaty"]).shape == (1, 3)


def test_other_inputs_are_refused(make_network, tokenizer):
    model = make_network(inputs=("input_ids", "secrets"))
    with pytest.raises(ModelFileError, match="takes input_ids, secrets and gives 1 outputs; expec"):
        Network(numbers(model.SerializeToString()), tokenizer, 16)


def test_a_network_that_cannot_be_loaded(make_network, tokenizer):
    model = make_network()
    model.graph.node[0].input[0] = "nothing"
    with pytest.raises(ModelFileError, match="the network cannot be loaded: "):
        Network(numbers(model.SerializeToString()), tokenizer, 16)


def test_numbers_that_are_none_are_refused(make_network, tokenizer):
    from onnx import helper

    model = make_network([helper.make_node("Log", ["zeros"], ["output"])])
    network = Network(numbers(model.SerializeToString()), tokenizer, 16)
    with pytest.raises(ModelFileError, match="something else than one row of numbers"):
        network(["we sign"])


def test_more_than_a_row_is_refused(make_network, tokenizer):
    from onnx import helper, numpy_helper

    model = make_network([helper.make_node("Unsqueeze", ["zeros", "one"], ["output"])], width=1)
    model.graph.initializer.append(numpy_helper.from_array(np.array([1]), "one"))
    model.graph.output[0].type.tensor_type.shape.dim.add().dim_value = 1
    with pytest.raises(
        ModelFileError, match=r"the network gives \[.*; expected one row of numbers"
    ):
        Network(numbers(model.SerializeToString()), tokenizer, 16)


def test_a_network_that_fails_on_a_text(make_network, tokenizer):
    from onnx import helper, numpy_helper

    far = numpy_helper.from_array(np.array([999]), "far")
    node = helper.make_node("Gather", ["zeros", "far"], ["output"], axis=1)
    model = make_network([node], width=1)
    model.graph.initializer.append(far)
    network = Network(numbers(model.SerializeToString()), tokenizer, 16)
    with pytest.raises(ModelFileError, match="the network fails on a text: "):
        network(["we sign"])


def test_a_tokenizer_that_is_too_large(make_network, tokenizer, monkeypatch):
    monkeypatch.setattr("stance.encoder.tokens._MAX_BYTES", 100)
    message = f"the tokenizer cannot be read: {len(tokenizer):,} bytes are too many"
    with pytest.raises(ModelFileError, match=message):
        Network(numbers(make_network().SerializeToString()), tokenizer, 16)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"model": {"type": "Evil"}}'])
def test_what_is_not_a_tokenizer(make_network, content):
    with pytest.raises(ModelFileError, match="the tokenizer cannot be read: "):
        Network(numbers(make_network().SerializeToString()), numbers(content), 16)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}},
            "the tokenizer cannot be read: ",
        ),
        (
            {"model": {"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "[UNK]",
                       "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}},
            "the tokenizer fails on a text: WordPiece error",
        ),
    ],
)  # fmt: skip
def test_a_tokenizer_that_fails_on_a_text(make_network, tokenizer, change, message):
    content = json.dumps(json.loads(tokenizer.tobytes()) | change).encode()
    with pytest.raises(ModelFileError, match=message):
        Network(numbers(make_network().SerializeToString()), numbers(content), 16)(["☃"])


def test_the_holder_opens_it_once_and_copies_without_it(make_network, tokenizer):
    class Holder(HoldsNetwork):
        max_length = 16

    class Base:
        def __getstate__(self):
            return dict(vars(self))

    class Real(Holder, Base):
        pass

    holder = Real()
    holder.network_, holder.tokenizer_ = numbers(make_network().SerializeToString()), tokenizer
    assert holder.open_network() is holder.open_network()
    twin = copy.deepcopy(holder)
    assert twin.open_network() is not holder.open_network()
    holder.network_ = numbers(make_network(width=2).SerializeToString())
    assert holder.open_network().width == 2
