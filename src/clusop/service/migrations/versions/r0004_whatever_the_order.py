"""What a problem and an agent show whatever the order of arrival, and what of a day's modeled exposure the bill replaced."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0004"
down_revision = "0003"

_problems = sa.table(
    "problems",
    sa.column("id", sa.BigInteger()),
    sa.column("compute", sa.Text()),
    sa.column("compute_at_ms", sa.BigInteger()),
)
_agents = sa.table("agents", sa.column("id", sa.BigInteger()), sa.column("compute", sa.Text()))
_signals = sa.table(
    "signals",
    sa.column("agent_id", sa.BigInteger()),
    sa.column("problem_id", sa.BigInteger()),
    sa.column("end_at_ms", sa.BigInteger()),
)


def upgrade() -> None:
    """Add the columns, and fill them from what is stored."""
    op.add_column("problems", sa.Column("compute_at_ms", sa.BigInteger(), server_default="0", nullable=False))
    for name in ("compute_sequence", "shape_sequence"):
        op.add_column("agents", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    for name in ("replaced_low_microusd", "replaced_high_microusd"):
        op.add_column("problem_days", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    # Of an agent only its newest state was kept. Where another one told these, a later one tells them again.
    op.execute("UPDATE agents SET compute_sequence = state_sequence WHERE compute <> ''")
    op.execute("UPDATE agents SET shape_sequence = state_sequence WHERE shape <> 'null'")
    _fill_problems()
    # Until the resolver has been over a day again its derived dollars stand for the whole of it, as they were shown.
    op.execute(
        "UPDATE problem_days SET replaced_low_microusd = exposure_low_microusd,"
        " replaced_high_microusd = exposure_high_microusd"
        " WHERE derived_low_microusd IS NOT NULL AND derived_high_microusd IS NOT NULL"
    )


def _fill_problems() -> None:
    """The newest stored signal of an agent that told its compute definition says both. Where retention has left none, the time
    is the problem's last: what it shows stays until something later is told.
    """
    op.execute("UPDATE problems SET compute_at_ms = last_seen_at_ms WHERE compute <> ''")
    at_ms = _newest(_signals.c.end_at_ms)
    op.execute(
        _problems.update()
        .where(at_ms.is_not(None))
        .values({_problems.c.compute_at_ms: at_ms, _problems.c.compute: _newest(_agents.c.compute)})
    )


def _newest(column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:  # Any: a text or a number
    """What a problem's newest signal tells whose agent told its compute definition."""
    return (
        sa.select(column)
        .join_from(_signals, _agents, _agents.c.id == _signals.c.agent_id)
        .where(_signals.c.problem_id == _problems.c.id, _agents.c.compute != "")
        .order_by(_signals.c.end_at_ms.desc(), _agents.c.compute.desc())
        .limit(1)
        .correlate(_problems)
        .scalar_subquery()
    )
