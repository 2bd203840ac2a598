"""Nothing goes out: no network, no secret of the environment in what is written."""

import os
import shutil
import subprocess
import sys

import pytest

SECRET = "correct-horse-battery-staple"
ASK = "print(predict('We sign it.', 'A truce takes effect').label)"
PREDICT = f"from stance import predict; {ASK}"


def _without_network(command, folder):
    """Run in a network namespace that holds nothing, not even a loopback that is up."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-n", "true"], capture_output=True).returncode:
        assert os.environ.get("CI") != "true", "network namespaces are not allowed here"
        pytest.skip("network namespaces are not allowed here")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    secrets = {"AWS_SECRET_ACCESS_KEY": SECRET, "HF_TOKEN": SECRET, "MY_PASSWORD": SECRET}
    return subprocess.run(
        [unshare, "-n", sys.executable, *command],
        cwd=folder, capture_output=True, text=True, env={**kept, **secrets},
    )  # fmt: skip


def test_training_and_predicting_need_no_network_and_write_no_secret(tmp_path, toy_folder):
    given = [f"dataset.path={toy_folder}", "model=logistic", "features=statement"]
    trained = _without_network(["-m", "stance.train", *given], tmp_path)
    assert trained.returncode == 0, trained.stderr
    predicted = _without_network(["-c", PREDICT], tmp_path)
    assert predicted.returncode == 0, predicted.stderr
    assert predicted.stdout.strip() in {"favor", "conditional", "against", "neutral", "unrelated"}
    for done in (trained, predicted):
        assert SECRET not in done.stdout + done.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 10
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]
