"""The application: routes and pages over an open, migrated database."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from clusop import __version__
from clusop.api import pages
from clusop.api.errors import install_errors
from clusop.api.guarded_bodies import GuardedBodies
from clusop.api.headers import SecureHeaders
from clusop.api.refusal_meter import refusal_meter
from clusop.api.routes import health, ingest, problems
from clusop.service.callers import Callers
from clusop.service.ingest.intake import Intake
from clusop.service.schedule.jobs import jobs_of
from clusop.service.schedule.schedule import Schedule
from clusop.service.store.facts import set_once

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from clusop.clock import Clock
    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database

__all__ = ["create_app"]

_OPEN = ("/health", "/ready")

_SEAL_FACT = "server-secret"
_SECRET_BYTES = 32


class _Application(FastAPI):
    """Says in its OpenAPI document that all but two routes want a token."""

    def openapi(self) -> dict[str, Any]:
        """The document; FastAPI keeps it."""
        document = super().openapi()
        document.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for path, routes in document["paths"].items():
            for route in routes.values():
                route["security"] = [] if path in _OPEN else [{"token": []}]
        return document


def create_app(database: Database, settings: Settings, clock: Clock) -> FastAPI:
    """The application. Its life begins the writer and the schedule, and ends when all that waits is committed."""
    app = _Application(
        title="clusop",
        version=__version__,
        description="What native Spark engines left to the JVM, and what it cost. It proposes; it never acts.",
        lifespan=_life,
        # Behind a token like everything else: see routes.health.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    # One secret for all replicas: a form of one is confirmed at another.
    secret = database.write(lambda connection: set_once(connection, _SEAL_FACT, secrets.token_hex(_SECRET_BYTES)))
    app.state.database = database
    app.state.settings = settings
    app.state.clock = clock
    app.state.secret = secret.encode()
    app.state.callers = Callers(database, settings, clock)
    app.state.ingest = Intake(database, settings, clock)
    app.state.refusals = refusal_meter(app.state.ingest.meters.registry)
    # Made even where they do not run: a section that cannot be used is told by every replica.
    jobs = jobs_of(settings, clock)
    app.state.schedule = Schedule(database, clock, jobs if settings.switch("schedule") else ())
    install_errors(app)
    app.add_middleware(GuardedBodies)
    app.add_middleware(SecureHeaders)
    app.include_router(ingest.router)
    app.include_router(health.router)
    app.include_router(problems.router)
    app.include_router(pages.router)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    await app.state.ingest.start()
    app.state.schedule.start()
    try:
        yield
    finally:
        await app.state.ingest.stop()
        await asyncio.to_thread(app.state.schedule.stop)
