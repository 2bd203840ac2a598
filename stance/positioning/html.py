"""One HTML file that shows positions: no network, and what holders said stays text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from stance.inert import printable
from stance.positioning.page_data import Event, PageData
from stance.positioning.table import Positions
from stance.positioning.trust import trust
from stance.positioning.view import view
from stance.positioning.wording import script_safe
from stance.version import __version__

if TYPE_CHECKING:
    from stance.persistence import SavedModel

__all__ = ["report_page"]

_SCRIPTS = ("estimate.js", "chart.js", "panel.js", "page.js")


def report_page(
    positions: Positions,
    *,
    model: SavedModel,
    title: str = "Positions",
    events: Iterable[Event] = (),
    left_out: Sequence[str] = (),
) -> str:
    """Show positions as one page: matrix, gaps, timelines, conditions, quotes, what to trust.

    The page is complete in itself and may be sent around. Its content security policy lets
    nothing be fetched or run but the style and the script in it. It is the same text each time
    for the same positions.

    Parameters
    ----------
    positions : Positions
        From :func:`stance.positions`.
    model : SavedModel
        That gave the labels, from :func:`stance.predict.load_model`.
    title : str, default "Positions"
    events : iterable of Event, optional
        Marked on the timelines.
    left_out : sequence of str, optional
        What was left out of the input before, a sentence each; said on the page.

    Returns
    -------
    str
        HTML, to be written as UTF-8.

    Raises
    ------
    DataError
        If there is nothing to show, or more than a page holds.

    References
    ----------
    Content Security Policy Level 3, W3C; ARIA Authoring Practices Guide, W3C.
    """
    page = PageData(positions, events)
    style, script = _asset("report.css"), "\n".join(map(_asset, _SCRIPTS))
    script = f'(() => {{\n"use strict";\n{script}}})();\n'
    shown: str = _template().render(
        title=printable(title),
        version=__version__,
        policy=_policy(style, script),
        # These three go in as they are: none of them can end its element.
        style=style,
        script=script,
        data=script_safe(page.payload()),
        **view(page),
        trust=trust(page, model, left_out),
    )
    return shown


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("stance.positioning", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["x"] = lambda value: f"{50 + 50 * value:.1f}"
    return environment.get_template("report.html.jinja")


@cache
def _asset(name: str) -> str:
    return (files("stance.positioning") / "assets" / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    ]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
