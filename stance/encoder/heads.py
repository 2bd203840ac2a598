"""A classifier of pairs on top of any encoder: both texts' mean vectors, compared."""

from __future__ import annotations

from typing import Any

from stance.encoder.extra import need
from stance.encoder.loading import read

__all__ = ["pair_classifier"]


def pair_classifier(encoder: Any, n_labels: int) -> Any:
    """Put a head on an encoder that has read both texts as one sequence.

    The head sees the mean over the tokens of the first text, that of the second, their product and
    their distance. Encoders of sentences are trained for such means; what they say at the first
    token, which most classifiers read, nobody has trained.

    Parameters
    ----------
    encoder : transformers.PreTrainedModel
    n_labels : int

    Returns
    -------
    torch.nn.Module
        With ``encoder`` and ``head``; takes ids, segments and, if sequences are padded, a mask,
        each of shape (n_pairs, n_tokens), and gives logits of shape (n_pairs, n_labels).

    References
    ----------
    The four parts: Conneau et al.: Supervised Learning of Universal Sentence Representations
    from Natural Language Inference Data. EMNLP 2017.
    """
    torch = need("torch")

    class PairClassifier(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder
            self.dropout = torch.nn.Dropout(0.1)
            self.head = torch.nn.Linear(4 * encoder.config.hidden_size, n_labels)

        def forward(self, ids: Any, kinds: Any, mask: Any = None) -> Any:
            found = read(self.encoder, ids, kinds, mask).last_hidden_state
            mask = torch.ones_like(ids) if mask is None else mask
            first = _mean(found, (1 - kinds) * mask)
            second = _mean(found, kinds * mask)
            parts = [first, second, first * second, (first - second).abs()]
            return self.head(self.dropout(torch.cat(parts, dim=1)))

    return PairClassifier()


def _mean(vectors: Any, chosen: Any) -> Any:
    weights = chosen.unsqueeze(-1).to(vectors.dtype)
    return (vectors * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)
