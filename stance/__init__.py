"""Where each party stands on each clause of a settlement.

>>> import stance
>>> stance.LABELS
('favor', 'conditional', 'against', 'neutral', 'unrelated')
"""

from stance.labels import LABELS
from stance.positioning import positions as positions
from stance.predict import predict as predict
from stance.predict import predict_many as predict_many
from stance.reading import AttributedStatement, statements_from_text
from stance.records import Prediction, Statement, Term
from stance.terms import TermCatalogue
from stance.version import __version__ as __version__

__all__ = [
    "LABELS",
    "AttributedStatement",
    "Prediction",
    "Statement",
    "Term",
    "TermCatalogue",
    "positions",
    "predict",
    "predict_many",
    "statements_from_text",
]
