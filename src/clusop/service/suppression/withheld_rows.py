"""Every decision not to send, in the database: one row a problem, channel and reason, counted up as long as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import bindparam, exists, insert, select, update

from clusop.service.store.tables.delivery import withheld
from clusop.service.store.tables.problems import problems
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from clusop.reasons import Reason

__all__ = ["Withholdings", "out_of_sight", "write_withheld"]

Withholdings: TypeAlias = Mapping[tuple[int, str], "Sequence[Reason]"]
"""The reasons by problem and channel; a pair without any was told."""
_UNSEEN = "not-seen-lately"
_NEW_AT_ONCE = 5_000
"""Of problems that nothing was ever written down about. A pass comes every minute: the rest waits for the next."""


def write_withheld(connection: Connection, decisions: Withholdings, now_ms: int) -> None:
    """Bring the rows up to date with all decisions of a pass. A reason that holds again takes up its old row, so that there are
    never more rows than problems × channels × reasons.
    """
    judged = {problem_id for problem_id, _ in decisions}
    known: dict[tuple[int, str, str], tuple[int, str, bool]] = {}
    for chunk in chunks(sorted(judged)):
        rows = connection.execute(
            select(
                withheld.c.id,
                withheld.c.problem_id,
                withheld.c.channel,
                withheld.c.reason,
                withheld.c.detail,
                withheld.c.is_current,
            ).where(withheld.c.problem_id.in_(chunk))
        )
        known |= {(row.problem_id, row.channel, row.reason): (row.id, row.detail, row.is_current) for row in rows}
    now = {
        (problem_id, channel, reason.id): reason.detail
        for (problem_id, channel), reasons in decisions.items()
        for reason in reasons
    }
    unchanged = [known[key][0] for key, detail in now.items() if key in known and known[key][1:] == (detail, True)]
    changed = [
        {"row_id": known[key][0], "detail": detail}
        for key, detail in now.items()
        if key in known and known[key][1:] != (detail, True)
    ]
    ended = [row_id for key, (row_id, _, is_current) in known.items() if is_current and key not in now]
    fresh = [
        {"problem_id": key[0], "channel": key[1], "reason": key[2], "detail": detail}
        for key, detail in now.items()
        if key not in known
    ]
    counted = {"count": withheld.c.count + 1, "last_at_ms": now_ms}
    for chunk in chunks(unchanged):
        connection.execute(update(withheld).where(withheld.c.id.in_(chunk)).values(counted))
    for chunk in chunks(ended):
        connection.execute(update(withheld).where(withheld.c.id.in_(chunk)).values(is_current=False))
    if changed:
        again = update(withheld).where(withheld.c.id == bindparam("row_id"))
        connection.execute(again.values(detail=bindparam("detail"), is_current=True, **counted), changed)
    if fresh:
        connection.execute(
            insert(withheld), [{**row, "first_at_ms": now_ms, "last_at_ms": now_ms, "count": 1} for row in fresh]
        )


def out_of_sight(connection: Connection, seen_before_ms: int) -> list[tuple[int, str]]:
    """Problems and channels whose decision rests on other reasons than that the problem was not seen for long, or on none: a
    problem whose last run was told a month late was never judged, and is of no channel (``""``).
    """
    is_old = problems.c.last_seen_at_ms < seen_before_ms
    rows = connection.execute(
        select(withheld.c.problem_id, withheld.c.channel)
        .join(problems, problems.c.id == withheld.c.problem_id)
        .where(withheld.c.is_current, withheld.c.reason != _UNSEEN, is_old)
        .distinct()
    )
    has_reason = exists().where(withheld.c.problem_id == problems.c.id, withheld.c.is_current)
    # In this order they are found in an index, without reading their rows, which are long.
    new = (
        select(problems.c.id).where(is_old, ~has_reason).order_by(problems.c.last_seen_at_ms.desc()).limit(_NEW_AT_ONCE)
    )
    return [*((row.problem_id, row.channel) for row in rows), *((row.id, "") for row in connection.execute(new))]
