"""One thing the doctor looked at: what state it is in, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["INIT_SCRIPT_PAGE", "LISTENER", "Check"]

LISTENER = "com.clusop.listener.PhotonFallbackListener"
INIT_SCRIPT_PAGE = "See docs/modes/databricks-init-script.md."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``state`` is ``open``, ``armed``, ``closed``, ``ok``, ``missing``, ``damaged`` or ``unknown``."""

    name: str
    state: str
    why: str
    what_to_do: str = ""
