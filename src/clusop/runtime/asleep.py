"""What ``clusop.arm()`` and its kin answer where not even clusop's own modules can be loaded: the same shape, and why."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Asleep", "asleep"]


class Asleep:
    """In place of a status or a report. Needs no catalogue: that may be what is missing."""

    state = "dormant"
    is_armed = False
    reasons = rows = settings = facts = ()
    sent_count = 0

    def __init__(self, why: str) -> None:
        self.why = why
        self.agent: dict[str, object] = {}
        self.faults = {f"import: {why}": 1}

    def __repr__(self) -> str:
        return f"clusop is dormant\n  Its own modules cannot be loaded ({self.why}); the job is not affected."


def asleep(why: str) -> Callable[..., Asleep]:
    """A function that takes whatever ``arm``, ``disarm``, ``status`` and ``report`` take, and says why nothing is done."""

    def answer(*_arguments: object, **_named: object) -> Asleep:
        return Asleep(why)

    return answer
