"""Rows of every table that a page reads, as ingest, gate, outbox and resolver would have left them; put in in bulk."""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from clusop.analysis.economics.formulas import figure_of
from clusop.service.store.tables.access import audit
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.delivery import deliveries, exclusions, withheld
from clusop.service.store.tables.money import bill_hours, bill_shares, reconciliations
from clusop.service.store.tables.problems import problem_days, problem_events, problems, signals

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Table

    from clusop.service.store.database import Database

__all__ = ["Size", "fill"]

_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_CHUNK = 20_000
_COMPUTES = 500
_DECIDED_EVERY_DAYS = 5
_SHARES = ("attributed", "attributed-other", "non-sql-and-failed", "unobserved", "unused")
_SAMPLE = Path(__file__).resolve().parents[1] / "tests" / "unit" / "analysis" / "records"
_Row: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. A fleet has so many problems, each of them every day; all else is ``signals``, spread over the days."""

    signals: int
    problems: int
    days: int

    @property
    def agents(self) -> int:
        """JVM starts, of 50 signals each."""
        return max(self.signals // 50, 1)

    @property
    def bill_hours(self) -> int:
        """Hours of clusters on the bill."""
        return max(self.signals // 25, 1)

    @property
    def runs(self) -> int:
        """Of the resolver."""
        return max(self.signals // 2_000, 1)

    @property
    def messages(self) -> int:
        """Cards and digests."""
        return max(self.signals // 100, 1)

    @property
    def changes(self) -> int:
        """What people did, each with a line in the audit."""
        return max(self.signals // 20, 1)


def fill(database: Database, size: Size, now_ms: int) -> None:
    """All of it; no content hash is looked at here."""
    line = _line()
    span_ms = size.days * _DAY_MS
    decided = max(size.days // _DECIDED_EVERY_DAYS, 1)

    def at_ms(number: int, count: int) -> int:
        return now_ms - span_ms + number * span_ms // count

    plan: tuple[tuple[Table, int, Callable[[int], _Row]], ...] = (
        (agents, size.agents, lambda number: _agent(number, at_ms(number, size.agents))),
        (usage_hours, size.agents * 2, lambda number: _usage(number, size, at_ms(number // 2, size.agents))),
        (problems, size.problems, lambda number: _problem(number, now_ms, size.days, line)),
        (problem_days, size.problems * size.days, lambda number: _day(number, size.problems, now_ms)),
        (problem_events, size.changes, lambda number: _event(number, size, at_ms(number, size.changes))),
        (audit, size.changes, lambda number: _change(number, size, at_ms(number, size.changes))),
        (withheld, size.problems * 2, lambda number: _withheld(number, size, now_ms)),
        (exclusions, 50, lambda number: _exclusion(number, now_ms)),
        (deliveries, size.messages, lambda number: _message(number, size, at_ms(number, size.messages))),
        (engine_decisions, _COMPUTES * decided, lambda number: _decision(number, decided, now_ms, span_ms // decided)),
        (reconciliations, size.runs, lambda number: _run(at_ms(number, size.runs))),
        (bill_hours, size.bill_hours, lambda number: _bill(number, size, at_ms(number, size.bill_hours))),
        (bill_shares, size.bill_hours * len(_SHARES), lambda number: _share(number, size)),
        (
            signals,
            size.signals,
            lambda number: _signal(number, size, at_ms(number, size.signals)) | {"line": line},
        ),
    )
    for table, count, row in plan:
        _put(database, table, count, row)


def _put(database: Database, table: Table, count: int, row: Callable[[int], _Row]) -> None:
    for first in range(0, count, _CHUNK):
        with database.writing() as connection:
            connection.execute(table.insert(), [row(number) for number in range(first, min(first + _CHUNK, count))])
        print(f"\r{table}: {min(first + _CHUNK, count):,} of {count:,} ", end="", flush=True)
    print()


def _line() -> bytes:
    sys.path.insert(0, str(_SAMPLE))
    document: _Row = importlib.import_module("record_samples").signal()
    document["digest"] = [[depth, "native", "PhotonProject", "?, ?"] for depth in range(30)]
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _signal(number: int, size: Size, at_ms: int) -> _Row:
    return {
        "agent_id": number % size.agents + 1, "sequence": number // size.agents + 1,
        "problem_id": number % size.problems + 1, "arrived_at_ms": at_ms, "start_at_ms": at_ms, "end_at_ms": at_ms,
        "content_hash": hashlib.sha256(number.to_bytes(8, "big")).digest(),
    }  # fmt: skip


def _agent(number: int, at_ms: int) -> _Row:
    return {
        "workspace": f"w{number % 3}", "agent": f"{number:032x}", "cluster": f"1122-334455-{number:08d}",
        "workload": f"job:{number % _COMPUTES}", "compute": f"job:{number % _COMPUTES}", "clusop": "0.1.0", "spark": "3.5.2",
        "losses": "{}" if number % 50 else '{"ring-overflow":3}', "accepted": "[[1,50]]" if number % 20 else "[[1,20],[23,50]]",
        "is_final": bool(number % 10), "first_arrived_at_ms": at_ms, "last_arrived_at_ms": at_ms, "signal_count": 50,
    }  # fmt: skip


def _usage(number: int, size: Size, at_ms: int) -> _Row:
    agent = number // 2
    hour_ms = at_ms // _HOUR_MS * _HOUR_MS + number % 2 * _HOUR_MS
    return {
        "agent_id": agent % size.agents + 1, "hour_at_ms": hour_ms, "revision": 1,
        "cluster": f"1122-334455-{agent:08d}", "slots_by_node_type": '{"i3.xlarge":57600000}', "slot_ms": 57_600_000,
        "busy_ms": 40_000_000, "native_ms": 25_000_000, "non_sql_ms": 1_000_000, "armed_since_at_ms": hour_ms,
    }  # fmt: skip


def _problem(number: int, now_ms: int, days: int, line: bytes) -> _Row:
    states = ("open", "open", "open", "acknowledged", "snoozed", "resolved")
    return {
        "workspace": f"w{number % 3}", "signature": f"{number:032x}", "workload": f"job:{number % _COMPUTES}",
        "task_key": f"task_{number}", "cause": ("python-udf", "scala-udf", "cached-table")[number % 3], "family": "python",
        "engine": "photon", "verdict": "fallback", "action": "fix", "compute": f"job:{number % _COMPUTES}",
        "cluster": f"1122-334455-{number:08d}", "first_seen_at_ms": now_ms - days * _DAY_MS,
        "last_seen_at_ms": now_ms - number * 1000, "run_count": days, "evidence": line, "evidence_at_ms": now_ms,
        "state": states[number % len(states)], "team": f"team{number % 12}", "recommendation": 9000,
    }  # fmt: skip


def _day(number: int, problem_count: int, now_ms: int) -> _Row:
    return {
        "problem_id": number % problem_count + 1, "day": now_ms // _DAY_MS - number // problem_count, "signal_count": 3,
        "run_count": 3, "run_ms": 90_000, "island_ms": 30_000 + number % 997, "exposure_low_microusd": 1000 + number % 9973,
        "exposure_high_microusd": 20_000, "avoidable_low_microusd": 500 + number % 9973, "avoidable_high_microusd": 30_000,
    }  # fmt: skip


_KINDS = ("opened", "acknowledged", "reopened", "snoozed", "woke")


def _event(number: int, size: Size, at_ms: int) -> _Row:
    return {
        "problem_id": number % size.problems + 1, "at_ms": at_ms, "kind": _KINDS[number // size.problems % len(_KINDS)],
        "actor": "ana", "actor_kind": "person", "reason": "Known.",
    }  # fmt: skip


def _change(number: int, size: Size, at_ms: int) -> _Row:
    return {
        "at_ms": at_ms, "actor": f"person-{number % 40}" if number % 3 else "ana", "actor_kind": "person",
        "action": _KINDS[number // size.problems % len(_KINDS)], "target": f"problem:{number % size.problems + 1}",
        "reason": "Known.", "detail": '{"from":"open","to":"snoozed"}',
    }  # fmt: skip


def _withheld(number: int, size: Size, now_ms: int) -> _Row:
    return {
        "problem_id": number % size.problems + 1, "channel": f"team{number % 12}-teams",
        "reason": ("below-gate", "unsure-advice", "told-lately")[number % 3], "detail": " ($3.10 of $10)",
        "first_at_ms": now_ms - _DAY_MS, "last_at_ms": now_ms - number, "count": 90, "is_current": number < size.problems,
    }  # fmt: skip


def _exclusion(number: int, now_ms: int) -> _Row:
    return {
        "field": "workload", "pattern": f"job:9{number}*", "workspace": "w1", "reason": "A sandbox.", "actor": "ana",
        "actor_kind": "person", "created_at_ms": now_ms,
    }  # fmt: skip


def _message(number: int, size: Size, at_ms: int) -> _Row:
    # Nearly all arrive; some wait, some nobody knows of.
    state = "accepted" if number % 20 else ("dead", "unconfirmed", "pending", "withdrawn")[number // 20 % 4]
    card = {
        "type": "message",
        "attachments": [{"content": {"type": "AdaptiveCard", "version": "1.5", "body": ["x" * 3000]}}],
    }
    return {
        "channel": f"team{number % 12}-teams", "team": f"team{number % 12}", "kind": "card" if number % 30 else "digest",
        "problem_id": number % size.problems + 1 if number % 30 else None, "created_at_ms": at_ms, "state": state,
        "attempt_count": 1, "due_at_ms": at_ms, "settled_at_ms": None if state == "pending" else at_ms + 1000,
        "status": 202 if state == "accepted" else 404, "sentence": "The receiver took the message (HTTP 202).",
        "body": json.dumps(card), "facts": json.dumps({"cause": "python-udf", "rate": {"runs": 120, "days": 28}}),
    }  # fmt: skip


_INPUTS = {
    "total_driver_node_hours": "120", "total_on_demand_worker_node_hours": "480", "total_spot_worker_node_hours": "0",
    "busy_driver_node_hours": "110", "busy_on_demand_worker_node_hours": "440", "busy_spot_worker_node_hours": "0",
    "driver_dbu_per_hour": "1", "worker_dbu_per_hour": "=driver_dbu_per_hour", "usd_per_dbu": "0.15", "m": "2.9",
    "driver_vm_usd_per_hour": "0.312", "on_demand_worker_vm_usd_per_hour": "=driver_vm_usd_per_hour", "J": "0.9",
    "s": "1.5..4", "uptime": "elastic",
}  # fmt: skip
_SAVING = json.dumps(figure_of("disable-1", _INPUTS, ()).to_json())
_FACTS = json.dumps(
    {
        "sentence": "Switch the engine off: nine tenths of its work runs outside it.", "engine": "photon", "uptime": "elastic",
        "agents": 6, "cluster_hours": {"total": "600", "busy": "550", "unused": "50"}, "off_engine_share": "0.88..0.92",
        "observed": {"ratio": "0.97", "good_ratio": "0.95"}, "remarks": [],
        "runs_needed": {"at_median_noise": {"noise": "0.07", "runs": 9}},
    }
)  # fmt: skip


def _decision(number: int, rounds: int, now_ms: int, every_ms: int) -> _Row:
    compute, back = number % _COMPUTES, rounds - 1 - number // _COMPUTES
    at_ms = now_ms - back * every_ms
    is_disable = compute % 4 == 0
    return {
        "workspace": f"w{compute % 3}", "compute": f"job:{compute}", "decided_at_ms": at_ms - _HOUR_MS,
        "from_at_ms": at_ms - 30 * _DAY_MS, "to_at_ms": at_ms, "action": "disable" if is_disable else "keep",
        "reasons": "[]" if is_disable else '["cannot-tell"]',
        "saving": _SAVING if is_disable else "null", "facts": _FACTS,
    }  # fmt: skip


def _run(at_ms: int) -> _Row:
    return {
        "started_at_ms": at_ms, "ended_at_ms": at_ms + 40_000, "from_at_ms": at_ms - 35 * _DAY_MS, "to_at_ms": at_ms,
        "tier": "billed-at-list", "outcome": "done", "sentence": "The bill was read to yesterday at list prices.",
        "counts": '{"usage_rows":1240,"hours":96,"unmatched_rows":2}',
    }  # fmt: skip


def _bill(number: int, size: Size, at_ms: int) -> _Row:
    is_priced = number % 50 != 0
    return {
        "workspace": f"w{number % 3}", "cluster": f"1122-334455-{number // 2:08d}", "sku": "PREMIUM_JOBS_COMPUTE_(PHOTON)",
        "hour_at_ms": at_ms // _HOUR_MS * _HOUR_MS + number % 2 * _HOUR_MS, "is_photon": True, "cloud": "AWS",
        "currency": "USD", "unit": "DBU", "dbu": "14.5", "microusd": 2_175_000 if is_priced else None,
        "unpriced_reason": "" if is_priced else "no-billed-price", "basis": "billed-at-list" if is_priced else "",
        "is_provisional": number > size.bill_hours * 19 // 20, "version": 1, "is_current": True,
        "reconciliation_id": number % size.runs + 1,
    }  # fmt: skip


def _share(number: int, size: Size) -> _Row:
    hour, kind = number // len(_SHARES), _SHARES[number % len(_SHARES)]
    return {
        "bill_hour_id": hour + 1, "kind": kind, "problem_id": hour % size.problems + 1 if kind == "attributed" else None,
        "dbu": "2.9", "microusd": 435_000 if hour % 50 else None,
    }  # fmt: skip
