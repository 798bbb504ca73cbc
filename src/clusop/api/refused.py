"""The exception by which a route says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.reasons import Reason

__all__ = ["RefusedError"]


class RefusedError(Exception):
    """``status`` is HTTP's, ``reason`` why; ``sentence`` where the reason's own is not enough."""

    def __init__(
        self, status: int, reason: Reason, sentence: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence or reason.sentence)
        self.status = status
        self.reason = reason
        self.sentence = sentence or reason.sentence
        self.headers = dict(headers or {})
