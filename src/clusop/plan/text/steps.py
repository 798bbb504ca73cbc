"""A count of the work a reader did, so that a test can show that it grows no faster than its input."""

from __future__ import annotations

__all__ = ["Steps"]


class Steps:
    """Adds up what the loops of a reader examined: characters and lines, once per pass over them."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def add(self, examined: int) -> None:
        """Count ``examined`` more characters or lines."""
        self.count += examined
