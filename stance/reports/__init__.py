"""Tables, figures and pages of a run; each figure comes with its numbers."""

from stance.reports.learning import learning_curve
from stance.reports.report import RunReport, build_report

__all__ = ["RunReport", "build_report", "learning_curve"]
