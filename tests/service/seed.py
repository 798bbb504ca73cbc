"""A fleet as a service may know it after six weeks: records through the real door, and around them what people and time made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from seed_records import DAY_MS, HOUR_MS, NOW_MS, WORKS, compute_of, send_signals
from sqlalchemy import select, update

from clusop.analysis.economics.formulas import figure_of
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.service.actor import Actor
from clusop.service.problems.lifecycle import change
from clusop.service.problems.states import Change
from clusop.service.resolver.ledger import Written
from clusop.service.resolver.reconciliation import Reconciliation
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.delivery import deliveries, exclusions, withheld
from clusop.service.store.tables.money import bill_hours, bill_shares, reconciliations
from clusop.service.store.tables.problems import problem_days, problems

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.service.store.database import Database

HOSTILE = "<script>alert(1)</script>\u202egnp.exe\u202c 🦊 [x](javascript:alert(1)) مبيعات " + "A" * 10_000
ANA = Actor("ana@example.com", "person")
_TAKEN = (
    "The receiver took the message (HTTP 202); that proves it was handed over, not that it was posted in the channel."
)


def fill(database: Database, now_ms: int = NOW_MS) -> None:
    """All of it."""
    with database.writing() as connection:
        send_signals(connection, now_ms)
    with database.writing() as connection:
        _people(connection, now_ms)
        _decisions(connection, now_ms)
        _messages(connection, now_ms)
        _bill(connection, now_ms)


def _ids(connection: Connection) -> dict[tuple[str, str], int]:
    column = problems.c
    return {
        (row.workload, row.task_key): row.id
        for row in connection.execute(select(column.id, column.workload, column.task_key))
    }


def _people(connection: Connection, now_ms: int) -> None:
    found = _ids(connection)
    for work in WORKS:
        key = found[f"job:{work.job}", work.task]
        connection.execute(
            update(problems)
            .where(problems.c.id == key)
            .values(
                compute=compute_of(work),
                team=work.team,
                team_source="tag" if work.team else "",
                owner="" if work.job == 14 else f"{work.team or 'nobody'}-lead@example.com",
                owner_source="" if work.job == 14 else "rule",
            )
        )
    for (job, task), kind, reason, days in (
        (("job:57", "sessionize"), "acknowledge", "Known; the rewrite is planned for December.", None),
        (("job:12", "ingest"), "snooze", "Waits for the new table layout.", 30),
        (("job:16", "report"), "resolve", "The UDF is gone.", None),
    ):
        key = found[job, task]
        until = None if days is None else now_ms + days * DAY_MS
        assert change(connection, key, Change(kind, reason, "open", None, until), ANA, now_ms - DAY_MS) is None
    connection.execute(
        update(problems)
        .where(problems.c.id == found["job:91", "daily_join"])
        .values(state="came-back", state_by="clusop")
    )
    connection.execute(
        exclusions.insert().values(
            field="workload", pattern="job:9*", workspace="9876543210", reason="Sandbox jobs", actor="ana@example.com",
            actor_kind="person", created_at_ms=now_ms - 3 * DAY_MS,
        )
    )  # fmt: skip
    connection.execute(
        update(problem_days)
        .where(problem_days.c.problem_id == found["job:42", "load_orders"], problem_days.c.day < now_ms // DAY_MS - 3)
        .values(
            derived_low_microusd=9_400_000,
            derived_high_microusd=9_800_000,
            replaced_low_microusd=problem_days.c.exposure_low_microusd,
            replaced_high_microusd=problem_days.c.exposure_high_microusd,
        )
    )


def make_hostile(connection: Connection) -> int:
    """One problem whose every text is written by an enemy; its id."""
    key = int(connection.execute(select(problems.c.id).where(problems.c.workload == "job:14")).scalar_one())
    texts = ("workload", "team", "owner", "state_by", "state_reason", "cluster", "workspace", "dbr", "family")
    connection.execute(
        update(problems)
        .where(problems.c.id == key)
        .values(
            tags=json.dumps({HOSTILE[:60]: HOSTILE, "team": HOSTILE}),
            task_key=HOSTILE[:300],
            **dict.fromkeys(texts, HOSTILE),
        )
    )
    connection.execute(
        deliveries.insert().values(
            channel=HOSTILE[:200], team=HOSTILE, kind="card", problem_id=key, created_at_ms=NOW_MS, state="dead",
            attempt_count=3, due_at_ms=NOW_MS, status=404, sentence=HOSTILE, body=HOSTILE, facts=json.dumps({"x": HOSTILE}),
        )
    )  # fmt: skip
    connection.execute(
        withheld.insert().values(
            problem_id=key, channel=HOSTILE, reason="below-gate", detail=HOSTILE, first_at_ms=NOW_MS, last_at_ms=NOW_MS,
            count=1, is_current=True,
        )
    )  # fmt: skip
    return key


def _decisions(connection: Connection, now_ms: int) -> None:
    inputs = {
        "total_driver_node_hours": "120", "total_on_demand_worker_node_hours": "480", "total_spot_worker_node_hours": "0",
        "busy_driver_node_hours": "110", "busy_on_demand_worker_node_hours": "440", "busy_spot_worker_node_hours": "0",
        "driver_dbu_per_hour": "1", "worker_dbu_per_hour": "=driver_dbu_per_hour", "usd_per_dbu": "0.15", "m": "2.9",
        "driver_vm_usd_per_hour": "0.312", "on_demand_worker_vm_usd_per_hour": "=driver_vm_usd_per_hour", "J": "0.9",
        "s": "1.5..4", "uptime": "elastic",
    }  # fmt: skip
    ids = (
        *PriceBook.default().dbu_usd("AWS", "", "JOBS_COMPUTE").entry_ids,
        "learned:i3.xlarge/PREMIUM_JOBS_COMPUTE_(PHOTON)=2.8..2.9",
        "discount:PREMIUM_*=1/5",
        "account:PREMIUM_JOBS_COMPUTE/AWS/DBU/USD@1700000000000000",
    )
    saving = figure_of("disable-1", inputs, ids).to_json()
    for compute, action, workspace in (("job:42", "disable", "1234567890"), ("job:57", "keep", "1234567890")):
        for week in range(3):
            facts = {
                "sentence": "Switch the engine off for job 42: nine tenths of its work runs outside it."
                if action == "disable"
                else "Keep the engine: the range covers both gain and loss.",
                "engine": "photon", "uptime": "elastic", "agents": 6,
                "cluster_hours": {"total": "600", "busy": "550", "unused": "50"}, "off_engine_share": "0.88..0.92",
                "observed": {"ratio": "0.97", "good_ratio": "0.95"},
                "runs_needed": {"at_median_noise": {"noise": "0.07", "runs": 9}}, "remarks": [],
            }  # fmt: skip
            connection.execute(
                engine_decisions.insert().values(
                    workspace=workspace, compute=compute, decided_at_ms=now_ms - week * 7 * DAY_MS - HOUR_MS,
                    from_at_ms=now_ms - (week * 7 + 14) * DAY_MS, to_at_ms=now_ms - week * 7 * DAY_MS, action=action,
                    reasons=json.dumps([] if action == "disable" else [
                        {"reason": "cannot-tell", "sentence": "The range covers both gain and loss."}]),
                    saving=json.dumps(saving if action == "disable" else None), facts=json.dumps(facts),
                )
            )  # fmt: skip


def _messages(connection: Connection, now_ms: int) -> None:
    found = _ids(connection)
    card = json.dumps({"type": "message", "attachments": [{"content": {"type": "AdaptiveCard", "version": "1.5"}}]})
    rows = (
        ("pricing-teams", "pricing", "card", ("job:42", "load_orders"), "accepted", 1, 202, _TAKEN, 9),
        ("pricing-teams", "pricing", "card", ("job:42", "score_orders"), "unconfirmed", 1, None,
         "The message was sent, and no answer came (timeout); it may have arrived.", 8),
        ("risk-teams", "risk", "card", ("job:77", ""), "dead", 5, 404, "The receiver refused the message (HTTP 404).", 2),
        ("risk-teams", "risk", "card", ("job:91", "daily_join"), "pending", 2, 429, "The receiver asked to wait (HTTP 429).", 0),
        ("pricing-teams", "pricing", "digest", None, "accepted", 1, 202, _TAKEN, 1),
        ("risk-teams", "risk", "card", ("job:91", "daily_join"), "withdrawn", 0, None,
         "The problem was dealt with before its message left.", 5),
    )  # fmt: skip
    for channel, team, kind, work, condition, tries, status, sentence, days in rows:
        at_ms = now_ms - days * DAY_MS - 600_000
        connection.execute(
            deliveries.insert().values(
                channel=channel, team=team, kind=kind, problem_id=found[work] if work else None, created_at_ms=at_ms,
                state=condition, attempt_count=tries, due_at_ms=now_ms + 300_000, sending_since_at_ms=at_ms if tries else None,
                settled_at_ms=at_ms + 1000 if condition != "pending" else None, status=status, sentence=sentence,
                body=card, facts=json.dumps({"cause": "python-udf", "rate": {"runs": 120, "days": 28}}),
            )
        )  # fmt: skip
    for (job, task), reason, detail in (
        (("job:14", "export"), "below-gate", " ($3.10 of $10)"),
        (("job:57", "sessionize"), "problem-acknowledged", ""),
        (("job:12", "ingest"), "problem-snoozed", ""),
        (("job:15", "merge_dims"), "unsure-advice", " (0.40 of 0.60)"),
        (("job:5", "features"), "below-core-hours-gate", " (4.2 of 10 core-hours)"),
    ):
        connection.execute(
            withheld.insert().values(
                problem_id=found[job, task], channel="pricing-teams", reason=reason, detail=detail,
                first_at_ms=now_ms - 4 * DAY_MS, last_at_ms=now_ms - HOUR_MS, count=96, is_current=True,
            )
        )  # fmt: skip


def _bill(connection: Connection, now_ms: int) -> None:
    read = Reconciliation(
        "billed-at-list", is_done=True, from_at_ms=now_ms - 35 * DAY_MS, to_at_ms=now_ms, hours=33, provisional=2, left=1,
        reason=Reason("negotiated-not-readable", "no SELECT on system.billing.account_prices"),
        written=Written(new=28, corrected=4, relabeled=1), unmatched={"no-billed-price": 3}, owners=12,
        remarks=(Reason("job-owners-not-readable", "no SELECT on system.lakeflow"),),
    )  # fmt: skip
    made = connection.execute(
        reconciliations.insert().values(
            started_at_ms=now_ms - 2 * HOUR_MS, ended_at_ms=now_ms - 2 * HOUR_MS + 40_000, from_at_ms=now_ms - 35 * DAY_MS,
            to_at_ms=now_ms, tier="billed-at-list", outcome="done",
            sentence=read.reason.sentence,
            counts=json.dumps(read.counts),
        )
    )  # fmt: skip
    run = made.inserted_primary_key[0]
    for day in range(4, 34):
        for number, (sku, micro, reason) in enumerate(
            (("STANDARD_JOBS_COMPUTE_(PHOTON)", 41_300_000, ""), ("JOBS_COMPUTE_UNKNOWN", None, "no-billed-price"))
        ):
            if number and day % 10:
                continue
            hour_row = connection.execute(
                bill_hours.insert().values(
                    workspace="1234567890", cluster="1122-334455-0042abcd", sku=sku, is_photon=True, cloud="AWS",
                    hour_at_ms=(now_ms - day * DAY_MS) // HOUR_MS * HOUR_MS, currency="USD", unit="DBU", dbu="145",
                    microusd=micro, unpriced_reason=reason, basis="" if micro is None else "billed-at-list",
                    is_provisional=day < 6, version=1, is_current=True, reconciliation_id=run,
                )
            )  # fmt: skip
            for kind, part in (
                ("attributed", 18),
                ("attributed-other", 12),
                ("non-sql-and-failed", 4),
                ("unobserved", 3),
                ("unused", 4.3),
            ):
                connection.execute(
                    bill_shares.insert().values(
                        bill_hour_id=hour_row.inserted_primary_key[0],
                        kind=kind,
                        dbu="10",
                        microusd=None if micro is None else int(part * 1_000_000),
                    )
                )
