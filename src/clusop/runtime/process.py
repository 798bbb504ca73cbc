"""Whether this is still the process that armed: a forked child has the parent's Py4J sockets and must not touch them."""

from __future__ import annotations

import os

__all__ = ["OwnProcess", "own_process"]


class OwnProcess:
    """The process that made this object.

    ``os.register_at_fork`` makes a child inert before it runs anything of its own; the pid is compared besides, for a fork
    that went past Python (C code). A child stays inert for good: a call of its own on the inherited sockets would answer the
    parent's queries with its own data.
    """

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._was_forked = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._now_a_child)

    @property
    def is_own(self) -> bool:
        """Whether clusop may act here."""
        return not self._was_forked and os.getpid() == self._pid

    def _now_a_child(self) -> None:
        self._was_forked = True


_own: list[OwnProcess] = []


def own_process() -> OwnProcess:
    """The one of this process and its children: made by whoever comes first, the lookout or the driver.

    A child forked while the parent still waits for Spark is one too: the parent's gateway may have come up a moment before.
    """
    if not _own:
        _own.append(OwnProcess())
    return _own[0]
