"""How long to wait before a request is made again, and for which answers. Our statements may run twice without harm."""

from __future__ import annotations

__all__ = ["ATTEMPTS", "is_worth_another", "pause_s"]

ATTEMPTS = 6
_LONGEST_S = 60.0
_BUSY = frozenset({408, 429, 500, 502, 503, 504})


def is_worth_another(status: int) -> bool:
    """Whether the workspace is busy or stumbling, so that the same request may succeed."""
    return status in _BUSY


def pause_s(attempt: int, retry_after: str) -> float:
    """Seconds to wait after try number ``attempt`` (from 0): what ``Retry-After`` says, else 1, 2, 4 …; at most a minute."""
    told = float(retry_after) if retry_after.strip().isdecimal() else float(2**attempt)
    return min(told, _LONGEST_S)
