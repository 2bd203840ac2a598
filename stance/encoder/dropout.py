"""What a Transformer drops while it is trained, drawn in less time than torch takes."""

from __future__ import annotations

from typing import Any

from stance.encoder.extra import need

__all__ = ["drop_between_layers", "without_attention_dropout"]

_ATTENTION_DROPOUT = "attention_probs_dropout_prob", "attention_dropout"
"""What architectures call the share of attention that is dropped in training."""


def without_attention_dropout(config: Any) -> dict[str, float]:
    """The settings of an architecture that let it drop no attention.

    Parameters
    ----------
    config : transformers.PretrainedConfig

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> without_attention_dropout(SimpleNamespace(attention_dropout=0.1, dropout=0.1))
    {'attention_dropout': 0.0}
    """
    return {name: 0.0 for name in _ATTENTION_DROPOUT if hasattr(config, name)}


def drop_between_layers(encoder: Any, share: float) -> None:
    """Drop this share of what goes from layer to layer while an encoder is trained.

    In the place of torch's own dropout, which draws a number for each number that goes through
    and takes a processor a quarter of the time of a training: here a draw does for eight, so that
    the share is one of 256ths.

    Parameters
    ----------
    encoder : transformers.PreTrainedModel
        Parts that drop nothing stay without.
    share : float
        From 0 to below 1.
    """
    torch = need("torch")
    barrier = min(round(256 * share), 255)  # something always goes through

    class Dropout(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, inputs: Any) -> Any:
            if not self.training or not barrier:
                return inputs
            draws = torch.empty(-(-inputs.numel() // 8), dtype=torch.int64, device=inputs.device)
            drawn = draws.random_(-(2**63), None).view(torch.uint8)[: inputs.numel()]
            kept = (drawn >= barrier).view(inputs.shape).to(inputs.dtype)
            return inputs * kept.mul_(256 / (256 - barrier))

    for parent in list(encoder.modules()):
        for name, module in parent.named_children():
            if isinstance(module, torch.nn.Dropout) and module.p > 0:
                setattr(parent, name, Dropout())
