"""What could be saved in the last 30 days, kept: one answer for the page and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.service.decisions.totals import saving_totals
from clusop.service.views.days import window
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.analysis.economics import Savings
    from clusop.api.pages.shell import Look

__all__ = ["SAVING_DAYS", "known_savings"]

SAVING_DAYS = 30


def known_savings(look: Look, connection: Connection) -> Savings:
    """In the days that the other pages sum, kept while nothing changed; decisions are made by the hour."""
    span = window(look.now_ms, SAVING_DAYS)
    return look.kept.ask(
        connection,
        ("savings", span, look.now_ms // MS_PER_HOUR, look.workspace),
        lambda: saving_totals(connection, look.now_ms, span.from_day, look.workspace),
    )
