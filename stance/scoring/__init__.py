"""From statements and terms to probabilities: one code path for any size."""

from stance.scoring.compiled import Compiled, compiled, score
from stance.scoring.reader import Reader, pair_features
from stance.scoring.reading import Texts
from stance.scoring.reference import pairs_of, reference_score
from stance.scoring.scorer import Facts, Scorer

__all__ = [
    "Compiled",
    "Facts",
    "Reader",
    "Scorer",
    "Texts",
    "compiled",
    "pair_features",
    "pairs_of",
    "reference_score",
    "score",
]
