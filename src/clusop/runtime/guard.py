"""One guard around everything clusop does in somebody else's process: what goes wrong in it stops here and is counted.

Two moods. In production every exception ends at the guard. Where ``CLUSOP_GUARD=raise`` is set, as our own tests do, it comes
out: swallowing is for production, never for a test.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Guard", "Watch"]

# Beyond so many kinds of fault one more says nothing new.
_MOST_KINDS = 32


class Guard:
    """Makes watches and keeps what they caught: how often, by place and exception class; never the text, which may hold data."""

    def __init__(self, *, raising: bool | None = None) -> None:
        self.raising = os.environ.get("CLUSOP_GUARD") == "raise" if raising is None else raising
        self.faults: dict[str, int] = {}

    def watch(self, where: str, *, lets: tuple[type[BaseException], ...] = ()) -> Watch:
        """A context manager that ends exceptions raised in its block, but for those it ``lets`` through."""
        return Watch(self, where, lets)

    def note(self, where: str, kind: str) -> None:
        """Count one fault."""
        name = f"{where}: {kind}"
        if name in self.faults or len(self.faults) < _MOST_KINDS:
            self.faults[name] = self.faults.get(name, 0) + 1


class Watch:
    """One guarded block. ``error`` is what ended it, ``None`` where nothing did."""

    __slots__ = ("_guard", "_lets", "_where", "error")

    def __init__(self, guard: Guard, where: str, lets: tuple[type[BaseException], ...]) -> None:
        self._guard = guard
        self._where = where
        self._lets = lets
        self.error: BaseException | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        # BaseException too: a SystemExit that leaves a .pth line kills the interpreter, one that leaves arm() the user's job.
        if kind is None or error is None:
            return False
        self.error = error
        if issubclass(kind, self._lets):
            return False
        self._guard.note(self._where, kind.__name__)
        return not self._guard.raising
