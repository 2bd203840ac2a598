"""What the README says of clusters runs: Slurm's job script, and a sweep on workers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import dask
import pytest

from stance.resources import shipped

README = (shipped("data").parent / "README.md").read_text(encoding="utf-8")


def block(word: str) -> str:
    """The one Python block that holds a word."""
    (found,) = (
        text
        for text in re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
        if word in text
    )
    return str(found)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:Using a temporary security object:UserWarning")
def test_the_job_that_slurm_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    from dask_jobqueue import SLURMCluster

    asked: list[int] = []
    monkeypatch.setattr(SLURMCluster, "scale", lambda self, jobs: asked.append(jobs))
    scope: dict[str, Any] = {}
    # Another cluster of this machine may have the port that dashboards are served on.
    with dask.config.set({"jobqueue.slurm.scheduler-options": {"dashboard_address": ":0"}}):
        exec(block("SLURMCluster"), scope)
    with scope["cluster"] as cluster:
        script = cluster.job_script()
    assert asked[0] == 16
    for line in ("#SBATCH -p short", "#SBATCH --mem=4G", "#SBATCH -t 01:00:00"):
        assert line in script
    assert re.search(
        r"^.venv/bin/python -m distributed.cli.dask_worker tcp://.* --nthreads 1 ", script, re.M
    )


def test_a_sweep_on_workers(scheduler: str, toy_table: Path, tmp_path: Path) -> None:
    quick = [
        "tracking=none",
        "features=statement",
        "model=logistic",
        "dataset=file",
        f"dataset.path={toy_table}",
        "split=statement",
        "dataset.options.columns={text: quote, term: clause, id: number}",
        "dataset.options.label_map={pro: favor, con: against, conditional: conditional, "
        "neutral: neutral, unrelated: unrelated}",
    ]
    text = block("parallel_config").replace("tcp://10.0.0.1:8786", scheduler)
    text = re.sub(r"^jobs = .*?^]$", "jobs = [['seed=0'], ['seed=1']]", text, flags=re.M | re.S)
    text = text.replace("*job,", f"*job, *{quick!r},").replace("outputs/sweep", f"{tmp_path}/sweep")
    text = text.replace("    Parallel()(", "    codes = Parallel()(")
    scope: dict[str, Any] = {}
    exec(text, scope)
    assert scope["codes"] == [0, 0]
    folders = sorted(
        path.parent.parent.name for path in tmp_path.glob("sweep/*/model/manifest.json")
    )
    assert folders == ["0", "1"]
