"""Which compute definition a problem shows: that of its newest signal whose agent told one, whenever the agent told it.

A state may come after the signals of its agent, and a later state may tell another compute definition: the problems that these
signals belong to are then looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import bindparam, func, select

from clusop.service.ingest.seen import SeenSignal
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import problems, signals
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from clusop.service.ingest.agent_rows import AgentRow
    from clusop.service.ingest.problem_rows import ProblemKey
    from clusop.service.ingest.sorting import Taken

__all__ = ["NOT_TOLD", "Change", "Told", "changes_of", "newest_computes", "tell_changes"]

Told: TypeAlias = tuple[int, str]
"""When a signal ended, and the compute definition its agent tells. Of two the greater counts: the later, then by name."""
NOT_TOLD: Told = (0, "")


@dataclass(frozen=True, slots=True)
class Change:
    """An agent that tells a compute definition it did not tell before, and when its last stored signals of a problem ended."""

    agent: AgentRow
    end_at_ms: int


def newest_computes(taken: Iterable[Taken]) -> dict[ProblemKey, Told]:
    """By problem what its signals among ``taken`` tell. Their agents have taken their states."""
    found: dict[ProblemKey, Told] = {}
    for signal, agent, _ in taken:
        if isinstance(signal, SeenSignal) and agent.compute:
            key = (signal.workspace, signal.signature)
            found[key] = max(found.get(key, NOT_TOLD), (signal.end_at_ms, agent.compute))
    return found


def changes_of(connection: Connection, rows: Iterable[AgentRow]) -> dict[int, list[Change]]:
    """By problem the agents of ``rows`` that tell another compute definition than before, and have stored signals of it."""
    telling = {row.id: row for row in rows if row.compute_before not in (None, row.compute)}
    found: dict[int, list[Change]] = {}
    for chunk in chunks(sorted(telling)):
        asked = (
            select(signals.c.problem_id, signals.c.agent_id, func.max(signals.c.end_at_ms))
            .where(signals.c.agent_id.in_(chunk))
            .group_by(signals.c.problem_id, signals.c.agent_id)
        )
        for problem_id, agent_id, end_at_ms in connection.execute(asked):
            found.setdefault(problem_id, []).append(Change(telling[agent_id], end_at_ms))
    return found


def tell_changes(
    connection: Connection, changes: Mapping[int, list[Change]], by_problem: Mapping[int, Told], now: Mapping[int, str]
) -> None:
    """Bring the problems of ``changes`` to what is told now. They are locked. ``by_problem`` is what the group's own signals
    tell, which are not stored yet; ``now`` has the compute definitions of the group's agents, which are not either.
    """
    rows = []
    for chunk in chunks(sorted(changes)):
        asked = select(problems.c.id, problems.c.compute_at_ms, problems.c.compute).where(problems.c.id.in_(chunk))
        for problem_id, at_ms, compute in connection.execute(asked).all():
            before: Told = (at_ms, compute)
            of_it = changes[problem_id]
            told = max((change.end_at_ms, change.agent.compute) for change in of_it)
            if any(before == (change.end_at_ms, change.agent.compute_before) for change in of_it):
                # What is shown may be what nobody tells any more.
                found = max(told, by_problem.get(problem_id, NOT_TOLD), _stored(connection, problem_id, now))
            else:
                found = max(told, before)
            if found != before:
                rows.append({"row_id": problem_id, "told_at_ms": found[0], "told": found[1]})
    if rows:
        connection.execute(_UPDATE, rows)


_UPDATE = (
    problems.update()
    .where(problems.c.id == bindparam("row_id"))
    .values(compute=bindparam("told"), compute_at_ms=bindparam("told_at_ms"))
)


def _stored(connection: Connection, problem_id: int, now: Mapping[int, str]) -> Told:
    asked = (
        select(signals.c.agent_id, agents.c.compute, func.max(signals.c.end_at_ms))
        .join(agents, agents.c.id == signals.c.agent_id)
        .where(signals.c.problem_id == problem_id)
        .group_by(signals.c.agent_id, agents.c.compute)
    )
    found = NOT_TOLD
    for agent_id, stored, end_at_ms in connection.execute(asked):
        compute = now.get(agent_id, stored)
        if compute:
            found = max(found, (end_at_ms, compute))
    return found
