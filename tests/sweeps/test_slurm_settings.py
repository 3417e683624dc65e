"""What Slurm is asked for, and what its queue says. The real one is in tests/slurm."""

from pathlib import Path

import pytest
import yaml

from gradnet_cli.errors import SettingError
from gradnet_cli.runs.liveness import is_alive, queued_jobs, this_process
from gradnet_cli.settings.catalog import config_directory
from gradnet_cli.settings.sections import Cluster, Resources
from gradnet_cli.sweeps.plan import Plan, PlannedJob
from gradnet_cli.sweeps.queue import jobs_with_slurm, record_sent
from gradnet_cli.sweeps.slurm import on_slurm, parameters
from gradnet_cli.sweeps.table import read_sweep

DEFAULTS = yaml.safe_load((config_directory() / "cluster" / "slurm.yaml").read_text())
CLUSTER, RESOURCES = Cluster.from_mapping(DEFAULTS["cluster"]), Resources.from_mapping(DEFAULTS["resources"])


def test_defaults() -> None:
    asked = parameters(CLUSTER, RESOURCES)
    assert asked == {"job_name": "gradnet-run", "time": 60, "cpus_per_task": 1, "array_parallelism": 256}


def test_everything_asked_for() -> None:
    cluster = Cluster(
        partition="long",
        account="physics",
        parallel=4,
        setup=["module load python"],
        options={"qos": "high"},
    )
    asked = parameters(cluster, Resources(time=30, memory=1.5, cpus=4, gpus=1))
    assert asked == {
        "job_name": "gradnet-run",
        "time": 30,
        "mem": "1536M",
        "cpus_per_task": 4,
        "gpus_per_node": 1,
        "partition": "long",
        "account": "physics",
        "array_parallelism": 4,
        "setup": ["module load python"],
        "additional_parameters": {"qos": "high"},
    }
    slurm = pytest.importorskip("submitit.slurm.slurm")
    assert set(asked) <= set(slurm._get_default_parameters())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("resources.time", 0),
        ("resources.cpus", 1.5),
        ("resources.gpus", -1),
        ("resources.memory", "4G"),
        ("cluster.parallel", None),
        ("cluster.setup", "module load python"),
        ("cluster.options", ["qos"]),
    ],
)
def test_values_that_cannot_be_asked_for(name: str, value: object) -> None:
    group, _, key = name.partition(".")
    section = {"cluster": Cluster, "resources": Resources}[group]
    with pytest.raises(SettingError) as caught:
        section.from_mapping({**DEFAULTS[group], key: value})
    assert caught.value.setting == name


def test_no_slurm_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingError, match="there is no sbatch and squeue on this machine"):
        on_slurm(CLUSTER, RESOURCES)


def test_no_queue_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert queued_jobs() is None


@pytest.mark.usefixtures("squeue")
def test_jobs_in_the_queue(tmp_path: Path) -> None:
    Plan(command="", jobs=tuple(PlannedJob(name=str(n), overrides=(f"seed={n}",)) for n in range(3))).write(
        tmp_path
    )
    record_sent(tmp_path, {"0": "6_0", "1": "7_1"})
    record_sent(tmp_path, {"0": "7_0", "2": "7_2"})
    assert jobs_with_slurm(tmp_path) == {"0": False, "1": True}
    sweep = read_sweep(tmp_path)
    assert [row["state"] for row in sweep.rows] == ["waiting", "waiting", "missing"]
    assert [row["job"] for row in sweep.unsuccessful] == ["2"]


@pytest.mark.usefixtures("squeue")
@pytest.mark.parametrize(("job", "alive"), [("7_1", True), ("7_2", False), (None, None)])
def test_a_job_on_another_node_is_asked_after(job: str | None, alive: bool | None) -> None:
    assert is_alive({**this_process(), "host": "elsewhere", "slurm_job": job}) is alive
