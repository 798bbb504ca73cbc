"""An end to a conversation, however slowly the other side goes on: a socket's own timeout begins anew with every byte."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["watched"]


@contextmanager
def watched(connected: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Break ``connected`` when ``seconds`` are over; the event tells that this was it."""
    connected.settimeout(seconds)
    is_late = threading.Event()
    watchdog = threading.Timer(seconds, _end, (connected, is_late))
    watchdog.daemon = True
    watchdog.start()
    try:
        yield is_late
    finally:
        watchdog.cancel()


def _end(connected: socket.socket, is_late: threading.Event) -> None:
    is_late.set()
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
