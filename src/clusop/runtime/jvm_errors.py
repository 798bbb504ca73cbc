"""What a call into the JVM may raise, without importing Py4J: the names are looked up where somebody else imported them."""

from __future__ import annotations

import sys
from typing import Any

from clusop.reasons import Reason

__all__ = ["JvmCallError", "is_gone", "java_class", "jvm_errors", "reason_of"]

_SECURITY = "Py4JSecurityException"
_MOST_DETAIL_CHARS = 160


class JvmCallError(Exception):
    """A call to the agent in the JVM failed. ``is_final``: the gateway is gone, no later call can succeed."""

    def __init__(self, reason: Reason, *, is_final: bool) -> None:
        super().__init__(reason.id)
        self.reason = reason
        self.is_final = is_final


def jvm_errors() -> tuple[type[Exception], ...]:
    """The exceptions to expect from Py4J: its own family, sockets, and what its proxies raise when names do not resolve."""
    family = getattr(sys.modules.get("py4j.protocol"), "Py4JError", None)
    own = (family,) if isinstance(family, type) and issubclass(family, Exception) else ()
    return (*own, OSError, AttributeError, TypeError, ValueError, KeyError, IndexError, RuntimeError)


def reason_of(error: BaseException) -> Reason:
    """The reason an exception of Py4J or PySpark stands for."""
    kind = type(error).__name__
    # Only the first line and only of these: a Java exception's text may quote the user's data.
    text = str(error)
    if "JVM_ATTRIBUTE_NOT_SUPPORTED" in text or kind == "PySparkAttributeError":
        return Reason("standard-access-mode")
    if _SECURITY in text or "is not whitelisted" in text:
        return Reason("py4j-allow-list")
    if is_gone(error):
        return Reason("gateway-gone")
    java = getattr(error, "java_exception", None)
    told = f"{kind}: {java_class(java)}" if java is not None else kind
    return Reason("agent-fault", f" ({told[:_MOST_DETAIL_CHARS]})")


def is_gone(error: BaseException) -> bool:
    """Whether the other end of the gateway is no more."""
    return isinstance(error, (ConnectionError, EOFError)) or type(error).__name__ == "Py4JNetworkError"


def java_class(java: Any) -> str:  # Any: Py4J has no types
    """The class name of a Java exception that Py4J holds."""
    try:
        return str(java.getClass().getName())
    except jvm_errors():
        return "unknown"
