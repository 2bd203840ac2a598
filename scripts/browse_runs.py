"""Look at runs as a user does: the MLflow UI in Chromium, from the list to a picture of one run.

    python scripts/browse_runs.py FOLDER --out outputs/browser

opens the store of FOLDER with ``python -m stance.ui``, compares its latest three runs and keeps
pictures of the pages. Debian has the browser: ``apt-get install chromium chromium-driver``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PATIENCE = 180  # seconds; a busy machine is slow
_TALL = (1400, 1650)
_PICTURE = (400, 0)  # wider than any symbol of the UI's own
# Only the metrics near the visible ones exist in the page, names and values in a grid each: go on
# until the name turns up and the two are at the same place, then say what stands beside it.
_SCROLL = """
const [section, name] = arguments;
const all = selector => [...section.querySelectorAll(selector)];
const found = all('*').filter(item => item.textContent.trim() === name).pop();
const grids = all('.ReactVirtualized__Grid');
if (!grids.length) {
  const table = all('*').find(
    item => getComputedStyle(item).overflowY === 'auto' && item.scrollHeight > item.clientHeight);
  if (table) table.scrollTop += found.getBoundingClientRect().top
    - table.getBoundingClientRect().top - 12;
  return [...found.closest('tr').querySelectorAll('td')].map(cell => cell.textContent.trim());
}
const moving = grids.pop();
if (!found) { moving.scrollTop += moving.clientHeight / 2; return null; }
const place = found.closest('[style*="absolute"]').style.top;
const cells = [...moving.querySelectorAll('[style*="absolute"]')];
const beside = cells.filter(cell => cell.style.top === place);
const near = (a, b) => Math.abs(a - b) <= 2;
const target = parseFloat(place) - 2;
const settled = near(moving.scrollTop, target)
  && grids.every(grid => near(grid.scrollTop, moving.scrollTop));
// The names follow the values one step late, so that they get one step more.
if (!settled) moving.scrollTop = target + (moving.scrollTop === target ? 1 : 0);
return settled && beside.length ? beside.map(cell => cell.textContent.trim()) : null;
"""
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage --window-size=1500,1250"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep the pictures; 1 where there is no browser."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the store is")
    parser.add_argument("--out", type=Path, default=Path("outputs/browser"))
    given = parser.parse_args(arguments)
    if not (CHROMIUM and DRIVER):
        print("error: no browser; apt-get install chromium chromium-driver", file=sys.stderr)
        return 1
    with serve(given.folder) as address, open_browser() as browser:
        visit = Visit(browser, address, given.out)
        names = visit.list_runs()[:3]
        visit.compare(names)
        print(visit.show_differences())
        visit.open_run(names[0])
        visit.open_picture()
    print(f"pictures of {', '.join(names)} are in {given.out}")
    return 0


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Run ``python -m stance.ui`` in a folder; the address that it says."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "stance.ui", "--port", str(port), "--no-open"]
    environment = {key: value for key, value in os.environ.items() if key != "MLFLOW_TRACKING_URI"}
    server = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None  # it is a pipe
    try:
        said = ""
        for line in server.stdout:
            said += line
            if found := re.search(r"http://\S+", line):
                yield found.group()
                return
        raise RuntimeError(f"the UI ended before it was ready: {said}")
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
        server.stdout.close()


@contextlib.contextmanager
def open_browser() -> Iterator[webdriver.Chrome]:
    """A browser without a window and without a history."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
            options.add_argument(flag)
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        browser.set_page_load_timeout(PATIENCE)
        try:
            yield browser
        finally:
            browser.quit()


class Visit:
    """One user's way through the UI; each page that was reached leaves a picture.

    These pages never stop talking to the server, so that each step waits for content.

    Parameters
    ----------
    browser : selenium.webdriver.Chrome
    address : str
        Of the experiment's runs, as ``stance.ui`` says it.
    pictures : pathlib.Path
        Folder for the pictures.
    """

    def __init__(self, browser: webdriver.Chrome, address: str, pictures: Path) -> None:
        self.browser = browser
        self.address = address
        self.pictures = pictures
        pictures.mkdir(parents=True, exist_ok=True)

    @property
    def text(self) -> str:
        """All that the page shows."""
        return self.browser.find_element(By.TAG_NAME, "body").text

    def list_runs(self, *expected: str) -> list[str]:
        """Open the experiment; the names of its runs as the list shows them, latest first."""
        self.browser.get(self.address)
        self._wait_for_text("matching run", *expected)
        self._close_help()
        self._wait_until(self._rows, "a run in the list")
        self._shoot("1-runs")
        return [row.text.splitlines()[-2] for row in self._rows()]

    def cut_off(self) -> list[str]:
        """The names that the list of runs does not show in full."""
        links = [row.find_element(By.TAG_NAME, "a") for row in self._rows()]
        wide = "return arguments[0].scrollWidth > arguments[0].clientWidth"
        return [link.text for link in links if self.browser.execute_script(wide, link)]

    def compare(self, names: Sequence[str]) -> None:
        """Select runs in the list and press *Compare*."""
        for row in self._rows():
            if any(name in row.text.splitlines() for name in names):
                row.find_element(By.CSS_SELECTOR, ".is-checkbox-cell input").click()
        self._wait_until(lambda: self._all("[data-testid=runs-compare-button]"), "Compare")
        self._all("[data-testid=runs-compare-button]")[0].click()
        self._wait_for_text(f"Comparing {len(names)} Runs", "Run details", *names)
        self._wait_until(lambda: self._all(".js-plotly-plot .parcoords"), "the plot")
        self._shoot("2-compare")

    def show_differences(
        self, parameter: str = "features.name", metric: str = "test/macro_f1"
    ) -> tuple[list[str], list[str]]:
        """On the compare page: fold the plot, leave out equal parameters, scroll to these two.

        Returns
        -------
        tuple of two lists of str
            What stands beside the parameter and beside the metric, a value for each run.
        """
        self.browser.set_window_size(*_TALL)
        self._all(".du-bois-light-collapse-header")[0].click()
        self._all("button[aria-label='Parameters - Show diff only']")[0].click()
        self._wait_until(lambda: "tracking.experiment" not in self.text, "the differences only")
        self._wait_until(lambda: not self._all(".parcoords", shown=True), "the plot folded")
        _, _, parameters, metrics, *_ = self._all(".du-bois-light-collapse-item")
        beside = self._scroll_to(parameters, parameter), self._scroll_to(metrics, metric)
        self._wait_for_text(parameter, metric)
        self._shoot("3-differences")
        return beside

    def _scroll_to(self, section: WebElement, name: str) -> list[str]:
        found: list[str] = []

        def there() -> bool:
            found[:] = self.browser.execute_script(_SCROLL, section, name) or []
            return bool(found)

        self._wait_until(there, name)
        return found

    def open_run(self, name: str) -> None:
        """Open a run's own page, from the list."""
        self.browser.get(self.address)
        self._wait_for_text(name)
        self._wait_until(lambda: self._all("a", text=name), name)
        self._all("a", text=name)[0].click()
        self._wait_for_text(name, "Description", "macro F1")
        self._shoot("4-run")

    def open_picture(self, path: str = "report/test/overview.png") -> tuple[int, int]:
        """Open a picture among the run's artifacts; its width and height in pixels."""
        place = self.browser.current_url.partition("?")[0]
        self.browser.get(f"{place}/artifacts/{path}")

        def size() -> tuple[int, int]:
            images = self._all("img", shown=True)
            sizes = [
                (
                    int(str(item.get_property("naturalWidth"))),
                    int(str(item.get_property("naturalHeight"))),
                )
                for item in images
            ]
            return max(sizes, default=(0, 0))

        self._wait_until(lambda: size() >= _PICTURE, f"the picture {path}")
        self._shoot("5-picture")
        return size()

    def _rows(self) -> list[WebElement]:
        return self._all(".ag-pinned-left-cols-container [role=row]")

    def _all(self, selector: str, *, text: str = "", shown: bool = False) -> list[WebElement]:
        found = self.browser.find_elements(By.CSS_SELECTOR, selector)
        return [
            item
            for item in found
            if (not text or item.text == text) and (not shown or item.is_displayed())
        ]

    def _close_help(self) -> None:
        """MLflow opens its assistant on a first visit; it would take a third of the page."""
        for button in self._all("button[data-component-id='mlflow.assistant.chat_panel.close']"):
            button.click()

    def _wait_for_text(self, *texts: str) -> None:
        self._wait_until(lambda: all(text in self.text for text in texts), " and ".join(texts))

    def _wait_until(self, reached: Callable[[], object], what: str) -> None:
        WebDriverWait(self.browser, PATIENCE).until(
            lambda _: reached(), message=f"the page does not show {what}"
        )

    def _shoot(self, name: str) -> None:
        self.browser.save_screenshot(str(self.pictures / f"{name}.png"))


if __name__ == "__main__":
    sys.exit(main())
