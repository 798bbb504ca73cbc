"""From a run's folder to its matrix: the journal, each application's event log, and the fixtures that could not be run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.certify.cell import Cell, Outcome
from clusop.certify.judge import cell_of
from clusop.certify.matrix import AgentCheck, Matrix
from clusop.certify.reread import from_event_log, from_text
from clusop.certify.stamp import Stamp
from clusop.certify.workload import application_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from clusop.analysis.assessment import QueryAssessment
    from clusop.certify.journal import Told
    from clusop.certify.workload import Workload

__all__ = ["Scope", "assemble"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a matrix is about. ``left_out`` says why a fixture was not run, by name; ``command`` is what made the matrix,
    ``today`` the UTC date; ``folder`` holds the fixtures, ``None`` for ours.
    """

    fixtures: tuple[Workload, ...]
    left_out: Mapping[str, str]
    command: str
    today: str
    folder: Path | None = None


def assemble(told: Told, scope: Scope, logs: Path | None) -> Matrix:
    """The matrix of a finished run. ``logs`` holds a folder per application with its event log, ``None`` where there is none.
    Raises ``ValueError`` where no application told on what it ran.
    """
    if not told.applications:
        message = "no application told on what it ran"
        raise ValueError(message)
    stamp = Stamp(**{**told.applications[-1]["stamp"], "made_on": scope.today})
    read: dict[int, Mapping[int, QueryAssessment]] = {}
    cells = []
    for fixture in scope.fixtures:
        area = application_of(fixture.group, scope.folder).area or fixture.group
        if fixture.name in scope.left_out:
            cells.append(Cell(fixture.name, area, fixture.shows, Outcome.NOT_RUN, scope.left_out[fixture.name]))
            continue
        facts = told.finished[fixture.name]
        number = facts["application"]
        if number not in read:
            read[number] = from_event_log(logs / f"{number:03d}" / "eventlog") if logs is not None else {}
        executions = [one for run in facts["runs"] for one in run["executions"]]
        reread = {one["id"]: read[number].get(one["id"]) or from_text(one, stamp.engine) for one in executions}
        cells.append(cell_of(fixture, area, facts, reread, stamp.engine))
    return Matrix(stamp, scope.command, tuple(cells), AgentCheck.over(told.applications))
