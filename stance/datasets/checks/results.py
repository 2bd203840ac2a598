"""What checks find: single faults, and measures that stay within their bounds or do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["Finding", "Measure", "Report", "Severity"]

Severity = Literal["fault", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found.

    Attributes
    ----------
    check : str
        Name of the check.
    severity : {"fault", "warning"}
    message : str
        Where, what, and what was expected.
    """

    check: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its bounds.

    Attributes
    ----------
    check : str
    what : str
        What was measured, to be read before "is 0.12".
    value : float or None
        None where the dataset is too small to measure it; ``note`` says so.
    low, high : float or None
        The bounds, themselves allowed.
    severity : {"fault", "warning"}
        Of a value out of bounds.
    note : str
        What to know about the value.

    Examples
    --------
    >>> measure = Measure("sides", "macro F1 of term and side alone", 0.612, high=0.45)
    >>> print(measure.finding().message)
    macro F1 of term and side alone is 0.612, above the limit of 0.45
    """

    check: str
    what: str
    value: float | None
    low: float | None = None
    high: float | None = None
    severity: Severity = "fault"
    note: str = ""

    def finding(self) -> Finding | None:
        """The finding that a value out of bounds makes, or None."""
        if self.value is None:
            return None
        if self.high is not None and self.value > self.high:
            broken = f"above the limit of {self.high:.4g}"
        elif self.low is not None and self.value < self.low:
            broken = f"below the limit of {self.low:.4g}"
        else:
            return None
        note = f" ({self.note})" if self.note else ""
        message = f"{self.what} is {self.value:.4g}, {broken}{note}"
        return Finding(self.check, self.severity, message)

    def bounds(self) -> str:
        """The bounds in words."""
        low = "" if self.low is None else f"at least {self.low:.4g}"
        high = "" if self.high is None else f"at most {self.high:.4g}"
        return ", ".join(filter(None, (low, high)))


@dataclass(frozen=True)
class Report:
    """All that the checks say of a dataset.

    Attributes
    ----------
    path : str
    counts : mapping of str to int
        Statements, pairs, terms and so on.
    measures : tuple of Measure
    findings : tuple of Finding
        Faults first.
    """

    path: str
    counts: Mapping[str, int]
    measures: tuple[Measure, ...]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that make a dataset unfit."""
        return tuple(item for item in self.findings if item.severity == "fault")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings to look at."""
        return tuple(item for item in self.findings if item.severity == "warning")

    @property
    def exit_code(self) -> int:
        """0 without faults, 1 with."""
        return 1 if self.faults else 0

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return {
            "path": self.path,
            "clean": not self.faults,
            "counts": dict(self.counts),
            "measures": [asdict(measure) for measure in self.measures],
            "findings": [asdict(finding) for finding in self.findings],
        }
