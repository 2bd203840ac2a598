"""Audit what an installation brings along: licences, and known holes or else the pins' age.

    python scripts/audit_supply.py

Licences are those that the installed packages themselves state, of stance's dependencies with all
extras, and of theirs. Known holes in what is installed are asked of pip-audit; where its data
cannot be reached, the versions in constraints.txt must have been tried within the last half year,
so that fixes of the libraries are not missed for longer.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
MOST_DAYS = 183
PATIENCE = 120
"""Seconds that pip-audit may take for its questions."""

ALLOWED = frozenset(
    """
    0BSD Apache-2.0 BSD BSD-2-Clause BSD-3-Clause BSL-1.0 CC0-1.0 CNRI-Python ISC LLVM-exception
    MIT MIT-0 MIT-CMU MPL-2.0 PSF-2.0 Zlib
    """.split()  # noqa: SIM905 - a list of 16 strings is harder to read
)
"""Licences under which stance may depend on a package; MPL binds changed files of it only."""

SPELT = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
EXCEPTIONS = {
    "cuda-*": "NVIDIA's own terms: comes with the CUDA build of torch, in the extra 'encoder'",
    "huey": "its metadata name no licence; its LICENSE file is MIT's; comes with MLflow",
    "nvidia-*": "NVIDIA's own terms: comes with the CUDA build of torch, in the extra 'encoder'",
    "psycopg2-binary": "LGPL: used unchanged, and only by who asks for the extra 'postgres'",
    "skops": "its metadata say 'OSI Approved' only; its LICENSE file is MIT's; comes with MLflow",
}
"""Packages that pass without one of those licences, each with the reason."""


def main() -> int:
    """Print what was looked at; 1 if anything is amiss."""
    stated = licences("stance")
    faults = licence_faults(stated)
    print(f"licences: {len(stated)} packages, {len(EXCEPTIONS)} exceptions with a reason")
    audited = known_to_pip_audit()
    if audited:
        found = holes(audited)
        print(f"known holes: {len(found)} in the {len(audited)} packages that pip-audit knows")
        faults += found
    else:
        print("known holes: pip-audit reached no data; the age of constraints.txt counts instead")
        faults += age_faults(CONSTRAINTS.read_text(encoding="utf-8"), dt.date.today())
    for fault in faults:
        print(f"supply chain: {fault}", file=sys.stderr)
    return int(bool(faults))


def licences(root: str) -> dict[str, str]:
    """What each installed package below ``root`` says of its licence, with all extras of it."""
    extras = set(metadata.metadata(root).get_all("Provides-Extra") or [])
    wanted: dict[str, set[str]] = {}
    queue = [(root, extras)]
    while queue:
        name, more = queue.pop()
        held = wanted.get(name)
        if held is not None and more <= held:
            continue
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # of another system, or of an extra that is not installed
        wanted[name] = (held or set()) | more
        for item in map(Requirement, needed):
            marks = [{"extra": extra} for extra in ("", *wanted[name])]
            if item.marker is None or any(map(item.marker.evaluate, marks)):
                queue.append((canonicalize_name(item.name), set(item.extras)))
    return {name: _stated(metadata.metadata(name)) for name in sorted(wanted)}


def _stated(found: metadata.PackageMetadata) -> str:
    """The licence expression, else the classifiers, else the first line of the old field."""

    def fields(name: str) -> list[str]:
        return [str(line).strip() for line in found.get_all(name) or []]

    classifiers = [line for line in fields("Classifier") if line.startswith("License ::")]
    named = [name for name in (line.rpartition(":: ")[2] for line in classifiers) if name]
    old = [text.partition("\n")[0] for text in fields("License")]
    return " AND ".join(fields("License-Expression") or named or old)


def licence_faults(
    stated: Mapping[str, str], exceptions: Mapping[str, str] = EXCEPTIONS
) -> list[str]:
    """The packages whose licences are not allowed, and exceptions that nobody needs."""
    faults = []
    for name, text in stated.items():
        excepted = any(fnmatch(name, pattern) for pattern in exceptions)
        if not allowed(text) and not excepted:
            faults.append(
                f"{name}: its licence is {text or 'not stated'!r}, which is not among "
                f"{', '.join(sorted(ALLOWED))}; do without it, or give the reason for an exception "
                "in scripts/audit_supply.py"
            )
        if allowed(text) and name in exceptions:
            faults.append(f"{name}: its licence is {text!r}; the exception can go")
    return faults


def allowed(text: str) -> bool:
    """Whether a licence expression leaves a choice all parts of which are allowed."""
    return any(
        all(SPELT.get(part, part) in ALLOWED for part in re.split(" AND | WITH ", choice))
        for choice in text.split(" OR ")
    )


def known_to_pip_audit() -> list[Mapping[str, Any]]:
    """What pip-audit says of each installed package that its data know; empty without data."""
    command = [sys.executable, "-m", "pip_audit", "--skip-editable", "--format", "json"]
    quiet = ["--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(
            [*command, *quiet], capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, subprocess.TimeoutExpired):
        return []
    return [item for item in found if "skip_reason" not in item]


def holes(audited: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line for each hole of pip-audit's report."""
    return [
        f"{item['name']} {item['version']}: {hole['id']}, mended in "
        f"{' or '.join(hole['fix_versions']) or 'no version yet'}"
        for item in audited
        for hole in item["vulns"]
    ]


def age_faults(constraints: str, today: dt.date) -> list[str]:
    """Whether the pinned versions were tried lately enough."""
    found = re.search(r"^# Tried on (\d{4}-\d\d-\d\d)\.$", constraints, re.MULTILINE)
    if found is None:
        return ["constraints.txt does not say when it was tried; run scripts/write_constraints.py"]
    days = (today - dt.date.fromisoformat(found[1])).days
    if days <= MOST_DAYS:
        return []
    return [
        f"the versions in constraints.txt were tried {days} days ago, and may be {MOST_DAYS} days "
        "old: install the newest that pyproject.toml allows, run the tests, and run "
        "scripts/write_constraints.py"
    ]


if __name__ == "__main__":
    sys.exit(main())
