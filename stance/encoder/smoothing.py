"""Even out what goes into a network's matrices and round them, so that 8 bits are enough for it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stance.encoder.extra import need
from stance.encoder.rounding import rounded
from stance.encoder.tokens import Tokens

__all__ = ["smoothed"]

_STRENGTH, _STRENGTH_BY_WORD = 0.75, 0.5
"""How much of the unevenness moves from a matrix's input into its weights, from 0 to 1."""

_LEAST = 1e-5

_STEPS = 2**30
"""From zero to the largest scale of a table."""


def smoothed(model: Any, sample: Sequence[Tokens]) -> Any:
    """A copy of a classifier of pairs that computes nearly the same, from inputs of like size.

    A few of the numbers that go into a matrix are much larger than the rest. In 8 bits, all share
    one scale, and little is left for the others. Here each is divided by what it comes to on
    a sample, and its weights, whose columns have scales of their own, are multiplied by it. Where
    a matrix makes fewer numbers of many, what is left of each word is divided by its largest
    number, and multiplied by it afterwards; elsewhere that takes longer than it is worth. The
    weights are then rounded so that what they compute on the sample changes least. The vectors of
    words, which would share one scale, get one each.

    Parameters
    ----------
    model : torch.nn.Module
        See :func:`stance.encoder.heads.pair_classifier`.
    sample : sequence of Tokens
        A few hundred sequences like those that it will read.

    References
    ----------
    Xiao et al.: SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language
    Models. ICML 2023. A scale for each word: Yao et al.: ZeroQuant: Efficient and Affordable
    Post-Training Quantization for Large-Scale Transformers. NeurIPS 2022. For each vector: Guan et
    al.: Post-Training 4-bit Quantization on Embedding Tables. arXiv:1911.02079, 2019. Rounding:
    :func:`stance.encoder.rounding.rounded`.
    """
    torch = need("torch")
    even = copy.deepcopy(model).cpu().float().eval()
    layers = {
        name: layer
        for name, layer in even.encoder.named_modules()
        if isinstance(layer, torch.nn.Linear)
    }
    with _inputs(layers) as seen, torch.inference_mode():
        for ids, kinds in sample:
            even(torch.tensor([ids]), torch.tensor([kinds]))
            seen.end()
    for names, inputs in seen.groups.items():
        weights = torch.cat([layers[name].weight.detach() for name in names])
        by_word = weights.shape[0] < weights.shape[1]
        scale = _unevenness(inputs.largest, weights, _STRENGTH_BY_WORD if by_word else _STRENGTH)
        inverse = 1 / scale
        weights = rounded(weights * scale, inputs.products * inverse * inverse[:, None])
        parts = weights.split([len(layers[name].weight) for name in names])
        for name, weight in zip(names, parts, strict=True):
            _put(even.encoder, name, _scaled(weight, layers[name].bias, inverse, by_word))
    for name, layer in list(even.encoder.named_modules()):
        if type(layer) is torch.nn.Embedding:  # others may do more than look up
            _put(even.encoder, name, _table(layer.weight.detach()))
    return even


def _put(model: Any, name: str, layer: Any) -> None:
    parent, _, own = name.rpartition(".")
    setattr(model.get_submodule(parent), own, layer)


class _Inputs:
    """What has gone into a matrix: how large each number was, and which go together."""

    def __init__(self) -> None:
        self.largest: Any = None
        self.products: Any = None

    def add(self, inputs: Any) -> None:
        rows = inputs.flatten(end_dim=-2)
        largest, products = rows.abs().amax(dim=0), rows.T @ rows
        self.largest = largest if self.largest is None else largest.maximum(self.largest)
        self.products = products if self.products is None else products + self.products


class _Seen:
    """What has gone into each layer, in groups of those that read the same."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, ...], _Inputs] = {}
        self._now: dict[str, Any] = {}

    def note(self, name: str, inputs: Any) -> None:
        self._now[name] = inputs  # kept to the end, or another tensor could get its place

    def end(self) -> None:
        """End one run of the network."""
        groups: dict[int, list[str]] = {}
        for name, inputs in self._now.items():
            groups.setdefault(id(inputs), []).append(name)
        for names in groups.values():
            self.groups.setdefault(tuple(names), _Inputs()).add(self._now[names[0]])
        self._now = {}


@contextmanager
def _inputs(layers: dict[str, Any]) -> Iterator[_Seen]:
    """Watch what goes into layers while the network runs."""
    seen = _Seen()
    hooks = [
        layer.register_forward_hook(lambda _, given, __, name=name: seen.note(name, given[0]))
        for name, layer in layers.items()
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _unevenness(largest: Any, weight: Any, strength: float) -> Any:
    """What each input is to be divided by, 1 in the middle."""
    scale = largest.clamp(min=_LEAST) ** strength
    scale = scale / weight.abs().amax(dim=0).clamp(min=_LEAST) ** (1 - strength)
    return scale / scale.median()


def _scaled(weight: Any, bias: Any, inverse: Any, by_word: bool) -> Any:
    """A layer that divides its input by a scale, which its weights have been multiplied by."""
    torch = need("torch")

    class Scaled(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.weight, self.bias = torch.nn.Parameter(weight), bias
            self.register_buffer("inverse", inverse)

        def forward(self, inputs: Any) -> Any:
            even = inputs * self.inverse
            if not by_word:
                return torch.nn.functional.linear(even, self.weight, self.bias)
            largest = even.abs().amax(dim=-1, keepdim=True).clamp(min=_LEAST)
            found = torch.nn.functional.linear(even / largest, self.weight) * largest
            return found if self.bias is None else found + self.bias

    return Scaled()


def _table(weight: Any) -> Any:
    """A table of vectors in 8 bits, a scale for each."""
    torch = need("torch")
    most = torch.iinfo(torch.int8).max
    scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=_LEAST) / most
    step = float(scale.max()) / _STEPS

    class Table(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("codes", (weight / scale).round().to(torch.int8))
            # Whole numbers, or the scales would be rounded to 8 bits themselves.
            self.register_buffer("scale", (scale / step).round().to(torch.int32))

        @property
        def weight(self) -> Any:  # which some encoders read
            return self.codes.float() * (self.scale * step)

        def forward(self, ids: Any) -> Any:
            look_up = torch.nn.functional.embedding
            return look_up(ids, self.codes).float() * (look_up(ids, self.scale) * step)

    return Table()
