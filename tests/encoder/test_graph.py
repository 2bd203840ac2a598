import numpy as np
import pytest

from stance.encoder import graph
from stance.encoder.graph import check_network
from stance.errors import ModelFileError

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402


def refused(model, message):
    content = model if isinstance(model, bytes) else model.SerializeToString()
    with pytest.raises(ModelFileError, match=message):
        check_network(content)


def test_plain_arithmetic_passes(make_network):
    check_network(make_network().SerializeToString())


@pytest.mark.parametrize("content", [b"", b"\x08\x07", b"not a network", b"\xff" * 100])
def test_what_is_not_onnx(content):
    refused(content, "the network is not ONNX")


def test_another_domain(make_network):
    refused(make_network(domain="com.evil"), "uses operators of com.evil; only ONNX's own")


def test_a_domain_that_is_only_imported(make_network):
    model = make_network()
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    refused(model, "uses operators of com.microsoft")


def test_an_operator_outside_the_list(make_network):
    node = helper.make_node("RandomNormal", [], ["output"], shape=[1, 5])
    refused(make_network([node]), "uses the operator 'RandomNormal', which is not allowed")


@pytest.mark.parametrize("kind", ["Loop", "If", "Scan"])
def test_nothing_that_runs_a_graph_of_its_own(make_network, kind):
    refused(make_network([helper.make_node(kind, ["zeros"], ["output"])]), f"operator '{kind}'")


def test_a_graph_in_an_allowed_operator(make_network):
    inner = make_network().graph
    node = helper.make_node("Identity", ["zeros"], ["output"], body=inner)
    refused(make_network([node]), "the operator Identity holds a graph")
    node = helper.make_node("Identity", ["zeros"], ["output"], bodies=[inner])
    refused(make_network([node]), "the operator Identity holds a graph")


def _outside(name="outside"):
    tensor = numpy_helper.from_array(np.zeros(4, dtype=np.float32), name)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return tensor


def test_weights_in_other_files(make_network):
    refused(make_network(weights=[_outside()]), "keeps weights in other files")
    node = helper.make_node("Constant", [], ["output"], value=_outside())
    refused(make_network([node]), "keeps weights in other files")


def test_sparse_weights(make_network):
    values = numpy_helper.from_array(np.ones(1, dtype=np.float32), "sparse")
    places = numpy_helper.from_array(np.zeros(1, dtype=np.int64), "places")
    sparse = helper.make_sparse_tensor(values, places, [4])
    refused(make_network(sparse_initializer=[sparse]), "holds sparse weights")
    node = helper.make_node("Constant", [], ["output"], sparse_value=sparse)
    refused(make_network([node]), "holds sparse weights")


def test_functions_of_its_own(make_network):
    model = make_network()
    model.functions.add(name="Identity", domain="")
    refused(model, "defines functions of its own")


def test_a_second_graph_cannot_hide_behind_the_first(make_network):
    # Protocol buffers merge fields that come twice: what is read last counts for most readers.
    good, bad = make_network(), make_network([helper.make_node("Loop", ["zeros"], ["output"])])
    for content in (
        good.SerializeToString() + bad.SerializeToString(),
        bad.SerializeToString() + good.SerializeToString(),
    ):
        refused(content, "operator 'Loop'")


def test_a_network_that_is_too_large(make_network):
    with pytest.raises(ModelFileError, match=r"the network has .* bytes; at most 10 do"):
        check_network(make_network().SerializeToString(), most=10)


def test_a_network_of_small_parts_that_would_grow_when_read(make_network, monkeypatch):
    model = make_network(weights=[numpy_helper.from_array(np.zeros(5000, np.float32), "large")])
    monkeypatch.setattr(graph, "MAX_DESCRIBED", 1000)
    check_network(model.SerializeToString())  # weights are not counted
    node = model.graph.node[0]
    node.attribute.extend([onnx.AttributeProto()] * 1000)
    refused(model, "the network has more than 1,000 bytes beside its weights")
    del node.attribute[:]
    model.graph.initializer.extend([TensorProto()] * 1000)
    refused(model, "the network has more than 1,000 bytes beside its weights")


@pytest.mark.parametrize(
    "change", [lambda content: content[:-1], lambda content: content + b"\x0b"]
)
def test_a_damaged_network(make_network, change):
    refused(change(make_network().SerializeToString()), "the network is not ONNX: ")
