"""Problems: signals of one signature, rolled up; by day; what people and time made of them; owners; the signals themselves."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    false,
)
from sqlalchemy import text as sql_text

from clusop.service.store.tables.columns import big, key, metadata, text

__all__ = ["job_owners", "problem_days", "problem_events", "problems", "signals", "sums"]


def sums() -> tuple[Column[int], ...]:
    """What is added up over signals, alike for a problem and for one of its days.

    ``*_unpriced_runs`` are runs whose figure is unpriced: their dollars are in no sum. ``capacity`` is avoidable that frees
    capacity and saves no cash.
    """
    names = (
        "signal_count",
        "run_count",
        "run_ms",
        "island_ms",
        "island_unknown_runs",
        "hours_pico",
        "hours_unknown_runs",
        "exposure_low_microusd",
        "exposure_high_microusd",
        "exposure_unpriced_runs",
        "avoidable_low_microusd",
        "avoidable_high_microusd",
        "capacity_low_microusd",
        "capacity_high_microusd",
        "avoidable_unpriced_runs",
    )
    return tuple(big(name) for name in names)


problems = Table(
    "problems",
    metadata,
    key(),
    text("workspace"),
    text("signature"),
    text("workload"),
    text("task_key"),
    text("cause"),
    text("family"),
    big("occurrence"),
    # Of the newest signal.
    text("engine"),
    text("verdict"),
    text("action"),
    text("dbr"),
    text("cluster"),
    text("tags", "{}"),
    # Of all signals: one signature may tell causes that are alike (python-udf, pandas-udf). JSON, sorted.
    text("causes", "[]"),
    text("operators", "[]"),
    # Whether any of them tells a time off the engine that is an upper bound.
    Column("is_upper_bound", Boolean, nullable=False, server_default=false()),
    # Of the newest signal whose agent told its compute definition, and when that signal ended.
    text("compute"),
    big("compute_at_ms"),
    big("first_seen_at_ms"),
    big("last_seen_at_ms"),
    *sums(),
    # The signal that shows it best: surest, then longest. Its own line, so that retention does not take it away.
    Column("evidence", LargeBinary, nullable=True),
    big("evidence_rank"),
    big("evidence_at_ms"),
    # The recommendation leg of the newest signal, in ten-thousandths.
    big("recommendation"),
    # open, acknowledged, snoozed, resolved, came-back
    text("state", "open"),
    big("state_since_at_ms"),
    big("state_until_at_ms", default=None),
    text("state_by"),
    text("state_reason"),
    text("owner"),
    text("team"),
    # Where each is from: person, tag, system-tables, rule; "" while nobody knows.
    text("owner_source"),
    text("team_source"),
    UniqueConstraint("workspace", "signature"),
    Index(None, "last_seen_at_ms"),
    Index(None, "state"),
    Index(None, "team"),
    Index(None, "workspace", "workload"),
)

problem_days = Table(
    "problem_days",
    metadata,
    Column("problem_id", ForeignKey("problems.id", ondelete="CASCADE"), nullable=False),
    # Days since 1970, UTC, of the signal's end.
    big("day"),
    *sums(),
    # What the resolver made of the day's hours whose bill is there and provisional no more: derived dollars, null while there
    # are none.
    big("derived_low_microusd", default=None),
    big("derived_high_microusd", default=None),
    # Modeled exposure of the day's signals in hours that the bill tells: derived dollars stand in its place.
    big("replaced_low_microusd"),
    big("replaced_high_microusd"),
    PrimaryKeyConstraint("problem_id", "day"),
    Index(None, "day"),
)

problem_events = Table(
    "problem_events",
    metadata,
    key(),
    Column("problem_id", ForeignKey("problems.id", ondelete="CASCADE"), nullable=False),
    big("at_ms"),
    # opened, acknowledged, snoozed, woke, resolved, reopened, came-back, owner
    text("kind"),
    # A person's name as the proxy tells it, a token's name, or "clusop".
    text("actor"),
    text("actor_kind"),
    text("reason"),
    text("detail", "{}"),
    Index(None, "problem_id", "at_ms"),
)

signals = Table(
    "signals",
    metadata,
    key(),
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
    big("sequence"),
    Column("problem_id", ForeignKey("problems.id", ondelete="CASCADE"), nullable=False),
    big("arrived_at_ms"),
    big("start_at_ms"),
    big("end_at_ms"),
    Column("content_hash", LargeBinary(32), nullable=False),
    # The very bytes that came.
    Column("line", LargeBinary, nullable=False),
    Column("is_offline", Boolean, nullable=False, server_default=false()),
    # Why it is in no sum, an id of the catalogue of reasons; "" where it is.
    text("left_out"),
    UniqueConstraint("agent_id", "sequence"),
    Index(None, "problem_id", "end_at_ms"),
    Index(None, "arrived_at_ms"),
    # Signals from logs: every group of live ones looks whether a log told of the same time.
    Index(
        "ix_signals_offline_end_at_ms",
        "end_at_ms",
        sqlite_where=sql_text("is_offline = 1"),
        postgresql_where=sql_text("is_offline"),
    ),
)

# Whose a saved job is, as the customer's system tables tell it; filled by the resolver, where it is configured.
job_owners = Table(
    "job_owners",
    metadata,
    key(),
    text("workspace"),
    text("job_id"),
    text("run_as"),
    text("creator"),
    big("read_at_ms"),
    UniqueConstraint("workspace", "job_id"),
)
