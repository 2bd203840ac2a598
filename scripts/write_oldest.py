"""Write constraints-oldest.txt: the lowest version that pyproject.toml allows of each dependency.

    python scripts/write_oldest.py

CI runs part of the suite with these, so that a lower bound is one that was tried. The extras
``encoder``, whose torch is one version anyway, and ``dev``, which users do not install, are left
out.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = frozenset({"dev", "encoder"})
HEAD = """\
# The oldest versions that pyproject.toml allows, which CI tries too; made by
# scripts/write_oldest.py. For the newest that were tried see constraints.txt.
"""


def main() -> int:
    """Write the file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (ROOT / "constraints-oldest.txt").write_text(content(project), encoding="utf-8")
    return 0


def content(project: Mapping[str, Any]) -> str:
    """What the file says for a project's table in ``pyproject.toml``."""
    extras = project["optional-dependencies"].items()
    wanted = [*project["dependencies"]]
    wanted += [item for name, items in extras if name not in LEFT_OUT for item in items]
    lines = {lowest(Requirement(item)) for item in wanted}
    return HEAD + "".join(f"{line}\n" for line in sorted(lines, key=str.casefold))


def lowest(requirement: Requirement) -> str:
    """Pin a requirement to its lower bound.

    Examples
    --------
    >>> lowest(Requirement("dask[dataframe]>=2026.1,<2027"))
    'dask==2026.1'
    """
    (bound,) = (part.version for part in requirement.specifier if part.operator == ">=")
    return f"{requirement.name}=={bound}"


if __name__ == "__main__":
    sys.exit(main())
