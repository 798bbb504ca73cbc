"""``/health`` and ``/ready``, the two that ask for no token; ``/metrics`` and the description of all routes, which do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from clusop import __version__
from clusop.api.access import Caller, require

if TYPE_CHECKING:
    from clusop.service.ingest.intake import Intake
    from clusop.service.store.database import Database

__all__ = ["router"]

_NOT_READY = 503
_JSON = {"application/json": {"example": {"status": "ok", "clusop": __version__}}}

router = APIRouter(tags=["health"])
Reading = Annotated[Caller, Depends(require("read"))]


@router.get("/health", summary="Is the process alive?", responses={200: {"description": "It is.", "content": _JSON}})
async def health() -> dict[str, str]:
    """Answer as long as the process does."""
    return {"status": "ok", "clusop": __version__}


@router.get(
    "/ready",
    summary="Does it take records?",
    responses={200: {"description": "It does.", "content": _JSON}, 503: {"description": "Not now."}},
)
async def ready(request: Request) -> JSONResponse:
    """Answer 200 while the database answers, the writer runs and the queue has room, else 503."""
    intake: Intake = request.app.state.ingest
    if not intake.is_ready:
        return JSONResponse({"status": "busy", "clusop": __version__}, _NOT_READY)
    try:
        await run_in_threadpool(_ask, request.app.state.database)
    except SQLAlchemyError:
        return JSONResponse({"status": "no database", "clusop": __version__}, _NOT_READY)
    return JSONResponse({"status": "ok", "clusop": __version__})


@router.get(
    "/metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses={
        200: {"description": "Prometheus text.", "content": {"text/plain": {"example": "clusop_batches_total 3.0"}}}
    },
)
async def metrics(request: Request, _caller: Reading) -> Response:
    """Counters of this replica, in the text form of Prometheus."""
    intake: Intake = request.app.state.ingest
    return Response(generate_latest(intake.meters.registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False)
async def description(request: Request, _caller: Reading) -> JSONResponse:
    """The OpenAPI document."""
    return JSONResponse(request.app.openapi())


def _ask(database: Database) -> None:
    with database.reading() as connection:
        connection.execute(text("SELECT 1"))
