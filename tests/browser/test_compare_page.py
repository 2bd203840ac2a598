"""A user tells three runs apart: the UI, the compare page and a run's picture, in a browser."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed (extra dev)")

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "outputs" / "browser"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage --window-size=1600,1100"
)
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PATIENCE = 90

if not (CHROMIUM and DRIVER) and not os.environ.get("CI"):
    pytest.skip(
        "chromium and chromedriver are not installed (Debian: chromium chromium-driver)",
        allow_module_level=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with three runs that differ in model, features and seed."""
    folder = tmp_path_factory.mktemp("project")
    runpy.run_path(str(ROOT / "scripts" / "toy.py"))["write_toy"](folder / "toy.csv")
    base = [sys.executable, "-m", "stance.train", "dataset=file", "dataset.path=toy.csv"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    for choice in (["model=two_stage"], ["model=logistic"], ["features=statement", "seed=7"]):
        subprocess.run([*base, *choice], cwd=folder, env=environment, check=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Where ``python -m stance.ui`` says that it is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "stance.ui", "--port", str(port), "--no-open"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("MLFLOW_TRACKING_URI", None)
    server = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        for line in server.stdout:
            found = re.search(r"http://\S+", line)
            if found:
                yield found.group()
                break
        else:
            pytest.fail("the UI ended before it was ready")
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    found.set_page_load_timeout(PATIENCE)
    try:
        yield found
    finally:
        found.quit()


def wait_for_text(browser: Any, *texts: str) -> None:
    """Wait for content: these pages never stop talking to the server."""

    def shown(_: Any) -> bool:
        body = browser.find_element(By.TAG_NAME, "body").text
        return all(text in body for text in texts)

    WebDriverWait(browser, PATIENCE, ignored_exceptions=None).until(
        shown, message=f"the page does not show {texts}"
    )


def shoot(browser: Any, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(SHOTS / f"{name}.png"))


NAMES = (
    "two_stage-default-file-fixed",
    "logistic-default-file-fixed",
    "two_stage-statement-file-fixed seed=7",
)


def test_three_runs_are_told_apart_and_compared(address: str, browser: Any) -> None:
    browser.get(address)
    wait_for_text(browser, *NAMES)
    shoot(browser, "1-runs")
    boxes = browser.find_elements(By.CSS_SELECTOR, "[role=row] input[type=checkbox]")
    print(len(boxes))
    browser.get_screenshot_as_png()
