"""``clusop serve`` as a process of its own: started, killed, asked. For tests, the benchmark and the torture."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from typing_extensions import Self

__all__ = ["ServeProcess"]

_ADDRESS = re.compile(r"clusop serves at (http://\S+)/")
_TOKEN = re.compile(r"clusop_(ingest|admin)_\S+")
# Of a process that hangs; on a busy machine a start alone takes a minute.
_START_S = 180.0


@dataclass
class ServeProcess:
    """``options`` go to the command. ``url`` and ``tokens`` (by scope; at the first start only) are what it printed."""

    options: tuple[str, ...]
    log: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Start it; it listens when this returns."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CLUSOP_")}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clusop", "serve", *self.options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environ | dict(self.environ),
            )
        # A process that says nothing would be waited for without end.
        watch = threading.Timer(_START_S, self.process.kill)
        watch.start()
        try:
            self._read_start(self.process)
        finally:
            watch.cancel()
        return self

    def _read_start(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            raise AssertionError
        self.url = ""
        for line in process.stdout:
            for token in _TOKEN.finditer(line):
                self.tokens[token[1]] = token[0]
            if found := _ADDRESS.search(line):
                self.url = found[1]
                break
        if not self.url:
            raise RuntimeError(f"clusop serve did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """As ``kill -9``."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As a supervisor would; the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(timeout=_START_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    def __enter__(self) -> Self:
        """Started."""
        return self.start()

    def __exit__(self, *_error: object) -> None:
        """Gone."""
        self.kill()
