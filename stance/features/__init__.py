"""Feature blocks over a DataFrame of pairs, as scikit-learn transformers."""

from stance.features.blocks import BLOCKS, OPTIONAL_BLOCKS, PairFeatures
from stance.features.characters import CharacterNgrams, TermCharacters
from stance.features.cues import CUES, CueNgrams
from stance.features.ngrams import HolderWords, MarkedNgrams, StatementNgrams
from stance.features.overlap import TermOverlap
from stance.features.pairs import PAIR_COLUMNS, check_pairs
from stance.features.vectors import SentenceVectors, TermVectors

__all__ = [
    "BLOCKS",
    "CUES",
    "OPTIONAL_BLOCKS",
    "PAIR_COLUMNS",
    "CharacterNgrams",
    "CueNgrams",
    "HolderWords",
    "MarkedNgrams",
    "PairFeatures",
    "SentenceVectors",
    "StatementNgrams",
    "TermCharacters",
    "TermOverlap",
    "TermVectors",
    "check_pairs",
]
