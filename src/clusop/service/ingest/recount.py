"""What the roll-up should say, counted anew from the lines that are stored. The proof that nothing was lost or counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.service.ingest.computes import NOT_TOLD, Told
from clusop.service.ingest.decode import decode_line
from clusop.service.ingest.evidence import evidence_order
from clusop.service.ingest.names_seen import with_names
from clusop.service.ingest.seen import SUMS, SeenSignal
from clusop.service.ingest.sums import NOTHING, added, day_of
from clusop.service.ingest.told_live import summed
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import problem_days, problems, signals

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["differences"]

_AT_ONCE = 1000


def differences(connection: Connection) -> list[str]:
    """Where the roll-up and the stored signals disagree, a sentence each. Empty while retention has taken nothing away."""
    by_problem: dict[int, tuple[int, ...]] = {}
    by_day: dict[tuple[int, int], tuple[int, ...]] = {}
    best: dict[int, SeenSignal] = {}
    seen: dict[int, tuple[str, str, bool]] = {}
    asked = select(signals.c.problem_id, signals.c.line, signals.c.left_out).execution_options(yield_per=_AT_ONCE)
    found: list[str] = []
    for row in connection.execute(asked):
        signal = decode_line(row.line)
        if not isinstance(signal, SeenSignal):
            found.append(f"a stored line of problem {row.problem_id} is no signal")
            continue
        day = (row.problem_id, day_of(signal))
        sums = summed(signal.sums, row.left_out)
        by_problem[row.problem_id] = added(by_problem.get(row.problem_id, NOTHING), sums)
        by_day[day] = added(by_day.get(day, NOTHING), sums)
        causes, operators, is_bound = seen.get(row.problem_id, ("[]", "[]", False))
        seen[row.problem_id] = (
            with_names(causes, [signal.cause]),
            with_names(operators, [signal.operator]),
            is_bound or signal.is_upper_bound,
        )
        best[row.problem_id] = max(best.get(row.problem_id, signal), signal, key=evidence_order)
    computes = _computes(connection)
    for one in connection.execute(select(problems)).mappings():
        told = tuple(one[name] for name in SUMS)
        if told != by_problem.pop(one["id"], NOTHING):
            found.append(f"problem {one['id']} has other sums than its signals")
        if one["id"] in best and one["evidence"] != best[one["id"]].line:
            found.append(f"problem {one['id']} shows another signal than its best")
        if one["id"] in seen and (one["causes"], one["operators"], one["is_upper_bound"]) != seen[one["id"]]:
            found.append(f"problem {one['id']} tells other causes or operators than its signals")
        if (one["compute_at_ms"], one["compute"]) != computes.get(one["id"], NOT_TOLD):
            found.append(f"problem {one['id']} shows another compute definition than its newest signal's")
    for one in connection.execute(select(problem_days)).mappings():
        told = tuple(one[name] for name in SUMS)
        if told != by_day.pop((one["problem_id"], one["day"]), NOTHING):
            found.append(f"problem {one['problem_id']} has other sums on day {one['day']} than its signals")
    found += [f"problem {problem_id} has signals and no row" for problem_id in by_problem]
    found += [f"problem {problem_id} has signals on day {day} and no row" for problem_id, day in by_day]
    return found


def _computes(connection: Connection) -> dict[int, Told]:
    asked = (
        select(signals.c.problem_id, agents.c.compute, func.max(signals.c.end_at_ms))
        .join(agents, agents.c.id == signals.c.agent_id)
        .where(agents.c.compute != "")
        .group_by(signals.c.problem_id, agents.c.compute)
    )
    found: dict[int, Told] = {}
    for problem_id, compute, end_at_ms in connection.execute(asked):
        found[problem_id] = max(found.get(problem_id, NOT_TOLD), (end_at_ms, compute))
    return found
