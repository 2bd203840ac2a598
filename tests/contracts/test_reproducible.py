"""The same config and data make the same model, whatever the machine is set to."""

import hashlib
import os
import subprocess
import sys

SETTINGS = (
    {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
    {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "PYTHONHASHSEED": "2",
     "LC_ALL": "C.UTF-8", "TZ": "Pacific/Auckland"},
)  # fmt: skip


def test_threads_hash_seed_locale_and_time_zone_change_no_byte_of_a_model(tmp_path, toy_folder):
    digests = []
    for number, settings in enumerate(SETTINGS):
        given = ["tracking=none", f"dataset.path={toy_folder}", f"hydra.run.dir=run{number}"]
        done = subprocess.run(
            [sys.executable, "-m", "stance.train", *given],
            cwd=tmp_path, capture_output=True, text=True, env={**os.environ, **settings},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        files = sorted((tmp_path / f"run{number}" / "model").iterdir())
        assert len(files) > 10
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    assert digests[0] == digests[1]
