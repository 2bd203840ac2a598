"""What visits the real UI, without which a module that imports it is skipped; CI must have it."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="selenium is not installed (extra dev)")

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
BROWSE = runpy.run_path(str(SCRIPTS / "browse_runs.py"))
TOY = runpy.run_path(str(SCRIPTS / "toy.py"))

if not (BROWSE["CHROMIUM"] and BROWSE["DRIVER"]) and not os.environ.get("CI"):
    pytest.skip(
        "chromium and chromedriver are not installed (Debian: chromium chromium-driver)",
        allow_module_level=True,
    )
