"""The one line clusop may write to standard error in a process that is not its own."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from clusop.runtime.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from clusop.reasons import Reason

__all__ = ["Voice", "one_line"]

_MOST_CHARS = 600
_MOST_SENTENCES = 3


class Voice:
    """Speaks once. Whatever comes later is kept by whoever has it to say, and shown by ``clusop.status()``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.has_spoken = False

    def say(self, reasons: Iterable[Reason], may: Callable[[], bool] = lambda: True) -> None:
        """Write the reasons as one line, the first time there are any. A closed or missing stream is no error.

        ``may`` is asked last: whether nobody else, in the JVM, has said the line yet.
        """
        told = list(dict.fromkeys(reason.sentence for reason in reasons))
        if not told:
            return
        with self._lock:
            if self.has_spoken:
                return
            self.has_spoken = True
        if not may():
            return
        rest = len(told) - _MOST_SENTENCES
        more = f" ({rest} more: clusop.status())" if rest > 0 else ""
        line = one_line("clusop: " + " ".join(told[:_MOST_SENTENCES]))[:_MOST_CHARS] + more
        stream = sys.stderr
        if stream is None:  # pythonw and some daemons have none
            return
        # A notebook's stream is somebody else's code: whatever it raises, arming goes on.
        with Guard(raising=False).watch("voice", lets=(KeyboardInterrupt,)):
            encoding = getattr(stream, "encoding", None) or "ascii"
            stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
            stream.flush()


def one_line(text: str) -> str:
    """``text`` without line breaks and control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
