"""Keeping Py4J's own log records about our threads out of the user's log: a gateway that went away is no news for the job."""

from __future__ import annotations

import sys
import threading

__all__ = ["quiet_py4j"]

# Its own loggers, and the root: of a JVM that dies while a command is under way it tells by ``logging.exception``.
_LOGGERS = ("py4j.java_gateway", "py4j.clientserver", None)
_OURS = "clusop-"


def quiet_py4j() -> None:
    """Drop Py4J's records from threads of ours. Records from the user's own threads pass as ever."""
    logging = sys.modules.get("logging")
    if logging is None:
        return
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if _not_ours not in logger.filters:
            logger.addFilter(_not_ours)


def _not_ours(_record: object) -> bool:
    return not threading.current_thread().name.startswith(_OURS)
