"""A client of the ingest route that says plainly what it was answered."""

from __future__ import annotations

import gzip
import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Answer", "Sender"]


@dataclass(frozen=True)
class Answer:
    """An answer. ``document`` is its JSON, ``{}`` where it is none."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def document(self) -> dict[str, Any]:
        """The JSON."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass
class Sender:
    """One connection, opened when needed and kept. Raises ``OSError`` and ``http.client.HTTPException`` as they come."""

    url: str
    token: str
    timeout_s: float = 60.0
    _kept: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(
        self, lines: Sequence[bytes], *, is_packed: bool = False, on_sent: Callable[[], object] | None = None
    ) -> Answer:
        """POST the lines; ``on_sent`` is called when they have left and nothing is answered yet."""
        body = b"".join(line + b"\n" for line in lines)
        headers = {"Content-Type": "application/x-ndjson"}
        if is_packed:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        return self.ask("POST", "/v1/signals", body, headers, on_sent)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        on_sent: Callable[[], object] | None = None,
    ) -> Answer:
        """Any request."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if not self.url:
            raise ConnectionRefusedError("the service is starting and has no address yet")
        if self._kept is None:
            parts = urlsplit(self.url)
            self._kept = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.timeout_s)
        try:
            self._kept.request(method, path, body, sent | dict(headers or {}))
            if on_sent is not None:
                on_sent()
            reply = self._kept.getresponse()
            return Answer(reply.status, reply.read(), {name.lower(): value for name, value in reply.getheaders()})
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let the connection go."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
