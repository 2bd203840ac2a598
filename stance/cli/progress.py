"""A progress bar with rate and time left, on standard error and in terminals only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["showing"]


@contextmanager
def showing(*, quiet: bool = False) -> Iterator[Callable[[int, int | None, int], None]]:
    """Show a bar while the body runs.

    Yields
    ------
    callable
        To be called with the position in the input, its end where known, and rows done.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.fields[rows]:,} statements"),
        BarColumn(),
        TextColumn("{task.fields[rate]:,.0f} a second, left"),
        TimeRemainingColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=None, rows=0, rate=0.0)
        begun: list[tuple[float, int]] = []

        def update(position: int, total: int | None, rows: int) -> None:
            now = bar.get_time()
            # Rows that an earlier run answered, and the start-up, say nothing of the rate.
            begun.append((now, rows)) if not begun else None
            seconds, done = now - begun[0][0], rows - begun[0][1]
            rate = done / seconds if seconds > 0 else 0.0
            bar.update(task, completed=position, total=total, rows=rows, rate=rate)

        yield update
