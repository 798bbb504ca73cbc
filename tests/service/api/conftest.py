"""The application on a database, asked without a socket between, and problems made by hand."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

import httpx
import pytest

from clusop.api.app import create_app
from clusop.service.settings.settings import resolve
from clusop.service.store.tables.problems import problems
from clusop.service.tokens import create_token

NOW_MS = 1_790_000_000_000


class StoppedClock:
    def __init__(self):
        self.now_ms = NOW_MS

    def now_at(self):
        return datetime.fromtimestamp(self.now_ms / 1000, tz=timezone.utc)

    def monotonic_ms(self):
        return float(self.now_ms)


class Client:
    """A caller of the application, without a socket between."""

    def __init__(self, app, secret=""):
        self.transport = httpx.ASGITransport(app=app)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, **more):
        return self.ask("POST", path, **more)

    def ask(self, method, path, *, headers=None, **more):
        async def asked():
            async with httpx.AsyncClient(transport=self.transport, base_url="http://clusop") as client:
                return await client.request(method, path, headers=self.headers | (headers or {}), **more)

        return asyncio.run(asked())


@pytest.fixture
def clock():
    return StoppedClock()


@pytest.fixture
def app(database, clock, tmp_path):
    config = tmp_path / "clusop.yaml"
    config.write_text('exclusions:\n  - {workload: "job:99*", reason: a sandbox}\n')
    return create_app(database, resolve(config=str(config)), clock)


@pytest.fixture
def client_of(app, database):
    """A function that makes a client with a token of this scope, without one for none."""

    def make(scope, workspace="*"):
        if not scope:
            return Client(app)
        with database.writing() as connection:
            secret = create_token(connection, "ana's token", scope, NOW_MS, workspace=workspace)
        return Client(app, secret)

    return make


@pytest.fixture
def admin(client_of):
    return client_of("admin")


@pytest.fixture
def store(database):
    """A function that stores problems and tells their ids."""

    def make(*rows):
        found = []
        with database.writing() as connection:
            for number, row in enumerate(rows):
                values = {
                    "workspace": "42",
                    "signature": f"{number:032x}",
                    "workload": f"job:{number}",
                    "cause": "python-udf",
                    "family": "python",
                    "engine": "photon",
                    "last_seen_at_ms": NOW_MS - number * 1000,
                    "state_since_at_ms": NOW_MS - 5000,
                } | row
                found.append(connection.execute(problems.insert().values(values)).inserted_primary_key[0])
        return found

    return make
