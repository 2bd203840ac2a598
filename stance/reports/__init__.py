"""Tables and figures of a run; each figure comes with its numbers."""

from stance.reports.figures import confusion_figure, score_figure, term_figure
from stance.reports.tables import confusion_table, score_table

__all__ = ["confusion_figure", "confusion_table", "score_figure", "score_table", "term_figure"]
