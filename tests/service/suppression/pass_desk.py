"""Problems with their days, channels, and passes over them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from record_samples import signal
from sqlalchemy import insert, select, update

from clusop.service.store.tables.delivery import deliveries, withheld
from clusop.service.store.tables.problems import problem_days, problems
from clusop.service.suppression import Policy, pass_over
from clusop.service.teams.channels import read_channels

DAY_MS = 86_400_000
NOW_MS = 1_795_435_200_000  # Monday, 2026-11-23 12:00 UTC


def channels(*told):
    return read_channels([{"name": name, "url": "env:NOWHERE", "teams": globs} for name, globs in told])


@dataclass
class Desk:
    """A database with problems, and what a pass makes of them. ``now_ms`` moves when it is told."""

    database: Any
    policy: Policy = field(default_factory=lambda: Policy(public_url="https://clusop.example.com"))
    channels: Any = field(default_factory=lambda: channels(("all", ["*"])))
    now_ms: int = NOW_MS

    def problem(self, number: int, usd: float = 20, days: int = 5, **columns) -> int:
        """A problem seen once a day on the last ``days`` days, each run worth ``usd`` to three times as much."""
        row = {
            "workspace": "42",
            "signature": f"{number:032x}",
            "workload": f"job:{number}",
            "cause": "python-udf",
            "family": "python",
            "engine": "photon",
            "team": "pricing",
            "recommendation": 9_300,
            "first_seen_at_ms": self.now_ms - (days - 1) * DAY_MS,
            "last_seen_at_ms": self.now_ms,
            "evidence": json.dumps(signal(), sort_keys=True, separators=(",", ":")).encode(),
        } | columns
        today = self.now_ms // DAY_MS
        sums = {
            "run_count": 1,
            "run_ms": 36_000_000,
            "island_ms": 18_000_000,
            "avoidable_low_microusd": int(usd * 10**6),
            "avoidable_high_microusd": int(usd * 3 * 10**6),
            "avoidable_unpriced_runs": 0 if usd else 1,
            "exposure_unpriced_runs": 0 if usd else 1,
            "exposure_high_microusd": int(usd * 10**6),
        }
        with self.database.writing() as connection:
            problem_id = connection.execute(insert(problems).values(row)).inserted_primary_key[0]
            rows = [{"problem_id": problem_id, "day": today - back, **sums} for back in range(days)]
            connection.execute(insert(problem_days), rows)
        return problem_id

    def change(self, problem_id: int, **columns) -> None:
        with self.database.writing() as connection:
            connection.execute(update(problems).where(problems.c.id == problem_id).values(columns))

    def settle(self, state: str, *, of: int | None = None, **columns) -> None:
        """What an outbox would have made of all that waits, or of what waits about one problem."""
        waits = [deliveries.c.state == "pending", *([] if of is None else [deliveries.c.problem_id == of])]
        with self.database.writing() as connection:
            connection.execute(
                update(deliveries).where(*waits).values(state=state, settled_at_ms=self.now_ms, **columns)
            )

    def run(self, minutes: int = 0, **policy):
        self.now_ms += minutes * 60_000
        with self.database.writing() as connection:
            return pass_over(connection, replace(self.policy, **policy), self.channels, self.now_ms)

    def deliveries(self, kind: str = "card"):
        with self.database.reading() as connection:
            return connection.execute(
                select(deliveries).where(deliveries.c.kind == kind).order_by(deliveries.c.id)
            ).all()

    def withheld(self, problem_id: int, *, current: bool = True):
        with self.database.reading() as connection:
            rows = connection.execute(select(withheld).where(withheld.c.problem_id == problem_id)).all()
        return {row.reason: row.count for row in rows if row.is_current is current}
