"""Senders: agents that are there, that ended without goodbye, what each lost and which of its records never came; and event
logs whose findings were sent, which are none.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from clusop.service.store.tables.agents import FILES, LIVE, LOG, agent_days, agents, usage_hours
from clusop.service.views.days import MS_PER_DAY
from clusop.service.views.problem_line import mapping_of
from clusop.service.views.sequences import Sequences, sequences_of
from clusop.service.views.visible import ALL_WORKSPACES, within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection

    from clusop.service.views.sums import DatabaseRow

__all__ = [
    "AGENT_FILTERS",
    "GONE_AFTER_MS",
    "QUIET_AFTER_MS",
    "SENT",
    "AgentLine",
    "AgentPage",
    "AgentSummary",
    "AgentView",
    "AgentsAsked",
    "HourLine",
    "agent_page",
    "agent_summary",
    "one_agent",
]

QUIET_AFTER_MS = 3_600_000
"""An agent that told nothing for an hour is called quiet: one with nothing to tell says nothing."""
GONE_AFTER_MS = MS_PER_DAY
"""One that told nothing for a day, and said no goodbye, is called gone."""
SENT = "sent"
"""The status of an event log: what it told was sent, and no more is expected."""
AGENT_FILTERS = ("reporting", "quiet", "gone", "ended", "losses", "silenced", FILES, LOG)
_PAGE = 50
_HOURS = 48
_SUMMARY_AGENTS = 20_000
_ESCAPE = "\\"
_PAST_DAYS = 366


@dataclass(frozen=True, slots=True)
class AgentsAsked:
    """Which agents. ``after`` is the ``next_after`` of the page before, ``visible`` the workspace the caller may see."""

    status: str = ""
    search: str = ""
    after: str = ""
    visible: str = ALL_WORKSPACES


@dataclass(frozen=True, slots=True)
class AgentLine:
    """An agent. ``source`` is how its records come: live, files or log. ``behind_ms`` is our clock less the driver's at its
    newest state: its skew, network and waiting included; ``None`` where that came in a file.
    """

    id: int
    workspace: str
    agent: str
    source: str
    cluster: str
    compute: str
    workload: str
    task_key: str
    clusop: str
    spark: str
    dbr: str
    engine: str
    status: str
    first_arrived_at_ms: int
    last_arrived_at_ms: int
    started_at_ms: int | None
    behind_ms: int | None
    late_armed: int
    breaker: str
    off: str
    losses: Mapping[str, int]
    sequences: Sequences
    signal_count: int


@dataclass(frozen=True, slots=True)
class HourLine:
    """What an agent saw of one hour, ms of slots."""

    hour_at_ms: int
    slot_ms: int
    busy_ms: int
    native_ms: int | None
    non_sql_ms: int
    failed_ms: int
    lost_ms: int


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent in full: executions by verdict, the unknown ones by reason, its latest hours."""

    line: AgentLine
    scala: str
    java: str
    image: str
    doors: tuple[str, ...]
    executions: Mapping[str, int]
    unknown: Mapping[str, int]
    shape: Mapping[str, object]
    armed_since_at_ms: int | None
    hours: tuple[HourLine, ...]


@dataclass(frozen=True, slots=True)
class AgentSummary:
    """Agents that were heard of within a day, at most 20,000; ``past_*`` are of agents past the retention horizon.
    ``log_count`` are event logs that were sent in that time: no agents, and in none of the other counts.
    """

    seen_count: int
    log_count: int
    statuses: Mapping[str, int]
    losses: Mapping[str, int]
    missing_count: int
    versions: Mapping[str, int]
    past_agent_count: int
    past_without_goodbye: int
    past_missing_count: int
    past_losses: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AgentPage:
    """A page of agents, the latest heard of first. ``next_after`` is ``""`` at the end."""

    lines: tuple[AgentLine, ...]
    next_after: str


def agent_page(connection: Connection, asked: AgentsAsked, now_ms: int) -> AgentPage:
    """A page of agents."""
    chosen = (
        select(agents)
        .where(*_conditions(asked, now_ms))
        .order_by(agents.c.last_arrived_at_ms.desc(), agents.c.id.desc())
        .limit(_PAGE + 1)
    )
    lines = [_line(row, now_ms) for row in connection.execute(chosen).mappings()]
    last = lines[_PAGE - 1] if len(lines) > _PAGE else None
    return AgentPage(tuple(lines[:_PAGE]), f"{last.last_arrived_at_ms}.{last.id}" if last is not None else "")


def one_agent(connection: Connection, agent_id: int, now_ms: int, workspace: str = ALL_WORKSPACES) -> AgentView | None:
    """The agent with this id, ``None`` where there is none."""
    row = (
        connection.execute(select(agents).where(agents.c.id == agent_id, *within(agents.c.workspace, workspace)))
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    column = usage_hours.c
    asked = (
        select(
            column.hour_at_ms,
            column.slot_ms,
            column.busy_ms,
            column.native_ms,
            column.non_sql_ms,
            column.failed_ms,
            column.lost_ms,
        )
        .where(column.agent_id == agent_id)
        .order_by(column.hour_at_ms.desc())
        .limit(_HOURS)
    )
    return AgentView(
        line=_line(row, now_ms),
        scala=row["scala"],
        java=row["java"],
        image=row["image"],
        doors=tuple(str(door) for door in json.loads(row["doors"])),
        executions=mapping_of(row["executions"]),
        unknown=mapping_of(row["unknown"]),
        shape=mapping_of(row["shape"]),
        armed_since_at_ms=row["armed_since_at_ms"],
        hours=tuple(HourLine(*hour) for hour in connection.execute(asked)),
    )


def agent_summary(connection: Connection, now_ms: int, workspace: str = ALL_WORKSPACES) -> AgentSummary:
    """How the agents of the last day fare. Reads each of their rows: to be kept (:mod:`.kept`)."""
    column = agents.c
    asked = (
        select(
            column.is_final,
            column.last_arrived_at_ms,
            column.breaker,
            column.off,
            column.losses,
            column.accepted,
            column.clusop,
            column.source,
        )
        .where(column.last_arrived_at_ms >= now_ms - MS_PER_DAY, *within(column.workspace, workspace))
        .limit(_SUMMARY_AGENTS)
    )
    statuses: Counter[str] = Counter()
    losses: Counter[str] = Counter()
    versions: Counter[str] = Counter()
    missing = logs = 0
    for row in connection.execute(asked).mappings():
        if row["source"] == LOG:
            logs += 1
            continue
        statuses[_status(row, now_ms)] += 1
        versions[row["clusop"]] += 1
        if row["losses"] != "{}":
            losses.update(mapping_of(row["losses"]))
        missing += sequences_of(row["accepted"]).missing_count
    past = connection.execute(
        select(
            agent_days.c.agent_count, agent_days.c.without_goodbye, agent_days.c.missing_count, agent_days.c.losses
        ).where(agent_days.c.day >= now_ms // MS_PER_DAY - _PAST_DAYS, *within(agent_days.c.workspace, workspace))
    ).all()
    past_losses: Counter[str] = Counter()
    for line in past:
        past_losses.update(mapping_of(line[3]))
    return AgentSummary(
        seen_count=statuses.total(),
        log_count=logs,
        statuses=dict(statuses),
        losses=dict(losses.most_common()),
        missing_count=missing,
        versions=dict(versions.most_common()),
        past_agent_count=sum(line[0] for line in past),
        past_without_goodbye=sum(line[1] for line in past),
        past_missing_count=sum(line[2] for line in past),
        past_losses=dict(past_losses.most_common()),
    )


def _conditions(asked: AgentsAsked, now_ms: int) -> list[ColumnElement[bool]]:
    column = agents.c
    quiet, gone = now_ms - QUIET_AFTER_MS, now_ms - GONE_AFTER_MS
    talks = (column.source != LOG, column.is_final.is_(False), column.breaker == "", column.off == "")
    by_status: dict[str, tuple[ColumnElement[bool], ...]] = {
        "reporting": (*talks, column.last_arrived_at_ms >= quiet),
        "quiet": (*talks, column.last_arrived_at_ms < quiet, column.last_arrived_at_ms >= gone),
        "gone": (*talks, column.last_arrived_at_ms < gone),
        "ended": (column.is_final.is_(True),),
        "losses": (column.losses != "{}",),
        "silenced": (column.is_final.is_(False), or_(column.breaker != "", column.off != "")),
        FILES: (column.source == FILES,),
        LOG: (column.source == LOG,),
    }
    conditions = [*within(column.workspace, asked.visible), *by_status.get(asked.status, ())]
    for word in asked.search.split()[:4]:
        escaped = word.replace(_ESCAPE, _ESCAPE * 2).replace("%", f"{_ESCAPE}%").replace("_", f"{_ESCAPE}_")
        searched = (column.agent, column.cluster, column.compute, column.workload, column.task_key, column.workspace)
        conditions.append(or_(*(one.ilike(f"%{escaped}%", escape=_ESCAPE) for one in searched)))
    at_ms, _, key = asked.after.partition(".")
    if at_ms.isdecimal() and key.isdecimal() and max(len(at_ms), len(key)) < len(str(2**63)):
        conditions.append(
            or_(
                column.last_arrived_at_ms < int(at_ms),
                and_(column.last_arrived_at_ms == int(at_ms), column.id < int(key)),
            )
        )
    return conditions


def _status(row: DatabaseRow, now_ms: int) -> str:
    if row["source"] == LOG:
        return SENT
    if row["is_final"]:
        return "ended"
    if row["off"] or row["breaker"]:
        return "silenced"
    silent_ms = now_ms - row["last_arrived_at_ms"]
    return "gone" if silent_ms > GONE_AFTER_MS else "quiet" if silent_ms > QUIET_AFTER_MS else "reporting"


def _line(row: DatabaseRow, now_ms: int) -> AgentLine:
    return AgentLine(
        id=row["id"],
        workspace=row["workspace"],
        agent=row["agent"],
        # A row whose first record was refused tells nothing of it.
        source=row["source"] or LIVE,
        cluster=row["cluster"],
        compute=row["compute"],
        workload=row["workload"],
        task_key=row["task_key"],
        clusop=row["clusop"],
        spark=row["spark"],
        dbr=row["dbr"],
        engine=row["engine"],
        status=_status(row, now_ms),
        first_arrived_at_ms=row["first_arrived_at_ms"],
        last_arrived_at_ms=row["last_arrived_at_ms"],
        started_at_ms=row["started_at_ms"],
        behind_ms=row["behind_ms"],
        late_armed=row["late_armed"],
        breaker=row["breaker"],
        off=row["off"],
        losses=mapping_of(row["losses"]),
        sequences=sequences_of(row["accepted"]),
        signal_count=row["signal_count"],
    )
