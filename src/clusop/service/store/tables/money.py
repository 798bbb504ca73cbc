"""The bill and how it was shared out: by cluster, hour, SKU and engine, each version kept."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, false, true
from sqlalchemy import text as sql_text

from clusop.service.store.tables.columns import big, key, metadata, text

__all__ = ["bill_hours", "bill_shares", "learned_rates", "reconciliations"]

# One run of the resolver.
reconciliations = Table(
    "reconciliations",
    metadata,
    key(),
    big("started_at_ms"),
    big("ended_at_ms", default=None),
    big("from_at_ms"),
    big("to_at_ms"),
    # modeled, billed-at-list, billed-negotiated: what the probe found
    text("tier"),
    # running, done, failed; interrupted: it never told its end, and another has begun since
    text("outcome"),
    # Why this tier and no better one, or why it failed: an id of the catalogue, and its sentence.
    text("reason"),
    text("sentence"),
    text("counts", "{}"),
    Index(None, "started_at_ms"),
)

# Quantities are exact decimals in text, as the bill has them.
bill_hours = Table(
    "bill_hours",
    metadata,
    key(),
    text("workspace"),
    text("cluster"),
    big("hour_at_ms"),
    text("sku"),
    Column("is_photon", Boolean, nullable=False, server_default=false()),
    text("cloud"),
    text("currency"),
    text("unit"),
    text("dbu"),
    # Null: no price matched; the reason says which.
    big("microusd", default=None),
    text("unpriced_reason"),
    # billed-negotiated, billed-at-list; "" while there are no dollars
    text("basis"),
    text("price_ids", "[]"),
    # DBUs that clusop would have expected of the hour's cluster, all SKUs, as low..high; "" where it cannot tell.
    text("modeled_dbu"),
    Column("is_provisional", Boolean, nullable=False, server_default=true()),
    big("version"),
    Column("is_current", Boolean, nullable=False, server_default=true()),
    Column("reconciliation_id", ForeignKey("reconciliations.id"), nullable=False),
    # When it went to the customer's own table; null: not yet, or changed since.
    big("written_at_ms", default=None),
    UniqueConstraint("workspace", "cluster", "hour_at_ms", "sku", "is_photon", "cloud", "unit", "version"),
    # Billed is said of dollars only, and dollars stand nowhere without saying where they are from.
    CheckConstraint("(microusd IS NULL) = (basis = '')", name="ck_bill_hours_basis"),
    Index(None, "hour_at_ms"),
    Index(None, "cluster", "hour_at_ms"),
    Index(None, "reconciliation_id"),
    # Versions that a correction replaced: what retention looks for.
    Index(
        "ix_bill_hours_old_hour_at_ms",
        "hour_at_ms",
        sqlite_where=sql_text("is_current = 0"),
        postgresql_where=sql_text("NOT is_current"),
    ),
)

# attributed (of one problem), attributed-other, non-sql-and-failed, unobserved, unused: their sum is the hour's bill, in
# DBUs (exact ratios) and in micro-USD. unused: no task held these slots; Python may have been at work on the driver.
bill_shares = Table(
    "bill_shares",
    metadata,
    key(),
    Column("bill_hour_id", ForeignKey("bill_hours.id", ondelete="CASCADE"), nullable=False),
    text("kind"),
    Column("problem_id", ForeignKey("problems.id", ondelete="SET NULL"), nullable=True),
    text("dbu"),
    big("microusd", default=None),
    # Of attributed lines with dollars under an engine with a premium: what of them is premium, basis derived.
    big("derived_low_microusd", default=None),
    big("derived_high_microusd", default=None),
    text("inputs", "{}"),
    Index(None, "bill_hour_id"),
    Index(None, "problem_id"),
)

learned_rates = Table(
    "learned_rates",
    metadata,
    key(),
    text("node_type"),
    text("sku"),
    Column("is_photon", Boolean, nullable=False, server_default=false()),
    # DBU per node and hour, exact, lowest and highest seen.
    text("low_dbu"),
    text("high_dbu"),
    big("node_hours_milli"),
    big("learned_at_ms"),
    UniqueConstraint("node_type", "sku", "is_photon"),
)
