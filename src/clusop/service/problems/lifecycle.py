"""Changes of a problem's state, with their event and audit line in the transaction of the caller."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from sqlalchemy import case, select

from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.actor import CLUSOP
from clusop.service.audit_line import AuditLine, write_audit
from clusop.service.problems.history import Event, write_events
from clusop.service.problems.states import EVENT_OF, next_state, state_words
from clusop.service.store.tables.problems import problems
from clusop.service.told_text import MAX_NAME_CHARS, cleaned, reason_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

    from clusop.service.actor import Actor
from clusop.service.problems.states import Change

__all__ = ["MAX_SNOOZE_MS", "change", "is_visible", "wake"]

MAX_SNOOZE_MS = 366 * 24 * 3_600_000
_WAKE_AT_ONCE = 500
_WOKE = "The snooze ended."


def change(connection: Connection, problem_id: int, wanted: Change, actor: Actor, now_ms: int) -> Reason | None:
    """Do what ``actor`` wants to a problem; ``None`` when it is done, else why nothing was.

    ``unknown-problem``, ``problem-changed`` (somebody was quicker) and ``change-not-possible`` are such reasons. Raises
    ``InputError`` for a reason or an end that cannot be used. The connection must be a writing one. Whether ``actor`` may see
    the problem is asked before (:func:`is_visible`).
    """
    told = reason_of(wanted.reason)
    until_at_ms = _snooze_end(wanted, now_ms)
    found = _locked(connection, problem_id)
    if found is None:
        return Reason("unknown-problem")
    if _differs(found, wanted):
        return Reason("problem-changed", _as_it_is(found))
    after = next_state(found["state"], wanted.kind)
    if isinstance(after, Reason):
        return after
    # Two changes in one millisecond must still be told apart by whoever saw the first.
    since_at_ms = max(now_ms, found["state_since_at_ms"] + 1)
    detail = {"from": found["state"], "to": after} | ({} if until_at_ms is None else {"until_at_ms": until_at_ms})
    connection.execute(
        problems.update()
        .where(problems.c.id == problem_id)
        .values(
            state=after,
            state_since_at_ms=since_at_ms,
            state_until_at_ms=until_at_ms,
            state_by=cleaned(actor.name)[:MAX_NAME_CHARS],
            state_reason=told,
        )
    )
    write_events(connection, {problem_id: Event(EVENT_OF[wanted.kind], actor, told, detail)}, now_ms)
    write_audit(connection, actor, [AuditLine(f"problem.{wanted.kind}", f"problem:{problem_id}", told, detail)], now_ms)
    return None


def wake(connection: Connection, now_ms: int) -> int:
    """End the snoozes whose time is over: those problems are open again. How many there were."""
    count = 0
    while True:
        ended = (
            connection.execute(
                select(problems.c.id)
                .where(problems.c.state == "snoozed", problems.c.state_until_at_ms <= now_ms)
                .order_by(problems.c.id)
                .limit(_WAKE_AT_ONCE)
                # Messages that are just being written name problems, in an order of their own, and need not wait.
                .with_for_update(key_share=True)
            )
            .scalars()
            .all()
        )
        since = problems.c.state_since_at_ms
        connection.execute(
            problems.update()
            .where(problems.c.id.in_(ended))
            .values(
                state="open",
                state_since_at_ms=case((since >= now_ms, since + 1), else_=now_ms),
                state_until_at_ms=None,
                state_by=CLUSOP.name,
                state_reason=_WOKE,
            )
        )
        detail = {"from": "snoozed", "to": "open"}
        write_events(connection, dict.fromkeys(ended, Event("woke", CLUSOP, _WOKE, detail)), now_ms)
        lines = [AuditLine("problem.wake", f"problem:{problem_id}", _WOKE, detail) for problem_id in ended]
        write_audit(connection, CLUSOP, lines, now_ms)
        count += len(ended)
        if len(ended) < _WAKE_AT_ONCE:
            return count


def is_visible(connection: Connection, problem_id: int, workspace: str) -> bool:
    """Whether there is such a problem for somebody who may see ``workspace`` (``*``: all of them). It never moves."""
    asked = select(problems.c.id).where(problems.c.id == problem_id)
    if workspace != "*":
        asked = asked.where(problems.c.workspace == workspace)
    return connection.execute(asked).first() is not None


def _locked(connection: Connection, problem_id: int) -> RowMapping | None:
    """State of a problem, which nobody else changes until this transaction ends (SQLite has one writer anyway)."""
    columns = (problems.c.state, problems.c.state_since_at_ms, problems.c.state_by)
    return (
        connection.execute(select(*columns).where(problems.c.id == problem_id).with_for_update(key_share=True))
        .mappings()
        .one_or_none()
    )


def _differs(found: RowMapping, wanted: Change) -> bool:
    if wanted.seen_since_at_ms is not None and wanted.seen_since_at_ms != found["state_since_at_ms"]:
        return True
    return bool(wanted.seen_state != found["state"])


def _as_it_is(found: RowMapping) -> str:
    by = f" by {found['state_by']}" if found["state_by"] else ""
    return f"it is {state_words(found['state'])} now{by}"


def _snooze_end(wanted: Change, now_ms: int) -> int | None:
    until_at_ms = wanted.until_at_ms
    if wanted.kind != "snooze":
        if until_at_ms is not None:
            raise InputError("until_at_ms", "only a snooze has an end", "Leave it out.")
        return None
    if until_at_ms is None:
        raise InputError("until_at_ms", "a snooze needs an end", "Give its end in ms since 1970, UTC.")
    if until_at_ms <= now_ms:
        raise InputError("until_at_ms", f"{until_at_ms} is in the past", "Give an end that lies ahead.")
    if until_at_ms > now_ms + MAX_SNOOZE_MS:
        latest = datetime.fromtimestamp((now_ms + MAX_SNOOZE_MS) / 1000, tz=timezone.utc).date().isoformat()
        raise InputError("until_at_ms", "it is more than a year ahead", f"Give an end up to {latest}.")
    return until_at_ms
