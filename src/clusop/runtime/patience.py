"""Looking at a file on a mount that may hang, from a thread that must not: with an answer in time, or none."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from clusop.runtime.guard import Guard
from clusop.runtime.quiet_thread import start_shielded

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LOOK_S", "within"]

# A healthy Volume answers in milliseconds.
LOOK_S = 2.0

_Answer = TypeVar("_Answer")


def within(seconds: float, look: Callable[[], _Answer], otherwise: _Answer) -> _Answer:
    """What ``look`` answers, asked on a thread of its own; ``otherwise`` where it takes too long. That thread may stay behind."""
    answers: list[_Answer] = []
    done = threading.Event()

    def ask() -> None:
        with Guard(raising=False).watch("look"):
            answers.append(look())
        done.set()

    try:
        start_shielded(threading.Thread(target=ask, name="clusop-look", daemon=True).start)
    except RuntimeError:  # no thread can be started: the interpreter is ending
        return otherwise
    done.wait(seconds)
    return answers[0] if answers else otherwise
