"""Which records of a group of batches are new, known, in conflict or too old. Every record gets exactly one answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from clusop.reasons import Reason
from clusop.service.ingest.agent_rows import held_agents, known_agents
from clusop.service.ingest.batch import ALL_WORKSPACES
from clusop.service.ingest.limits import HORIZON_FACT
from clusop.service.ingest.receipt import Receipt, Refusal
from clusop.service.store.facts import fact
from clusop.service.store.tables.agents import other_records
from clusop.service.store.tables.problems import signals
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from clusop.service.ingest.agent_rows import AgentKey, AgentRow
    from clusop.service.ingest.batch import Batch
    from clusop.service.ingest.limits import Limits
    from clusop.service.ingest.seen import Seen

__all__ = ["Sorted", "Taken", "sort_batches"]


class Taken(NamedTuple):
    """A record that is new, whose it is, and how it came."""

    record: Seen
    agent: AgentRow
    source: str


class _Bounds(NamedTuple):
    latest_at_ms: int
    most_gaps: int


@dataclass(slots=True)
class Sorted:
    """A group of batches, sorted. ``receipts`` are in the order of the batches."""

    taken: list[Taken] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    agents: dict[AgentKey, AgentRow] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)


def sort_batches(connection: Connection, batches: Sequence[Batch], now_ms: int, limits: Limits) -> Sorted:
    """Sort the records. Locks the agents' rows."""
    horizon_at_ms = max(limits.horizon_at_ms(now_ms), fact(connection, HORIZON_FACT)[0])
    allowed = [
        record for batch in batches for record in batch.seen if batch.workspace in (ALL_WORKSPACES, record.workspace)
    ]
    asked = {(record.workspace, record.agent) for record in allowed}
    known = known_agents(connection, asked)
    new = {
        (record.workspace, record.agent): horizon_at_ms
        for record in allowed
        if (record.workspace, record.agent) not in known and record.told_at_ms >= horizon_at_ms
    }
    held = held_agents(connection, known | new.keys(), new, now_ms)
    stored = _stored_hashes(connection, allowed, held)
    found = Sorted(agents=held)
    bounds = _Bounds(limits.latest_at_ms(now_ms), limits.most_gaps)
    for batch in batches:
        found.receipts.append(_sort_one(batch, found, stored, bounds))
    return found


def _sort_one(batch: Batch, found: Sorted, stored: dict[tuple[int, int], bytes], bounds: _Bounds) -> Receipt:
    known = 0
    before_count = len(found.taken)
    refused = list(batch.refused)
    is_for_all = batch.workspace == ALL_WORKSPACES
    for record in batch.seen:
        agent = found.agents.get((record.workspace, record.agent))
        sequence = record.sequence
        if not is_for_all and batch.workspace != record.workspace:
            answer = Reason("wrong-workspace")
        elif agent is None or record.told_at_ms < agent.horizon_at_ms:
            answer = Reason("too-old")
        elif record.latest_at_ms > bounds.latest_at_ms:
            answer = Reason("too-far-ahead")
        elif sequence in agent.accepted:
            before = agent.fresh.get(sequence) or stored.get((agent.id, sequence))
            # Retention has taken the signal, and left the agent: that it was there is all that is known.
            if before is None or before == record.content_hash:
                known += 1
                continue
            answer = Reason("conflict")
        elif len(agent.accepted) >= bounds.most_gaps and agent.accepted.opens(sequence):
            answer = Reason("too-many-gaps")
        else:
            agent.accepted.add(sequence)
            agent.fresh[sequence] = record.content_hash
            agent.last_told_at_ms = max(agent.last_told_at_ms, record.told_at_ms)
            agent.touched = True
            found.taken.append(Taken(record, agent, batch.source))
            continue
        refused.append(Refusal(record.agent, sequence, answer.id, answer.sentence))
    found.refusals.update(one.reason for one in refused)
    return Receipt(len(found.taken) - before_count, known, tuple(refused))


def _stored_hashes(
    connection: Connection, records: Iterable[Seen], held: dict[AgentKey, AgentRow]
) -> dict[tuple[int, int], bytes]:
    """Hashes of what came before under the sequences of ``records``, by agent's row and sequence."""
    asked: dict[int, set[int]] = {}
    for record in records:
        agent = held.get((record.workspace, record.agent))
        if agent is not None and record.sequence in agent.accepted:
            asked.setdefault(agent.id, set()).add(record.sequence)
    found: dict[tuple[int, int], bytes] = {}
    for agent_id, sequences in asked.items():
        for chunk in chunks(sorted(sequences)):
            for table in (signals, other_records):
                for row in connection.execute(
                    select(table.c.sequence, table.c.content_hash).where(
                        table.c.agent_id == agent_id, table.c.sequence.in_(chunk)
                    )
                ):
                    found[agent_id, row.sequence] = row.content_hash
    return found
