"""A Slurm of one node on this machine, from Debian's packages, with everything in a folder of its own."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "sinfo", "scancel")
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


class NoSlurmError(Exception):
    """Why there is no Slurm to be had."""


@contextmanager
def slurm(folder: Path) -> Iterator[dict[str, str]]:
    """Start munged, slurmctld and slurmd, and yield the environment that reaches them, until the block ends.

    Errors:
        NoSlurmError: they are not installed, or do not start
    """
    absent = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
    if absent:
        raise NoSlurmError(f"{', '.join(absent)} not installed (Debian: apt-get install slurm-wlm munge)")
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    key, munge = folder / "munge.key", folder / "munge.socket"
    key.write_bytes(os.urandom(256))
    key.chmod(0o400)
    configuration = folder / "slurm.conf"
    configuration.write_text(_configuration(folder, munge))
    environment = {**os.environ, "PATH": PATH, "SLURM_CONF": str(configuration)}
    with ExitStack() as daemons:
        for command in (
            [
                "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={munge}",
                f"--pid-file={folder}/munged.pid", f"--log-file={folder}/munged.log",
                f"--seed-file={folder}/munged.seed",
            ],
            ["slurmctld", "-D"],
            ["slurmd", "-D"],
        ):  # fmt: skip
            daemons.enter_context(_daemon(command, environment, folder / f"{command[0]}.out"))
        _wait_until_idle(environment)
        try:
            yield environment
        finally:  # jobs outlive the daemons
            subprocess.run(
                ["scancel", "--signal=KILL", "--user", getpass.getuser()], env=environment, check=False
            )
            _wait_until_idle(environment)


@contextmanager
def _daemon(command: list[str], environment: dict[str, str], out: Path) -> Iterator[None]:
    with out.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        time.sleep(1)
        if process.poll() is not None:
            raise NoSlurmError(f"{command[0]} ended: {out.read_text()[-400:]}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_idle(environment: dict[str, str]) -> None:
    deadline = time.monotonic() + 40
    command = ["sinfo", "--noheader", "--format=%T"]
    while time.monotonic() < deadline:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.stdout.strip() == "idle":
            return
        time.sleep(0.5)
    raise NoSlurmError(f"the node is {done.stdout.strip() or done.stderr.strip()}")


def _configuration(folder: Path, munge: Path) -> str:
    host, user = socket.gethostname().partition(".")[0], getpass.getuser()
    control, node = _free_ports(2)
    return f"""\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={control}
SlurmdPort={node}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={munge}
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,sched_min_interval=100000
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
KillWait=30
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
