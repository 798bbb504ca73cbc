"""Attaching to a driver's JVM: the agent that is there already, else ours, loaded by a class loader of its own.

``addJar`` makes no class visible to Py4J, so the jar is loaded by a ``URLClassLoader`` below the JVM thread's context loader and
its door is called by reflection. Its answer is asked of ``java.util.Objects``: no method of our own class is ever called.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from clusop.reasons import Reason
from clusop.runtime.agent_link import PROTOCOL, AgentLink, Answer, answer_of
from clusop.runtime.jars import jar_for
from clusop.runtime.jvm_errors import JvmCallError, jvm_errors, reason_of
from clusop.runtime.private_copy import discard, private_copy
from clusop.runtime.spark_session import jvm_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Attached", "attach"]

_DOOR = "com.clusop.listener.Door"
_MOST_SENTENCE_CHARS = 300
# Somebody else is arming it: worth another attempt.
_BUSY = "agent-busy"
_UNLOADED = ("wrong-scala", "damaged-jar")


@dataclass(frozen=True, slots=True)
class Attached:
    """An agent this process may talk to, and what it said to being attached. Armed or not is in its answer."""

    link: AgentLink
    answer: Answer
    protocol: int

    @property
    def refusal(self) -> Reason | None:
        """Why the agent did not arm; ``None``: it did."""
        if self.answer.get("ok") is True:
            return None
        told = str(self.answer.get("detail") or self.answer.get("reason") or "no reason given")[:_MOST_SENTENCE_CHARS]
        reason = self.answer.get("reason")
        if reason == _BUSY:
            return Reason(_BUSY)
        # Said by a jar that could not load its own sentences: its detail is a bare error of the JVM's.
        return Reason(str(reason), f" ({told})") if reason in _UNLOADED else Reason("agent-refused", told)

    @property
    def is_wish(self) -> bool:
        """Whether it did not arm because somebody wants it so: that is no news."""
        return self.answer.get("reason") in {"switched-off", "kill-file", "disarmed"}


def attach(
    context: Any, request: Answer, before: Attached | None = None
) -> Attached | Reason:  # Any: a SparkContext of PySpark
    """Attach to the JVM of ``context`` and arm there. ``request`` is the agent's ``attach`` operation without its name.

    An agent of an older protocol is superseded by ours, but not where an older jar on the JVM's own class path hides ours: then
    its agent answers, and is used as it is. ``before``, what came of the last attempt, tells so; nothing is loaded again.
    """
    try:
        jvm = jvm_of(context)
        if jvm is None:
            return Reason("no-context")
        link = AgentLink(jvm)
        about = link.about()
        if about is not None and (_protocol(about) >= PROTOCOL or _is_same(about, before)):
            return Attached(link, link.call("attach", **request), _protocol(about))
        answer = _load(context, jvm, request)
        return answer if isinstance(answer, Reason) else Attached(link, answer, _protocol(answer))
    except JvmCallError as error:
        return error.reason
    except jvm_errors() as error:
        return reason_of(error)


def _load(context: Any, jvm: Any, request: Answer) -> Answer | Reason:  # Any: Py4J has no types
    jar = jar_for(str(jvm.scala.util.Properties.versionNumberString()))
    if isinstance(jar, Reason):
        return jar
    copy = private_copy(jar)
    if isinstance(copy, Reason):
        return copy
    faults: tuple[type[Exception], ...] = (JvmCallError, *jvm_errors())
    try:
        answer = _open(context, jvm, copy, request)
    except faults:
        discard(copy)
        raise
    if isinstance(answer, Reason) or 0 < _protocol(answer) < PROTOCOL:
        discard(copy)
    return answer


def _open(context: Any, jvm: Any, copy: Path, request: Answer) -> Answer | Reason:  # Any: as above
    gateway = attrgetter("_gateway")(context)
    urls = gateway.new_array(jvm.java.net.URL, 1)
    file = jvm.java.io.File(str(copy))
    if not file.canRead():
        return Reason("jar-out-of-reach")
    urls[0] = file.toURI().toURL()
    parent = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    door = jvm.java.net.URLClassLoader(urls, parent).loadClass(_DOOR)
    arguments = gateway.new_array(jvm.java.lang.Object, 2)
    arguments[0] = attrgetter("_jsc")(context).sc()
    arguments[1] = json.dumps(request, separators=(",", ":"))
    for constructor in door.getConstructors():
        if constructor.getParameterCount() == len(arguments):
            return answer_of(str(jvm.java.util.Objects.toString(constructor.newInstance(arguments))))
    return Reason("agent-not-loaded")


def _is_same(about: Answer, before: Attached | None) -> bool:
    """Whether it is the agent that answered the last attempt."""
    return before is not None and bool(about.get("agent")) and before.answer.get("agent") == about.get("agent")


def _protocol(about: Answer) -> int:
    told = about.get("protocol")
    return told if isinstance(told, int) else 0
