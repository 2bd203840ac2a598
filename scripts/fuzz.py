"""Fuzz the model loader, the dataset reader and the text gate with Atheris (libFuzzer).

    pip install atheris
    python scripts/fuzz.py model dataset text --seconds 600

Each target runs until it has computed for so many seconds or finds a hole, which then lies as a
case under ``tests/security/cases/TARGET/`` and is replayed by the tests. Executions, coverage
and findings of each target go into ``experiments/robustness/results.json``.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from robustness_results import record

NAMES = ("model", "dataset", "text")
CASES = Path(__file__).resolve().parent.parent / "tests" / "security" / "cases"
MISSING = "scripts/fuzz.py needs Atheris, which is not installed: pip install atheris"
STATUS = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/")
HANGS = 300
"""Seconds after which one input counts as one that never ends; many, for a busy machine."""


def main() -> int:
    """0 when no target found anything, 1 when one did, 2 without Atheris."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=int, default=600, help="of computing, for each target")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given, flags = parser.parse_known_args()
    if importlib.util.find_spec("atheris") is None:
        print(MISSING, file=sys.stderr)
        return 2
    if given.inside:
        return _fuzz(given.targets[0], flags)
    unknown = set(given.targets) - set(NAMES)
    if unknown or flags:
        parser.error(
            f"unknown {', '.join([*sorted(unknown), *flags])}; targets: {', '.join(NAMES)}"
        )
    holes = 0
    for name in given.targets or NAMES:
        figures = _run(name, given.seconds)
        record("fuzzing", name, figures)
        print(name, figures)
        holes += len(figures["findings"])
    return int(holes > 0)


def _run(name: str, seconds: int) -> dict[str, Any]:
    """Fuzz one target in child processes, which hand on their corpus; its figures."""
    kept = CASES / name
    kept.mkdir(parents=True, exist_ok=True)
    before, start = set(kept.iterdir()), _computed()
    runs, status, done = 0, [0, 0, 0], None
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, name, "--inside", f"{folder}/corpus", str(kept)]
        limits = [
            "-rss_limit_mb=4096",
            f"-timeout={HANGS}",
            f"-report_slow_units={HANGS}",
            "-max_len=65536",
        ]
        more = [f"-dict={folder}/words", f"-artifact_prefix={kept}/"]
        while (left := seconds - (_computed() - start)) > 1 and not (done and done.returncode):
            # Libfuzzer's seconds are those of the wall, which a busy machine gives to others.
            time = f"-max_total_time={max(20, round(left))}"
            done = subprocess.run([*command, *limits, *more, time], stderr=subprocess.PIPE)
            log = done.stderr.decode(errors="replace")
            found = [list(map(int, line)) for line in STATUS.findall(log)]
            if found:
                runs, status = runs + found[-1][0], found[-1][1:]
            if done.returncode:
                print(log[-6000:], file=sys.stderr)
    findings = sorted(path.name for path in set(kept.iterdir()) - before)
    failed = [f"exit {done.returncode}"] if done and done.returncode else []
    return {
        "command": f"python scripts/fuzz.py {name} --seconds {seconds}",
        "computing_seconds": round(_computed() - start),
        "executions": runs,
        **dict(zip(("edges_covered", "features", "corpus"), status, strict=True)),
        "kept_cases": len(before),
        "findings": findings or failed,
    }


def _computed() -> float:
    """Seconds that children computed: on a busy machine far fewer than went by."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _fuzz(name: str, flags: list[str]) -> int:
    import atheris

    # Before anything of stance is imported: what is instrumented says where an input led.
    with atheris.instrument_imports(include=["stance"]):
        import fuzz_targets
    corpus = Path(flags[0])
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(fuzz_targets.seeds(name)):
        (corpus / f"seed{number}").write_bytes(seed)
    words = [_quoted(word) for word in fuzz_targets.DICTIONARY]
    (corpus.parent / "words").write_text("\n".join(words) + "\n", encoding="utf-8")
    atheris.Setup([sys.argv[0], *flags], fuzz_targets.TARGETS[name]())
    atheris.Fuzz()
    return 0


def _quoted(word: str) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"'


if __name__ == "__main__":
    sys.exit(main())
