"""Install a wheel in an empty environment, and train and predict with it from an empty folder.

python scripts/check_wheel.py dist/stance-0.1.0-py3-none-any.whl
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
import venv
from pathlib import Path

DEFAULT_MODEL = """
import sys
from stance import Term, predict
from stance.resources import shipped
assert shipped("configs").is_relative_to(sys.prefix), shipped("configs")
term = Term("Foreign troops leave the valley", aliases=["troop withdrawal"])
assert predict("We reject any troop withdrawal.", term).label == "against"
assert predict("Pas de retrait des troupes avant un traité.", term).label == "conditional"
assert predict("We demand that foreign troops leave Afghanistan.", "af_troops").label == "favor"
"""
TRAINED_MODELS = """
from pathlib import Path
from stance import predict
folder, = Path.cwd().glob("outputs/*/*/model")
for model in (folder, "models:/stance/1"):
    print(model, predict("No power-sharing with the rebels.", "dv_cabinet", model=model))
"""
SAID = "text,holder\nWe demand that foreign troops leave Afghanistan.,chief negotiator\n"
UNWANTED = re.compile(r"warning|\bINFO\b|traceback", re.IGNORECASE)


def main() -> int:
    """Check the wheel named on the command line; the first thing that fails is raised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    wheel = parser.parse_args().wheel.resolve(strict=True)
    with tempfile.TemporaryDirectory() as folder:
        environment, empty = Path(folder, "venv"), Path(folder, "empty")
        venv.create(environment, with_pip=True)
        empty.mkdir()
        python = str(environment / "bin" / "python")
        run([python, "-m", "pip", "install", "--quiet", str(wheel)], empty)
        run([python, "-m", "pip", "check"], empty)
        run([python, "-c", DEFAULT_MODEL], empty)
        said = run([python, "-m", "stance.train"], empty)
        noise = [line for line in said.splitlines() if UNWANTED.search(line)]
        assert not noise, f"a first training should not say: {noise}"
        assert "Behaviour: passes" in said, "the written cases are missing from the wheel"
        run([python, "-c", TRAINED_MODELS], empty)
        command = str(environment / "bin" / "stance")
        run([command, "--help"], empty)
        (empty / "said.csv").write_text(SAID)
        run([command, "report", "said.csv", *["-t", "af_troops", "-o", "report.html"]], empty)
        assert "We demand that" in (empty / "report.html").read_text(encoding="utf-8")
    print(f"{wheel.name}: trains and predicts")
    return 0


def run(command: list[str], folder: Path) -> str:
    """Run a command as a new user would, show what it says, and return that."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=inherited,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout, end="", flush=True)
    done.check_returncode()
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
