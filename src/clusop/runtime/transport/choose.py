"""Which transport the settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.runtime.transport.files import FileTransport
from clusop.runtime.transport.http import HttpTransport
from clusop.runtime.transport.http_exchange import Exchange

if TYPE_CHECKING:
    from clusop.clock import Clock
    from clusop.runtime.settings import Settings
    from clusop.runtime.transport.outcome import Transport

__all__ = ["transport_for"]


def transport_for(settings: Settings, clock: Clock) -> Transport | None:
    """The endpoint where there is one, else the directory, else none: records then stay in the driver."""
    if endpoint := settings.text("endpoint"):
        exchange = Exchange(endpoint, settings.text("proxy"), settings.count("timeoutMs"), clock)
        return HttpTransport(exchange, settings.text("tokenFile"), clock)
    if directory := settings.text("directory"):
        return FileTransport(directory)
    return None
