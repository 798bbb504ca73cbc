"""Exclusions that people add and take away, with a reason and an audit line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.audit_line import AuditLine, write_audit
from clusop.service.problems.exclusions import TAG, Exclusion, checked
from clusop.service.problems.lifecycle import MAX_SNOOZE_MS
from clusop.service.store.tables.delivery import exclusions
from clusop.service.store.upsert import inserting
from clusop.service.told_text import MAX_NAME_CHARS, cleaned, plain, reason_of
from clusop.service.workspaces import is_one_workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.service.actor import Actor

__all__ = ["Removal", "add_exclusion", "remove_exclusion"]

_ALL = "*"
_SAME = ("field", "tag_key", "pattern", "workspace")


@dataclass(frozen=True, slots=True)
class Removal:
    """Which exclusion is to go, and why. Who is bound to a ``workspace`` takes away only what was excluded there.

    ``seen_at_ms`` is when the exclusion that somebody saw was made, ``None`` where nobody looked: SQLite gives a number again
    that has become free, and another's exclusion must not go in its place.
    """

    exclusion_id: int
    reason: str
    workspace: str = _ALL
    seen_at_ms: int | None = None


def add_exclusion(
    connection: Connection, wanted: Exclusion, actor: Actor, now_ms: int, *, bound_to: str = _ALL
) -> Exclusion | Reason:
    """``wanted`` as it is stored; ``exclusion-known`` where there is the same already. One that has ended is renewed.

    ``bound_to`` is the workspace that ``actor`` may speak for: it holds there, whatever ``wanted`` says. Raises ``InputError``
    for what cannot be used. The connection must be a writing one.
    """
    one = _usable(replace(wanted, workspace=_within(bound_to, wanted.workspace)), actor, now_ms)
    same = connection.execute(
        select(exclusions.c.id, exclusions.c.until_at_ms)
        .where(*(exclusions.c[name] == getattr(one, name) for name in _SAME))
        .with_for_update()
    ).one_or_none()
    if same is not None and (same.until_at_ms is None or same.until_at_ms > now_ms):
        return Reason("exclusion-known", f", number {same.id}")
    if same is not None:
        connection.execute(exclusions.delete().where(exclusions.c.id == same.id))
    columns = {
        name: getattr(one, name) for name in (*_SAME, "reason", "actor", "actor_kind", "created_at_ms", "until_at_ms")
    }
    made = connection.execute(
        inserting(connection, exclusions).values(columns).on_conflict_do_nothing().returning(exclusions.c.id)
    ).scalar_one_or_none()
    if made is None:
        # Somebody else was quicker, and had not committed when this looked.
        return Reason("exclusion-known")
    line = AuditLine("exclusion.add", f"exclusion:{made}", one.reason, _told(columns))
    write_audit(connection, actor, [line], now_ms)
    return replace(one, exclusion_id=made)


def remove_exclusion(connection: Connection, wanted: Removal, actor: Actor, now_ms: int) -> Reason | None:
    """Take one away that people made; ``unknown-exclusion`` where there is none. What it was stays in the audit."""
    told = reason_of(wanted.reason)
    column = exclusions.c
    conditions = [column.id == wanted.exclusion_id]
    if wanted.workspace != _ALL:
        if not is_one_workspace(wanted.workspace):
            # As text it may be the same as a glob that somebody else meant for several.
            return Reason("unknown-exclusion")
        conditions.append(column.workspace == wanted.workspace)
    if wanted.seen_at_ms is not None:
        conditions.append(column.created_at_ms == wanted.seen_at_ms)
    row = connection.execute(exclusions.delete().where(*conditions).returning(*column)).mappings().one_or_none()
    if row is None:
        return Reason("unknown-exclusion")
    line = AuditLine("exclusion.remove", f"exclusion:{wanted.exclusion_id}", told, _told(dict(row)))
    write_audit(connection, actor, [line], now_ms)
    return None


def _within(bound_to: str, told: str) -> str:
    """An exclusion's workspace is a glob, a caller's is a name: a name that a glob could take for more is of no use here."""
    if bound_to == _ALL:
        return plain(told, "exclusion.workspace")
    if not is_one_workspace(bound_to):
        raise InputError(
            "exclusion.workspace",
            f"your token is bound to {bound_to[:60]!r}, which names no workspace",
            "Ask for a token of one workspace.",
        )
    return bound_to


def _usable(wanted: Exclusion, actor: Actor, now_ms: int) -> Exclusion:
    if wanted.until_at_ms is not None and not now_ms < wanted.until_at_ms <= now_ms + MAX_SNOOZE_MS:
        raise InputError(
            "until_at_ms", f"{wanted.until_at_ms} is not within a year from now", "Leave it out for no end."
        )
    one = Exclusion(
        field=wanted.field,
        pattern=plain(wanted.pattern, "exclusion.pattern"),
        tag_key=plain(wanted.tag_key, "exclusion.tag_key") if wanted.field == TAG else wanted.tag_key,
        workspace=wanted.workspace,
        reason=reason_of(wanted.reason),
        actor=cleaned(actor.name)[:MAX_NAME_CHARS],
        actor_kind=actor.kind,
        created_at_ms=now_ms,
        until_at_ms=wanted.until_at_ms,
    )
    return checked(one, "exclusion")


def _told(columns: dict[str, object]) -> dict[str, object]:
    return {name: columns[name] for name in (*_SAME, "until_at_ms")}
