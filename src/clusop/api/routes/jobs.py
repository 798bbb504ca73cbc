"""``/v1/jobs``: workloads with a problem that is not resolved, and what they burned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from clusop.api.access import require
from clusop.api.pages.known_jobs import known_jobs
from clusop.api.pages.shell import look_of
from clusop.api.routes.problem_answers import Money
from clusop.api.routes.refusals import refusals
from clusop.service.told_text import plain
from clusop.service.views.jobs import JobsAsked, chosen_jobs

if TYPE_CHECKING:
    from clusop.service.views.jobs import JobLine
    from clusop.service.views.work_sums import WorkSums

__all__ = [
    "JOB_EXAMPLE",
    "Between",
    "JobAnswer",
    "JobFilters",
    "JobPage",
    "JobSums",
    "JobsPaged",
    "asked_jobs",
    "job_answer",
    "router",
]

_MOST_SKIPPED = 1_000_000_000
JOB_EXAMPLE: dict[str, Any] = {  # Any: JSON
    "workspace": "1234567890", "workload": "job:42", "tasks": 2, "problems": 3, "teams": ["pricing"],
    "owners": ["ana@example.com"], "last_seen_at_ms": 1790000000000,
    "last_30_days": {
        "runs": {"low": 9, "high": 12}, "run_ms": {"low": 120000, "high": 160000}, "island_ms": 48000,
        "is_upper_bound": False,
        "exposure": {"low_microusd": 120000, "high_microusd": 340000, "unpriced_runs": 0},
        "avoidable": {"low_microusd": 90000, "high_microusd": 400000, "unpriced_runs": 0},
        "capacity": {"low_microusd": 0, "high_microusd": 0, "unpriced_runs": 0},
    },
}  # fmt: skip

router = APIRouter(tags=["jobs"], dependencies=[Depends(require("read"))])


class JobFilters(BaseModel):
    """Which jobs. One that is left out asks for any; an empty team for those of none."""

    model_config = ConfigDict(extra="forbid")

    workspace: str | None = Field(None, max_length=200)
    team: str | None = Field(None, max_length=200)
    search: str = Field(
        "", max_length=200, description="Words that all occur in the workload, its teams or its owners."
    )


class JobsPaged(JobFilters):
    """Which jobs, and which page of them."""

    skip: int = Field(0, ge=0, le=_MOST_SKIPPED, description="How many to pass over: as many as were listed before.")
    limit: int = Field(50, ge=1, le=500)


class Between(BaseModel):
    """A number that is known as a range: problems of one task may be of the same runs."""

    low: int
    high: int


class JobSums(BaseModel):
    """What its problems that are not resolved add up to."""

    runs: Between = Field(description="Runs of queries with a problem, not of the job.")
    run_ms: Between = Field(description="Task time of these runs.")
    island_ms: int = Field(description="Task time off the engine.")
    is_upper_bound: bool = Field(description="Whether the time off the engine may be less than told.")
    exposure: Money = Field(description="Hours that the bill tells count with what it tells, the others as modeled.")
    avoidable: Money = Field(description="Cash that changes would save.")
    capacity: Money = Field(description="Avoidable that frees capacity and saves no cash.")


class JobAnswer(BaseModel):
    """A workload with a problem that is not resolved: a saved job, a notebook or an application."""

    model_config = ConfigDict(json_schema_extra={"example": JOB_EXAMPLE})

    workspace: str
    workload: str
    tasks: int = Field(description="Tasks with such a problem.")
    problems: int = Field(description="Its problems that are not resolved.")
    teams: list[str]
    owners: list[str]
    last_seen_at_ms: int
    last_30_days: JobSums


class JobPage(BaseModel):
    """A page of the list: by premium, then by time off the engine, the greatest first."""

    jobs: list[JobAnswer]
    total: int = Field(description="How many match, on all pages.")


@router.get("/v1/jobs", summary="Jobs, a page at a time", responses=refusals())
def jobs(request: Request, asked: Annotated[JobsPaged, Query()]) -> JobPage:
    """Jobs that match all filters, with their sums of the last 30 days."""
    found = asked_jobs(request, asked)
    return JobPage(jobs=[job_answer(line) for line in found[asked.skip : asked.skip + asked.limit]], total=len(found))


def asked_jobs(request: Request, asked: JobFilters) -> tuple[JobLine, ...]:
    """All that match, of those the caller may see. Raises ``InputError`` for what no name has."""
    search = plain(asked.search, "search")
    look = look_of(request)
    with look.database.reading() as connection:
        known = known_jobs(look, connection)
    return chosen_jobs(known, JobsAsked(asked.workspace, asked.team, search))


def job_answer(line: JobLine) -> JobAnswer:
    """The job in ``line``."""
    return JobAnswer(
        workspace=line.workspace,
        workload=line.workload,
        tasks=line.task_count,
        problems=line.problem_count,
        teams=list(line.teams),
        owners=list(line.owners),
        last_seen_at_ms=line.last_seen_at_ms,
        last_30_days=_sums(line.recent),
    )


def _sums(work: WorkSums) -> JobSums:
    sums = work.sums
    return JobSums(
        runs=Between(low=work.least_runs, high=sums.run_count),
        run_ms=Between(low=work.least_run_ms, high=sums.run_ms),
        island_ms=sums.island_ms,
        is_upper_bound=work.is_upper_bound,
        exposure=Money(
            low_microusd=sums.exposure_low_microusd,
            high_microusd=sums.exposure_high_microusd,
            unpriced_runs=sums.exposure_unpriced_runs,
        ),
        avoidable=Money(
            low_microusd=sums.avoidable_low_microusd,
            high_microusd=sums.avoidable_high_microusd,
            unpriced_runs=sums.avoidable_unpriced_runs,
        ),
        capacity=Money(
            low_microusd=sums.capacity_low_microusd,
            high_microusd=sums.capacity_high_microusd,
            unpriced_runs=sums.avoidable_unpriced_runs,
        ),
    )
