"""A small standalone cluster: a master and two workers of one core each, on two loopback addresses.

Two addresses because Spark never starts the copy of a slow task on the host that runs it; ``local-cluster`` has but one.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["QUICK_JVM", "standalone_cluster"]

QUICK_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For JVMs that live a minute: most of it would go into compiling code that is never hot."""

_DEADLINE_SECONDS = 180.0
_STEP_SECONDS = 0.1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + _DEADLINE_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > end:
            raise TimeoutError("the master of the standalone cluster did not start")
        time.sleep(_STEP_SECONDS)


@contextlib.contextmanager
def standalone_cluster(folder: Path) -> Iterator[str]:
    """Start it, yield its master's URL, end it. ``SPARK_HOME`` says which Spark; its executors' files are in ``folder/local``."""
    port = _free_port()
    home = Path(os.environ["SPARK_HOME"])
    command = [str(home / "bin" / "spark-class"), "org.apache.spark.deploy"]
    # The doors of the driver are not the daemons' business.
    environment = dict(
        os.environ,
        SPARK_DAEMON_MEMORY="256m",
        SPARK_DAEMON_JAVA_OPTS=QUICK_JVM,
        SPARK_LOCAL_DIRS=str(folder / "local"),
    )
    for name in ("PYSPARK_SUBMIT_ARGS", "CLUSOP_ARM"):
        environment.pop(name, None)
    url = f"spark://127.0.0.1:{port}"
    shared = ["--webui-port", "0"]
    daemons = [[f"{command[1]}.master.Master", "--host", "127.0.0.1", "--port", str(port), *shared]]
    for host in ("127.0.0.2", "127.0.0.3"):
        work = str(folder / f"worker-{host}")
        daemons.append(
            [
                f"{command[1]}.worker.Worker",
                "--host",
                host,
                "--cores",
                "1",
                "--memory",
                "700m",
                "--work-dir",
                work,
                *shared,
                url,
            ]
        )
    running: list[subprocess.Popen[bytes]] = []
    with (folder / "daemons.log").open("wb") as log, contextlib.ExitStack() as stack:
        for arguments in daemons:
            process = subprocess.Popen([command[0], *arguments], env=environment, stdout=log, stderr=log)
            running.append(process)
            stack.callback(_end, process)
            if process is running[0]:
                _wait_for(port)
        yield url


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    with standalone_cluster(Path(sys.argv[1])) as address:
        print(address, flush=True)
        sys.stdin.read()
