"""What is done when Python exits: one handler, registered early, so that handlers of the user's own run before it."""

from __future__ import annotations

import atexit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["at_exit", "take_a_place"]

_calls: list[Callable[[], None]] = []
_places: list[Callable[[], None]] = []


def take_a_place() -> None:
    """Register the handler, once: whatever the user registers from here on runs before it, and may still run queries."""
    if not _places:
        _places.append(atexit.register(_run))


def at_exit(call: Callable[[], None]) -> None:
    """Have ``call`` called at exit. It must not raise."""
    take_a_place()
    _calls.append(call)


def _run() -> None:
    for call in _calls:
        call()
