"""What the signals of a problem told between them, and how an agent's records come."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

__all__ = ["upgrade"]

revision = "0003"
down_revision = "0002"

_AT_ONCE = 1000

_problems = sa.table(
    "problems",
    sa.column("id", sa.BigInteger()),
    sa.column("cause", sa.Text()),
    sa.column("evidence", sa.LargeBinary()),
    sa.column("causes", sa.Text()),
    sa.column("operators", sa.Text()),
    sa.column("is_upper_bound", sa.Boolean()),
)


def upgrade() -> None:
    """Add the columns, and fill them from what is stored: a problem's evidence, the names of collected files, signals."""
    op.add_column("problems", sa.Column("causes", sa.Text(), server_default="[]", nullable=False))
    op.add_column("problems", sa.Column("operators", sa.Text(), server_default="[]", nullable=False))
    op.add_column("problems", sa.Column("is_upper_bound", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("agents", sa.Column("source", sa.Text(), server_default="", nullable=False))
    _fill_problems(op.get_bind())
    _fill_agents(op.get_bind())


def _fill_problems(connection: sa.Connection) -> None:
    last = 0
    while rows := connection.execute(
        sa.select(_problems.c.id, _problems.c.cause, _problems.c.evidence)
        .where(_problems.c.id > last)
        .order_by(_problems.c.id)
        .limit(_AT_ONCE)
    ).all():
        last = rows[-1].id
        connection.execute(
            _problems.update()
            .where(_problems.c.id == sa.bindparam("row_id"))
            .values({name: sa.bindparam(name) for name in ("causes", "operators", "is_upper_bound")}),
            [_told(row.id, row.cause, row.evidence) for row in rows],
        )


def _told(row_id: int, cause: str, evidence: bytes | None) -> dict[str, object]:
    finding: dict[str, object] = {}
    if evidence:
        # It was checked when it came; a line of a later release may still be another.
        try:
            finding = json.loads(bytes(evidence))["findings"][0]
        except (ValueError, LookupError, TypeError):
            finding = {}
    causes = {str(name) for name in (cause, finding.get("cause")) if name}
    operators = [str(finding["operator"])] if finding.get("operator") else []
    return {
        "row_id": row_id,
        "causes": json.dumps(sorted(causes)),
        "operators": json.dumps(operators),
        "is_upper_bound": finding.get("is_upper_bound") is True,
    }


def _fill_agents(connection: sa.Connection) -> None:
    """Files tell their agent in their name; what was sent from logs only has no state and offline signals."""
    collected = {
        str(name).split("-")[1]
        for (name,) in connection.execute(sa.text("SELECT name FROM collected_files"))
        if str(name).count("-") >= 1
    }
    connection.execute(
        sa.text(
            "UPDATE agents SET source = CASE WHEN state_sequence = 0 AND EXISTS (SELECT 1 FROM signals"
            " WHERE signals.agent_id = agents.id AND signals.is_offline) THEN 'log' ELSE 'live' END"
        )
    )
    # By number: no index leads to an agent's name alone. An agent has one way to send, and its states come that way
    # too: a state is no sign of having been heard live. Whoever is heard live after this is told as live again.
    ids = [
        {"id": number}
        for number, agent in connection.execute(sa.text("SELECT id, agent FROM agents"))
        if agent in collected
    ]
    if ids:
        connection.execute(sa.text("UPDATE agents SET source = 'files', behind_ms = NULL WHERE id = :id"), ids)
