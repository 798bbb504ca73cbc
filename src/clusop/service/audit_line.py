"""Who did what: lines in the audit, written in the transaction of what was done."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.service.store.tables.access import audit
from clusop.service.told_text import MAX_NAME_CHARS, cleaned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from clusop.service.actor import Actor

__all__ = ["AuditLine", "write_audit"]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """``action`` on ``target`` (``problem:17``), why, and what else is worth keeping."""

    action: str
    target: str
    reason: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


def write_audit(connection: Connection, actor: Actor, lines: Iterable[AuditLine], now_ms: int) -> None:
    """Add ``lines`` of what ``actor`` did."""
    rows = [
        {
            "at_ms": now_ms,
            "actor": cleaned(actor.name)[:MAX_NAME_CHARS],
            "actor_kind": actor.kind,
            "action": line.action,
            "target": line.target,
            "reason": line.reason,
            "detail": json.dumps(dict(line.detail), sort_keys=True),
        }
        for line in lines
    ]
    if rows:
        connection.execute(audit.insert(), rows)
