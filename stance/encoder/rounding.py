"""Round a network's matrices so that what they compute changes least."""

from __future__ import annotations

from typing import Any

from stance.encoder.extra import need

__all__ = ["STEPS", "rounded"]

STEPS = 64
"""From zero to the largest weight of a row: 7 bits, as :func:`stance.encoder.export.export_int8`
stores them."""

_DAMPING = 0.01
_BLOCK = 64


def rounded(weight: Any, products: Any) -> Any:
    """A matrix whose weights are whole multiples of a 64th of the largest of their row.

    Each weight is not rounded for itself: what rounding one input's weights changes is made up for
    by the weights of the inputs that are still to come, as far as they go together on a sample.

    Parameters
    ----------
    weight : torch.Tensor, shape (n_outputs, n_inputs)
    products : torch.Tensor, shape (n_inputs, n_inputs)
        Sum of the products of each two inputs over a sample.

    Returns
    -------
    torch.Tensor, shape (n_outputs, n_inputs)
        The largest weight of each row is what it was, so that the steps are those that anyone
        finds who rounds it again.

    References
    ----------
    Frantar et al.: GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
    Transformers. ICLR 2023.
    """
    torch = need("torch")
    tiny = torch.finfo(torch.float32).tiny
    damping = _DAMPING * products.double().diagonal().mean().clamp(min=tiny)
    damped = products.double() + damping * torch.eye(len(products))
    order = damped.diagonal().argsort(descending=True)  # what matters most is rounded first
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(damped[order][:, order]))
    carried = torch.linalg.cholesky(inverse, upper=True)
    left = weight.double()[:, order]
    step = (left.abs().amax(dim=1) / STEPS).clamp(min=tiny)
    largest = left.abs().argmax(dim=1)
    top = STEPS * left.gather(1, largest[:, None])[:, 0].sign()
    found = torch.empty_like(left)
    for start in range(0, len(order), _BLOCK):
        block = slice(start, start + _BLOCK)
        errors = torch.empty_like(left[:, block])
        for index in range(start, min(start + _BLOCK, len(order))):
            now = left[:, index]
            whole = (now / step).round().clamp(-STEPS, STEPS)
            found[:, index] = torch.where(largest == index, top, whole) * step
            error = (now - found[:, index]) / carried[index, index]
            errors[:, index - start] = error
            rest = slice(index + 1, start + _BLOCK)
            left[:, rest] -= error[:, None] * carried[index, rest]
        left[:, start + _BLOCK :] -= errors @ carried[block, start + _BLOCK :]
    return found[:, order.argsort()].to(weight.dtype)
