"""Even out what goes into a network's matrices, so that 8 bits are enough for it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stance.encoder.extra import need
from stance.encoder.tokens import Tokens

__all__ = ["smoothed"]

_STRENGTH = 0.5
"""How much of the unevenness moves from a matrix's input into its weights, from 0 to 1."""

_LEAST = 1e-5


def smoothed(model: Any, sample: Sequence[Tokens]) -> Any:
    """A copy of a classifier of pairs that computes the same, from inputs of like size.

    A few of the numbers that go into a matrix are much larger than the rest. In 8 bits, all share
    one scale, and little is left for the others. Here each is divided by what it comes to on
    a sample, and its weights, whose columns have scales of their own, are multiplied by it. What
    is left of each word is divided by its largest number, and multiplied by it afterwards.

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
    Post-Training Quantization for Large-Scale Transformers. NeurIPS 2022.
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
    for names in seen.groups:
        weights = torch.stack([layers[name].weight.detach().abs().amax(dim=0) for name in names])
        scale = seen.largest[names[0]].clamp(min=_LEAST) ** _STRENGTH
        scale = scale / weights.amax(dim=0).clamp(min=_LEAST) ** (1 - _STRENGTH)
        scale = scale / scale.median()
        inverse = 1 / scale
        for name in names:
            parent, _, own = name.rpartition(".")
            layer = _scaled(layers[name], scale, inverse)
            setattr(even.encoder.get_submodule(parent), own, layer)
    return even


class _Seen:
    """What has gone into each layer."""

    def __init__(self) -> None:
        self.largest: dict[str, Any] = {}
        self._now: dict[str, Any] = {}
        # The layers that read the same, such as query and key: what they share is scaled once.
        self.groups: dict[tuple[str, ...], None] = {}

    def note(self, name: str, inputs: Any) -> None:
        self._now[name] = inputs  # kept to the end, or another tensor could get its place
        found = inputs.abs().flatten(end_dim=-2).amax(dim=0)
        self.largest[name] = found.maximum(self.largest.get(name, found))

    def end(self) -> None:
        """End one run of the network."""
        groups: dict[int, list[str]] = {}
        for name, inputs in self._now.items():
            groups.setdefault(id(inputs), []).append(name)
        self.groups.update(dict.fromkeys(map(tuple, groups.values())))
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


def _scaled(layer: Any, scale: Any, inverse: Any) -> Any:
    """A layer that divides its input by the scale first, and has the scale in its weights."""
    torch = need("torch")

    class Scaled(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(layer.weight.detach() * scale)
            self.bias = layer.bias
            self.register_buffer("inverse", inverse)

        def forward(self, inputs: Any) -> Any:
            even = inputs * self.inverse
            largest = even.abs().amax(dim=-1, keepdim=True).clamp(min=_LEAST)
            found = torch.nn.functional.linear(even / largest, self.weight) * largest
            return found if self.bias is None else found + self.bias

    return Scaled()
