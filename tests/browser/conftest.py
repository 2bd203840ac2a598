"""Chromium without a window, for pages that have to be looked at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SHOTS = Path(__file__).resolve().parents[2] / "outputs" / "browser"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage"
)
PATIENCE = 90


@pytest.fixture(scope="module")
def visit(folder: Path) -> Iterator[Any]:
    """A visit to the UI on the store of a module's ``folder``; its tests go from page to page."""
    from .ui import BROWSE

    with BROWSE["serve"](folder) as address, BROWSE["open_browser"]() as browser:
        yield BROWSE["Visit"](browser, address, SHOTS)


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Callable[[int, int], Any]]:
    """Start a browser with a window of a width and a height; it ends with the test.

    Its logs tell of everything on the console and of every request.
    """
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        why = "chromium and chromedriver are not installed (Debian: chromium chromium-driver)"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    opened: list[Any] = []

    def start(width: int, height: int) -> Any:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path / f'profile{len(opened)}'}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        opened.append(found)
        found.set_page_load_timeout(PATIENCE)
        # A window is never narrower than 500 points; what a page sees can be.
        found.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        found.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})
        found.get("about:blank")  # away from the page that a new tab shows, and its requests
        for log in ("browser", "performance"):
            found.get_log(log)
        return found

    try:
        yield start
    finally:
        for browser in opened:
            browser.quit()
