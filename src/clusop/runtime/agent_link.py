"""The way to the agent in the JVM: one JSON request in, one JSON answer out, through JDK classes only.

Py4J caches methods by class name, so a call on an object of our own class fails once a second class loader has that name. So the
agent is a ``Map<String, Function<String, String>>`` among the JVM's system properties, called by ``java.util.Optional``.
No Java object is kept between calls: one that dies in a forked child would send its farewell over the parent's socket.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from clusop.reasons import Reason
from clusop.runtime.jvm_errors import JvmCallError, is_gone, jvm_errors, reason_of

__all__ = ["PROTOCOL", "AgentLink", "Answer", "Caller", "answer_of"]

# The protocol this release speaks. An agent of an older one is superseded, one of a newer one is used as it is.
PROTOCOL = 2
_KEY = "com.clusop.agent"
_SAID = "com.clusop.said"

Answer = dict[str, Any]  # Any: a JSON object


class Caller(Protocol):
    """Whoever can ask the agent. Tests hand in one without a JVM."""

    def call(self, op: str, **fields: object) -> Answer:
        """The agent's answer, always with ``ok``. Raises ``JvmCallError``."""
        ...


class AgentLink:
    """The agent of one JVM, through a ``JVMView`` of Py4J."""

    def __init__(self, jvm: Any) -> None:  # Any: Py4J has no types
        try:
            # Classes, not objects: these have no id in the JVM that would have to be given back.
            self._system = jvm.java.lang.System
            self._optional = jvm.java.util.Optional
        except jvm_errors() as error:
            raise JvmCallError(reason_of(error), is_final=is_gone(error)) from error

    def about(self) -> Answer | None:
        """What agent is there: protocol, version, id, the jar's hash; ``None``: there is none."""
        try:
            found = self._system.getProperties().get(_KEY)
            text = None if found is None else self._apply(found.get("about"), "")
        except jvm_errors() as error:
            raise JvmCallError(reason_of(error), is_final=is_gone(error)) from error
        return None if text is None else answer_of(text)

    def call(self, op: str, **fields: object) -> Answer:
        """The agent's answer to one operation."""
        request = json.dumps({"op": op, **fields}, separators=(",", ":"))
        try:
            found = self._system.getProperties().get(_KEY)
            if found is None:
                raise JvmCallError(Reason("agent-gone"), is_final=True)
            text = self._apply(found.get("call"), request)
        except jvm_errors() as error:
            raise JvmCallError(reason_of(error), is_final=is_gone(error)) from error
        return answer_of(text)

    def take_the_line(self) -> bool:
        """Take the right to the one line on stderr, which Python and the JVM share; whether it was still free."""
        try:
            return self._system.getProperties().putIfAbsent(_SAID, "1") is None
        except jvm_errors():
            return True

    def _apply(self, function: Any, request: str) -> str:  # Any: Py4J has no types
        return str(self._optional.of(request).map(function).get())


def answer_of(text: str) -> Answer:
    """A JSON object in its text. Raises ``JvmCallError``."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise JvmCallError(Reason("agent-fault", " (its answer is no JSON object)"), is_final=False)
    return answer
