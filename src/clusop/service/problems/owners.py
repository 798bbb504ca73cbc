"""Whose the problems are, written down: by what the settings and system tables tell, unless a person said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select

from clusop.reasons import Reason
from clusop.service.actor import CLUSOP
from clusop.service.audit_line import AuditLine, write_audit
from clusop.service.problems.history import Event, write_events
from clusop.service.problems.owner_policy import NOBODY, Named, Ownership, ownership
from clusop.service.problems.subject import subject_of
from clusop.service.store.tables.problems import job_owners, problems
from clusop.service.told_text import MAX_NAME_CHARS, cleaned, plain, reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from clusop.service.actor import Actor
    from clusop.service.problems.owner_policy import OwnerPolicy

__all__ = ["PERSON", "assign", "assign_some", "set_by_person"]

PERSON = "person"
_AT_ONCE = 1000
_JOB = "job:"
_HELD = ("owner", "owner_source", "team", "team_source")


def assign(connection: Connection, policy: OwnerPolicy, now_ms: int) -> int:
    """Fill in owner and team of all problems where no person did. How many problems changed.

    What the settings no longer tell is taken away again.
    """
    changed, after = 0, 0
    while after >= 0:
        some, after = assign_some(connection, policy, now_ms, after)
        changed += some
    return changed


def assign_some(connection: Connection, policy: OwnerPolicy, now_ms: int, after: int = 0) -> tuple[int, int]:
    """As :func:`assign` for a thousand problems with ids above ``after``: how many changed, and the last id looked at (-1: no
    more). So that no transaction is long.
    """
    names = ("id", "workspace", "workload", "task_key", "cluster", "compute", "tags", *_HELD)
    rows = (
        connection.execute(
            select(*(problems.c[name] for name in names))
            .where(problems.c.id > after, or_(problems.c.owner_source != PERSON, problems.c.team_source != PERSON))
            .order_by(problems.c.id)
            .limit(_AT_ONCE)
        )
        .mappings()
        .all()
    )
    known = _job_owners(connection, rows, policy)
    wanted: dict[int, dict[str, str]] = {}
    for row in rows:
        job_owner = known.get((row["workspace"], row["workload"]), "")
        found = _columns(ownership(subject_of(row), policy, job_owner, _by_person(row)))
        if any(row[name] != told for name, told in found.items()):
            wanted[row["id"]] = found
    before = {row["id"]: row for row in rows}
    events = {
        problem_id: Event(
            "owner", CLUSOP, "", {name: told for name, told in found.items() if before[problem_id][name] != told}
        )
        for problem_id, found in _written(connection, wanted, before).items()
    }
    write_events(connection, events, now_ms)
    return len(events), rows[-1]["id"] if len(rows) == _AT_ONCE else -1


def set_by_person(
    connection: Connection, problem_id: int, names: tuple[str, str], why: tuple[Actor, str], now_ms: int
) -> Reason | None:
    """A person says owner and team (``names``), and ``why`` (who, and the reason). ``""`` leaves that one to the settings."""
    actor, reason = why
    told = reason_of(reason)
    owner, team = (plain(name, where)[:MAX_NAME_CHARS] for name, where in zip(names, ("owner", "team"), strict=True))
    row = (
        connection.execute(
            select(*(problems.c[name] for name in _HELD))
            .where(problems.c.id == problem_id)
            .with_for_update(key_share=True)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return Reason("unknown-problem")
    found = _columns(Ownership(_said(owner), _said(team)))
    connection.execute(problems.update().where(problems.c.id == problem_id).values(found))
    detail: dict[str, object] = {"owner": owner, "team": team, "before": [row["owner"], row["team"]]}
    write_events(connection, {problem_id: Event("owner", actor, told, detail)}, now_ms)
    write_audit(connection, actor, [AuditLine("problem.owner", f"problem:{problem_id}", told, detail)], now_ms)
    return None


def _written(
    connection: Connection, wanted: Mapping[int, dict[str, str]], before: Mapping[int, RowMapping]
) -> Mapping[int, dict[str, str]]:
    """Write those that are still as they were read, and tell which: a person may have been quicker, and what they said stays."""
    if not wanted:
        return wanted
    changes = [
        {
            "of_problem": problem_id,
            **{f"read_{name}": before[problem_id][name] for name in _HELD},
            **{f"new_{name}": told for name, told in found.items()},
        }
        for problem_id, found in wanted.items()
    ]
    as_read = [problems.c[name] == bindparam(f"read_{name}") for name in _HELD]
    connection.execute(
        problems.update()
        .where(problems.c.id == bindparam("of_problem"), *as_read)
        .values({name: bindparam(f"new_{name}") for name in _HELD}),
        changes,
    )
    now = connection.execute(
        select(problems.c.id, *(problems.c[name] for name in _HELD)).where(problems.c.id.in_(list(wanted)))
    ).mappings()
    return {row["id"]: wanted[row["id"]] for row in now if all(row[n] == told for n, told in wanted[row["id"]].items())}


def _said(name: str) -> Named:
    return Named(name, PERSON) if name else NOBODY


def _by_person(row: RowMapping) -> Ownership:
    owner, team = (
        Named(row[name], PERSON) if row[f"{name}_source"] == PERSON else NOBODY for name in ("owner", "team")
    )
    return Ownership(owner, team)


def _columns(found: Ownership) -> dict[str, str]:
    return {
        "owner": found.owner.name,
        "owner_source": found.owner.source,
        "team": found.team.name,
        "team_source": found.team.source,
    }


def _job_owners(connection: Connection, rows: Sequence[RowMapping], policy: OwnerPolicy) -> dict[tuple[str, str], str]:
    """Owners by workspace and workload, as far as the system tables told them."""
    if policy.job_owner == "none":
        return {}
    column = job_owners.c.creator if policy.job_owner == "creator" else job_owners.c.run_as
    jobs = {row["workload"].removeprefix(_JOB) for row in rows if row["workload"].startswith(_JOB)}
    if not jobs:
        return {}
    found = connection.execute(
        select(job_owners.c.workspace, job_owners.c.job_id, column).where(job_owners.c.job_id.in_(sorted(jobs)))
    )
    return {(workspace, f"{_JOB}{job}"): cleaned(owner)[:MAX_NAME_CHARS] for workspace, job, owner in found}
