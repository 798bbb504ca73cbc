"""What routes ask of the application, of their callers, and of the list of problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from clusop.api.access import Caller, require
from clusop.service.problems.listing import Order, ProblemQuery, SortKey
from clusop.service.problems.states import STATES, State

if TYPE_CHECKING:
    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database

__all__ = ["Changing", "Days", "Filters", "Id", "Reading", "Sorted", "database_of", "now_ms_of", "settings_of"]

_MOST_ID = 2**63 - 1
_MOST_CHARS = 200
_MOST_DAYS = 400

Reading = Annotated[Caller, Depends(require("read"))]
Changing = Annotated[Caller, Depends(require("admin"))]
Id = Annotated[int, Path(ge=1, le=_MOST_ID, examples=[17])]
Days = Annotated[int, Field(ge=1, le=_MOST_DAYS)]


class Filters(BaseModel):
    """Which problems. One that is left out asks for any, an empty one for those where it is not told."""

    model_config = ConfigDict(extra="forbid")

    workspace: str | None = Field(None, max_length=_MOST_CHARS)
    team: str | None = Field(None, max_length=_MOST_CHARS)
    owner: str | None = Field(None, max_length=_MOST_CHARS)
    cause: str | None = Field(None, max_length=_MOST_CHARS)
    state: State | None = Field(None, examples=[STATES[0]])
    engine: str | None = Field(None, max_length=_MOST_CHARS)
    action: str | None = Field(None, max_length=_MOST_CHARS)
    compute: str | None = Field(None, max_length=_MOST_CHARS)
    workload: str | None = Field(None, max_length=_MOST_CHARS, examples=["job:42"])
    search: str = Field("", max_length=_MOST_CHARS, description="Words that all occur in names, owners or tags.")

    def query(self, visible: str) -> ProblemQuery:
        """As the service wants it; ``visible`` is the caller's workspace."""
        return ProblemQuery(visible=visible, **self.model_dump())


class Sorted(Filters):
    """Which problems, in which order, and which page of them."""

    sort: SortKey = "last-seen"
    order: Order = "desc"
    cursor: str = Field("", max_length=400, description="The cursor of the page before.")
    limit: int = Field(50, ge=1, le=200)


def database_of(request: Request) -> Database:
    """The database."""
    database: Database = request.app.state.database
    return database


def settings_of(request: Request) -> Settings:
    """The settings in force."""
    settings: Settings = request.app.state.settings
    return settings


def now_ms_of(request: Request) -> int:
    """The present, ms since 1970."""
    return int(request.app.state.clock.now_at().timestamp() * 1000)
