"""Where each party stands on each clause of a settlement.

>>> import stance
>>> stance.LABELS
('favor', 'conditional', 'against', 'neutral', 'unrelated')
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from stance.labels import LABELS
from stance.positioning import positions as positions
from stance.predict import predict as predict
from stance.predict import predict_many as predict_many
from stance.records import Prediction, Statement, Term
from stance.terms import TermCatalogue
from stance.version import __version__ as __version__

if TYPE_CHECKING:
    from stance.reading import AttributedStatement, statements_from_text

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

# Loaded when they are asked for: whoever only predicts does not wait for them.
_LATER = {"AttributedStatement": "stance.reading", "statements_from_text": "stance.reading"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
