"""One attempt to arm a running context: its settings, its facts, the agent in its JVM; and what came of it, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusop.reasons import Reason
from clusop.runtime.attach import Attached, attach
from clusop.runtime.facts import detect
from clusop.runtime.jvm_errors import jvm_errors
from clusop.runtime.own_conf import conf_reader, own_conf
from clusop.runtime.settings import Origin, resolve
from clusop.runtime.transport.token_file import TokenError, read_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.runtime.facts import Fact
    from clusop.runtime.settings import Settings

__all__ = ["Arming", "arm_context", "off_because", "token_problem"]

_ENABLED = "spark.clusop.enabled"


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


def arm_context(
    context: Any, door: str, given: Mapping[str, object], environ: Mapping[str, str]
) -> Arming:  # Any: PySpark's
    """Arm ``context``. Nothing about the cluster is asked before clusop is known to be wanted."""
    try:
        conf = own_conf(context)
    except jvm_errors():
        conf = {}  # attaching will tell why
    settings = resolve(conf, given, environ)
    problems = settings.problems + token_problem(settings)
    off = off_because(settings)
    if off is not None:
        return Arming(settings, {}, None, off, problems, is_wish=True)
    facts = _facts(context, settings, environ)
    request = {
        "context": str(getattr(context, "applicationId", "") or ""),
        "door": door,
        "settings": settings.chosen(),
        "facts": {name: fact.value for name, fact in facts.items() if fact.value},
    }
    attached = attach(context, request)
    if isinstance(attached, Reason):
        return Arming(settings, facts, None, attached, problems)
    return Arming(settings, facts, attached, attached.refusal, problems, is_wish=attached.is_wish)


def off_because(settings: Settings) -> Reason | None:
    """Who switched clusop off, by a setting or by the kill file."""
    if not settings.switch("enabled"):
        origin = settings.origins[_ENABLED]
        return Reason("switched-off", "CLUSOP_DISABLE" if origin == Origin.ENVIRONMENT else f"{_ENABLED} ({origin})")
    kill_file = settings.text("killFile")
    return Reason("kill-file", f": {kill_file}") if kill_file and Path(kill_file).exists() else None


def token_problem(settings: Settings) -> tuple[Reason, ...]:
    """Why the token file cannot be used, told early; it is read again at every send."""
    path = settings.text("tokenFile")
    if not path:
        return ()
    try:
        read_token(path)
    except TokenError as error:
        return (Reason("unreadable-token-file", f": {path} ({error})"),)
    return ()


def _facts(context: Any, settings: Settings, environ: Mapping[str, str]) -> dict[str, Fact]:  # Any: PySpark's
    try:
        return detect(settings, conf_reader(context), environ)
    except jvm_errors():
        return {}
