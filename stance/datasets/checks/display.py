"""The report of the checks in the terminal."""

from __future__ import annotations

from collections import defaultdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from stance.datasets.checks.results import Finding, Report, Severity
from stance.inert import printable

__all__ = ["show"]

_SHOWN = 20
_STYLE: dict[Severity, str] = {"fault": "red", "warning": "yellow"}


def show(report: Report, console: Console) -> None:
    """Print counts, measures and findings; of each check's findings at most 20."""
    console.print(Text(printable(report.path), style="bold"))
    console.print(Text(", ".join(f"{count:,} {name}" for name, count in report.counts.items())))
    console.print(_measures(report))
    by_check: dict[tuple[Severity, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_check[finding.severity, finding.check].append(finding)
    for (severity, name), findings in by_check.items():
        for finding in findings[:_SHOWN]:
            console.print(
                Text(f"{severity} ({name}) ", style=_STYLE[severity])
                + Text(printable(finding.message), style="default")
            )
        if len(findings) > _SHOWN:
            rest = len(findings) - _SHOWN
            console.print(Text(f"  … and {rest:,} more of {name}; --json gives all"))
    console.print(_verdict(report))


def _measures(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("bounds")
    for measure in report.measures:
        value = "–" if measure.value is None else f"{measure.value:.4f}"
        finding = measure.finding()
        style = _STYLE[finding.severity] if finding else ""
        bounds = measure.bounds() if measure.value is not None else measure.note
        table.add_row(Text(measure.what), Text(value, style=style), Text(bounds))
    return table


def _verdict(report: Report) -> Text:
    faults, warnings = len(report.faults), len(report.warnings)
    if not faults and not warnings:
        return Text("clean", style="bold green")
    words = ", ".join(
        f"{count:,} {name}{'' if count == 1 else 's'}"
        for count, name in ((faults, "fault"), (warnings, "warning"))
        if count
    )
    return Text(words, style="bold red" if faults else "bold yellow")
