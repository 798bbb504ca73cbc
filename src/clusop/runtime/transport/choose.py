"""Which transport the settings ask for.

What speaks HTTP is imported where an endpoint is set: it needs most of Python's library, and a Python may lack parts of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.runtime.loading import loading
from clusop.runtime.python_library import HTTP, hidden
from clusop.runtime.transport.files import FileTransport

if TYPE_CHECKING:
    from clusop.clock import Clock
    from clusop.runtime.settings import Settings
    from clusop.runtime.transport.outcome import Transport

__all__ = ["transport_for"]

# In steps, as a fork may wait for each. The last of Python's own is what it loads for the first name that is looked up.
_PARTS = (
    "email.message email.parser email.utils http.client socket ssl encodings.idna "
    "clusop.runtime.transport.http_exchange clusop.runtime.transport.http"
)


def transport_for(settings: Settings, clock: Clock) -> Transport | Reason:
    """The endpoint where there is one, else the directory; else why there is none: records then stay in the driver."""
    if settings.text("endpoint"):
        return _over_http(settings, clock)
    if directory := settings.text("directory"):
        return FileTransport(directory)
    return Reason("no-endpoint")


def _over_http(settings: Settings, clock: Clock) -> Transport | Reason:
    if taken := hidden(HTTP):
        return Reason("no-http-client", f" ({taken} hides a module of Python's own)")
    try:
        loading().load(_PARTS)
        from clusop.runtime.transport.http import HttpTransport
        from clusop.runtime.transport.http_exchange import Exchange
    except ImportError as error:
        return Reason("no-http-client", f" (it has no {error.name})")
    exchange = Exchange(settings.text("endpoint"), settings.text("proxy"), settings.count("timeoutMs"), clock)
    return HttpTransport(exchange, settings.text("tokenFile"), clock)
