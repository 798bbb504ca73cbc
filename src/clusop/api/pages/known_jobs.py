"""The jobs a caller may see, kept: one answer for the page, for programs and for exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.api.pages.shell import recent_of
from clusop.service.views.days import window
from clusop.service.views.jobs import job_lines

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.api.pages.shell import Look
    from clusop.service.views.jobs import JobLine

__all__ = ["JOB_DAYS", "known_jobs"]

JOB_DAYS = 30


def known_jobs(look: Look, connection: Connection) -> tuple[JobLine, ...]:
    """All of them with their sums of the last 30 days, those that burned most first."""
    span = window(look.now_ms, JOB_DAYS)
    recent = recent_of(look, connection, span)
    return look.kept.ask(
        connection, ("jobs", span, look.workspace), lambda: job_lines(connection, recent, look.workspace)
    )
