"""Networks to attack."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402


def network(nodes=None, *, inputs=("input_ids", "token_type_ids"), width=5, domain="", **parts):
    """An ONNX file that gives ``width`` zeros, or what ``nodes`` compute."""
    weights = [numpy_helper.from_array(np.zeros((1, width), dtype=np.float32), "zeros")]
    nodes = nodes or [helper.make_node("Identity", ["zeros"], ["output"], domain=domain)]
    shape = [1, "tokens"]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in inputs],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, width])],
        initializer=[*weights, *parts.pop("weights", [])],
        **parts,
    )
    opsets = [helper.make_opsetid("", 17), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.fixture
def make_network():
    return network
