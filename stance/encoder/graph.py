"""What an ONNX network may hold: standard operators, its own weights, nothing that loops or loads.

A model folder may come from anyone, so its network is read here before onnxruntime sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from stance.errors import ModelFileError, nearest

__all__ = ["MAX_BYTES", "OPERATORS", "check_network"]

MAX_BYTES = 600_000_000
"""Larger networks are refused."""

MAX_DESCRIBED = 4_000_000
"""Bytes beside the weights: small parts take tens of times their bytes once they are read."""

OPERATORS = frozenset(
    """
    Abs Add And Cast Ceil Clip Concat Constant ConstantOfShape Cos CumSum DequantizeLinear Div
    DynamicQuantizeLinear Equal Erf Expand Flatten Gather GatherElements Gelu Gemm Greater
    GreaterOrEqual Identity LayerNormalization Less LessOrEqual Log MatMul MatMulInteger Max Min
    Mul Neg Not Or Pow QuantizeLinear Range Reciprocal ReduceMax ReduceMean ReduceSum Relu Reshape
    Shape Sigmoid Sign Sin Slice Softmax Softplus Split Sqrt Squeeze Sub Tanh Tile Transpose Trilu
    Unsqueeze Where
    """.split()  # noqa: SIM905 - a list of 60 strings is harder to read
)
"""Operators of ONNX's own domain that Transformers are made of; none runs a graph of its own."""

# The parts of onnx.proto that are looked at, by the number of the field:
# https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
_FIELDS: dict[str, list[tuple[str, int, str]]] = {
    "Entry": [("key", 1, "bytes")],
    "Tensor": [("external_data", 13, "Entry"), ("data_location", 14, "int32")],
    "Sparse": [("values", 1, "Tensor")],
    "Graph": [
        ("node", 1, "Node"),
        ("initializer", 5, "Tensor"),
        ("sparse_initializer", 15, "Sparse"),
    ],
    "Attribute": [
        ("t", 5, "Tensor"),
        ("g", 6, "Graph"),
        ("tensors", 10, "Tensor"),
        ("graphs", 11, "Graph"),
        ("sparse_tensor", 22, "Sparse"),
        ("sparse_tensors", 23, "Sparse"),
    ],
    "Node": [("op_type", 4, "bytes"), ("attribute", 5, "Attribute"), ("domain", 7, "bytes")],
    "Opset": [("domain", 1, "bytes")],
    "Function": [("name", 1, "bytes")],
    "Model": [("graph", 7, "Graph"), ("opset_import", 8, "Opset"), ("functions", 25, "Function")],
}

_WITHIN = {
    message: {
        number: kind
        for _, number, kind in fields
        if kind in ("Graph", "Node", "Attribute", "Tensor")
        and (message, kind) != ("Attribute", "Graph")  # which is refused, whatever is in it
    }
    for message, fields in _FIELDS.items()
}
"""Where weights may lie: the messages of each message that are looked into, by their numbers."""

_WEIGHTS = "Tensor", 9


def check_network(content: bytes, most: int = MAX_BYTES) -> None:
    """Refuse a network that is more than arithmetic on its own weights.

    Parameters
    ----------
    content : bytes
    most : int, default 600000000
        Bytes that it may have.

    Raises
    ------
    ModelFileError
        If it is not ONNX, too large, uses another domain or operator, holds functions, or
        keeps weights in other files.
    """
    if len(content) > most:
        raise ModelFileError(f"the network has {len(content):,} bytes; at most {most:,} do")
    _check_described(memoryview(content), "Model", MAX_DESCRIBED)
    model = _message("Model")()
    try:
        model.ParseFromString(content)
    except Exception as error:  # protobuf's class depends on its implementation
        raise ModelFileError(f"the network is not ONNX: {error}") from error
    if not model.graph or not any(graph.node for graph in model.graph):
        raise ModelFileError("the network is not ONNX: it has no graph")
    if model.functions:
        raise ModelFileError("the network defines functions of its own; that is not allowed")
    domains = {name for item in model.opset_import for name in item.domain}
    for graph in model.graph:
        for node in graph.node:
            domains.update(node.domain)
            _check_node(node)
        _check_tensors(graph.initializer)
        if graph.sparse_initializer:
            raise ModelFileError("the network holds sparse weights; that is not allowed")
    foreign = sorted({_text(name) for name in domains} - {"", "ai.onnx"})
    if foreign:
        raise ModelFileError(
            f"the network uses operators of {', '.join(foreign)}; only ONNX's own are allowed"
        )


def _check_node(node: Any) -> None:
    name = " ".join(map(_text, node.op_type))
    if name not in OPERATORS:
        raise ModelFileError(
            f"the network uses the operator {name!r}, which is not allowed; "
            f"{nearest(name, OPERATORS)}"
        )
    for attribute in node.attribute:
        if attribute.g or attribute.graphs:
            raise ModelFileError(f"the operator {name} holds a graph; that is not allowed")
        if attribute.sparse_tensor or attribute.sparse_tensors:
            raise ModelFileError("the network holds sparse weights; that is not allowed")
        _check_tensors([*attribute.t, *attribute.tensors])


def _check_tensors(tensors: Any) -> None:
    if any(item.external_data or any(item.data_location) for item in tensors):
        raise ModelFileError("the network keeps weights in other files; that is not allowed")


def _check_described(content: memoryview, message: str, left: int) -> int:
    """What is left of so many bytes after all of a message but the weights in it.

    The bytes are counted where they lie, before a library makes objects of them.
    """
    inner = _WITHIN[message]
    for number, length, value in _parts(content):
        left -= length
        if value is not None and number in inner:
            left = _check_described(value, inner[number], left + len(value))
        elif value is not None and (message, number) == _WEIGHTS:
            left += len(value)
        if left < 0:
            raise ModelFileError(
                f"the network has more than {MAX_DESCRIBED:,} bytes beside its weights"
            )
    return left


def _parts(content: memoryview) -> Iterator[tuple[int, int, memoryview | None]]:
    """The fields of a message: number, length in bytes, and the value where it has a length."""
    at = 0
    while at < len(content):
        start = at
        tag, at = _varint(content, at)
        kind, value = tag & 7, None
        if kind == 0:
            _, at = _varint(content, at)
        elif kind == 2:
            size, at = _varint(content, at)
            value = content[at : at + size]
            at += size
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ModelFileError(f"the network is not ONNX: a field of the kind {kind}")
        if at > len(content):
            raise ModelFileError("the network is not ONNX: it is cut off")
        yield tag >> 3, at - start, value


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    """A number of a length of its own, and where it ends."""
    number = 0
    for index, byte in enumerate(content[at : at + 10]):
        number |= (byte & 127) << 7 * index
        if byte < 128:
            return number, at + index + 1
    raise ModelFileError("the network is not ONNX: a number without an end")


def _text(name: bytes) -> str:
    return name.decode(errors="replace")


@cache
def _message(name: str) -> Any:
    """The message class of protobuf; each field repeated, so that none can hide another."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="stance_onnx.proto", package="stance_onnx")
    kind_of = descriptor_pb2.FieldDescriptorProto
    plain = {"bytes": kind_of.TYPE_BYTES, "int32": kind_of.TYPE_INT32}
    for message, fields in _FIELDS.items():
        described = file.message_type.add(name=message)
        for field, number, kind in fields:
            added = described.field.add(name=field, number=number, label=kind_of.LABEL_REPEATED)
            added.type = plain.get(kind, kind_of.TYPE_MESSAGE)
            if kind not in plain:
                added.type_name = f".stance_onnx.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"stance_onnx.{name}"))
