"""``POST /v1/signals``: records from agents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from clusop.api.access import Caller, require
from clusop.api.body import read_body
from clusop.api.refused import RefusedError
from clusop.reasons import Reason
from clusop.service.ingest.batch import BatchError

if TYPE_CHECKING:
    from clusop.service.ingest.intake import Intake

__all__ = ["CONTENT_TYPE", "OFFLINE_HEADER", "router"]

CONTENT_TYPE = "application/x-ndjson"
OFFLINE_HEADER = "X-Clusop-Offline"
_BAD_TYPE = 415
_TOO_MANY = 429
_UNAVAILABLE = 503
_COME_BACK_S = "1"

router = APIRouter(tags=["ingest"])

_HOUR = {
    "agent": "0123456789abcdef0123456789abcdef", "armed_since_at_ms": 1790000000000, "busy_ms": 10000,
    "cluster": "1122-334455-abc12def", "failed_ms": 0, "hour_at_ms": 1789999200000, "lost_ms": 0, "native_ms": 4000,
    "non_sql_ms": 1000, "record": "usage-hour", "revision": 1, "sequence": 8, "slot_ms": {"i3.xlarge": 14400000},
    "version": 1, "workspace": "1234567890",
}  # fmt: skip
_RECEIPT = {"clusop_receipt": 1, "accepted": 1, "known": 0, "refused": []}
_SENTENCE = {"application/json": {"example": {"sentence": "Line 3: this is no JSON.", "reason": "not-a-record"}}}
_REFUSED = {
    "type": "object",
    "required": ["agent", "sequence", "reason", "sentence"],
    "properties": {
        "agent": {"type": "string"},
        "sequence": {"type": "integer"},
        "reason": {"type": "string"},
        "sentence": {"type": "string"},
    },
}
_RECEIPT_SCHEMA = {
    "type": "object",
    "required": ["clusop_receipt", "accepted", "known", "refused"],
    "properties": {
        "clusop_receipt": {"const": 1},
        "accepted": {"type": "integer", "minimum": 0},
        "known": {"type": "integer", "minimum": 0},
        "refused": {"type": "array", "items": _REFUSED},
    },
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The receipt: accepted, known and refused add up to what was sent. All accepted is committed.",
        "content": {"application/json": {"schema": _RECEIPT_SCHEMA, "example": _RECEIPT}},
    },
    400: {"description": "A line is no record at all; nothing was stored.", "content": _SENTENCE},
    401: {"description": "No token.", "content": _SENTENCE},
    403: {"description": "The token may not do this.", "content": _SENTENCE},
    413: {"description": "Too many bytes or records; nothing was stored.", "content": _SENTENCE},
    415: {"description": "Another content type or encoding.", "content": _SENTENCE},
    429: {"description": "Come back after Retry-After seconds; nothing was stored.", "content": _SENTENCE},
    503: {
        "description": "The service is stopping, did not decode the batch in time, or its database does not answer. Come back "
        "after Retry-After seconds. Nothing was stored; with the reason database-away that is not known.",
        "content": _SENTENCE,
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "Records, one line of canonical JSON each; see docs/records.md. May be packed: Content-Encoding: gzip.",
        "content": {
            CONTENT_TYPE: {
                "schema": {"type": "string"},
                "example": json.dumps(_HOUR, sort_keys=True, separators=(",", ":")) + "\n",
            }
        },
    }
}


@router.post(
    "/v1/signals",
    summary="Store a batch of records",
    responses=_RESPONSES,
    openapi_extra=_BODY,
    response_class=Response,
)
async def take(request: Request, caller: Annotated[Caller, Depends(require("ingest"))]) -> Response:
    """Store a batch of records. Sending it again does no harm: what came before, byte for byte, is `known`."""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != CONTENT_TYPE:
        raise RefusedError(_BAD_TYPE, Reason("bad-content-type"), f"The content type must be {CONTENT_TYPE}.")
    if encoding not in {"", "identity", "gzip"}:
        raise RefusedError(_BAD_TYPE, Reason("bad-content-type"), "The content encoding must be gzip or none.")
    intake: Intake = request.app.state.ingest
    body = await read_body(request, intake.body_bytes)
    try:
        receipt = await intake.take(
            body,
            caller.workspace,
            is_packed=encoding == "gzip",
            is_offline=request.headers.get(OFFLINE_HEADER, "") == "1",
        )
    except BatchError as error:
        headers = {"Retry-After": _COME_BACK_S} if error.status in {_TOO_MANY, _UNAVAILABLE} else {}
        raise RefusedError(error.status, Reason(error.reason), error.sentence, headers) from None
    return JSONResponse(receipt.to_json())
