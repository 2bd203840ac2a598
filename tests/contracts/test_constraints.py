"""constraints.txt pins what pyproject.toml asks for, and says nothing else."""

import re
import runpy
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
REMEDY = "run: python scripts/write_constraints.py"


def pins() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def wanted() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def test_holds_names_and_versions_only():
    for line in pins():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line), line


def test_pins_every_direct_dependency_once():
    names = [canonicalize_name(line.partition("==")[0]) for line in pins()]
    assert sorted(names) == sorted(wanted()), REMEDY


def test_pins_versions_that_pyproject_allows():
    allowed = wanted()
    for line in pins():
        name, _, version = line.partition("==")
        requirement = allowed[canonicalize_name(name)]
        assert requirement.specifier.contains(version), f"{line} is not {requirement}; {REMEDY}"


def test_the_oldest_versions_are_the_lower_bounds_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    content = runpy.run_path(str(ROOT / "scripts" / "write_oldest.py"))["content"]
    written = (ROOT / "constraints-oldest.txt").read_text(encoding="utf-8")
    assert written == content(project), "run: python scripts/write_oldest.py"
