"""A PostgreSQL of one's own on the loopback, for tests and the torture: made in a folder, started, killed, started again."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Postgres", "postgres_binaries"]

_USER = "postgres"
_FAST = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=64MB -c max_connections=80 "
    "-c deadlock_timeout=200ms"
)


def postgres_binaries() -> Path | None:
    """The folder with ``initdb``, ``None`` where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@dataclass
class Postgres:
    """A cluster below ``folder``. Root may not run it, so it is handed to the user ``postgres``."""

    folder: Path
    port: int
    # Off: what the server has not written when it is killed may be lost, as after a power cut.
    is_durable: bool = False

    @classmethod
    def make(cls, folder: Path, *, is_durable: bool = False) -> Postgres:
        """A new cluster, not started."""
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            made = cls(folder, probe.getsockname()[1], is_durable)
        if os.geteuid() == 0:
            shutil.chown(folder, _USER, _USER)
        made.run("initdb", "-D", str(made.data), "-A", "trust", "-U", _USER, "-E", "UTF8", "--no-sync")
        return made

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 {'' if self.is_durable else _FAST}"
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; ``immediate`` is as good as a kill: it recovers at the next start."""
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs as the user it belongs to."""
        binaries = postgres_binaries()
        if binaries is None:
            raise FileNotFoundError("initdb")
        command = [str(binaries / program), *arguments]
        user = _USER if os.geteuid() == 0 else None
        environ = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)}
        group = pwd.getpwnam(user).pw_gid if user is not None else None
        done = subprocess.run(
            command,
            check=False,
            # A pipe would stay open as long as the server does, which inherits it.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
            env=environ,
            cwd=self.folder,
        )
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(
                f"{program} ended with {done.returncode}: {log.read_text()[-1000:] if log.is_file() else ''}"
            )
