"""What agents saw, as rows: one cluster of one driver and four workers with four slots each, unless told otherwise."""

from __future__ import annotations

import json

from sqlalchemy import func, select

from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.money import bill_hours, bill_shares
from clusop.service.store.tables.problems import problem_days, problems, signals
from clusop.service.store.upsert import inserting

HOUR_MS = 3_600_000
HOUR_US = HOUR_MS * 1000
DAY_MS = 24 * HOUR_MS
NOW_MS = 497_300 * HOUR_MS
H = NOW_MS // HOUR_MS
"""The hour that begins now, counted from 1970."""
CLUSTER = "1122-334455-abc12def"
WORKSPACE = "1111"
JOBS_PHOTON = "PREMIUM_JOBS_COMPUTE_(PHOTON)"
JOBS = "PREMIUM_JOBS_COMPUTE"
SLOTS = 16


def shape(**told) -> dict:
    return {
        "cloud": "AWS",
        "product": "JOBS_COMPUTE",
        "tier": "PREMIUM",
        "driver_node_type": "i3.xlarge",
        "worker_node_type": "i3.xlarge",
        "is_single_node": False,
        "is_serverless": False,
        "availability": "ON_DEMAND",
        "first_on_demand": 5,
        "uptime": "elastic",
        "workers": [4, 4],
        "slots": [SLOTS, SLOTS],
        **told,
    }


class Ground:
    """The database under test, and what was put into it."""

    def __init__(self, database) -> None:
        self.database = database

    def agent(self, name="a" * 32, *, told_shape=None, **told) -> int:
        values = {"workspace": WORKSPACE, "cluster": CLUSTER, "started_at_ms": 0, **told}
        with self.database.writing() as connection:
            return connection.execute(
                agents.insert()
                .values(agent=name, shape=json.dumps(told_shape or shape()), **values)
                .returning(agents.c.id)
            ).scalar_one()

    def hour(self, agent_id, hour, *, slot_ms=SLOTS * HOUR_MS, **parts) -> None:
        values = {
            "agent_id": agent_id,
            "hour_at_ms": hour * HOUR_MS,
            "revision": 1,
            "cluster": CLUSTER,
            "slots_by_node_type": json.dumps({"i3.xlarge": slot_ms}),
            "slot_ms": slot_ms,
            **parts,
        }
        with self.database.writing() as connection:
            connection.execute(usage_hours.insert().values(**values))

    def problem(self, signature="5" * 32) -> int:
        with self.database.writing() as connection:
            return connection.execute(
                problems.insert()
                .values(workspace=WORKSPACE, signature=signature, cause="python-udf", last_seen_at_ms=NOW_MS)
                .returning(problems.c.id)
            ).scalar_one()

    def signal(self, agent_id, problem_id, span_ms, taken, **told) -> None:
        """``taken``: a share of task time, and the task time. ``exposure``: modeled low and high, micro-USD; ``is_offline``."""
        exposure = told.get("exposure")
        start_ms, end_ms = span_ms
        line = {
            "cluster": CLUSTER,
            "start_at_ms": start_ms,
            "end_at_ms": end_ms,
            "findings": [{"time_ratio": taken[0], "basis": "measured"}],
            "time": {"run_ms": taken[1]},
        }
        if exposure is not None:
            ends = dict(zip(("low_microusd", "high_microusd"), exposure, strict=True))
            line["figures"] = {"exposure": ends}
            self._add_exposure(problem_id, end_ms // DAY_MS, ends)
        with self.database.writing() as connection:
            count = connection.execute(select(func.count()).select_from(signals)).scalar_one()
            connection.execute(
                signals.insert().values(
                    agent_id=agent_id,
                    sequence=count + 1,
                    problem_id=problem_id,
                    arrived_at_ms=end_ms,
                    start_at_ms=start_ms,
                    end_at_ms=end_ms,
                    content_hash=count.to_bytes(32, "big"),
                    line=json.dumps(line).encode(),
                    is_offline=told.get("is_offline", False),
                )
            )

    def _add_exposure(self, problem_id, day, ends) -> None:
        """As ingest does."""
        added = {f"exposure_{name}": usd for name, usd in ends.items()} | {"run_count": 1}
        with self.database.writing() as connection:
            insert = inserting(connection, problem_days).values(problem_id=problem_id, day=day, **added)
            summed = {name: problem_days.c[name] + insert.excluded[name] for name in added}
            connection.execute(insert.on_conflict_do_update(index_elements=["problem_id", "day"], set_=summed))

    def bills(self, *, is_current=True) -> list:
        query = select(bill_hours).order_by(bill_hours.c.hour_at_ms, bill_hours.c.sku, bill_hours.c.version)
        with self.database.reading() as connection:
            return connection.execute(query.where(bill_hours.c.is_current.is_(True)) if is_current else query).all()

    def lines(self, bill_id) -> dict:
        with self.database.reading() as connection:
            rows = connection.execute(
                select(bill_shares).where(bill_shares.c.bill_hour_id == bill_id).order_by(bill_shares.c.id)
            ).all()
        return {(row.kind, row.problem_id): row for row in rows}

    def days(self) -> dict:
        with self.database.reading() as connection:
            rows = connection.execute(select(problem_days)).all()
        return {(row.problem_id, row.day): (row.derived_low_microusd, row.derived_high_microusd) for row in rows}

    def replaced(self) -> dict:
        with self.database.reading() as connection:
            rows = connection.execute(select(problem_days).where(problem_days.c.replaced_high_microusd != 0)).all()
        return {(row.problem_id, row.day): (row.replaced_low_microusd, row.replaced_high_microusd) for row in rows}


def bill(fake, hour, quantity, sku=JOBS_PHOTON, **told) -> None:
    """A row of the bill, of the whole hour or ``from_minute`` and ``to_minute`` of it."""
    minute = HOUR_US // 60
    start, end = (
        hour * HOUR_US + told.pop(name, other) * minute for name, other in (("from_minute", 0), ("to_minute", 60))
    )
    fake.bill(told.pop("cluster", CLUSTER), start, end, quantity, sku, **told)
