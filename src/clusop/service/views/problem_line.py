"""A problem as a line: everything its row tells but the evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from clusop.service.problems.seen_names import causes_of, names_of
from clusop.service.store.tables.problems import problems
from clusop.service.views.sums import Sums, sums_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.views.sums import DatabaseRow

__all__ = ["LINE_COLUMNS", "LIVE", "STATES", "TO_LOOK_AT", "ProblemLine", "mapping_of", "problem_line"]

STATES = ("open", "came-back", "acknowledged", "snoozed", "resolved")
LIVE = ("open", "came-back", "acknowledged", "snoozed")
"""The states of problems that nobody called solved."""
TO_LOOK_AT = ("open", "came-back")
"""Of these the states of problems that nobody has answered."""

LINE_COLUMNS = tuple(column for column in problems.c if column.name != "evidence")


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem. ``sums`` are over all its signals; ``recommendation`` is 0..1; what is not told is ``""``.

    ``cause`` is that of the evidence; ``causes`` are all that its signals told, it first; ``operators`` are the nodes that
    left the engine. ``is_upper_bound``: its time off the engine may be less.
    """

    id: int
    workspace: str
    signature: str
    workload: str
    task_key: str
    cause: str
    causes: tuple[str, ...]
    operators: tuple[str, ...]
    is_upper_bound: bool
    family: str
    occurrence: int
    engine: str
    verdict: str
    action: str
    dbr: str
    cluster: str
    compute: str
    tags: Mapping[str, str]
    first_seen_at_ms: int
    last_seen_at_ms: int
    sums: Sums
    recommendation: float
    state: str
    state_since_at_ms: int
    state_until_at_ms: int | None
    state_by: str
    state_reason: str
    owner: str
    team: str
    owner_source: str
    team_source: str

    @property
    def is_live(self) -> bool:
        """Whether nobody called it solved."""
        return self.state in LIVE


def problem_line(row: DatabaseRow) -> ProblemLine:
    """The line in a row of :data:`LINE_COLUMNS`."""
    return ProblemLine(
        id=row["id"],
        workspace=row["workspace"],
        signature=row["signature"],
        workload=row["workload"],
        task_key=row["task_key"],
        cause=row["cause"],
        causes=causes_of(row),
        operators=names_of(row["operators"]),
        is_upper_bound=bool(row["is_upper_bound"]),
        family=row["family"],
        occurrence=row["occurrence"],
        engine=row["engine"],
        verdict=row["verdict"],
        action=row["action"],
        dbr=row["dbr"],
        cluster=row["cluster"],
        compute=row["compute"],
        tags=MappingProxyType({str(key): str(value) for key, value in mapping_of(row["tags"]).items()}),
        first_seen_at_ms=row["first_seen_at_ms"],
        last_seen_at_ms=row["last_seen_at_ms"],
        sums=sums_of(row),
        recommendation=row["recommendation"] / 10_000,
        state=row["state"],
        state_since_at_ms=row["state_since_at_ms"],
        state_until_at_ms=row["state_until_at_ms"],
        state_by=row["state_by"],
        state_reason=row["state_reason"],
        owner=row["owner"],
        team=row["team"],
        owner_source=row["owner_source"],
        team_source=row["team_source"],
    )


def mapping_of(text: str) -> dict[str, Any]:  # Any: JSON
    """The JSON object in a column, empty where there is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
