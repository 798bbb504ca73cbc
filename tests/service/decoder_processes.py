"""The decoders of a running service, as the system knows them: children of its process."""

from __future__ import annotations

import os
import signal
from pathlib import Path

__all__ = ["decoders_of", "kill_decoder"]

_MODULE = b"clusop.service.ingest.decoder_process"


def decoders_of(server_pid: int) -> set[int]:
    """The ids of those that live."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            # After the name, which may hold anything, come state and parent.
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if _MODULE in command.split(b"\0") and int(parent) == server_pid and state != "Z":
            found.add(int(folder.name))
    return found


def kill_decoder(pid: int) -> bool:
    """As ``kill -9``; whether there was something to kill."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
