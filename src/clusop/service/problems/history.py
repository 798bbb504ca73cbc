"""A problem's history: one event for each thing that people and time made of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.service.store.tables.problems import problem_events
from clusop.service.told_text import MAX_NAME_CHARS, cleaned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from clusop.service.actor import Actor

__all__ = ["Event", "write_events"]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: ``kind`` is one of the table's; ``detail`` what else is worth keeping."""

    kind: str
    actor: Actor
    reason: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


def _row(problem_id: int, event: Event, now_ms: int) -> dict[str, object]:
    """The row of ``event``."""
    return {
        "problem_id": problem_id,
        "at_ms": now_ms,
        "kind": event.kind,
        "actor": cleaned(event.actor.name)[:MAX_NAME_CHARS],
        "actor_kind": event.actor.kind,
        "reason": event.reason,
        "detail": json.dumps(dict(event.detail), sort_keys=True),
    }


def write_events(connection: Connection, events: Mapping[int, Event], now_ms: int) -> None:
    """Add an event to the history of each problem, in the transaction of what happened."""
    if events:
        rows = [_row(problem_id, event, now_ms) for problem_id, event in events.items()]
        connection.execute(problem_events.insert(), rows)
