"""Hours of a bill that tell of a problem: settled, in dollars, with a known multiplier. For tests that need no warehouse."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from clusop.service.resolver.exposure_days import write_exposure
from clusop.service.resolver.modeled_hours import read_modeled_hours
from clusop.service.store.tables.money import bill_hours, bill_shares, reconciliations
from clusop.service.store.tables.problems import problem_days

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def tell_hours(connection: Connection, problem_id: int, cluster: str, hours: list[int]) -> None:
    """As a run of the resolver would leave them, exposure included."""
    run_id = connection.execute(
        reconciliations.insert()
        .values(started_at_ms=1, from_at_ms=1, to_at_ms=2, tier="billed-at-list", outcome="done")
        .returning(reconciliations.c.id)
    ).scalar_one()
    for hour in hours:
        hour_id = connection.execute(
            bill_hours.insert()
            .values(
                workspace="1234567890", cluster=cluster, hour_at_ms=hour * HOUR_MS, sku="JOBS", is_photon=True, cloud="AWS",
                currency="USD", unit="DBU", dbu="1", microusd=10_000, basis="billed-at-list", version=1, is_current=True,
                is_provisional=False, reconciliation_id=run_id,
            )
            .returning(bill_hours.c.id)
        ).scalar_one()  # fmt: skip
        inputs = {"formula": "derived-exposure-1", "usd": "0.01", "m": "2.9", "share": "1"}
        connection.execute(
            bill_shares.insert().values(
                bill_hour_id=hour_id, kind="attributed", problem_id=problem_id, dbu="1", microusd=10_000,
                inputs=json.dumps(inputs),
            )
        )  # fmt: skip
    settle(connection)


def settle(connection: Connection) -> None:
    """What a run of the resolver makes of all days."""
    for day in {hour * HOUR_MS // DAY_MS for hour in _hours(connection)} | set(_days(connection)):
        write_exposure(connection, read_modeled_hours(connection, day * DAY_MS), day * DAY_MS)


def exposure(connection: Connection) -> list[tuple[int | None, ...]]:
    """What every day says of derived and replaced dollars, and what is modeled in all."""
    names = (
        "problem_id", "day", "exposure_low_microusd", "exposure_high_microusd", "derived_low_microusd",
        "derived_high_microusd", "replaced_low_microusd", "replaced_high_microusd",
    )  # fmt: skip
    asked = select(*(problem_days.c[name] for name in names)).order_by(problem_days.c.problem_id, problem_days.c.day)
    return [tuple(row) for row in connection.execute(asked)]


def _hours(connection: Connection) -> list[int]:
    return [at_ms // HOUR_MS for at_ms in connection.execute(select(bill_hours.c.hour_at_ms)).scalars()]


def _days(connection: Connection) -> list[int]:
    return list(connection.execute(select(problem_days.c.day)).scalars())
