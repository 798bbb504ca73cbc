"""What ``clusop.status()`` shows: whether clusop is armed here, since when, what it lost, and why not if it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from clusop.reasons import Reason, catalogue
from clusop.runtime.setting_value import as_text
from clusop.runtime.settings import Origin
from clusop.runtime.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.runtime.agent_link import Answer
    from clusop.runtime.driver import Driver

__all__ = ["NO_LIVE_PLANS", "Status", "status_of"]

NO_LIVE_PLANS = (
    "this runtime does not hand over the plan itself when a query ends: it is read from Spark's text, so the engine's own "
    "reasons are missing and causes are coarser"
)
_MS_PER_S = 1000
# Off because somebody wants it so.
_TOLD = frozenset({"switched-off", "kill-file", "disarmed"})
# Rows of the status, by the names that the agent's delivery has for them.
_RECORDS = {
    "waiting": "sealed; not delivered yet",
    "gathering": "signals being gathered",
    "delivered": "",
    "spooled": "put on disk, to be sent later",
}


@dataclass(frozen=True, slots=True)
class Status:
    """``state`` is ``armed``, ``waiting`` (for a context), ``off`` or ``dormant``; ``reasons`` say why it is not armed and
    what was passed over. ``agent`` is what the agent in the JVM says of itself, empty where it cannot be asked. ``troubles``
    are those of the reasons why records wait.
    """

    state: str
    reasons: tuple[Reason, ...] = ()
    agent: Mapping[str, object] = field(default_factory=dict)
    settings: tuple[tuple[str, str, str], ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()
    faults: Mapping[str, int] = field(default_factory=dict)
    sent_count: int = 0
    troubles: tuple[Reason, ...] = ()

    @property
    def is_armed(self) -> bool:
        """Whether queries are being watched."""
        return self.state == "armed"

    def __repr__(self) -> str:
        return self._table().text()

    def _repr_html_(self) -> str:
        return self._table().html()

    def _table(self) -> Table:
        rows = [
            ("agent", name, str(self.agent[key]), "")
            for name, key in (("id", "agent"), ("version", "version"), ("Spark", "spark_version"))
            if self.agent.get(key)
        ]
        rows += _agent_rows(self.agent)
        rows += [("setting", key, value, f"from {origin}") for key, value, origin in self.settings]
        rows += [("fact", name, value, f"from {origin}") for name, value, origin in self.facts]
        rows += [("own fault", where, f"{count} times", "") for where, count in self.faults.items()]
        notes = tuple(self._note(reason) for reason in self.reasons)
        return Table(f"clusop is {self.state}", ("what", "name", "value", "note"), tuple(rows), notes)

    def _note(self, reason: Reason) -> str:
        count = _waiting_count(self.agent)
        if reason not in self.troubles or not count:
            return reason.sentence
        return f"{count} {'record' if count == 1 else 'records'} not delivered: {reason.sentence}"


def status_of(driver: Driver) -> Status:
    """The status of this process. Asks the agent; never raises for what it answers."""
    if not driver.process.is_own:
        return Status("dormant", (Reason("forked-child"),))
    arming = driver.arming
    answer = driver.ask("status") if driver.link is not None else None
    agent: Answer = answer if isinstance(answer, dict) else {}
    reasons = [
        reason for reason in (driver.reason, answer if isinstance(answer, Reason) else None) if reason is not None
    ]
    if not reasons and arming is None:
        reasons.append(Reason("not-armed"))
    carrier = driver.carrier
    troubles = _troubles(() if carrier is None else carrier.batcher.troubles, agent)
    reasons += troubles
    # Not what the agent was told from here: that is said already.
    if agent.get("off_sentence") and not (_is_told(driver.reason) and agent.get("off") in _TOLD):
        reasons.append(Reason("agent-refused", str(agent["off_sentence"])))
    if arming is not None:
        reasons += arming.problems
        if arming.is_armed and carrier is None:
            reasons.append(driver.why_not_sent or Reason("no-endpoint"))
    return Status(
        _state(driver, agent),
        tuple(dict.fromkeys(reasons)),
        agent,
        _chosen(driver),
        tuple((name, fact.value, fact.origin) for name, fact in arming.facts.items() if fact.value) if arming else (),
        dict(driver.guard.faults),
        carrier.batcher.sent_count if carrier is not None else 0,
        troubles,
    )


def _troubles(of_batcher: tuple[Reason, ...], agent: Mapping[str, object]) -> tuple[Reason, ...]:
    """Why records wait: the batcher's reasons, else that of the dispatcher in the JVM, which sends where no Python does. Where
    one does, that is the word of an outage which may be over.
    """
    told = _delivery(agent)
    word = str(told.get("dispatch", ""))
    is_jvm_s = word in catalogue() and told.get("holder") is not True and bool(_waiting_count(agent))
    return of_batcher or ((Reason(word),) if is_jvm_s else ())


def _delivery(agent: Mapping[str, object]) -> Mapping[str, object]:
    told = agent.get("delivery")
    return told if isinstance(told, dict) else {}


def _waiting_count(agent: Mapping[str, object]) -> int:
    told = _delivery(agent).get("waiting")
    return told if isinstance(told, int) else 0


def _is_told(reason: Reason | None) -> bool:
    return reason is not None and reason.id in _TOLD


def _state(driver: Driver, agent: Mapping[str, object]) -> str:
    if _is_told(driver.reason):
        return "off"
    if driver.reason is not None and driver.reason.id == "no-context":
        return "waiting"
    if agent.get("off"):
        return "off"
    return "armed" if driver.arming is not None and driver.arming.is_armed and agent.get("ok") is True else "dormant"


def _chosen(driver: Driver) -> tuple[tuple[str, str, str], ...]:
    if driver.arming is None:
        return ()
    settings = driver.arming.settings
    return tuple(
        (key, as_text(value), settings.origins[key])
        for key, value in settings.values.items()
        if settings.origins[key] != Origin.DEFAULT
    )


def _agent_rows(agent: Mapping[str, object]) -> list[tuple[str, str, str, str]]:
    rows: list[tuple[str, str, str, str]] = []
    doors, since_ms, losses = agent.get("doors"), agent.get("armed_since_ms"), agent.get("losses")
    if isinstance(doors, list) and doors:
        rows.append(("agent", "doors", ", ".join(str(door) for door in doors), ""))
    if isinstance(since_ms, (int, float)):
        since = datetime.fromtimestamp(since_ms / _MS_PER_S, tz=timezone.utc)
        rows.append(("agent", "armed since", since.strftime("%Y-%m-%d %H:%M:%S UTC"), ""))
    live_plans = agent.get("live_plans")
    if isinstance(live_plans, bool):
        rows.append(("agent", "live plans", "yes", "") if live_plans else ("agent", "live plans", "no", NO_LIVE_PLANS))
    parts = _delivery(agent)
    for name in ("executions", "losses"):
        counted = parts.get(name)
        for key, count in counted.items() if isinstance(counted, dict) else ():
            rows.append((name, str(key), str(count), ""))
    if isinstance(losses, dict):
        rows += [("losses", str(key), str(count), "") for key, count in losses.items() if count]
    rows += [("records", name, str(parts[name]), note) for name, note in _RECORDS.items() if name in parts]
    return rows
