"""Make the README's picture of a report: picture_report.py [OUT].

Photographs ``experiments/example-study/report.html``, which ``example_study.py`` makes, in Chromium
at a desk's and a phone's width. Needs selenium, chromium and chromedriver.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

STUDY = Path(__file__).resolve().parents[1] / "experiments" / "example-study"
PAGE, OUT = STUDY / "report.html", STUDY / "picture.png"
OPENED = ".cell[data-holder='Daro Hest']"  # the first such cell is that of his troops
HEIGHT, DESK, PHONE, GAP = 1010, 1280, 390, 24
COLOURS = 256


def main() -> int:
    """Write the picture to the place named on the command line, or to its own."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.parent.mkdir(parents=True, exist_ok=True)
    shots = [shoot(PAGE, DESK, opened=True), shoot(PAGE, PHONE, opened=False)]
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
            browser.find_element(By.CSS_SELECTOR, OPENED).click()
        browser.execute_script("document.getElementById('matrix-title').scrollIntoView()")
        return Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    finally:
        browser.quit()


if __name__ == "__main__":
    raise SystemExit(main())
