"""One attempt to arm a running context: its settings, its facts, the agent in its JVM; and what came of it, as a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from clusop.reasons import Reason
from clusop.runtime.attach import Attached, attach
from clusop.runtime.facts import agent_name, detect
from clusop.runtime.jvm_errors import JvmCallError, jvm_errors
from clusop.runtime.kill_file import look_for
from clusop.runtime.own_conf import conf_reader, own_conf
from clusop.runtime.patience import LOOK_S, within
from clusop.runtime.settings import Origin, resolve
from clusop.runtime.transport.token_file import TokenError, read_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.runtime.facts import Fact
    from clusop.runtime.settings import Settings

__all__ = ["Arming", "arm_context", "off_because", "problems_of"]

_ENABLED = "spark.clusop.enabled"
_HERE = re.compile(r"http://(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?(?:/.*)?", re.IGNORECASE)
# What may be over in a moment: a connection in turmoil, a temporary directory without room.
_PASSING = frozenset({"agent-fault", "jar-copy-failed", "agent-busy"})


@dataclass(frozen=True, slots=True)
class Arming:
    """What came of it. ``failure`` is why it is not armed; ``problems`` are settings that were passed over."""

    settings: Settings
    facts: Mapping[str, Fact]
    attached: Attached | None
    failure: Reason | None
    problems: tuple[Reason, ...]
    is_wish: bool = False

    @property
    def is_armed(self) -> bool:
        """Whether the agent watches the context."""
        return self.attached is not None and self.failure is None

    @property
    def may_come_right(self) -> bool:
        """Whether another attempt may succeed where this one failed."""
        return self.failure is not None and not self.is_wish and self.failure.id in _PASSING


def arm_context(
    context: Any, door: str, given: Mapping[str, object], environ: Mapping[str, str], before: Arming | None = None
) -> Arming:  # Any: PySpark's
    """Arm ``context``. Nothing about the cluster is asked before clusop is known to be wanted. ``before``: how it went here."""
    try:
        conf = own_conf(context)
    except jvm_errors():
        conf = {}  # attaching will tell why
    settings = resolve(conf, given, environ)
    problems = problems_of(settings)
    off = off_because(settings)
    if off is not None:
        return Arming(settings, {}, None, off, problems, is_wish=True)
    facts = _facts(context, settings, environ)
    request = {
        "context": _name_of(context),
        "door": door,
        "settings": settings.chosen(),
        "facts": {agent_name(name): fact.value for name, fact in facts.items() if fact.value},
    }
    attached = attach(context, request, None if before is None else before.attached)
    if isinstance(attached, Reason):
        return Arming(settings, facts, None, attached, problems)
    return Arming(
        _in_force(settings, attached, before), facts, attached, attached.refusal, problems, is_wish=attached.is_wish
    )


def _in_force(settings: Settings, attached: Attached, before: Arming | None) -> Settings:
    """Several Pythons on one JVM send to one place: the first armer's."""
    if attached.refusal is not None:
        return settings
    try:
        known = before.settings if before is not None and before.is_armed else None
        return settings.under(attached.link.call("status").get("settings"), known)
    except JvmCallError:
        return settings


def off_because(settings: Settings) -> Reason | None:
    """Who switched clusop off, by a setting or by the kill file."""
    if not settings.switch("enabled"):
        origin = settings.origins[_ENABLED]
        return Reason("switched-off", "CLUSOP_DISABLE" if origin == Origin.ENVIRONMENT else f"{_ENABLED} ({origin})")
    kill_file = settings.text("killFile")
    return Reason("kill-file", f": {kill_file}") if _seen(kill_file) is True else None


def problems_of(settings: Settings) -> tuple[Reason, ...]:
    """What was passed over, and what of the rest will not work. Files may lie on a mount that hangs: each look has its time."""
    found = [*settings.problems]
    seen = _seen(settings.text("killFile"))
    if isinstance(seen, Reason):
        found.append(seen)
    if path := settings.text("tokenFile"):
        silent: Reason | None = Reason("unreadable-token-file", f": {path} (it does not answer)")
        problem = within(LOOK_S, partial(_token_problem, path), silent)
        found += [] if problem is None else [problem]
        endpoint = settings.text("endpoint")
        if endpoint.lower().startswith("http:") and not _HERE.fullmatch(endpoint):
            found.append(Reason("token-in-clear"))
    return tuple(found)


def _seen(kill_file: str) -> bool | Reason:
    if not kill_file:
        return False
    silent: bool | Reason = Reason("kill-file-unreadable", f": {kill_file} (it does not answer)")
    return within(LOOK_S, partial(look_for, kill_file), silent)


def _token_problem(path: str) -> Reason | None:
    """Told early; the file is read again at every send."""
    try:
        read_token(path)
    except TokenError as error:
        return Reason("unreadable-token-file", f": {path} ({error})")
    return None


def _name_of(context: Any) -> str:  # Any: PySpark's
    try:
        return str(getattr(context, "applicationId", "") or "")
    except jvm_errors():
        return ""  # the agent asks its own context


def _facts(context: Any, settings: Settings, environ: Mapping[str, str]) -> dict[str, Fact]:  # Any: PySpark's
    try:
        return detect(settings, conf_reader(context), environ)
    except jvm_errors():
        return {}
