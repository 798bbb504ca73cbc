"""The packages of Spark Connect's two Python clients, each installed once into ``.cache/connect/<name>``.

A folder per client, never the environment itself: Databricks' brings a PySpark of its own. ``PYTHONPATH`` selects one.
``connect_clients.py`` installs both and prints their folders.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CLIENTS", "ConnectClient", "installed_client", "main"]

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "connect"


@dataclass(frozen=True, slots=True)
class ConnectClient:
    """What pip installs. ``pythons`` are the interpreters that its packages are made for; empty: all of ours."""

    name: str
    requirements: tuple[str, ...]
    probe: str
    pythons: tuple[tuple[int, int], ...] = ()


# PySpark itself comes from spark_versions.py, pandas and pyarrow from the environment.
SPARK = ConnectClient(
    "pyspark", ("grpcio>=1.67", "grpcio-status>=1.67", "googleapis-common-protos>=1.65"), "grpc_status"
)
DATABRICKS = ConnectClient("databricks", ("databricks-connect==15.4.26",), "databricks/connect", ((3, 11),))
CLIENTS = (SPARK, DATABRICKS)


def installed_client(client: ConnectClient) -> Path | str:
    """The folder to put on ``PYTHONPATH``, filled if need be; otherwise the sentence that says why there is none."""
    site = CACHE / client.name
    if (site / client.probe).is_dir():
        return site
    version = sys.version_info[:2]
    if client.pythons and version not in client.pythons:
        known = ", ".join(".".join(map(str, one)) for one in client.pythons)
        return f"{client.requirements[0]} is for Python {known}, and this is {version[0]}.{version[1]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Beside its place and renamed: an interrupted download never looks like a whole one.
    with tempfile.TemporaryDirectory(prefix=f"{client.name}-", dir=CACHE) as name:
        target = Path(name, "site")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--quiet",
            "--target",
            str(target),
        ]
        done = subprocess.run([*pip, *client.requirements], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            last = (done.stderr.strip() or "no word of pip's").splitlines()[-1]
            return f"{', '.join(client.requirements)} could not be installed: {last}"
        shutil.rmtree(site, ignore_errors=True)
        target.rename(site)
    return site


def main() -> int:
    """Install both and print where they are."""
    for client in CLIENTS:
        print(f"{client.name}  {installed_client(client)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
