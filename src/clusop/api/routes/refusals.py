"""How routes say no: which status a reason has, and what the OpenAPI document tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusop.api.refused import RefusedError

if TYPE_CHECKING:
    from clusop.reasons import Reason

__all__ = ["refusals", "refused"]

_STATUS = {"unknown-problem": 404, "unknown-exclusion": 404}
_CONFLICT = 409
_TOLD = {
    400: ("The request cannot be used.", "bad-request", "reason: it is empty. Say in a few words why."),
    401: ("No token.", "no-token", "A token is needed."),
    403: ("The token may not do this.", "wrong-scope", "The token may not do this."),
    404: ("There is none.", "unknown-problem", "There is no such problem among those you may see."),
    409: ("Somebody was quicker.", "problem-changed", "The problem was changed meanwhile: it is resolved now by ana."),
    422: ("A field has the wrong form.", "bad-request", "The request cannot be used: path.problem_id: no integer."),
    429: ("Come back after Retry-After seconds.", "rate-exceeded", "Too many requests."),
}
_SCHEMA = {
    "type": "object",
    "required": ["sentence", "reason"],
    "properties": {"sentence": {"type": "string"}, "reason": {"type": "string"}},
}


def refused(reason: Reason) -> RefusedError:
    """``reason`` as the answer: 404 for what is not there, else 409."""
    return RefusedError(_STATUS.get(reason.id, _CONFLICT), reason)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:  # Any: FastAPI's own type
    """What a route may answer besides, for the OpenAPI document: ``statuses``, and what all may."""
    return {
        status: {
            "description": _TOLD[status][0],
            "content": {
                "application/json": {
                    "schema": _SCHEMA,
                    "example": {"sentence": _TOLD[status][2], "reason": _TOLD[status][1]},
                }
            },
        }
        for status in (400, 401, 403, *statuses, 422, 429)
    }
