"""Write constraints.txt: the installed version of every direct dependency in pyproject.toml.

    python scripts/write_constraints.py

Run it in an environment that was made with ``pip install -e '.[dev]'`` and passes the tests.
"""

from __future__ import annotations

import datetime as dt
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# The direct dependencies that this version was tried with; pyproject.toml says what is allowed.
# pip install -c constraints.txt -e '.[dev]'
# Tried on {today}.
"""


def main() -> int:
    """Write the file; 1 if a dependency is not installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = direct(project)
    try:
        # Without the part after "+", which says how a wheel was built: torch 2.13.0+cpu.
        lines = [f"{name}=={version(name).partition('+')[0]}" for name in names]
    except PackageNotFoundError as error:
        print(f"{error.name} is not installed; pip install -e '.[dev]' first", file=sys.stderr)
        return 1
    head = HEAD.format(today=dt.date.today())
    (ROOT / "constraints.txt").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"constraints.txt: {len(lines)} packages")
    return 0


def direct(project: Mapping[str, Any]) -> list[str]:
    """Names of the dependencies of the package and of its extras, sorted."""
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(item for extra in extras for item in extra)]
    return sorted({Requirement(item).name for item in wanted}, key=str.casefold)


if __name__ == "__main__":
    sys.exit(main())
