"""Licences, known holes and the pins' age: what scripts/audit_supply.py lets through."""

import datetime as dt
import importlib.util
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit_supply", SCRIPTS / "audit_supply.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_installed_dependency_has_an_allowed_licence_or_a_reason(audit):
    stated = audit.licences("stance")
    assert {"numpy", "mlflow", "pyarrow", "stance"} <= set(stated)
    assert len(stated) > 60
    assert audit.licence_faults(stated) == []
    assert all(len(reason) > 20 for reason in audit.EXCEPTIONS.values())


@pytest.mark.parametrize(
    "text",
    [
        *("GPL-3.0-only", "AGPL-3.0", "MIT AND GPL-2.0", "", "UNKNOWN", "Proprietary", "mit?"),
        *("GPL-3.0 OR AGPL-3.0", "GPL-3.0-only WITH Classpath-exception-2.0", "MIT\nGPL"),
        *("(MIT OR GPL-2.0) AND GPL-3.0", "MIT AND AGPL-3.0 OR GPL-2.0 AND MIT"),
    ],
)
def test_another_licence_is_named_with_its_package(audit, text):
    (fault,) = audit.licence_faults({"numpy": "MIT", "evil": text})
    assert fault.startswith(
        f"evil: its licence is {text or 'not stated'!r}, which is not among 0BSD"
    )
    assert fault.endswith("or give the reason for an exception in scripts/audit_supply.py")


def test_an_exception_that_nobody_needs_any_more_is_a_fault(audit):
    (fault,) = audit.licence_faults({"evil": "MIT License"}, {"evil": "x"})
    assert fault == "evil: its licence is 'MIT License'; the exception can go"
    assert audit.licence_faults({"evil": "GPL-3.0-only"}, {"evil": "x"}) == []
    assert audit.licence_faults({"evil-cu13": "NVIDIA", "evil-mit": "MIT"}, {"evil-*": "x"}) == []
    assert len(audit.licence_faults({"good-evil-x": "NVIDIA"}, {"evil-*": "x"})) == 1


@pytest.mark.parametrize(
    "spelt",
    ["BSD License", "Apache-2.0 WITH LLVM-exception", "MIT OR ISC", "GPL-2.0 OR MIT AND ISC"],
)
def test_the_usual_spellings_pass(audit, spelt):
    assert audit.licence_faults({"fine": spelt}) == []


def test_pins_may_be_half_a_year_old(audit):
    tried = dt.date(2026, 1, 1)
    text = f"# Tried on {tried}.\nnumpy==2.0\n"
    assert audit.age_faults(text, tried + dt.timedelta(183)) == []
    (fault,) = audit.age_faults(text, tried + dt.timedelta(184))
    assert fault.startswith(
        "the versions in constraints.txt were tried 184 days ago, and may be 183"
    )
    (fault,) = audit.age_faults("numpy==2.0\n", tried)
    assert "does not say when it was tried" in fault


def test_each_hole_is_named_with_the_version_that_mends_it(audit):
    report = [
        {"name": "a", "version": "1", "vulns": []},
        {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3", "4"]}]},
        {"name": "c", "version": "5", "vulns": [{"id": "CVE-2", "fix_versions": []}]},
    ]
    assert audit.holes(report) == [
        "b 2: PYSEC-1, mended in 3 or 4",
        "c 5: CVE-2, mended in no version yet",
    ]


@pytest.mark.parametrize("said", ["", "no network", '{"dependencies": [{"skip_reason": "x"}]}'])
def test_without_data_nothing_counts_as_audited_and_old_pins_fail(audit, monkeypatch, capsys, said):
    def run(command, **_):
        return subprocess.CompletedProcess(command, 1, said, "")

    class Later(dt.date):
        @classmethod
        def today(cls):
            return cls(2100, 1, 1)

    monkeypatch.setattr(audit.subprocess, "run", run)
    assert audit.known_to_pip_audit() == []
    monkeypatch.setattr(audit.dt, "date", Later)
    assert audit.main() == 1
    out, err = capsys.readouterr()
    assert "known holes: pip-audit reached no data; the age of constraints.txt counts" in out
    assert "supply chain: the versions in constraints.txt were tried " in err


def test_a_service_that_never_answers_counts_as_none(audit, monkeypatch):
    def run(command, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(audit.subprocess, "run", run)
    assert audit.known_to_pip_audit() == []


def test_a_hole_fails_however_new_the_pins_are(audit, monkeypatch, capsys):
    said = """{"dependencies": [{"skip_reason": "x"}, {"name": "mlflow", "version": "1.0",
        "vulns": [{"id": "CVE-1", "fix_versions": ["9.0"]}]}]}"""

    def run(command, **_):
        return subprocess.CompletedProcess(command, 1, said, "")

    monkeypatch.setattr(audit.subprocess, "run", run)
    assert audit.main() == 1
    out, err = capsys.readouterr()
    assert "known holes: 1 in the 1 packages that pip-audit knows" in out
    assert err == "supply chain: mlflow 1.0: CVE-1, mended in 9.0\n"


def test_ci_runs_it_in_the_environment_that_it_tests():
    steps = (SCRIPTS.parent / ".ci" / "run").read_text(encoding="utf-8")
    assert "$bin/python scripts/audit_supply.py\n" in steps
