"""Install a wheel in an empty environment, and train and predict with it from an empty folder.

python scripts/check_wheel.py dist/stance-0.1.0-py3-none-any.whl
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PREDICT = (
    "import stance, pathlib; assert '_shipped' in str(stance.resources.shipped('configs')); "
    "print(stance.predict('We reject any troop withdrawal.', "
    "stance.Term('Foreign troops leave', aliases=['troop withdrawal'])))"
)


def main() -> int:
    """Check the wheel named on the command line."""
    wheel = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        environment, empty = Path(folder, "venv"), Path(folder, "empty")
        venv.create(environment, with_pip=True)
        empty.mkdir()
        python = str(environment / "bin" / "python")
        for command in (
            [python, "-m", "pip", "install", "--quiet", str(wheel)],
            [python, "-c", PREDICT],
            [python, "-m", "stance.train"],
            [python, "-m", "stance", "--help"],
        ):
            subprocess.run(command, cwd=empty, check=True)
        assert (empty / "mlflow.db").is_file()
        assert list(empty.glob("outputs/*/*/model/manifest.json"))
    print(f"{wheel.name}: trains and predicts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
