"""A Databricks workspace on the loopback: statement execution as the API documents it, over real SQL, with its bad habits.

Values are strings or null; results come in chunks, inline or behind links to a second server that takes no Authorization
header; a failed statement is HTTP 200; now and then 429. What else is asked of it is counted and refused.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fake_warehouse_sql import RefusedError, WarehouseSql

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ACCESS", "WAREHOUSE", "FakeDatabricks"]

ACCESS = "dapi-opens-nothing"
WAREHOUSE = "0123456789abcdef"
_STATEMENTS = "/api/2.0/sql/statements"
_INLINE_BYTES = 25 << 20


@dataclass(slots=True)
class _Statement:
    id: str
    how: str
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    refused: RefusedError | None = None
    looks_left: int = 0
    is_canceled: bool = False


class FakeDatabricks:
    """Start with ``with``. Knobs: ``chunk_rows``; ``looks`` until a statement is done; ``answers`` to give first, such as
    ``(429, {"Retry-After": "1"})``; ``expired`` links to refuse; ``lose_rows`` of a result.
    """

    def __init__(self) -> None:
        self.sql = WarehouseSql()
        self.chunk_rows = 1000
        self.looks = 0
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.expired = 0
        self.lose_rows = 0
        self.requests: list[tuple[str, str]] = []
        self.statements: list[str] = []
        self.storage_headers: list[dict[str, str]] = []
        self._running: dict[str, _Statement] = {}
        self._lock = threading.Lock()
        self._servers: list[ThreadingHTTPServer] = []
        self.host = self.storage = ""

    def __enter__(self) -> Self:
        self.host, self.storage = self._serve(_Workspace), self._serve(_Storage)
        return self

    def __exit__(self, *_error: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _serve(self, handler: type[_Handler]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"fake": self}))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self._servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    # Fixtures

    def bill(self, cluster: str, start_us: int, end_us: int, quantity: str, sku: str, **told: Any) -> None:
        """One row of system.billing.usage."""
        is_photon = told.get("is_photon", "PHOTON" in sku)
        day = datetime.fromtimestamp(start_us / 1e6, tz=timezone.utc).date().isoformat()
        self.sql.direct(
            "INSERT INTO dbx_system.billing.usage VALUES ('r', 'a', ?, ?, ?, make_timestamp(?), make_timestamp(?), ?, ?, "
            "CAST(? AS DECIMAL(38, 18)), {'cluster_id': ?, 'job_id': NULL, 'warehouse_id': NULL}, "
            "{'is_photon': ?, 'is_serverless': false}, ?)",
            [
                told.get("workspace", "1111"),
                sku,
                told.get("cloud", "AWS"),
                start_us,
                end_us,
                day,
                told.get("unit", "DBU"),
                quantity,
                cluster,
                is_photon,
                told.get("record_type", "ORIGINAL"),
            ],
        )

    def price(self, sku: str, price: str, start_us: int = 0, end_us: int | None = None, **told: Any) -> None:
        """One row of list_prices, or of account_prices with ``table="account"``."""
        table = f"dbx_system.billing.{told.get('table', 'list')}_prices"
        self.sql.direct(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, make_timestamp(?), make_timestamp(?), "
            "{'default': CAST(? AS DECIMAL(38, 18)), 'effective_list': {'default': CAST(? AS DECIMAL(38, 18))}})",
            [
                sku,
                told.get("cloud", "AWS"),
                told.get("currency", "USD"),
                told.get("unit", "DBU"),
                start_us,
                end_us,
                price,
                price,
            ],
        )

    def job(self, job_id: str, run_as: str, creator: str, changed_us: int = 0, *, is_deleted: bool = False) -> None:
        """One state of a job in system.lakeflow.jobs."""
        self.sql.direct(
            "INSERT INTO dbx_system.lakeflow.jobs VALUES ('1111', ?, 'a job', ?, ?, make_timestamp(?), make_timestamp(?))",
            [job_id, run_as, creator, changed_us, changed_us if is_deleted else None],
        )

    # What the servers ask

    def knows(self, identifier: str) -> bool:
        """Whether a statement was started here."""
        return identifier in self._running

    def start(self, body: dict[str, Any]) -> dict[str, Any]:
        """Run a statement; the answer to its POST."""
        with self._lock:
            statement = _Statement(f"01ef-{len(self._running):08x}", body.get("disposition", "INLINE"))
            self._running[statement.id] = statement
            self.statements.append(body["statement"])
        statement.looks_left = self.looks
        try:
            statement.columns, statement.rows = self.sql.run(body["statement"], body.get("parameters", []))
        except RefusedError as refused:
            statement.refused = refused
        if statement.how == "INLINE" and len(json.dumps(statement.rows)) > _INLINE_BYTES:
            statement.refused = RefusedError("[RESULT_TOO_LARGE] Inline byte limit exceeded.", "54000")
        return self.state(statement.id)

    def state(self, identifier: str) -> dict[str, Any]:
        """The answer to a look at a statement."""
        statement = self._running[identifier]
        answer: dict[str, Any] = {"statement_id": identifier}
        if statement.is_canceled:
            return answer | {"status": {"state": "CANCELED"}}
        if statement.looks_left > 0:
            statement.looks_left -= 1
            return answer | {"status": {"state": "RUNNING" if statement.looks_left else "PENDING"}}
        if statement.refused is not None:
            error = {"error_code": "BAD_REQUEST", "message": str(statement.refused)}
            return answer | {"status": {"state": "FAILED", "error": error, "sql_state": statement.refused.sql_state}}
        count = max(1, -(-len(statement.rows) // self.chunk_rows))
        manifest = {
            "format": "JSON_ARRAY",
            "schema": {"column_count": len(statement.columns), "columns": statement.columns},
            "total_chunk_count": count,
            "total_row_count": len(statement.rows),
            "truncated": False,
        }
        return answer | {"status": {"state": "SUCCEEDED"}, "manifest": manifest, "result": self.chunk(identifier, 0)}

    def chunk(self, identifier: str, index: int) -> dict[str, Any]:
        """One chunk of a result, inline or as a link."""
        statement = self._running[identifier]
        first = index * self.chunk_rows
        rows = statement.rows[first : first + self.chunk_rows]
        told: dict[str, Any] = {"chunk_index": index, "row_offset": first, "row_count": len(rows)}
        if first + self.chunk_rows < len(statement.rows):
            told |= {
                "next_chunk_index": index + 1,
                "next_chunk_internal_link": f"{_STATEMENTS}/{identifier}/result/chunks/{index + 1}",
            }
        if statement.how == "INLINE":
            return told | {"data_array": rows} if rows else told
        link = f"{self.storage}/{identifier}/{index}?sig=secret"
        return (
            {"external_links": [told | {"external_link": link, "expiration": "2099-01-01T00:00:00Z"}]} if rows else {}
        )

    def stored(self, identifier: str, index: int) -> bytes:
        """What lies behind a link."""
        rows = self._running[identifier].rows[index * self.chunk_rows : (index + 1) * self.chunk_rows]
        return json.dumps(rows[: len(rows) - self.lose_rows]).encode()

    def cancel(self, identifier: str) -> None:
        """Cancel a statement."""
        self._running[identifier].is_canceled = True


class _Handler(BaseHTTPRequestHandler):
    fake: FakeDatabricks
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def answer(self, status: int, body: bytes | dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class _Workspace(_Handler):
    def do_any(self) -> None:
        path = urlsplit(self.path).path
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path.startswith("/.well-known/"):
            # Asked for by the SDK's configuration, without credentials.
            return self.answer(404, {"error_code": "ENDPOINT_NOT_FOUND", "message": "not found"})
        self.fake.requests.append((self.command, path))
        if self.fake.answers:
            status, headers = self.fake.answers.pop(0)
            return self.answer(status, {"error_code": "BUSY", "message": "come again"}, headers)
        if self.headers.get("Authorization") != f"Bearer {ACCESS}":
            return self.answer(
                401, {"error_code": "UNAUTHENTICATED", "message": "Credential was not sent or is invalid."}
            )
        return self._route(path, json.loads(sent) if sent else {})

    def _route(self, path: str, body: dict[str, Any]) -> None:
        found = re.fullmatch(rf"{_STATEMENTS}/([^/]+)(?:/(cancel|result/chunks/(\d+)))?", path)
        if self.command == "POST" and path == _STATEMENTS:
            if body.get("warehouse_id") != WAREHOUSE:
                message = f"SQL warehouse {body.get('warehouse_id')} does not exist."
                return self.answer(404, {"error_code": "NOT_FOUND", "message": message})
            return self.answer(200, self.fake.start(body))
        if found and not self.fake.knows(found[1]):
            message = f"The statement {found[1]} was not found."
            return self.answer(404, {"error_code": "NOT_FOUND", "message": message})
        if found and found[2] == "cancel" and self.command == "POST":
            self.fake.cancel(found[1])
            return self.answer(200, {})
        if found and self.command == "GET":
            index = found[3]
            return self.answer(200, self.fake.chunk(found[1], int(index)) if index else self.fake.state(found[1]))
        if path == "/api/2.0/preview/scim/v2/Me":
            return self.answer(200, {"userName": "clusop@example.com", "id": "7"})
        if path == f"/api/2.0/sql/warehouses/{WAREHOUSE}":
            return self.answer(200, {"id": WAREHOUSE, "name": "small", "state": "RUNNING"})
        return self.answer(404, {"error_code": "ENDPOINT_NOT_FOUND", "message": f"No API found for '{path}'"})


for _verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"):
    setattr(_Workspace, f"do_{_verb}", _Workspace.do_any)


class _Storage(_Handler):
    def do_GET(self) -> None:
        self.fake.storage_headers.append(dict(self.headers))
        parts = urlsplit(self.path)
        if "Authorization" in self.headers:
            return self.answer(400, b"Only one auth mechanism allowed")
        if self.fake.expired > 0:
            self.fake.expired -= 1
            return self.answer(403, b"Request has expired")
        identifier, index = parts.path.strip("/").split("/")
        return self.answer(200, self.fake.stored(identifier, int(index)))
