"""Make the README's picture of a report: picture_report.py [OUT].

Writes the demonstration of ``demo_negotiation.py``, runs ``stance report`` on it, and photographs
the page in Chromium at a desk's and a phone's width. Needs selenium, chromium and chromedriver.
"""

from __future__ import annotations

import io
import runpy
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from stance.cli import main as stance

HERE = Path(__file__).resolve().parent
OUT = HERE / "pictures" / "report.png"
HEIGHT, DESK, PHONE, GAP = 1010, 1280, 390, 24
COLOURS = 256
TITLE = "Peace talks for Dorvane (invented)"


def main() -> int:
    """Write the picture to the place named on the command line, or to its own."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runpy.run_path(str(HERE / "demo_negotiation.py"))["write_demo"](folder)
        said, terms, events = (
            str(folder / name) for name in ("statements.csv", "terms.yaml", "events.csv")
        )
        page = folder / "report.html"
        asked = ["report", said, "--terms", terms, "--events", events, "--title", TITLE]
        if code := stance([*asked, "--quiet", "--out", str(page)]):
            return code
        shots = [shoot(page, DESK, opened=True), shoot(page, PHONE, opened=False)]
    whole = Image.new("RGB", (DESK + GAP + PHONE, HEIGHT), "white")
    whole.paste(shots[0], (0, 0))
    whole.paste(shots[1], (DESK + GAP, 0))
    whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        out, optimize=True
    )
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB")
    return 0


def shoot(page: Path, width: int, *, opened: bool) -> Image.Image:
    """Photograph a page, scrolled to the matrix; with the statements behind a cell if asked."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    browser: Any = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(shutil.which("chromedriver"))
    )
    try:
        size = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})
        browser.get(page.as_uri())
        busy = "return !document.querySelector('[aria-busy=true]')"
        WebDriverWait(browser, 60).until(lambda it: it.execute_script(busy))
        if opened:
            browser.find_element(By.CSS_SELECTOR, "[data-cell='5-0']").click()
        browser.execute_script("document.getElementById('matrix-title').scrollIntoView()")
        return Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    finally:
        browser.quit()


if __name__ == "__main__":
    raise SystemExit(main())
