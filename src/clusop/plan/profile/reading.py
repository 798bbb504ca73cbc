"""What a query profile tells: the plans of its graphs, the engine's share of task time, who and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.plan.reading import PlanReading
    from clusop.reasons import Reason

__all__ = ["ProfileReading"]


@dataclass(frozen=True, slots=True)
class ProfileReading:
    """One query profile.

    ``run_ms`` is the run time of all tasks (``taskTotalTimeMs``) and ``native_ms`` the part Photon ran
    (``photonTotalTimeMs``); native share = ``native_ms / run_ms``. ``total_ms`` is wall time, ``start_at_ms`` and
    ``end_at_ms`` are milliseconds since 1970 UTC. ``None`` where the profile does not say. The text of the query is the
    customer's: only its hash is kept. ``problems`` tells of the document as a whole, each graph has its own.
    """

    graphs: tuple[PlanReading, ...] = ()
    query_id: str = ""
    status: str = ""
    statement_type: str = ""
    query_text_hash: str = ""
    run_ms: int | None = None
    native_ms: int | None = None
    total_ms: int | None = None
    start_at_ms: int | None = None
    end_at_ms: int | None = None
    dbsql_version: str = ""
    is_final: bool | None = None
    problems: tuple[Reason, ...] = ()
