"""The kill file: whether it is there, or why nobody can tell."""

from __future__ import annotations

from pathlib import Path

from clusop.reasons import Reason

__all__ = ["is_there", "look_for"]

_ABSENT = (FileNotFoundError, NotADirectoryError)


def look_for(path: str) -> bool | Reason:
    """Whether ``path`` exists. One that cannot be looked at counts as absent, as in the JVM, with the reason told."""
    if not path:
        return False
    try:
        # Not exists(): by Python's version it hides some faults and raises others.
        Path(path).stat()
    except _ABSENT:
        return False
    except (OSError, ValueError) as error:
        return Reason("kill-file-unreadable", f": {path} ({getattr(error, 'strerror', None) or type(error).__name__})")
    return True


def is_there(path: str) -> bool:
    """Whether it is known to exist."""
    return look_for(path) is True
