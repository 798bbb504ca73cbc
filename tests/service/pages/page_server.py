"""A service with the pages, on a real socket in this process, and a reader that logs in as a browser would."""

from __future__ import annotations

import base64
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import seed
import uvicorn

from clusop.api.app import create_app
from clusop.service.settings.settings import resolve
from clusop.service.tokens import ADMIN, INGEST, READ, create_token

if TYPE_CHECKING:
    from clusop.service.store.database import Database


class StoppedClock:
    """The present of the seed: what pages say of time is known by hand."""

    def now_at(self) -> datetime:
        return datetime.fromtimestamp(seed.NOW_MS / 1000, tz=timezone.utc)

    def monotonic_ms(self) -> float:
        return time.monotonic() * 1000


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


class _StaysHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_told: object) -> None:
        return None


class PageServer:
    """``tokens`` by scope; ``bound`` may read one workspace only. Without schedule and intake: nothing changes by itself."""

    def __init__(self, database: Database, config: str = "") -> None:
        self.database = database
        with database.writing() as connection:
            self.tokens = {
                scope: create_token(connection, f"{scope} token", scope, seed.NOW_MS) for scope in (ADMIN, READ, INGEST)
            }
            self.bound = create_token(connection, "bound", READ, seed.NOW_MS, workspace="9876543210")
        self.app = create_app(database, resolve({"schedule": False}, config=config), StoppedClock())
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(self.app, log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    def get(self, path: str, token: str | None = None) -> Answer:
        return self._ask(urllib.request.Request(self.url + path), token)

    def post(self, path: str, fields: dict[str, str], token: str | None = None) -> Answer:
        body = urllib.parse.urlencode(fields).encode()
        return self._ask(urllib.request.Request(self.url + path, data=body, method="POST"), token)

    def _ask(self, request: urllib.request.Request, token: str | None) -> Answer:
        told = self.tokens[ADMIN] if token is None else token
        if told:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"ana:{told}".encode()).decode())
        try:
            with urllib.request.build_opener(_StaysHere).open(request, timeout=30) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read().decode())
