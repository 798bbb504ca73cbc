"""The message around a card, as the Workflows webhook of Teams takes it, within its size; cut by meaning where it is too long."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from clusop.errors import BugError
from clusop.service.teams.elements import text_block

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MAX_BYTES", "Element", "Part", "enclosed", "fitted", "wire"]

# Any: JSON, of which the schema of Adaptive Cards says what may stand in it.
Element: TypeAlias = dict[str, Any]

MAX_BYTES = 20_000
"""Of the whole message as UTF-8. Teams refuses 28 KB; failures were seen from 21 KB on."""
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_VERSION = "1.5"
_CUT = "Shortened to fit; the pages of clusop show all of it."


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a card that stands or falls as a whole. Of several the one with the greatest ``cut_rank`` goes first; one
    of rank 0 is never cut.
    """

    elements: tuple[Element, ...]
    cut_rank: int = 0


def fitted(parts: Sequence[Part], actions: Sequence[Element], fallback: str, limit: int = MAX_BYTES) -> Element:
    """The message of these parts, cut part by part until it is small enough. No figure loses its basis by it, because both
    are one text, and a formula goes with its inputs or stays with them.
    """
    kept = list(parts)
    is_cut = False
    while True:
        note = (text_block(_CUT, isSubtle=True, size="Small"),) if is_cut else ()
        message = enclosed([*(element for part in kept for element in part.elements), *note], actions, fallback)
        if len(wire(message).encode()) <= limit:
            return message
        rank = max((part.cut_rank for part in kept), default=0)
        if rank == 0:
            raise BugError("the parts of a card that are never cut do not fit into a message")
        last = max(index for index, part in enumerate(kept) if part.cut_rank == rank)
        del kept[last]
        is_cut = True


def enclosed(body: Sequence[Element], actions: Sequence[Element], fallback: str) -> Element:
    """The envelope that apprise, dqx and Microsoft's own template agree on."""
    card: Element = {
        "$schema": _SCHEMA,
        "type": "AdaptiveCard",
        "version": _VERSION,
        "fallbackText": fallback,
        "body": list(body),
        "msteams": {"width": "Full"},
    }
    if actions:
        card["actions"] = list(actions)
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def wire(message: Element) -> str:
    """The message as it goes over the wire: JSON, in UTF-8 when encoded."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
