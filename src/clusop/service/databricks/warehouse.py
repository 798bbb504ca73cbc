"""A SQL warehouse: runs our statements through statement execution, waits for them, and gives typed rows."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.clock import SystemClock
from clusop.reasons import Reason
from clusop.service.databricks.allowed import ME, STATEMENTS
from clusop.service.databricks.fault import TableRefusedError, WarehouseError
from clusop.service.databricks.parameters import wire
from clusop.service.databricks.result import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from clusop.clock import Clock
    from clusop.service.databricks.parameters import Parameter
    from clusop.service.databricks.statements import Statement
    from clusop.service.databricks.transport import Transport
    from clusop.service.databricks.values import Value

__all__ = ["Patience", "Warehouse"]

_PAUSES_S = (0.5, 1.0, 2.0, 5.0)
# What the warehouse says where a user may not, or where there is nothing of that name. A user who may not use a schema is
# often told that the table does not exist.
_DENIED = re.compile(r"SQLSTATE: ?42501|INSUFFICIENT_PERMISSIONS|PERMISSION_DENIED|INSUFFICIENT_PRIVILEGES")
_MISSING = re.compile(r"SQLSTATE: ?42P01|SQLSTATE: ?42704|(?:TABLE_OR_VIEW|SCHEMA|CATALOG)_NOT_FOUND|NO_SUCH_CATALOG")
_LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Patience:
    """How a statement is waited for: in the first request, then by looking at it after pauses, in all at most so long."""

    first_wait: str = "30s"
    longest_ms: int = 15 * 60 * 1000
    pause: Callable[[float], None] = time.sleep


class Warehouse:
    """``identifier`` is the warehouse's id."""

    def __init__(
        self, transport: Transport, identifier: str, patience: Patience | None = None, clock: Clock | None = None
    ) -> None:
        self.identifier = identifier
        self._transport = transport
        self._patience = patience or Patience()
        self._clock = clock or SystemClock()

    def rows(
        self,
        statement: Statement,
        columns: Sequence[str],
        parameters: tuple[Parameter, ...] = (),
        *,
        is_large: bool = False,
    ) -> Iterator[tuple[Value, ...]]:
        """The rows of a SELECT with these ``columns``. ``is_large``: more than the 25 MiB that fit into an answer."""
        answer = self._finished(statement, parameters, "EXTERNAL_LINKS" if is_large else "INLINE")
        yield from rows_of(self._transport, answer, columns, statement.name)

    def run(self, statement: Statement, parameters: tuple[Parameter, ...] = ()) -> None:
        """Run a statement whose rows do not matter."""
        self._finished(statement, parameters, "INLINE")

    def user(self) -> str:
        """Who clusop is at the workspace: a person's name, or a service principal's application id."""
        return str(self._transport.request("GET", ME).get("userName", ""))

    def _finished(self, statement: Statement, parameters: tuple[Parameter, ...], how: str) -> Mapping[str, object]:
        body: dict[str, object] = {
            "statement": statement.text,
            "warehouse_id": self.identifier,
            "wait_timeout": self._patience.first_wait,
            "on_wait_timeout": "CONTINUE",
            "disposition": how,
            "format": "JSON_ARRAY",
        }
        if parameters:
            body["parameters"] = wire(parameters)
        until_ms = self._clock.monotonic_ms() + self._patience.longest_ms
        answer = self._transport.request("POST", STATEMENTS, body)
        statement_id = str(answer.get("statement_id", ""))
        looks = 0
        while (state := _state(answer)) in {"PENDING", "RUNNING"}:
            if self._clock.monotonic_ms() >= until_ms:
                self._transport.request("POST", f"{STATEMENTS}/{statement_id}/cancel")
                raise WarehouseError(Reason("statement-too-slow", f": {statement.name}"))
            self._patience.pause(_PAUSES_S[min(looks, len(_PAUSES_S) - 1)])
            looks += 1
            answer = self._transport.request("GET", f"{STATEMENTS}/{statement_id}")
        if state != "SUCCEEDED":
            # FAILED comes with HTTP 200.
            raise _failure(answer, state, statement.name)
        return answer


def _status(answer: Mapping[str, object]) -> Mapping[str, object]:
    status = answer.get("status")
    return status if isinstance(status, dict) else {}


def _state(answer: Mapping[str, object]) -> str:
    return str(_status(answer).get("state", ""))


def _failure(answer: Mapping[str, object], state: str, name: str) -> WarehouseError:
    error = _status(answer).get("error")
    told = error if isinstance(error, dict) else {}
    code, message = str(told.get("error_code", "")), " ".join(str(told.get("message", "")).split())
    sql_state = str(_status(answer).get("sql_state", ""))
    all_told = f"{code} {message} SQLSTATE: {sql_state}"
    detail = f" ({name}: {(message or code or state)[:_LONGEST_DETAIL]})"
    if _DENIED.search(all_told):
        return TableRefusedError(Reason("no-permission", detail))
    if _MISSING.search(all_told):
        return TableRefusedError(Reason("table-missing", detail))
    return WarehouseError(Reason("statement-failed", detail))
